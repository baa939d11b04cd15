# SPDX-License-Identifier: Apache-2.0
"""Checkpoints with both lines of their log: what is signed, what is demanded, what is refused."""

from __future__ import annotations

import pytest

from ledger.checkpoint import Checkpoint
from ledger.cosignature import CosignerKey, seconds_in
from ledger.errors import EnvironmentFault, FormatError, SignatureError
from ledger.keys import Ed25519Signer
from ledger.log_keys import keys_in, missing_lines, open_own_checkpoint
from ledger.log_signer import LogSigner
from ledger.note import format_note, parse_note
from tests.worlds import log_signer_named, signer_named

ORIGIN = "ledger.example/jl/2026"
SIGNER = log_signer_named("log")
KEYS = SIGNER.keys(ORIGIN)
OLD = LogSigner(signers=SIGNER.signers[:1])
CHECKPOINT = Checkpoint(origin=ORIGIN, size=7, root=bytes(range(32)))
SECONDS = 1_767_600_000


def test_a_checkpoint_bears_both_lines() -> None:
    """In the order of the keys; the second one states the time."""
    note = SIGNER.sign(CHECKPOINT, current=KEYS, seconds=SECONDS)
    assert open_own_checkpoint(note, KEYS, origin=ORIGIN) == CHECKPOINT
    first, second = parse_note(note).signatures
    assert (first.key_id, second.key_id) == tuple(key.note_key_id for key in KEYS)
    assert seconds_in(second.signature) == SECONDS


def test_a_line_left_away_is_a_downgrade() -> None:
    """Either line alone would do for whoever breaks one algorithm."""
    note = parse_note(SIGNER.sign(CHECKPOINT, current=KEYS, seconds=SECONDS))
    for line, name in zip(note.signatures, ("ML-DSA-44", "Ed25519"), strict=True):
        with pytest.raises(SignatureError, match=f"the {name} signature line"):
            open_own_checkpoint(format_note(note.text, [line]), KEYS)


def test_an_old_log_has_one_line() -> None:
    """A ledger whose genesis names an Ed25519 key alone stays valid, with an old key file or a new one."""
    for signer in (OLD, SIGNER):
        note = signer.sign(CHECKPOINT, current=KEYS[:1], seconds=SECONDS)
        assert open_own_checkpoint(note, KEYS[:1]) == CHECKPOINT
        assert len(parse_note(note).signatures) == 1


def test_a_signer_without_a_current_key_signs_nothing() -> None:
    """Nobody would accept the checkpoint."""
    stranger = log_signer_named("stranger")
    for signer, missing in ((stranger, "Ed25519"), (OLD, "ML-DSA-44")):
        with pytest.raises(EnvironmentFault, match=f"no current {missing} key"):
            signer.sign(CHECKPOINT, current=KEYS, seconds=SECONDS)


def test_while_keys_change_hands_either_pair_signs() -> None:
    """One line of each type is enough, and both pairs may sign."""
    other = log_signer_named("next")
    current = (*KEYS, *other.keys(ORIGIN))
    both = LogSigner(signers=(*SIGNER.signers, *other.signers))
    for signer, lines in ((SIGNER, 2), (other, 2), (both, 4)):
        note = signer.sign(CHECKPOINT, current=current, seconds=SECONDS)
        assert open_own_checkpoint(note, current) == CHECKPOINT
        assert len(parse_note(note).signatures) == lines


def test_a_renewal_is_a_timed_line_alone() -> None:
    """The newest time over the same text."""
    text = parse_note(SIGNER.sign(CHECKPOINT, current=KEYS, seconds=SECONDS)).text
    (line,) = SIGNER.renew(text, origin=ORIGIN, current=KEYS, seconds=SECONDS + 60)
    key = KEYS[1]
    assert isinstance(key, CosignerKey)
    assert key.check(text, line.signature)
    assert seconds_in(line.signature) == SECONDS + 60
    assert OLD.renew(text, origin=ORIGIN, current=KEYS[:1], seconds=SECONDS) == []


def test_keys_of_unknown_types_are_for_newer_programs() -> None:
    """They are passed over; what is no key is refused."""
    witness = CosignerKey(name=ORIGIN, alg="ed25519", public=signer_named("w").public)
    assert keys_in([KEYS[0].text, witness.text]) == KEYS[:1]
    with pytest.raises(FormatError):
        keys_in([KEYS[0].text + "x"])


def test_only_lines_of_the_keys_themselves_count() -> None:
    """A line under another key or name is missing all the same."""
    note = parse_note(SIGNER.sign(CHECKPOINT, current=KEYS, seconds=SECONDS))
    assert missing_lines(KEYS, note.signatures) == ()
    assert missing_lines(KEYS, ()) == ("Ed25519", "ML-DSA-44")
    strangers = LogSigner(signers=(Ed25519Signer.from_seed(bytes(32)),)).keys(ORIGIN)
    assert missing_lines(strangers, note.signatures) == ("Ed25519",)
    assert missing_lines(SIGNER.keys("ledger.example/other"), note.signatures) == ("Ed25519", "ML-DSA-44")
