# SPDX-License-Identifier: Apache-2.0
"""Ed25519 (spec §2.8; RFC 8032 §5.1.7) where implementations differ: small and mixed order, second spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.vectors import edwards
from tests.vectors.case import Case
from tests.vectors.edwards import BASE, NEUTRAL, OF_ORDER_8, ORDER, P, add, encoded, times

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET: Final = edwards.scalar_of(b"\x44" * 32)
POINT: Final = times(SECRET, BASE)
PUBLIC: Final = encoded(POINT)
NONCE: Final = 1_234_567_890_123_456_789
COMMITMENT: Final = encoded(times(NONCE, BASE))
MESSAGE: Final = "拨付 1".encode()
GOOD: Final = edwards.signature(COMMITMENT, NONCE, SECRET, PUBLIC, MESSAGE)

RFC_8032: Final = {
    "rfc-8032-test-1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "rfc-8032-test-2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "rfc-8032-test-3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
}  # fmt: skip


def _mixed(remainder: int) -> tuple[bytes, bytes, bytes]:
    """Key of mixed order, and a message whose challenge leaves `remainder` modulo 8."""
    public = encoded(add(POINT, OF_ORDER_8))
    messages = (f"message {n}".encode() for n in range(1000))
    message = next(one for one in messages if edwards.challenge(COMMITMENT, public, one) % 8 == remainder)
    return public, message, edwards.signature(COMMITMENT, NONCE, SECRET, public, message)


def _accepted() -> dict[str, tuple[bytes, bytes, bytes, str]]:
    neutral = encoded(NEUTRAL)
    return {
        "happy-path": (PUBLIC, MESSAGE, GOOD, "a plain signature"),
        "neutral-commitment": (
            PUBLIC, MESSAGE, edwards.signature(neutral, 0, SECRET, PUBLIC, MESSAGE), "R is what S·B − k·A gives",
        ),
        "key-of-mixed-order-cancelled": (*_mixed(0), "the part of order 8 falls out, so both equations hold"),
        **{
            name: (bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature), "RFC 8032 §7.1")
            for name, (public, message, signature) in RFC_8032.items()
        },
    }  # fmt: skip


def _refused() -> dict[str, tuple[bytes, bytes, bytes, str]]:
    commitment, scalar = GOOD[:32], int.from_bytes(GOOD[32:], "little")
    neutral, forged = encoded(NEUTRAL), encoded(NEUTRAL) + bytes(32)
    minus_one = (P - 1).to_bytes(32, "little")
    second_zero = (P + 1).to_bytes(32, "little")
    return {
        "flipped-bit-in-message": (PUBLIC, bytes([MESSAGE[0] ^ 1]) + MESSAGE[1:], GOOD, "another message"),
        "flipped-bit-in-commitment": (PUBLIC, MESSAGE, bytes([GOOD[0] ^ 1]) + GOOD[1:], "another R"),
        "flipped-bit-in-scalar": (PUBLIC, MESSAGE, GOOD[:32] + bytes([GOOD[32] ^ 1]) + GOOD[33:], "another S"),
        "flipped-sign-of-key": (PUBLIC[:31] + bytes([PUBLIC[31] ^ 128]), MESSAGE, GOOD, "the key −A"),
        "scalar-beyond-the-order": (PUBLIC, MESSAGE, commitment + (scalar + ORDER).to_bytes(32, "little"), "S + L"),
        "scalar-beyond-253-bits": (PUBLIC, MESSAGE, GOOD[:63] + bytes([GOOD[63] | 0x80]), "the highest bit of S"),
        "negated": (PUBLIC, MESSAGE, commitment + (ORDER - scalar).to_bytes(32, "little"), "−S"),
        "cut": (PUBLIC, MESSAGE, GOOD[:63], "63 bytes"),
        "trailing-byte": (PUBLIC, MESSAGE, GOOD + b"\0", "65 bytes"),
        "empty": (PUBLIC, MESSAGE, b"", "no signature"),
        "key-cut": (PUBLIC[:31], MESSAGE, GOOD, "31 bytes of a key"),
        "key-is-no-point": ((2).to_bytes(32, "little"), MESSAGE, GOOD, "no x belongs to y = 2"),
        "key-neutral": (neutral, MESSAGE, forged, "a key of order 1: anybody signs with R = 1, S = 0"),
        "key-of-order-2": (minus_one, _cancelling(minus_one), forged, "a key of order 2"),
        "key-of-order-8": (encoded(OF_ORDER_8), _cancelling(encoded(OF_ORDER_8)), forged, "a key of order 8"),
        "key-of-order-4": (bytes(32), _cancelling(bytes(32)), forged, "a key of order 4: y = 0"),
        "key-neutral-with-sign": (neutral[:31] + b"\x80", MESSAGE, forged, "x = 0 has no sign"),
        "key-neutral-above-the-prime": (second_zero, MESSAGE, forged, "y = p + 1 is a second spelling of 1"),
        "key-of-mixed-order": (*_mixed(3), "holds only when multiplied by 8, which this project does not"),
        "commitment-of-mixed-order": (
            PUBLIC, MESSAGE,
            edwards.signature(encoded(add(times(NONCE, BASE), OF_ORDER_8)), NONCE, SECRET, PUBLIC, MESSAGE),
            "holds only when multiplied by 8",
        ),
        "commitment-above-the-prime": (
            PUBLIC, MESSAGE, edwards.signature(second_zero, 0, SECRET, PUBLIC, MESSAGE), "a second spelling of R = 1",
        ),
    }  # fmt: skip


def _cancelling(public: bytes) -> bytes:
    """A message under which the forged signature of the neutral element holds for a key of small order."""
    messages = (f"message {n}".encode() for n in range(1000))
    return next(one for one in messages if edwards.challenge(encoded(NEUTRAL), public, one) % 8 == 0)


def cases() -> Iterator[Case]:
    """Every vector of `ed25519`, in hex."""
    for name, (*parts, about) in _accepted().items():
        yield Case(format="ed25519", name=name, about=about, input=_input(*parts), accepted={})
    for name, (*parts, about) in _refused().items():
        yield Case(format="ed25519", name=name, about=about, input=_input(*parts), refused="signature")


def _input(public: bytes, message: bytes, signature: bytes) -> dict[str, str]:
    return {"public": public.hex(), "message": message.hex(), "signature": signature.hex()}
