# SPDX-License-Identifier: Apache-2.0
"""What may stand in the ledger: every refusal names its code and leaves the register as it was."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.errors import FormatError
from ledger.keys import key_id
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim, Return, Transfer, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import Account, Key, Party
from ledger.register import Register, found
from ledger.submission import Submission, assemble
from tests.desk import Desk, open_desk
from tests.worlds import (
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    SUPPLIER,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    World,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from ledger.problems import Problem


@pytest.fixture
def world() -> World:
    """An invented ledger."""
    return make_world()


@pytest.fixture
def desk(world: World) -> Desk:
    """A desk with the opening and one line L1 of 1,000.00 posted."""
    opened = open_desk(world)
    opened.post(world.issue("L1", 100_000))
    return opened


def codes(problems: tuple[Problem, ...]) -> list[str]:
    """The codes of the problems."""
    return [problem.code for problem in problems]


Making = Callable[[World], Submission]

BY = "2026-01-05T02:00:00.000Z"


def _split(**changes: Any) -> Allocation:  # noqa: ANN401 - fields by name
    fields: dict[str, Any] = {
        "line": "L1-1",
        "parent": "L1",
        "from_": COUNTY,
        "to": UNIT,
        "amount": 1000,
        **changes,
    }
    return Allocation(occurred_on=DAY, action="split", **fields)


REFUSED: dict[str, tuple[str, Making]] = {
    "a payment beyond the line": ("line-exceeded", lambda w: w.pay("L1", 100_001)),
    "a payment from an unknown line": ("line-unknown", lambda w: w.pay("L9", 1)),
    "a payment by another than the holder": ("actor", lambda w: w.submission(PROVINCE, w.paid("L1", 1))),
    "a line that exists": ("id-duplicate", lambda w: w.issue("L1", 1)),
    "a top line by another than the issuer": (
        "line-party",
        lambda w: w.submission(
            COUNTY,
            Allocation(
                occurred_on=DAY,
                action="issue",
                line="L2",
                from_=COUNTY,
                to=UNIT,
                amount=1,
                fund=FUND,
                fiscal_year=2026,
            ),
        ),
    ),
    "a split beyond the parent": ("line-exceeded", lambda w: w.submission(COUNTY, _split(amount=100_001))),
    "a split by another than the holder": ("line-party", lambda w: w.submission(CITY, _split(from_=CITY))),
    "a recall beyond the line": (
        "line-exceeded",
        lambda w: w.submission(
            PROVINCE,
            Allocation(
                occurred_on=DAY, action="recall", line="L1", from_=COUNTY, to=PROVINCE, amount=100_001
            ),
        ),
    ),
    "a date after the recorded day": (
        "date-ahead",
        lambda w: w.submission(
            COUNTY, msgspec.structs.replace(w.paid("L1", 1), occurred_on=datetime.date(2026, 1, 6))
        ),
    ),
    "an account of nobody": (
        "party-unknown",
        lambda w: w.submission(
            PROVINCE, Account(id="A9", owner="nobody", account_class="special", occurred_on=DAY)
        ),
    ),
    "a party registered twice": (
        "version",
        lambda w: w.submission("admin-a", w.seats[UNIT].party),
    ),
    "a wrong credit code": (
        "uscc",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9",
                name="某公司",
                level="payee",
                division="220122",
                roles=("supplier",),
                uscc="91350100M000100Y44",
                occurred_on=DAY,
            ),
        ),
    ),
    "business by administrators": ("actor", lambda w: w.submission("admin-a", w.issued("L2", 1))),
    "bank lines by the county": ("actor", lambda w: w.submission(COUNTY, w.moved(1, 5))),
    "a text with a zero-width space": (
        "text-unseen",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9",
                name="某\u200b公司",
                level="payee",
                division="220122",
                roles=("supplier",),
                occurred_on=DAY,
            ),
        ),
    ),
    "a text with a line feed": (
        "text-unseen",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9", name="a\nb", level="payee", division="220122", roles=("supplier",), occurred_on=DAY
            ),
        ),
    ),
    "a text outside NFC": (
        "text-nfc",
        lambda w: w.submission(
            "admin-a",
            Party(
                id="p9",
                name="Cafe\u0301",
                level="payee",
                division="220122",
                roles=("supplier",),
                occurred_on=DAY,
            ),
        ),
    ),
    "a tag whose line is of another fund": (
        "tag-line",
        lambda w: w.submission(
            UNIT,
            Use(
                occurred_on=DAY,
                from_account=UNIT_ACCOUNT,
                amount=1,
                tag=Tag(fund="F2", source="grant", line="L1"),
            ),
        ),
    ),
    "approval of a claim nobody made": (
        "claim-unknown",
        lambda w: w.submission(
            COUNTY,
            Claim(occurred_on=DAY, action="approve", claim="C1", project=PROJECT, amount=5, line="L1"),
        ),
    ),
    "correction of nothing": (
        "event-unknown",
        lambda w: w.submission(COUNTY, Correction(occurred_on=DAY, event="a/b/0", reason="x")),
    ),
    "a key of the submission's own making": (
        "key-unknown",
        lambda w: w.submission(
            COUNTY, w.paid("L1", 1), signers=[("maker", signer_named("x")), ("checker", signer_named("y"))]
        ),
    ),
    "no checker": (
        "signature-missing",
        lambda w: w.submission(COUNTY, w.paid("L1", 1), signers=[("maker", w.seats[COUNTY].keys["maker"])]),
    ),
    "the maker's key as checker": (
        "key-role",
        lambda w: w.submission(
            COUNTY,
            w.paid("L1", 1),
            signers=[("maker", w.seats[COUNTY].keys["maker"]), ("checker", w.seats[COUNTY].keys["maker"])],
        ),
    ),
    "keys of another party": (
        "key-holder",
        lambda w: w.submission(COUNTY, w.paid("L1", 1), signers=w.signers(UNIT)),
    ),
    "one administrator of two": (
        "threshold",
        lambda w: w.submission(
            "admin-a",
            Party(id="p9", name="x", level="payee", division="220122", roles=("supplier",), occurred_on=DAY),
            signers=w.signers("admin-a")[:1],
        ),
    ),
    "a key without proof of possession": (
        "possession",
        lambda w: w.submission("admin-a", w.key_event(w.seats[UNIT].party, "maker", signer_named("new"))),
    ),
    "a party outside the keys' jurisdiction": (
        "key-jurisdiction",
        lambda w: w.submission(
            COUNTY,
            Party(id="p9", name="x", level="payee", division="330100", roles=("supplier",), occurred_on=DAY),
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_reason_and_no_trace(case: str, world: World, desk: Desk) -> None:
    """Each case is refused with its own code, in two languages with a remedy, and changes nothing."""
    code, making = REFUSED[case]
    if code == "tag-line":
        desk.post(world.submission(PROVINCE, world.fund("F2")))
    before = (dict(desk.register.lines), dict(desk.register.parties), dict(desk.register.keys))
    problems = desk.post(making(world))
    assert code in codes(problems)
    assert all(p.message_en and p.message_zh and p.remedy_en and p.remedy_zh and p.place for p in problems)
    assert before == (desk.register.lines, desk.register.parties, desk.register.keys)
    assert not desk.register.pending_events
    assert desk.post(world.pay("L1", 100_000)) == (), "the line still holds everything"


def test_all_or_nothing(world: World, desk: Desk) -> None:
    """A submission whose last event is wrong leaves nothing of its first."""
    problems = desk.post(world.submission(COUNTY, world.paid("L1", 60_000), world.paid("L1", 60_000)))
    assert [(p.code, p.index) for p in problems] == [("line-exceeded", 1)]
    assert desk.register.lines["L1"].free == 100_000


def test_other_header_same_id_is_a_duplicate(world: World, desk: Desk) -> None:
    """(party, id) stands once."""
    assert desk.post(world.submission(COUNTY, world.paid("L1", 1), submission_id="once")) == ()
    assert codes(desk.post(world.submission(COUNTY, world.paid("L1", 2), submission_id="once"))) == [
        "submission-duplicate"
    ]


def test_a_signature_over_another_header_is_wrong(world: World, desk: Desk) -> None:
    """Signatures bind the header: one lifted from elsewhere is refused."""
    good, other = world.pay("L1", 1), world.pay("L1", 2)
    assert codes(desk.post(replace(good, signatures=other.signatures))) == ["signature-wrong"] * 2


def test_events_that_do_not_fit_the_root(world: World, desk: Desk) -> None:
    """Changing an event after signing breaks the root."""
    good, other = world.pay("L1", 1), world.pay("L1", 2)
    forged = replace(good, events=other.events, event_bytes=other.event_bytes)
    assert codes(desk.post(forged)) == ["root"]


def test_a_submission_for_another_ledger(desk: Desk) -> None:
    """A header that names another genesis is refused, though well signed."""
    elsewhere = make_world(origin="ledger.example/other")
    assert "other-ledger" in codes(desk.post(elsewhere.pay("L1", 1)))


def test_a_revoked_key_signs_no_more(world: World, desk: Desk) -> None:
    """Revocation acts from its own position on."""
    maker = world.seats[COUNTY].keys["maker"]
    revoke = Key(occurred_on=DAY, action="revoke", key=key_id(maker.alg, maker.public))
    assert desk.post(world.pay("L1", 1)) == ()
    assert desk.post(world.submission("admin-a", revoke)) == ()
    assert codes(desk.post(world.pay("L1", 1))) == ["key-revoked"]
    assert codes(desk.post(world.submission("admin-a", revoke))) == ["key-revoke"]


def test_key_validity_is_judged_by_the_recorded_instant(world: World, desk: Desk) -> None:
    """Before its window a key does not count, whatever was signed when."""
    before = world.submission(COUNTY, world.paid("L1", 1), signed_at="2026-01-05T00:59:59.000Z")
    assert codes(desk.post(before)) == ["key-validity"] * 2
    register = desk.register
    state = next(
        s for s in register.keys.values() if s.registered.holder == COUNTY and "maker" in s.registered.roles
    )
    ended = msgspec.structs.replace(state.registered, valid_to=BY)
    register.put(register.keys, state.registered.key, replace(state, registered=ended))
    assert "key-validity" in codes(desk.post(world.pay("L1", 1), recorded=BY))


def test_maker_and_checker_are_two_persons_and_two_devices(world: World, desk: Desk) -> None:
    """Two keys of one person do not make two signatures."""
    register = desk.register
    states = {
        next(iter(s.registered.roles)): s for s in register.keys.values() if s.registered.holder == COUNTY
    }
    for what in ("person", "device"):
        twin = msgspec.structs.replace(
            states["checker"].registered, **{what: getattr(states["maker"].registered, what)}
        )
        mark = register.mark()
        register.put(register.keys, twin.key, replace(states["checker"], registered=twin))
        assert codes(desk.post(world.pay("L1", 1))) == ["separation"]
        register.rollback(mark)
    assert desk.post(world.pay("L1", 1)) == ()


def test_line_arithmetic_down_and_back(world: World, desk: Desk) -> None:
    """Split, adjust, recall: the child and its parent always hold together what was issued."""
    line = desk.register.lines
    assert desk.post(world.submission(COUNTY, _split(amount=30_000))) == ()
    assert (line["L1"].free, line["L1-1"].free) == (70_000, 30_000)
    up = Allocation(
        occurred_on=DAY,
        action="adjust",
        direction="increase",
        line="L1-1",
        from_=COUNTY,
        to=UNIT,
        amount=5_000,
    )
    assert desk.post(world.submission(COUNTY, up)) == ()
    assert (line["L1"].free, line["L1-1"].free) == (65_000, 35_000)
    down = Allocation(
        occurred_on=DAY,
        action="adjust",
        direction="decrease",
        line="L1-1",
        from_=UNIT,
        to=COUNTY,
        amount=1_000,
    )
    assert desk.post(world.submission(COUNTY, down)) == ()
    back = Allocation(occurred_on=DAY, action="recall", line="L1-1", from_=UNIT, to=COUNTY, amount=4_000)
    assert desk.post(world.submission(COUNTY, back)) == ()
    assert (line["L1"].free, line["L1-1"].free) == (70_000, 30_000)
    assert (line["L1-1"].lowered, line["L1-1"].recalled) == (1_000, 4_000)
    out = Allocation(occurred_on=DAY, action="recall", line="L1", from_=COUNTY, to=PROVINCE, amount=70_000)
    assert desk.post(world.submission(PROVINCE, out)) == ()
    assert line["L1"].free == 0


def test_correction_of_a_split_names_what_depends_on_it(world: World, desk: Desk) -> None:
    """Reversing a split is refused while its child has passed money on, and done once it has not."""
    split = world.submission(COUNTY, _split(amount=30_000))
    assert desk.post(split) == ()
    below = _split(line="L1-1-1", parent="L1-1", from_=UNIT, to=SUPPLIER, amount=1)
    assert desk.post(world.submission(UNIT, below)) == ()
    reversal = Correction(occurred_on=DAY, event=f"{COUNTY}/{split.header.id}/0", reason="记错")
    refused = desk.post(world.submission(COUNTY, reversal))
    assert codes(refused) == ["line-exceeded"]
    assert "L1-1-1" in refused[0].message_en
    back = Allocation(occurred_on=DAY, action="recall", line="L1-1-1", from_=SUPPLIER, to=UNIT, amount=1)
    assert desk.post(world.submission(UNIT, back)) == ()
    assert desk.post(world.submission(COUNTY, reversal)) == ()
    assert desk.register.lines["L1"].free == 100_000
    assert codes(desk.post(world.submission(COUNTY, reversal))) == ["corrected-twice"]


def test_an_unbanked_payment_is_reversed_a_banked_one_is_not(world: World, desk: Desk) -> None:
    """Money that left by the bank is returned, never reversed (DESIGN §4, Corrections)."""
    paid = msgspec.structs.replace(world.paid("L1", 40_000), bank_ref="B1")
    first, second = world.submission(COUNTY, paid), world.submission(COUNTY, world.paid("L1", 10_000))
    line = Movement(
        occurred_on=DAY,
        account=COUNTY_ACCOUNT,
        statement="s1",
        line_no=1,
        direction="debit",
        amount=40_000,
        bank_ref="B1",
    )
    for one in (first, second, world.submission(BANK, line)):
        assert desk.post(one) == ()
    undo_first, undo_second = (
        Correction(occurred_on=DAY, event=f"{COUNTY}/{one.header.id}/0", reason="x")
        for one in (first, second)
    )
    assert codes(desk.post(world.submission(COUNTY, undo_first))) == ["paid"]
    assert desk.post(world.submission(COUNTY, undo_second)) == ()
    assert desk.register.lines["L1"].free == 60_000


@pytest.mark.parametrize("bank_first", [True, False])
def test_a_return_lifts_the_ceiling_only_with_the_bank(world: World, desk: Desk, *, bank_first: bool) -> None:
    """A reported return restores the line when a bank line bears it out, before or after, and never twice."""
    payment = world.pay("L1", 40_000)
    assert desk.post(payment) == ()
    reported = world.submission(
        COUNTY,
        Return(occurred_on=DAY, amount=25_000, event=f"{COUNTY}/{payment.header.id}/0", from_account=SUPPLIER_ACCOUNT,
               to_account=COUNTY_ACCOUNT, bank_ref="R1"),
    )  # fmt: skip
    banked = world.submission(
        BANK,
        Movement(occurred_on=DAY, account=COUNTY_ACCOUNT, statement="s1", line_no=1, direction="credit", amount=25_000,
                 bank_ref="R1"),
    )  # fmt: skip
    first, second = (banked, reported) if bank_first else (reported, banked)
    assert desk.post(first) == ()
    assert desk.register.lines["L1"].free == 60_000
    assert desk.post(second) == ()
    assert desk.register.lines["L1"].free == 85_000


def test_a_return_restores_at_most_what_is_still_out(world: World, desk: Desk) -> None:
    """Returns beyond the payment count as returned and lift nothing."""
    payment = world.pay("L1", 40_000)
    assert desk.post(payment) == ()
    for number, amount in enumerate((30_000, 30_000)):
        back = Return(
            occurred_on=DAY, amount=amount, event=f"{COUNTY}/{payment.header.id}/0", to_account=COUNTY_ACCOUNT,
            bank_ref=f"R{number}",
        )  # fmt: skip
        assert desk.post(world.submission(BANK, back)) == ()
    assert desk.register.lines["L1"].free == 100_000
    assert desk.register.returned[f"{COUNTY}/{payment.header.id}/0"] == 60_000


def test_bad_news_is_recorded(world: World, desk: Desk) -> None:
    """Facts are never refused for content: overdrawn, out of purpose, to a related account."""
    bad = Transfer(
        occurred_on=DAY, from_account=UNIT_ACCOUNT, to_account=SUPPLIER_ACCOUNT, amount=2**53 - 1, reason="lend",
        tag=Tag(fund=FUND, source="grant"),
    )  # fmt: skip
    assert desk.post(world.submission(UNIT, bad)) == ()


def test_flagging_ledgers_record_what_exceeds_a_line() -> None:
    """With `ceilings: flag` an over-limit payment stands and the line goes below zero."""
    world = make_world(ceilings="flag")
    desk = open_desk(world)
    assert desk.post(world.issue("L1", 10)) == ()
    assert desk.post(world.pay("L1", 25)) == ()
    assert desk.register.lines["L1"].free == -15
    assert codes(desk.post(world.pay("L9", 25))) == ["line-unknown"]


def test_claims_go_their_way(world: World, desk: Desk) -> None:
    """Submitted by the unit, approved by the line's holder; a returned claim is submitted anew."""
    claim = Claim(occurred_on=DAY, action="submit", claim="C1", project=PROJECT, amount=500, line="L1")
    approve = msgspec.structs.replace(claim, action="approve")
    turn_down = Claim(occurred_on=DAY, action="return", claim="C1", project=PROJECT, reason="材料不全")
    assert codes(desk.post(world.submission(COUNTY, claim))) == ["actor"]
    assert desk.post(world.submission(UNIT, claim)) == ()
    assert codes(desk.post(world.submission(UNIT, claim))) == ["id-duplicate"]
    assert codes(desk.post(world.submission(UNIT, approve))) == ["actor"]
    assert desk.post(world.submission(COUNTY, turn_down)) == ()
    assert codes(desk.post(world.submission(COUNTY, approve))) == ["claim-state"]


