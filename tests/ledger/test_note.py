# SPDX-License-Identifier: Apache-2.0
"""Signed notes and verifier keys beyond the vectors: writing, limits, keys that collide."""

from __future__ import annotations

import doctest
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger.checkpoint
import ledger.note
import ledger.vkey
from ledger.errors import FormatError, InputError, LimitError
from ledger.keys import Ed25519Signer, MlDsa44Signer
from ledger.note import MAX_NOTE_BYTES, format_note, open_note, parse_note, sign_text
from ledger.vkey import VerifierKey

SIGNER = Ed25519Signer.from_seed(bytes(32))
KEY = VerifierKey(name="ledger.example", public=SIGNER.public)
TEXTS = st.text(st.characters(codec="utf-8", min_codepoint=32) | st.just("\n")).map(lambda text: text + "\n")


@dataclass(frozen=True, kw_only=True)
class Colliding:
    """A key that claims name and id of another."""

    name: str
    note_key_id: bytes

    def check(self, text: str, signature: bytes) -> bool:
        """Accept everything."""
        return bool(text) and bool(signature)


@given(TEXTS)
def test_any_text_can_be_signed_and_opened(text: str) -> None:
    """Whatever lines it has, empty ones at the end among them."""
    note = format_note(text, [sign_text(text, name=KEY.name, signer=SIGNER)])
    assert open_note(note, [KEY]).text == text


@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    """No bit of a note with one signature can change."""
    note = bytearray(format_note("拨付\n", [sign_text("拨付\n", name=KEY.name, signer=SIGNER)]))
    bit = data.draw(st.integers(0, len(note) * 8 - 1))
    note[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InputError):
        open_note(bytes(note), [KEY])


@given(st.binary(max_size=200))
def test_nonsense_is_refused_and_never_crashes(data: bytes) -> None:
    """Random bytes raise the one error they may raise."""
    with pytest.raises(InputError):
        open_note(data, [KEY])


@pytest.mark.parametrize(
    ("text", "code"), [("", "note.no-line-end"), ("a", "note.no-line-end"), ("a\t\n", "note.control")]
)
def test_texts_that_cannot_be_signed(text: str, code: str) -> None:
    """They are refused before a key touches them."""
    with pytest.raises(FormatError) as caught:
        sign_text(text, name=KEY.name, signer=SIGNER)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb", "a\x00b"], ids=repr)
def test_names_that_cannot_sign(name: str) -> None:
    """They would break the signature line or the verifier key."""
    with pytest.raises(FormatError) as caught:
        sign_text("a\n", name=name, signer=SIGNER)
    assert caught.value.code == "vkey.bad-name"


def test_a_note_without_signatures_is_not_written() -> None:
    """Nobody could open it."""
    with pytest.raises(FormatError) as caught:
        format_note("a\n", [])
    assert caught.value.code == "note.no-signatures"


def test_the_size_limit_is_exact() -> None:
    """One MiB is read, one byte more is not."""
    signature = sign_text("a\n", name=KEY.name, signer=SIGNER)
    room = MAX_NOTE_BYTES - len(f"\n{signature.line}\n".encode())
    text = "x" * (room - 1) + "\n"
    assert parse_note(format_note(text, [signature])).text == text
    with pytest.raises(LimitError) as caught:
        format_note("x" + text, [signature])
    assert caught.value.code == "note.too-large"


def test_the_same_key_may_be_known_twice_but_no_other_under_its_id() -> None:
    """A list with two different keys of one name and id cannot be trusted."""
    note = format_note("a\n", [sign_text("a\n", name=KEY.name, signer=SIGNER)])
    assert open_note(note, [KEY, KEY]).text == "a\n"
    with pytest.raises(FormatError) as caught:
        open_note(note, [KEY, Colliding(name=KEY.name, note_key_id=KEY.note_key_id)])
    assert caught.value.code == "note.ambiguous-key"


def test_other_kinds_of_verifier_fit() -> None:
    """Whatever has a name, an id and a check can judge its line, such as a witness's cosignature."""
    note = format_note("a\n", [sign_text("a\n", name=KEY.name, signer=SIGNER)])
    opened = open_note(note, [Colliding(name=KEY.name, note_key_id=KEY.note_key_id)])
    assert [signature.name for signature in opened.verified] == [KEY.name]


def test_a_key_of_another_suite_signs_no_text() -> None:
    """ML-DSA-44 signs checkpoints with a time (`ledger.cosignature`), and no text as it stands."""
    signer = MlDsa44Signer.from_seed(bytes(32))
    with pytest.raises(FormatError, match="32 bytes"):
        sign_text("a\n", name="a", signer=signer)
    with pytest.raises(FormatError, match="32 bytes"):
        VerifierKey(name="a", public=signer.public)


@pytest.mark.parametrize(
    "module", [ledger.note, ledger.vkey, ledger.checkpoint], ids=lambda module: module.__name__
)
def test_the_worked_examples_hold(module: object) -> None:
    """What the modules show in their docstrings is what they do."""
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)  # type: ignore[arg-type]
    assert result.failed == 0
    assert result.attempted > 0
