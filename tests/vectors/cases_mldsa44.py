# SPDX-License-Identifier: Apache-2.0
"""ML-DSA-44 (FIPS 204, algorithm 3, empty context): the encodings that a lax decoder would let through above all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from tests.vectors.case import Case
from tests.vectors.made_signatures import MADE

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED: Final = b"\x55" * 32
PUBLIC: Final = MLDSA44PrivateKey.from_seed_bytes(SEED).public_key().public_bytes_raw()
OTHER: Final = MLDSA44PrivateKey.from_seed_bytes(b"\x66" * 32).public_key().public_bytes_raw()
MESSAGE: Final = "拨付 1".encode()

HINT: Final = 32 + 4 * 576
"""Where the hint begins: after the challenge and the four polynomials of z."""
OMEGA: Final = 80


def _hint(raw: bytes) -> tuple[list[int], list[int]]:
    """The positions of the hint, and the end of each polynomial among them."""
    return list(raw[HINT : HINT + OMEGA]), list(raw[HINT + OMEGA :])


def _with_hint(raw: bytes, positions: list[int], ends: list[int]) -> bytes:
    return raw[:HINT] + bytes(positions) + bytes(ends)


def _swapped(raw: bytes) -> bytes:
    positions, ends = _hint(raw)
    at = next(start for start, end in zip([0, *ends], ends, strict=False) if end - start > 1)
    positions[at], positions[at + 1] = positions[at + 1], positions[at]
    return _with_hint(raw, positions, ends)


def _twice(raw: bytes) -> bytes:
    """One position stands twice, everything after it one place later: the same set of positions."""
    positions, ends = _hint(raw)
    at = next(start for start, end in zip([0, *ends], ends, strict=False) if end > start)
    poly = next(number for number, end in enumerate(ends) if end > at)
    longer = [*positions[: at + 1], positions[at], *positions[at + 1 : OMEGA - 1]]
    return _with_hint(raw, longer, [end + (number >= poly) for number, end in enumerate(ends)])


def _padded(raw: bytes) -> bytes:
    positions, ends = _hint(raw)
    positions[OMEGA - 1] = 1
    return _with_hint(raw, positions, ends)


def _ends(raw: bytes, change: list[int]) -> bytes:
    positions, ends = _hint(raw)
    return _with_hint(
        raw, positions, [end if new < 0 else new for end, new in zip(ends, change, strict=True)]
    )


def _flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def _refused(good: bytes) -> dict[str, tuple[bytes, bytes, bytes, str]]:
    signatures = {
        "flipped-bit-in-challenge": (_flipped(good, 0), "another challenge"),
        "flipped-bit-in-z": (_flipped(good, 700), "another z"),
        "flipped-bit-in-hint": (_flipped(good, HINT), "another position"),
        "z-at-the-bound": (good[:32] + b"\0\0" + bytes([good[34] & 0xFC]) + good[35:], "a coefficient of 2^17"),
        "hint-out-of-order": (_swapped(good), "two positions change places: the same hint to a lax decoder"),
        "hint-position-twice": (_twice(good), "a position stands twice: the same hint to a lax decoder"),
        "hint-padding": (_padded(good), "the unused places are not zero: the same hint to a lax decoder"),
        "hint-ends-decrease": (_ends(good, [-1, 0, -1, -1]), "the second polynomial ends before the first"),
        "hint-ends-beyond-omega": (_ends(good, [-1, -1, -1, 81]), "more than 80 positions"),
        "cut": (good[:-1], "2,419 bytes"),
        "trailing-byte": (good + b"\0", "2,421 bytes"),
        "empty": (b"", "no signature"),
        "zeros": (bytes(len(good)), "2,420 zeros"),
        "with-a-context": (MADE.sign(SEED, MESSAGE, b"fundtrace"), "signed with a context that is not empty"),
    }  # fmt: skip
    return {
        "flipped-bit-in-message": (PUBLIC, _flipped(MESSAGE, 0), good, "another message"),
        "flipped-bit-in-key": (_flipped(PUBLIC, 32), MESSAGE, good, "another t1"),
        "flipped-bit-in-seed-of-key": (_flipped(PUBLIC, 0), MESSAGE, good, "another matrix"),
        "key-of-another": (OTHER, MESSAGE, good, "signed with another key"),
        "key-cut": (PUBLIC[:-1], MESSAGE, good, "1,311 bytes of a key"),
        "message-with-line-end": (PUBLIC, MESSAGE + b"\n", good, "a longer message"),
        **{name: (PUBLIC, MESSAGE, signature, about) for name, (signature, about) in signatures.items()},
    }


def cases() -> Iterator[Case]:
    """Every vector of `mldsa44`, in hex."""
    messages = {"happy-path": (MESSAGE, "a plain signature"), "empty-message": (b"", "over nothing")}
    messages |= {f"message-{n}": (bytes([n]) * n * 100, f"{n * 100} bytes") for n in (1, 2, 3)}
    for name, (message, about) in messages.items():
        parts = (PUBLIC, message, MADE.sign(SEED, message))
        yield Case(format="mldsa44", name=name, about=about, input=_input(*parts), accepted={})
    for name, (*rest, about) in _refused(MADE.sign(SEED, MESSAGE)).items():
        yield Case(format="mldsa44", name=name, about=about, input=_input(*rest), refused="signature")


def _input(public: bytes, message: bytes, signature: bytes) -> dict[str, str]:
    return {"public": public.hex(), "message": message.hex(), "signature": signature.hex()}
