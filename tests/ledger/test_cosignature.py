# SPDX-License-Identifier: Apache-2.0
"""Cosignatures of both types: what they cover, what is refused, and their keys as text."""

from __future__ import annotations

import dataclasses
import doctest
import struct
from typing import TYPE_CHECKING

import pytest

import ledger.cosignature
from ledger.checkpoint import Checkpoint, format_checkpoint, open_checkpoint
from ledger.cosignature import (
    CosignerKey,
    cosign_text,
    parse_cosigner_key,
    parse_log_key,
    seconds_in,
    subtree_message,
)
from ledger.errors import FormatError, LimitError, SignatureError
from ledger.keys import Ed25519Signer, MlDsa44Signer, verify
from ledger.note import format_note, open_note, sign_text
from ledger.vkey import VerifierKey

if TYPE_CHECKING:
    from ledger.keys import Signer

ORIGIN = "ledger.example/log"
ROOT = bytes(range(32))
TEXT = format_checkpoint(Checkpoint(origin=ORIGIN, size=7, root=ROOT))
SIGNERS: dict[str, Signer] = {
    "ed25519": Ed25519Signer.from_seed(bytes(32)),
    "ml-dsa-44": MlDsa44Signer.from_seed(bytes(32)),
}
SECONDS = 1_767_600_000


def key_of(signer: Signer, name: str = "witness.example/w1") -> CosignerKey:
    """The public half of `signer` under `name`."""
    return CosignerKey(name=name, alg=signer.alg, public=signer.public)


@pytest.fixture(params=SIGNERS)
def signer(request: pytest.FixtureRequest) -> Signer:
    """A cosigner of each suite."""
    return SIGNERS[request.param]


def test_a_cosignature_covers_time_and_checkpoint(signer: Signer) -> None:
    """Another time, size, root, origin, or a cut signature do not fit."""
    key = key_of(signer)
    signature = cosign_text(TEXT, name=key.name, signer=signer, seconds=SECONDS).signature
    assert key.check(TEXT, signature)
    assert seconds_in(signature) == SECONDS
    assert not key.check(TEXT, (SECONDS + 1).to_bytes(8, "big") + signature[8:])
    assert not key.check(TEXT, signature[:-1])
    assert not key.check(TEXT, signature + b"\0")
    assert not key.check(TEXT, b"")
    for other in (
        Checkpoint(origin=ORIGIN + "/2", size=7, root=ROOT),
        Checkpoint(origin=ORIGIN, size=8, root=ROOT),
        Checkpoint(origin=ORIGIN, size=7, root=ROOT[::-1]),
    ):
        assert not key.check(format_checkpoint(other), signature)


@pytest.mark.parametrize(("seconds", "held"), [(2**63 - 1, True), (2**63, False)])
def test_a_time_beyond_63_bits_is_refused(signer: Signer, *, seconds: int, held: bool) -> None:
    """A signature may hold and still state a time that none may state (tlog-cosignature, format)."""
    key = key_of(signer)
    signature = seconds.to_bytes(8, "big") + signer.sign(key.message(TEXT, seconds))
    assert key.check(TEXT, signature) is held
    if not held:
        with pytest.raises(LimitError):
            cosign_text(TEXT, name=key.name, signer=signer, seconds=seconds)


def test_the_name_is_covered_by_ml_dsa_only() -> None:
    """The Ed25519 message says nothing of the cosigner, hence one key one name (tlog-cosignature)."""
    for alg, covered in (("ed25519", False), ("ml-dsa-44", True)):
        signer = SIGNERS[alg]
        signature = cosign_text(TEXT, name="a", signer=signer, seconds=1).signature
        assert key_of(signer, "b").check(TEXT, signature) is not covered


def test_the_ed25519_message() -> None:
    """Header line, time line, and the whole text, extension lines included."""
    text = TEXT + "an extension\n"
    assert key_of(SIGNERS["ed25519"]).message(text, 7) == b"cosignature/v1\ntime 7\n" + text.encode()


def test_the_ml_dsa_message() -> None:
    """The struct, field by field; extension lines are not in it."""
    name = "witness.example/w1"
    expected = (
        b"subtree/v1\n\0"
        + struct.pack(">B", len(name))
        + name.encode()
        + struct.pack(">QB", 7, len(ORIGIN))
        + ORIGIN.encode()
        + struct.pack(">QQ", 0, 7)
        + ROOT
    )
    key = key_of(SIGNERS["ml-dsa-44"], name)
    assert key.message(TEXT, 7) == expected
    assert key.message(TEXT + "an extension\n", 7) == expected
    part = subtree_message(name=name, seconds=0, origin=ORIGIN, start=4, end=7, root=ROOT)
    assert part[12 + 1 + len(name) : 12 + 1 + len(name) + 8] == bytes(8)
    assert part[-48:] == struct.pack(">QQ", 4, 7) + ROOT


