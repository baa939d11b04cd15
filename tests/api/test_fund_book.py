# SPDX-License-Identifier: Apache-2.0
"""Where money is said to be: small ledgers with sums done by hand, and laws that hold for every one of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from api.projection.fund_book import CashBook, FundBook, level_rows, open_book
from api.projection.money_moves import moves_of
from api.projection.places import PERSONS, UNNAMED, Place
from api.projection.read_model import ALL_SOURCES, GRANT
from ledger.effects import take_in
from ledger.kinds.authority import Disbursement
from ledger.past_events import KnownEvent
from ledger.register import Register
from tests.scenarios.language import scenario

if TYPE_CHECKING:
    from api.projection.money_moves import Source
    from ledger.kinds.vocabulary import AnyEvent
    from ledger.past_events import BankLine

STAGE = """
2026-01-04 party CENTRE centre finance division=000000
2026-01-04 party PROV province finance division=220000
2026-01-04 party NA county finance
2026-01-04 party TOWN township finance
2026-01-04 party WATER county unit
2026-01-04 party BUILDER payee supplier
2026-01-04 account TP PROV treasury_single
2026-01-04 account TR NA treasury_single
2026-01-04 account TW TOWN township
2026-01-04 account WA WATER unit_real
2026-01-04 account SUP BUILDER supplier
2026-01-04 fund F PROV
2026-01-04 fund G PROV
2026-01-04 project P WATER F
2026-01-10 issue L0 1000.00 PROV -> NA fund=F
"""


@dataclass
class Past:
    """Earlier events of a scenario, by name."""

    events: dict[str, KnownEvent]

    def find(self, name: str) -> KnownEvent | None:
        """The event with that name."""
        return self.events.get(name)

    def event_named(self, name: str) -> AnyEvent | None:
        """The same, the event alone."""
        known = self.events.get(name)
        return None if known is None else known.event

    def submission(self, party: str, identifier: str) -> int | None:
        """Nothing is a duplicate."""

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Nothing is a duplicate."""

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """No bank here."""

    def is_paid(self, *, account: str, bank_ref: str, amount: int) -> bool:
        """Whether an earlier direct or authorised payment matches."""
        payments = (known.event for known in self.events.values() if isinstance(known.event, Disbursement))
        return any(
            (one.from_account, one.bank_ref, one.amount) == (account, bank_ref, amount)
            and one.mode != "transfer"
            for one in payments
        )


def book_of(text: str, *, fund: str = "F", sources: frozenset[Source] = ALL_SOURCES) -> FundBook:
    """The book of `fund` after the events of `text`, which go on from the stage."""
    register, past = Register(), Past({})
    cash: defaultdict[str, CashBook] = defaultdict(CashBook)
    for posted in scenario(STAGE + text).events:
        known = KnownEvent(seq=posted.seq, recorded=posted.recorded, party=posted.party, event=posted.event)
        for move in moves_of(register, posted.event, past):
            cash[move.fund].take(move)
        for _ in take_in(register, known, name=posted.name, past=past):
            pass
        past.events[posted.name] = known
    lines = [line for line in register.lines.values() if line.fund == fund]
    return open_book(register, fund, lines, cash[fund], sources=sources)


