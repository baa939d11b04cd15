# SPDX-License-Identifier: Apache-2.0
"""Submissions that a sequencer should never have taken in, in a log that is otherwise perfect: found by replay."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.keys import key_id
from ledger.kinds.bank import BankBalance
from ledger.kinds.control import Correction
from ledger.kinds.registry import Key
from tests.ledger.test_rulings import tier
from tests.malicious.forger import Forger, edited, found_in, judge, relinked
from tests.worlds import (
    AUDIT,
    BANK,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    PROVINCE,
    UNIT,
    Seat,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from ledger.submission import Submission

ADMIN = "admin-a"


def refused(forger: Forger, submission: Submission) -> tuple[str, int]:
    """Number of the broken check, and its position counted from the header of `submission`."""
    at = forger.post(submission)
    verdict = judge(forger.files())
    number, position = found_in(verdict)
    assert verdict.good_prefix == at
    assert position is not None
    return number, position - at


def with_header(submission: Submission, **changes: object) -> Submission:
    """The submission under a changed header that nobody signed again."""
    return replace(submission, header=msgspec.structs.replace(submission.header, **changes))


def test_a_checkpoint_that_cuts_a_submission_is_refused(forger: Forger) -> None:
    """The last header promises events that are not there."""
    header = forger.post(forger.world.bank_lines(301, 5))
    for size in range(header + 1, header + 6):
        verdict = judge(forger.files(size))
        assert found_in(verdict) == ("I6", header)
        assert verdict.good_prefix == header


def test_a_payment_of_a_tier_without_its_approver_is_found(forger: Forger) -> None:
    """The verifier asks for what the policies in the log ask for, and of a smaller payment nothing more."""
    world = forger.world
    forger.post(world.submission(AUDIT, tier(amount_from=5_000)), world.pay("L1", 4_999))
    assert judge(forger.files()).outcome != "broken"
    assert refused(forger, world.pay("L1", 5_000)) == ("I6", 0)


def test_an_omitted_event_is_missed_though_everything_is_relinked(forger: Forger) -> None:
    """An operator who drops one event of a batch and relinks: the next one stands in its place."""
    header = forger.post(forger.world.bank_lines(301, 5), forger.world.pay("L1", 1)) - 6
    entries = forger.entries
    forger.entries = relinked([*entries[: header + 2], *entries[header + 3 :]])
    assert found_in(judge(forger.files())) == ("I6", header + 2)


def test_an_added_event_has_no_header(forger: Forger) -> None:
    """An event that belongs to no submission."""
    extra = forger.entries[-1]
    at = len(forger.entries)
    forger.entries = relinked([*forger.entries, edited(extra, index=1)])
    assert found_in(judge(forger.files())) == ("I6", at)


def test_an_event_recorded_apart_from_its_header_is_refused(forger: Forger) -> None:
    """One instant for the whole submission."""
    entries = forger.entries
    at = len(entries) - 1
    forger.entries = relinked([*entries[:-1], edited(entries[-1], recorded="2027-01-01T00:00:00.000Z")])
    assert found_in(judge(forger.files())) == ("I6", at)


def test_a_second_genesis_is_refused(forger: Forger) -> None:
    """There is one beginning."""
    again = edited(forger.entries[0], recorded=forger.world.tick())
    forger.entries = relinked([*forger.entries, again])
    assert found_in(judge(forger.files())) == ("I6", len(forger.entries) - 1)


def test_a_genesis_without_every_administrator_is_refused(forger: Forger) -> None:
    """Entry 0 needs the signature of each first administrator."""
    first = json.loads(forger.entries[0])
    forger.entries = relinked([edited(forger.entries[0], signatures=first["signatures"][:1])])
    assert found_in(judge(forger.files())) == ("I6", 0)


def test_a_log_that_does_not_begin_with_a_genesis_is_refused(forger: Forger) -> None:
    """The first entry is the constitution or nothing is."""
    forger.entries = relinked(forger.entries[1:])
    assert found_in(judge(forger.files())) == ("I6", 0)


def test_a_wrong_root_is_refused(forger: Forger) -> None:
    """The header binds the very events."""
    assert refused(forger, with_header(forger.world.pay("L1", 1), root="0" * 64)) == ("I6", 0)


def test_an_altered_event_under_a_signed_header_is_refused(forger: Forger) -> None:
    """The operator changes an amount, relinks and signs a new checkpoint: the bureau's signature does not follow."""
    at = next(seq for seq, entry in enumerate(forger.entries) if b'"amount":250000' in entry)
    forger.entries[at] = forger.entries[at].replace(b"250000", b"950000")
    forger.entries = relinked(forger.entries)
    assert found_in(judge(forger.files())) == ("I6", at - 1)


