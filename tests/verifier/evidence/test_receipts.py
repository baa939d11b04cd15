# SPDX-License-Identifier: Apache-2.0
"""Receipts with nothing but a policy: under current keys, under retired ones, and when they do not hold."""

from __future__ import annotations

import pytest

from ledger.entry import EventEntry, event_of, parse_entry
from ledger.errors import FormatError, InputError, ProofError, SignatureError
from ledger.timestamp import Timestamp
from tests.malicious.forger import Forger
from tests.verifier.evidence.cases import (
    AFTER,
    BEFORE,
    a_log,
    after_retirement,
    cosigned,
    receipt_of,
    trusting,
)
from tests.worlds import log_signer_named, make_world
from verifier.evidence.findings import sentence
from verifier.evidence.receipt_check import check_receipt
from verifier.integrity.trust import Trust


@pytest.fixture(scope="module")
def log() -> tuple[Forger, int]:
    """An honest log, and the position of a payment."""
    return a_log()


def test_a_receipt_holds_with_the_policy_alone(log: tuple[Forger, int]) -> None:
    """What the entry says, where it stands, who signed, on whose word."""
    forger, paid = log
    shown = check_receipt(receipt_of(forger, paid), forger.entries[paid], trusting(forger))
    assert shown.outcome == "verified"
    assert (shown.seq, shown.exit_code) == (paid, 0)
    assert "disbursement" in shown.says.en
    assert "250000" in shown.says.en
    assert len(shown.belief.signers) == 2
    assert "policy" in sentence(shown).en


@pytest.mark.parametrize("seq", [0, 1, 100])
def test_every_entry_has_one(log: tuple[Forger, int], seq: int) -> None:
    """Genesis, header, bank line."""
    forger, _paid = log
    assert check_receipt(receipt_of(forger, seq), forger.entries[seq], trusting(forger)).seq == seq


def test_another_entry_does_not_fit(log: tuple[Forger, int]) -> None:
    """A receipt proves its own entry and no other; an entry that claims another position is refused by itself."""
    forger, paid = log
    for other in (paid - 1, paid + 1, 0):
        with pytest.raises(ProofError):
            check_receipt(receipt_of(forger, paid), forger.entries[other], trusting(forger))
    moved = Forger(forger.world, [*forger.entries])
    moved.entries[paid], moved.entries[paid + 2] = moved.entries[paid + 2], moved.entries[paid]
    with pytest.raises(ProofError, match="says that it is entry"):
        check_receipt(receipt_of(moved, paid), moved.entries[paid], trusting(forger))


def test_an_event_alone_is_told_apart(log: tuple[Forger, int]) -> None:
    """The receipt is over the entry; the remedy says where to get it."""
    forger, paid = log
    entry = parse_entry(forger.entries[paid], place="x")
    assert isinstance(entry, EventEntry)
    with pytest.raises(FormatError, match="Download the entry"):
        check_receipt(receipt_of(forger, paid), event_of(entry), trusting(forger))
    with pytest.raises(FormatError):
        check_receipt(receipt_of(forger, paid), b"nothing", trusting(forger))


def test_a_stranger_does_not_vouch(log: tuple[Forger, int]) -> None:
    """Another log key, or a checkpoint that lacks a line of the log."""
    forger, paid = log
    stranger = receipt_of(forger, paid, note=forger.checkpoint(signer=log_signer_named("stranger")))
    lines = forger.checkpoint().decode().splitlines(keepends=True)
    one_line = receipt_of(forger, paid, note="".join(lines[:-1]).encode())
    for receipt in (stranger, one_line):
        with pytest.raises(SignatureError):
            check_receipt(receipt, forger.entries[paid], trusting(forger))


def test_the_quorum_must_be_reached(log: tuple[Forger, int]) -> None:
    """Under current keys too, where the policy asks for witnesses."""
    forger, paid = log
    policy = trusting(forger).policy
    old = after_retirement(forger).policy
    assert policy is not None
    assert old is not None
    asks = Trust(policy=type(policy)(logs=policy.logs, witnesses=old.witnesses, groups={}, quorum="w1"))
    with pytest.raises(SignatureError, match="quorum"):
        check_receipt(receipt_of(forger, paid), forger.entries[paid], asks)
    note = cosigned(forger.checkpoint(), seconds=AFTER)
    assert check_receipt(receipt_of(forger, paid, note=note), forger.entries[paid], asks).exit_code == 0


def test_under_a_retired_key_alone_it_does_not_count(log: tuple[Forger, int]) -> None:
    """Nothing is known to be wrong: exit 3."""
    forger, paid = log
    for trust in (after_retirement(forger), after_retirement(forger, witness=False)):
        shown = check_receipt(receipt_of(forger, paid), forger.entries[paid], trust)
        assert (shown.outcome, shown.exit_code) == ("undecided", 3)
        assert "retired" in sentence(shown).en


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(BEFORE, "verified"), (AFTER, "undecided"), (0, "undecided")]
)
def test_witnesses_from_before_the_retirement_count(
    log: tuple[Forger, int], seconds: int, outcome: str
) -> None:
    """Their times decide; a cosignature without a time says nothing."""
    forger, paid = log
    receipt = receipt_of(forger, paid, note=cosigned(forger.checkpoint(), seconds=seconds))
    assert check_receipt(receipt, forger.entries[paid], after_retirement(forger)).outcome == outcome


@pytest.mark.parametrize(
    ("at", "outcome"), [("2026-06-30T23:59:59.999Z", "verified"), ("2026-07-01T00:00:00.000Z", "undecided")]
)
def test_a_time_stamp_from_before_the_retirement_counts(
    log: tuple[Forger, int], at: str, outcome: str
) -> None:
    """With no witness asked for; the very instant of the retirement is too late."""
    forger, paid = log
    stamp = Timestamp(at=at, authority="CN=TSA")
    trust = after_retirement(forger, witness=False)
    shown = check_receipt(receipt_of(forger, paid), forger.entries[paid], trust, stamps=[stamp])
    assert shown.outcome == outcome


def test_a_receipt_of_another_ledger_is_refused(log: tuple[Forger, int]) -> None:
    """Its log has other keys."""
    forger, _paid = log
    other = Forger(make_world(origin="other.example/log"))
    with pytest.raises(InputError):
        check_receipt(receipt_of(other, 0), other.entries[0], trusting(forger))