def held(book: FundBook) -> dict[str, int]:
    """What rests where, by id, in whole yuan; nothing left out."""
    names = {UNNAMED: "unnamed", PERSONS: "list"}
    return {
        names.get(place, place.id): one.held // 100 for place, one in book.positions.items() if one.held != 0
    }


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        pytest.param("", {"NA": 1000}, id="issued-and-not-moved"),
        pytest.param("2026-01-20 split L1 600.00 NA -> TOWN parent=L0", {"NA": 400, "TOWN": 600}, id="split"),
        pytest.param(
            "2026-01-20 split L1 600.00 NA -> TOWN parent=L0\n2026-01-21 recall L1 100.00 TOWN -> NA",
            {"NA": 500, "TOWN": 500},
            id="recalled",
        ),
        pytest.param("2026-01-21 recall L0 100.00 NA -> PROV", {"NA": 900}, id="recalled-out-of-the-fund"),
        pytest.param("2026-02-20 pay 300.00 L0 TR -> SUP", {"NA": 700, "BUILDER": 300}, id="paid-directly"),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> SUP project=P",
            {"NA": 700, "BUILDER": 300},
            id="paid-for-a-project",
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> WA mode=transfer", {"NA": 700, "WATER": 300}, id="moved-to-a-unit"
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> WA mode=transfer\n2026-03-01 use 120.00 WA BUILDER tag=F/grant",
            {"NA": 700, "WATER": 180, "BUILDER": 120},
            id="used-by-the-unit",
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> WA mode=transfer\n2026-03-01 use 350.00 WA BUILDER tag=F/grant",
            {"NA": 700, "WATER": -50, "BUILDER": 350},
            id="used-beyond-what-came",
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> SUP bank_ref=R1\n2026-03-01 use 300.00 TR BUILDER tag=F/grant bank_ref=R1",
            {"NA": 700, "BUILDER": 300},
            id="the-report-of-a-direct-payment-is-no-second-payment",
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> SUP as=p1\n2026-03-01 return 100.00 SUP -> TR event=p1",
            {"NA": 800, "BUILDER": 200},
            id="returned-in-part",
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> SUP as=p1\n2026-03-01 void p1", {"NA": 1000}, id="reversed"
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR -> WA mode=transfer\n2026-03-01 use 120.00 WA BUILDER tag=F/grant as=u\n"
            "2026-03-02 void u",
            {"NA": 700, "WATER": 300},
            id="a-use-reversed",
        ),
        pytest.param(
            "2026-02-20 pay 300.00 L0 TR - payee_list=" + "a" * 64, {"NA": 700, "list": 300}, id="persons"
        ),
        pytest.param(
            "2026-01-15 transfer 1000.00 TP -> TR tag=F/grant",
            {"NA": 1000},
            id="cash-of-a-line-is-not-counted-twice",
        ),
        pytest.param(
            "2026-01-15 transfer 1000.00 TP -> TR tag=F/grant\n2026-01-16 transfer 200.00 TR -> TW tag=F/grant",
            {"NA": 800, "TOWN": 200},
            id="cash-beyond-lines-is-a-flow",
        ),
        pytest.param("2026-01-15 transfer 200.00 TR -> TW", {"NA": 1000}, id="untagged-is-nobodys"),
        pytest.param(
            "2026-01-15 matched 90.00 NA TR fund=F",
            {"NA": 1090},
            id="matched-by-the-county-into-its-own-account",
        ),
        pytest.param(
            "2026-01-15 matched 90.00 TOWN TR fund=F\n2026-03-01 use 90.00 TR BUILDER tag=F/match",
            {"NA": 1000, "BUILDER": 90},
            id="matched-by-another-and-used",
        ),
        pytest.param(
            "2026-01-15 matched 90.00 NA TR fund=F source=in_kind", {"NA": 1000}, id="in-kind-is-no-money"
        ),
        pytest.param("2026-03-31 interest 5.00 TR tag=F/interest", {"NA": 1005}, id="interest"),
        pytest.param("2026-03-31 interest 5.00 TR", {"NA": 1000}, id="general-interest"),
    ],
)
def test_where_the_money_is(text: str, positions: dict[str, int]) -> None:
    """By hand, in yuan; and what rests somewhere is all that came in."""
    book = book_of(text)
    assert held(book) == positions
    assert sum(one.held for one in book.positions.values()) == book.total
    assert book.resting == book.total - book.paid


def test_a_payment_for_a_project_passes_through_it() -> None:
    """County to project to payee, each hop with the amount."""
    book = book_of("2026-02-20 pay 300.00 L0 TR -> SUP project=P")
    hops = {(row.giver.id, row.taker.id): row.amount for row in book.rows}
    assert hops["NA", "P"] == hops["P", "BUILDER"] == 30_000


def test_a_party_that_is_paid_is_told_apart_from_one_that_holds() -> None:
    """The same unit holds money on its way and is paid for its own work: two places."""
    book = book_of(
        "2026-02-20 pay 300.00 L0 TR -> WA mode=transfer\n2026-03-01 use 100.00 WA WATER tag=F/grant"
    )
    assert book.positions[Place("body", "WATER")].held == 20_000
    assert book.positions[Place("payee", "WATER")].held == 10_000


def test_sources_can_be_looked_at_alone() -> None:
    """Grants without match and interest: what the home page counts."""
    text = "2026-01-15 matched 90.00 NA TR fund=F\n2026-03-01 use 50.00 TR BUILDER tag=F/match\n"
    text += "2026-03-02 pay 30.00 L0 TR -> SUP"
    everything, grant = book_of(text), book_of(text, sources=GRANT)
    assert (everything.total, everything.paid, everything.paid_grant) == (109_000, 8_000, 3_000)
    assert (grant.total, grant.paid, grant.matched) == (100_000, 3_000, 0)


def test_levels_add_up_and_inner_moves_do_not_count() -> None:
    """What a level received from outside less what left it is what rests there; all levels hold what was issued."""
    book = book_of(
        "2026-01-20 split L1 600.00 NA -> TOWN parent=L0\n2026-02-20 pay 300.00 L1 TW -> WA mode=transfer\n"
        "2026-03-01 use 120.00 WA BUILDER tag=F/grant"
    )
    rows = {row.level: row for row in level_rows([book])}
    assert (rows["township"].received, rows["township"].passed, rows["township"].held) == (
        60_000,
        12_000,
        48_000,
    )
    assert sum(row.held for row in rows.values()) == book.issued == 100_000


def test_another_fund_has_another_book() -> None:
    """Nothing of F stands in the book of G."""
    book = book_of("2026-02-20 pay 300.00 L0 TR -> SUP", fund="G")
    assert (book.rows, book.total) == ((), 0)
