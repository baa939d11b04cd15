# SPDX-License-Identifier: Apache-2.0
"""Money followed piece by piece: which lot paid which bill, over several accounts, exact, and cut where told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.scenarios.books import closed
from verifier.tracing.walk_answer import Asked, walk_money
from verifier.tracing.walk_records import Direction, MoneyWalk, WalkCaps

if TYPE_CHECKING:
    from ledger.open_records import Line

# 600 of F come behind 100 of others; 450 go on to the platform, which passes 250 on; 150 pay a supplier.
CHAIN = """
    2026-02-01 credit 100.00 UA
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 transfer 450.00 UA -> PL tag=F/grant/LF as=onward
    2026-02-10 debit 450.00 UA counterparty=PL
    2026-02-11 credit 450.00 PL counterparty=UA
    2026-02-12 debit 250.00 PL counterparty=SU
    2026-02-20 use 150.00 UA OTHER tag=F/grant/LF as=bill
    2026-02-20 debit 150.00 UA
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    2026-02-28 closed PL 2026-02-01..2026-02-28 0.00
"""


def walked(text: str, direction: Direction, caps: WalkCaps | None = None, **asked: str) -> MoneyWalk:
    """The walk over `text` from the fund F, or what is `asked`; an event by its label."""
    lines: dict[str, Line] = {}
    with closed(text) as books:
        if "event" in asked:
            asked["event"] = books.scenario.names[asked["event"]]
        found = walk_money(books.money, lines, Asked(**asked or {"fund": "F"}), direction, caps or WalkCaps())
    assert found is not None
    assert sum(found.ends.values()) == found.total
    assert sum(one.amount for one in found.pieces) == found.total - found.rest.get("amount", 0)
    return found


def ways(walk: MoneyWalk) -> list[tuple[int, str, list[Any]]]:
    """Amount, end and places of each piece."""
    return [
        (piece.amount, piece.end, [piece.steps[0].from_, *(step.to for step in piece.steps)])
        for piece in walk.pieces
    ]


def test_a_lot_is_followed_over_accounts() -> None:
    """FIFO: the first 100 of the transfer were others'; 350 of F went to the platform, which passed 150 of it on."""
    walk = walked(CHAIN, "forward")
    assert (walk.total, walk.ends) == (60_000, {"held": 30_000, "paid": 30_000})
    assert ways(walk) == [
        (20_000, "held", ["TR", "UA", "PL"]),
        (15_000, "paid", ["TR", "UA", "OTHER"]),
        (15_000, "paid", ["TR", "UA", "PL", "SU"]),
        (10_000, "held", ["TR", "UA"]),
    ]


def test_steps_say_where_in_each_hop_the_piece_lies() -> None:
    """Piecewise translation: 100 to 350 of the transfer are 0 to 250 of what arrived behind the others' 100."""
    (step, *_), *_ = (piece.steps for piece in walked(CHAIN, "forward").pieces if piece.steps[-1].to == "SU")
    assert (step.event, step.lo, step.hi, step.flags) == ("NA/pay-1/0", 0, 15_000, ("REPORTED",))


def test_a_bill_is_followed_back() -> None:
    """The same pieces backward: what the platform paid is 100 of others and 150 of F."""
    walk = walked(CHAIN, "backward", event="debit-2")
    assert (walk.total, walk.ends) == (25_000, {"outside": 25_000})
    assert ways(walk) == [
        (15_000, "outside", ["TR", "UA", "PL", "SU"]),
        (10_000, "outside", [None, "UA", "PL", "SU"]),
    ]


def test_an_event_is_followed_whoever_told_it() -> None:
    """The report and the bank line that bears it out are one movement."""
    assert ways(walked(CHAIN, "forward", event="onward")) == ways(walked(CHAIN, "forward", event="debit-1"))