@pytest.mark.parametrize("change", [{"genesis": "0" * 64}, {"origin": "ledger.example/other"}])
def test_a_submission_for_another_ledger_is_refused(forger: Forger, change: dict[str, str]) -> None:
    """A header names the ledger it was signed for."""
    assert refused(forger, with_header(forger.world.pay("L1", 1), **change)) == ("I6", 0)


def test_a_missing_signature_is_refused(forger: Forger) -> None:
    """Nobody checked what the maker made."""
    made = forger.world.pay("L1", 1)
    assert refused(forger, replace(made, signatures=made.signatures[1:])) == ("I6", 0)


def test_a_signature_that_does_not_fit_is_refused(forger: Forger) -> None:
    """The signature of the same key over another header."""
    made, other = forger.world.pay("L1", 1), forger.world.pay("L1", 2)
    assert refused(forger, replace(made, signatures=other.signatures)) == ("I6", 0)


def test_the_lowest_of_several_wrong_signatures_counts(forger: Forger) -> None:
    """Signatures are checked in any order; the report does not depend on it."""
    other = forger.world.pay("L1", 1)
    first = len(forger.entries)
    for amount in range(2, 60):
        made = forger.world.pay("L1", amount)
        forger.post(replace(made, signatures=other.signatures))
    verdict = judge(forger.files())
    assert found_in(verdict) == ("I6", first)
    assert verdict.good_prefix == first


def test_signatures_out_of_order_are_refused(forger: Forger) -> None:
    """One spelling of a set."""
    made = forger.world.pay("L1", 1)
    assert refused(forger, replace(made, signatures=made.signatures[::-1])) == ("I6", 0)


def test_an_unknown_key_is_refused(forger: Forger) -> None:
    """A key that no entry registers."""
    signers = [("maker", signer_named("x")), ("checker", signer_named("y"))]
    event = forger.world.paid("L1", 1)
    assert refused(forger, forger.world.submission(COUNTY, event, signers=signers)) == ("I6", 0)


def test_a_revoked_key_is_refused(forger: Forger) -> None:
    """A revocation acts from its own position on."""
    maker = forger.world.seats[COUNTY].keys["maker"]
    revocation = Key(occurred_on=DAY, action="revoke", key=key_id(maker.alg, maker.public))
    forger.post(forger.world.pay("L1", 1), forger.world.submission(ADMIN, revocation))
    assert judge(forger.files()).outcome == "self-consistent"
    assert refused(forger, forger.world.pay("L1", 1)) == ("I6", 0)


def test_maker_and_checker_of_one_person_are_refused(forger: Forger) -> None:
    """Two keys in one hand are one signature."""
    world = forger.world
    party = world.seats[UNIT].party
    seat = Seat(party=party, keys={"maker": signer_named("one"), "checker": signer_named("two")})
    events = [
        msgspec.structs.replace(world.key_event(party, role, signer), person="same-hand")
        for role, signer in seat.keys.items()
    ]
    proofs = [("possession", signer) for signer in seat.keys.values()]
    forger.post(world.submission(ADMIN, *events, signers=[*world.signers(ADMIN), *proofs]))
    assert judge(forger.files()).outcome == "self-consistent"
    bad = world.submission(UNIT, world.project("P-2"), signers=list(seat.keys.items()))
    assert refused(forger, bad) == ("I6", 0)


def test_an_actor_without_the_right_is_refused(forger: Forger) -> None:
    """The unit pays from a line of the county."""
    assert refused(forger, forger.world.submission(UNIT, forger.world.paid("L1", 1))) == ("I6", 1)


@pytest.mark.parametrize("public", ["QR==", "QQ==", "A" * 43 + "="])
def test_a_key_that_is_none_is_refused(forger: Forger, public: str) -> None:
    """Base64 of another spelling, a key of another length, a key under which anybody can sign."""
    world = forger.world
    event = msgspec.structs.replace(
        world.key_event(world.seats[UNIT].party, "maker", signer_named("one")), public=public
    )
    signers = [*world.signers(ADMIN), ("possession", signer_named("one"))]
    assert refused(forger, world.submission(ADMIN, event, signers=signers))[0] in {"I1", "I6"}


def test_an_unknown_line_is_refused(forger: Forger) -> None:
    """A reference resolves to an earlier entry."""
    assert refused(forger, forger.world.pay("L-NOWHERE", 1)) == ("I7", 1)


def test_a_duplicate_submission_is_refused(forger: Forger) -> None:
    """(party, id) stands once."""
    made = forger.world.submission(COUNTY, forger.world.paid("L1", 1), submission_id="s-000009")
    forger.post(made)
    again = forger.world.submission(COUNTY, forger.world.paid("L1", 2), submission_id="s-000009")
    assert refused(forger, again) == ("I7", 0)


def test_a_replayed_submission_is_refused(forger: Forger) -> None:
    """The same signed submission written down twice would pay twice."""
    made = forger.world.pay("L1", 1)
    forger.post(made)
    at = forger.post(made, recorded=forger.world.tick())
    assert found_in(judge(forger.files())) == ("I7", at)