def test_a_genesis_must_be_signed_by_every_administrator(world: World) -> None:
    """A ledger cannot be founded without the signature of each first administrator."""
    broken = world.genesis_entry.replace(
        world.genesis_signatures[0].sig.encode(), world.genesis_signatures[1].sig.encode()
    )
    with pytest.raises(FormatError, match="no good signature"):
        found(Register(), broken)


def test_disbursement_needs_somebody_to_pay() -> None:
    """Form: a payment names an account, a party or a list."""
    with pytest.raises(ValueError, match="to_account"):
        Disbursement(occurred_on=DAY, line="L1", from_account="A", amount=1, mode="direct")


def test_sixteen_signatures_at_most(world: World) -> None:
    """More than 16 signatures are refused as form, before any is checked."""
    from ledger.submission import parse_wire, wire_bytes  # noqa: PLC0415 - used by this test alone

    keys = [("maker", signer_named(f"k{number}")) for number in range(17)]
    header = world.pay("L1", 1).header
    many = assemble(
        events=[world.paid("L1", 1)],
        header=lambda count, root: msgspec.structs.replace(header, count=count, root=root),
        signers=keys,
    )
    with pytest.raises(FormatError, match="1 to 16"):
        parse_wire(wire_bytes(many))
    assert base64.b64decode(many.signatures[0].sig)
