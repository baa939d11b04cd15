# SPDX-License-Identifier: Apache-2.0
"""Cosignatures of a checkpoint, types 0x04 and 0x06 (spec §2.5; C2SP tlog-cosignature), under one known cosigner."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors import edwards
from tests.vectors.case import Case, carried
from tests.vectors.cases_mldsa44 import HINT, PUBLIC, SEED
from tests.vectors.made_signatures import MADE

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGIN: Final = "ledger.example/province/2026"
NAME: Final = "witness.example/w1"
ROOT: Final = sha256(b"a root").digest()
TEXT: Final = f"{ORIGIN}\n1284306\n{base64.b64encode(ROOT).decode()}\n"
SECONDS: Final = 1_781_253_067
WITNESS: Final = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)
ED_PUBLIC: Final = WITNESS.public_key().public_bytes_raw()


def u64(number: int) -> bytes:
    """Eight bytes, big-endian."""
    return number.to_bytes(8, "big")


def key_id(name: str, type_: int, public: bytes) -> bytes:
    """The 4 bytes that stand before a signature."""
    return sha256(name.encode() + b"\n" + bytes([type_]) + public).digest()[:4]


def vkey(name: str, type_: int, public: bytes) -> str:
    """A key as one line."""
    return f"{name}+{key_id(name, type_, public).hex()}+{base64.b64encode(bytes([type_]) + public).decode()}"


def line(name: str, id_: bytes, signature: bytes) -> str:
    """A signature line."""
    return f"— {name} {base64.b64encode(id_ + signature).decode()}\n"


def note(signature: bytes, *, type_: int, text: str = TEXT, name: str = NAME) -> bytes:
    """The checkpoint with one line of the cosigner of this type."""
    id_ = key_id(name, type_, ED_PUBLIC if type_ == 4 else PUBLIC)
    return f"{text}\n{line(name, id_, signature)}".encode()


def ed_message(*, label: str = "cosignature/v1", time: str = f"time {SECONDS}", text: str = TEXT) -> bytes:
    """What an Ed25519 cosigner signs."""
    return f"{label}\n{time}\n{text}".encode()


def ed_signature(message: bytes, seconds: int = SECONDS) -> bytes:
    """Time and signature."""
    return u64(seconds) + WITNESS.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtree:
    """What an ML-DSA-44 cosigner signs."""

    label: bytes = b"subtree/v1\n\0"
    name: str = NAME
    seconds: int = SECONDS
    origin: str = ORIGIN
    start: int = 0
    end: int = 1_284_306
    root: bytes = ROOT
    width: int = 1

    def message(self) -> bytes:
        """The struct; `width` is that of the lengths before name and origin."""

        def opaque(text: str) -> bytes:
            return len(text.encode()).to_bytes(self.width, "big") + text.encode()

        head = self.label + opaque(self.name) + u64(self.seconds) + opaque(self.origin)
        return head + u64(self.start) + u64(self.end) + self.root

    def signature(self, time: bytes | None = None) -> bytes:
        """Time and signature."""
        return (u64(self.seconds) if time is None else time) + MADE.sign(SEED, self.message())


def _beyond_the_order(signature: bytes) -> bytes:
    scalar = int.from_bytes(signature[40:], "little") + edwards.ORDER
    return signature[:40] + scalar.to_bytes(32, "little")


def _ed25519() -> Iterator[Case]:
    good = ed_signature(ed_message())
    late = 2**63
    extended = TEXT + "extension\n"
    accepted = {
        "happy-path": (note(good, type_=4), "a witness with its time", SECONDS),
        "extension-line": (note(ed_signature(ed_message(text=extended)), type_=4, text=extended), "it is covered", SECONDS),
        "last-second": (note(ed_signature(ed_message(time=f"time {late - 1}"), late - 1), type_=4), "2^63 − 1", late - 1),
    }  # fmt: skip
    for name, (data, about, seconds) in accepted.items():
        yield _case(4, name, about, data, seconds)
    refused = {
        "time-one-more": (note(u64(SECONDS + 1) + good[8:], type_=4), "the time was changed"),
        "time-beyond-63-bits": (note(ed_signature(ed_message(time=f"time {late}"), late), type_=4), "2^63"),
        "time-little-endian": (note(good[:8][::-1] + good[8:], type_=4), "the bytes of the time reversed"),
        "time-with-leading-zero": (note(ed_signature(ed_message(time=f"time 0{SECONDS}")), type_=4), "no leading zeros"),
        "time-not-signed": (note(ed_signature(TEXT.encode()), type_=4), "the plain text is signed, as by type 0x01"),
        "label-of-another-version": (note(ed_signature(ed_message(label="cosignature/v2")), type_=4), "another first line"),
        "without-a-time": (note(good[8:], type_=4), "64 bytes"),
        "trailing-byte": (note(good + b"\0", type_=4), "a byte too many"),
        "size-one-more": (note(good, type_=4, text=TEXT.replace("1284306", "1284307")), "another size"),
        "another-origin": (note(good, type_=4, text=TEXT.replace("province", "city")), "another log"),
        "extension-line-added": (note(good, type_=4, text=extended), "a line that was not signed"),
        "flipped-bit-in-signature": (note(good[:70] + bytes([good[70] ^ 1]) + good[71:], type_=4), "one bit of S"),
        "scalar-beyond-the-order": (note(_beyond_the_order(good), type_=4), "S + L"),
        "name-of-another": (note(good, type_=4, name="witness.example/w2"), "nobody knows that name"),
        "key-id-of-type-1": (f"{TEXT}\n{line(NAME, key_id(NAME, 1, ED_PUBLIC), good)}".encode(), "the id of a note key"),
        "key-id-of-type-6": (f"{TEXT}\n{line(NAME, key_id(NAME, 6, ED_PUBLIC), good)}".encode(), "the id of type 0x06"),
        "twice": (note(good, type_=4) + line(NAME, key_id(NAME, 4, ED_PUBLIC), good).encode(), "one line a key"),
    }  # fmt: skip
    for name, (data, about) in refused.items():
        yield _case(4, name, about, data)


def _ml_dsa_44() -> Iterator[Case]:
    good = Subtree().signature()
    extended = TEXT + "extension\n"
    accepted = {
        "happy-path": (note(good, type_=6), "a witness with its time", SECONDS),
        "extension-line": (note(good, type_=6, text=extended), "extension lines are not covered", SECONDS),
        "no-time": (note(Subtree(seconds=0).signature(), type_=6), "0 states no time", 0),
    }
    for name, (data, about, seconds) in accepted.items():
        yield _case(6, name, about, data, seconds)
    changed = {
        "name-of-another-signed": (Subtree(name="witness.example/w2"), "the struct names another cosigner"),
        "origin-of-another-log": (Subtree(origin="ledger.example/city/2026"), "the struct names another log"),
        "start-1": (Subtree(start=1), "a subtree that is no checkpoint"),
        "end-one-more": (Subtree(end=1_284_307), "the struct has another size"),
        "root-of-another-tree": (Subtree(root=bytes(32)), "the struct has another root"),
        "label-without-zero": (Subtree(label=b"subtree/v1\n"), "the label has 12 bytes"),
        "label-of-another-version": (Subtree(label=b"subtree/v2\n\0"), "another label"),
        "lengths-of-two-bytes": (Subtree(width=2), "lengths have one byte"),
        "time-beyond-63-bits": (Subtree(seconds=2**63), "2^63"),
    }
    for name, (subtree, about) in changed.items():
        yield _case(6, name, about, note(subtree.signature(), type_=6))
    refused = {
        "time-one-more": (note(u64(SECONDS + 1) + good[8:], type_=6), "the time was changed"),
        "time-little-endian": (note(good[:8][::-1] + good[8:], type_=6), "the bytes of the time reversed"),
        "without-a-time": (note(good[8:], type_=6), "2,420 bytes"),
        "trailing-byte": (note(good + b"\0", type_=6), "a byte too many"),
        "signed-as-by-type-4": (note(u64(SECONDS) + MADE.sign(SEED, ed_message()), type_=6), "another message"),
        "size-one-more": (note(good, type_=6, text=TEXT.replace("1284306", "1284307")), "another size"),
        "another-origin": (note(good, type_=6, text=TEXT.replace("province", "city")), "another log"),
        "flipped-bit-in-signature": (note(good[:99] + bytes([good[99] ^ 1]) + good[100:], type_=6), "one bit of z"),
        "hint-padding": (note(good[: 8 + HINT + 79] + b"\1" + good[8 + HINT + 80 :], type_=6), "unused places are zero"),
        "name-of-another": (note(good, type_=6, name="witness.example/w2"), "nobody knows that name"),
        "key-id-of-type-4": (f"{TEXT}\n{line(NAME, key_id(NAME, 4, PUBLIC), good)}".encode(), "the id of the other type"),
        "no-checkpoint": (note(good, type_=6, text="a text\nof two lines\n"), "only checkpoints can be cosigned"),
    }  # fmt: skip
    for name, (data, about) in refused.items():
        yield _case(6, name, about, data)


def _case(type_: int, name: str, about: str, data: bytes, seconds: int | None = None) -> Case:
    says = None if seconds is None else {"name": NAME, "seconds": str(seconds)}
    known = vkey(NAME, type_, ED_PUBLIC if type_ == 4 else PUBLIC)
    return Case(
        format="cosignature_ed25519" if type_ == 4 else "cosignature_mldsa44", name=name, about=about,
        input=carried(data), context={"vkey": known}, accepted=says, refused="signature" if says is None else None,
    )  # fmt: skip


def cases() -> Iterator[Case]:
    """Every vector of `cosignature_ed25519` and `cosignature_mldsa44`."""
    yield from _ed25519()
    yield from _ml_dsa_44()