def test_every_cap_is_told_and_sums_stay_whole() -> None:
    """Depth, days, pieces and rows."""
    assert walked(CHAIN, "forward", WalkCaps(depth=1)).ends == {"cut_depth": 60_000}
    assert walked(CHAIN, "forward", WalkCaps(days=9)).ends["cut_days"] == 30_000
    assert walked(CHAIN, "forward", WalkCaps(work=0)).ends == {"cut_work": 60_000}
    one = walked(CHAIN, "forward", WalkCaps(rows=2))
    assert (len(one.pieces), one.rest["pieces"], one.rest["amount"]) == (2, 2, 25_000)


def test_a_round_trip_ends_where_it_began() -> None:
    """UA → PL → UA: following stops, and says so."""
    text = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-10 debit 400.00 UA counterparty=PL
    2026-02-11 credit 400.00 PL counterparty=UA
    2026-02-12 debit 400.00 PL counterparty=UA
    2026-02-12 credit 400.00 UA counterparty=PL
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    2026-02-28 closed PL 2026-02-01..2026-02-28 0.00
"""
    walk = walked(text, "forward")
    assert walk.ends == {"held": 20_000, "round_trip": 40_000}
    assert ways(walk)[0] == (40_000, "round_trip", ["TR", "UA", "PL", "UA"])


def test_an_overdraft_is_an_advance() -> None:
    """Clayton: 150 were paid before anything came; the first 150 of F made it good, and the step says so."""
    text = """
    2026-02-01 debit 150.00 UA counterparty=SU
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
"""
    (_, paid) = walked(text, "forward").pieces
    assert (paid.amount, paid.end, paid.steps[-1].flags) == (15_000, "paid", ("ADVANCE",))
    back = walked(
        "2026-02-01 debit 150.00 UA counterparty=SU\n2026-02-28 closed UA 2026-02-01..2026-02-28 0.00",
        "backward",
        event="debit-1",
    )
    assert back.ends == {"uncovered": 15_000}


def test_without_statements_nobody_knows_what_else_was_there() -> None:
    """An account without statements: what it paid beyond its reports came from outside the record."""
    walk = walked("2026-02-03 use 150.00 UA OTHER tag=F/grant/LF", "backward")
    assert walk.ends == {"outside": 15_000}


def test_money_a_supplier_passes_on_is_followed_by_its_bank_lines() -> None:
    """T1: accounts that are no custodians serve paths; what went to the supplier went on to somebody else."""
    text = """
    2026-01-06 account OT OTHER supplier bank=BK
    2026-02-02 pay 300.00 LF TR -> SU
    2026-02-05 credit 300.00 SU counterparty=TR
    2026-02-06 debit 200.00 SU counterparty=OT
"""
    walk = walked(text, "forward")
    assert ways(walk) == [(20_000, "paid", ["TR", "SU", "OT"]), (10_000, "paid", ["TR", "SU"])]


def test_a_gap_of_statements_takes_and_gives() -> None:
    """T2: 50 went while the bank said nothing; FIFO takes them from the oldest lot and says so."""
    text = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00
    2026-04-02 debit 100.00 UA counterparty=SU
    2026-04-30 closed UA 2026-04-01..2026-04-30 550.00
"""
    assert walked(text, "forward").ends == {"gap": 5_000, "held": 45_000, "paid": 10_000}


def test_lines_with_one_known_end_are_joined() -> None:
    """A credit without counterparty is what an account near in days says it sent there, if the amounts agree."""
    text = """
    2026-02-10 debit 40.00 UA counterparty=PL
    2026-02-11 credit 40.00 PL
    2026-02-12 debit 40.00 PL counterparty=SU
    2026-02-28 closed UA 2026-02-01..2026-02-28 40.00
    2026-02-28 closed PL 2026-02-01..2026-02-28 0.00
"""
    assert ways(walked(text, "forward", event="debit-1")) == [(4_000, "paid", ["UA", "PL", "SU"])]
    apart = text.replace("02-11 credit", "02-21 credit").replace("02-12 debit", "02-22 debit")
    assert walked(apart, "forward", event="debit-1").ends == {"unseen": 4_000}


def test_nothing_moved_is_no_walk() -> None:
    """An event that is no money, in a ledger with some."""
    with closed(CHAIN) as books:
        assert walk_money(books.money, {}, Asked(event="NA/unknown/0"), "forward", WalkCaps()) is None