def test_only_checkpoints_are_cosigned(signer: Signer) -> None:
    """A note of another kind is refused by the signer, and by the key that reads a struct."""
    key = key_of(signer)
    with pytest.raises(FormatError):
        cosign_text("no checkpoint\n", name=key.name, signer=signer, seconds=1)
    assert not key.check("no checkpoint\n", bytes(8) + bytes(2420))


def test_names_have_255_bytes_at_most() -> None:
    """As long as one byte of length can say."""
    signer = SIGNERS["ml-dsa-44"]
    assert key_of(signer, "a" * 255).name
    with pytest.raises(LimitError):
        key_of(signer, "a" * 256)
    with pytest.raises(LimitError):
        key_of(signer, "\u754c" * 86)
    long = format_checkpoint(Checkpoint(origin="o" * 256, size=7, root=ROOT))
    with pytest.raises(LimitError):
        cosign_text(long, name="a", signer=signer, seconds=1)
    assert not key_of(signer).check(long, bytes(2428))


def test_a_cosigner_key_needs_a_known_suite() -> None:
    """A key of an unknown suite, or of a wrong length, cannot be held."""
    with pytest.raises(SignatureError):
        CosignerKey(name="a", alg="rsa", public=b"")
    with pytest.raises(FormatError):
        CosignerKey(name="a", alg="ml-dsa-44", public=bytes(32))
    with pytest.raises(FormatError):
        CosignerKey(name="a b", alg="ed25519", public=bytes(32))


def test_keys_are_read_as_written(signer: Signer) -> None:
    """Text and key are one to one."""
    key = key_of(signer)
    assert parse_cosigner_key(key.text) == key
    for wrong in (key.text[:-1], key.text.replace("w1", "w2"), key.text + "=", "a+b", "", key.text + "\n"):
        with pytest.raises(FormatError):
            parse_cosigner_key(wrong)


def test_each_place_takes_its_own_types_of_key() -> None:
    """Notes 0x01; cosigners 0x04 and 0x06; logs 0x01 and 0x06."""
    note = VerifierKey(name="a", public=SIGNERS["ed25519"].public)
    timed, timed_too = (key_of(signer) for signer in SIGNERS.values())
    assert parse_log_key(note.text) == note
    assert parse_log_key(timed_too.text) == timed_too
    with pytest.raises(FormatError, match="type"):
        parse_log_key(timed.text)
    with pytest.raises(FormatError, match="type"):
        parse_cosigner_key(note.text)


def test_a_checkpoint_opens_with_both_lines_of_its_log() -> None:
    """The log's own cosignature beside its note signature; a forged one refuses the note."""
    ed25519, ml_dsa = SIGNERS.values()
    line = cosign_text(TEXT, name=ORIGIN, signer=ml_dsa, seconds=SECONDS)
    own = sign_text(TEXT, name=ORIGIN, signer=ed25519)
    data = format_note(TEXT, [own, line])
    keys = (VerifierKey(name=ORIGIN, public=ed25519.public), key_of(ml_dsa, ORIGIN))
    assert open_checkpoint(data, keys).size == 7
    assert len(open_note(data, keys).verified) == 2
    assert open_checkpoint(data, keys[1:]).size == 7
    later = cosign_text(TEXT, name=ORIGIN, signer=ml_dsa, seconds=SECONDS + 1)
    forged = dataclasses.replace(line, signature=line.signature[:8] + later.signature[8:])
    with pytest.raises(SignatureError):
        open_checkpoint(format_note(TEXT, [own, forged]), keys)


def test_ml_dsa_keys_repeat_and_hide() -> None:
    """From a seed the same key; nothing of it in text; bytes that are no signature are refused."""
    signer = MlDsa44Signer.from_seed(bytes(range(32)))
    assert signer.public == MlDsa44Signer.from_seed(bytes(range(32))).public
    assert "private" not in repr(signer)
    assert len(signer.public) == 1_312
    signature = signer.sign(b"message")
    assert verify("ml-dsa-44", signer.public, b"message", signature)
    assert not verify("ml-dsa-44", signer.public, b"other", signature)
    assert not verify("ml-dsa-44", bytes(1_312), b"message", signature)
    assert not verify("ml-dsa-44", signer.public, b"message", bytes(2_420))
    assert MlDsa44Signer.generate().public != MlDsa44Signer.generate().public


def test_the_worked_example_holds() -> None:
    """What the module shows is what it does."""
    result = doctest.testmod(ledger.cosignature)
    assert result.attempted
    assert not result.failed