def test_a_duplicate_bank_line_is_refused(forger: Forger) -> None:
    """(account, statement, line) stands once."""
    assert refused(forger, forger.world.bank_lines(300, 2)) == ("I7", 1)


def test_a_duplicate_line_is_refused(forger: Forger) -> None:
    """A line is issued once."""
    assert refused(forger, forger.world.issue("L1", 1)) == ("I7", 1)


def test_authority_beyond_the_line_is_refused(forger: Forger) -> None:
    """The line holds 650,000 and 700,000 are paid."""
    assert refused(forger, forger.world.pay("L1", 700_000)) == ("I8", 1)


def test_authority_beyond_the_line_is_recorded_where_the_genesis_says_so() -> None:
    """A historical ledger flags and does not refuse."""
    forger = Forger(make_world(ceilings="flag"))
    world = forger.world
    forger.post(*world.opening(), world.issue("L1", 100), world.pay("L1", 700))
    assert judge(forger.files()).outcome == "self-consistent"


def closing(forger: Forger, *, closing_balance: int, lines: int = 300) -> Submission:
    """The bank closes the statement of 300 credits of 1.00."""
    balance = BankBalance(
        occurred_on=DAY,
        account=COUNTY_ACCOUNT,
        statement="2026-01",
        from_on=DAY,
        to_on=DAY,
        opening=500,
        closing=closing_balance,
        lines=lines,
    )
    return forger.world.submission(BANK, balance)


def test_a_statement_that_adds_up_stands(forger: Forger) -> None:
    """Opening 5.00 and 300 credits of 1.00 close at 305.00."""
    forger.post(closing(forger, closing_balance=30_500))
    verdict = judge(forger.files())
    assert verdict.outcome == "self-consistent"
    assert verdict.notes == ()


def test_a_statement_that_does_not_add_up_is_refused(forger: Forger) -> None:
    """The bank's own signature contradicts itself, however much comes after."""
    at = forger.post(closing(forger, closing_balance=30_499))
    forger.post(forger.world.pay("L1", 1))
    verdict = judge(forger.files())
    assert found_in(verdict) == ("I8", at + 1)
    assert verdict.good_prefix == at


def test_a_statement_with_lines_to_come_is_not_covered_yet(forger: Forger) -> None:
    """Lines may follow their balance; until then it is said and nothing is broken."""
    forger.post(closing(forger, closing_balance=30_600, lines=301))
    assert len(judge(forger.files()).notes) == 1
    forger.post(forger.world.bank_lines(301, 1))
    assert judge(forger.files()).notes == ()
    forger.post(forger.world.bank_lines(302, 1))
    assert judge(forger.files()).check("I8").state == "broken"


def test_a_corrected_statement_stands_again(forger: Forger) -> None:
    """A wrong balance that the bank reversed counts as never posted."""
    wrong = closing(forger, closing_balance=1)
    forger.post(wrong)
    name = f"{BANK}/{wrong.header.id}/0"
    forger.post(forger.world.submission(BANK, Correction(occurred_on=DAY, event=name, reason="录入错误")))
    assert judge(forger.files()).outcome == "self-consistent"


def test_a_corrected_line_reopens_its_statement(forger: Forger) -> None:
    """A closed statement loses a line: it is not covered any more until the line is posted again."""
    forger.post(closing(forger, closing_balance=30_500))
    lines = next(json.loads(entry)["header"]["id"] for entry in forger.entries if b'"count":300' in entry)
    correction = Correction(occurred_on=DAY, event=f"{BANK}/{lines}/299", reason="录入错误")
    forger.post(forger.world.submission(BANK, correction))
    verdict = judge(forger.files())
    assert verdict.outcome == "self-consistent"
    assert len(verdict.notes) == 1


def test_a_corrected_payment_and_a_recall_keep_the_fund_in_balance(forger: Forger) -> None:
    """What entered is in the lines or was paid, after reversals too."""
    world = forger.world
    paid = world.pay("L1", 77)
    forger.post(paid)
    name = f"{COUNTY}/{paid.header.id}/0"
    forger.post(world.submission(COUNTY, Correction(occurred_on=DAY, event=name, reason="重复支付指令")))
    recall = msgspec.structs.replace(
        world.issued("L1", 1_000), action="recall", from_=COUNTY, to=PROVINCE, fund=None, fiscal_year=None
    )
    forger.post(world.submission(PROVINCE, recall))
    assert judge(forger.files()).outcome == "self-consistent"


def test_a_date_ahead_of_its_record_is_refused(forger: Forger) -> None:
    """Nothing happens after it was recorded."""
    event = msgspec.structs.replace(forger.world.paid("L1", 1), occurred_on=datetime.date(2027, 1, 1))
    assert refused(forger, forger.world.submission(COUNTY, event)) == ("I6", 1)
