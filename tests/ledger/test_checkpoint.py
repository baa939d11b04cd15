# SPDX-License-Identifier: Apache-2.0
"""Checkpoints and receipts beyond the vectors: what cannot be written, and limits."""

from __future__ import annotations

import pytest

from ledger.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
)
from ledger.errors import FormatError, LimitError, SignatureError
from ledger.hashing import EMPTY_ROOT, leaf_hash
from ledger.keys import Ed25519Signer
from ledger.note import format_note, sign_text
from ledger.receipt import MAX_PATH, MAX_RECEIPT_BYTES, Receipt, format_receipt, parse_receipt
from ledger.vkey import VerifierKey

SIGNER = Ed25519Signer.from_seed(bytes(32))
ORIGIN = "ledger.example/city"
KEY = VerifierKey(name=ORIGIN, public=SIGNER.public)
ROOT = leaf_hash(b"only entry")


def signed(checkpoint: Checkpoint) -> bytes:
    """The checkpoint with the line of the Ed25519 key."""
    text = format_checkpoint(checkpoint)
    return format_note(text, [sign_text(text, name=checkpoint.origin, signer=SIGNER)])


def test_a_signed_checkpoint_opens_to_itself() -> None:
    """Nothing is lost on the way, and another origin is told apart."""
    checkpoint = Checkpoint(origin=ORIGIN, size=1, root=ROOT)
    note = signed(checkpoint)
    assert open_checkpoint(note, [KEY]) == checkpoint
    assert open_checkpoint(note, [KEY], origin=ORIGIN) == checkpoint
    with pytest.raises(SignatureError) as caught:
        open_checkpoint(note, [KEY], origin="ledger.example/town")
    assert caught.value.code == "checkpoint.foreign"


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(origin="", size=1, root=ROOT),
        Checkpoint(origin="two\nlines", size=1, root=ROOT),
        Checkpoint(origin=f"{ORIGIN}\n2\n{'A' * 43}=", size=1, root=ROOT),
        Checkpoint(origin=ORIGIN, size=-1, root=ROOT),
        Checkpoint(origin=ORIGIN, size=2**63, root=ROOT),
        Checkpoint(origin=ORIGIN, size=0, root=ROOT),
        Checkpoint(origin=ORIGIN, size=1, root=ROOT[:31]),
        Checkpoint(origin=ORIGIN, size=1, root=ROOT, extensions=("two\nlines",)),
        Checkpoint(origin=ORIGIN, size=1, root=ROOT, extensions=("",)),
    ],
    ids=range(9),
)
def test_values_that_the_text_cannot_hold(checkpoint: Checkpoint) -> None:
    """They are refused before they are signed."""
    with pytest.raises(FormatError):
        signed(checkpoint)


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n1\n", f"a\n0\n{'A' * 43}=", "a\n\n\n"], ids=repr)
def test_texts_that_are_no_checkpoint(text: str) -> None:
    """Too few lines, empty lines, no final line end."""
    with pytest.raises(FormatError) as caught:
        parse_checkpoint(text)
    assert caught.value.code == "checkpoint.bad-text"


def test_an_empty_log_has_one_text() -> None:
    """Size 0 goes with the root of the empty tree and no other."""
    text = format_checkpoint(Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT))
    assert parse_checkpoint(text).root == EMPTY_ROOT


def test_receipt_limits_are_exact() -> None:
    """63 hashes are read, 64 are not; and a file is read only up to its limit."""
    note = signed(Checkpoint(origin=ORIGIN, size=1, root=ROOT))
    long = Receipt(index=0, path=(ROOT,) * MAX_PATH, checkpoint=note)
    assert parse_receipt(format_receipt(long)) == long
    with pytest.raises(LimitError):
        format_receipt(Receipt(index=0, path=(ROOT,) * (MAX_PATH + 1), checkpoint=note))
    with pytest.raises(LimitError) as caught:
        parse_receipt(bytes(MAX_RECEIPT_BYTES + 1))
    assert caught.value.code == "receipt.too-large"


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt(index=-1, path=(), checkpoint=b""),
        Receipt(index=0, path=(ROOT[:31],), checkpoint=b""),
        Receipt(index=0, path=(), checkpoint=b"", extra=b""),
        Receipt(index=0, path=(), checkpoint=b"no note"),
    ],
    ids=["index", "hash", "extra", "checkpoint"],
)
def test_receipts_that_the_file_cannot_hold(receipt: Receipt) -> None:
    """They are refused when written, not when somebody reads them."""
    with pytest.raises(FormatError):
        format_receipt(receipt)
