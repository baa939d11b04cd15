# SPDX-License-Identifier: Apache-2.0
"""Points of edwards25519 (RFC 8032 §5.1), slowly and openly: for making signatures that no sound signer would make."""

from __future__ import annotations

from hashlib import sha512
from typing import Final

P: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int]
NEUTRAL: Final[Point] = (0, 1)


def add(one: Point, other: Point) -> Point:
    """The sum of two points."""
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, P)
    return x % P, y % P


def times(scalar: int, point: Point) -> Point:
    """The point added to itself `scalar` times."""
    found = NEUTRAL
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point, scalar = add(point, point), scalar >> 1
    return found


def at_height(y: int, sign: int) -> Point:
    """The point with this y and this lowest bit of x."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("no point has this y")
    return (x if x & 1 == sign else P - x), y


BASE: Final = at_height(4 * pow(5, -1, P) % P, 0)
OF_ORDER_8: Final = at_height(0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7, 0)


def encoded(point: Point) -> bytes:
    """The 32 bytes of a point."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def scalar_of(seed: bytes) -> int:
    """The secret scalar of a seed (RFC 8032 §5.1.5)."""
    low = int.from_bytes(sha512(seed).digest()[:32], "little")
    return low & ((1 << 254) - 8) | 1 << 254


def challenge(commitment: bytes, public: bytes, message: bytes) -> int:
    """SHA-512(R ‖ A ‖ M) as a number modulo the order."""
    return int.from_bytes(sha512(commitment + public + message).digest(), "little") % ORDER


def signature(commitment: bytes, nonce: int, secret: int, public: bytes, message: bytes) -> bytes:
    """R as given, and S = nonce + challenge · secret."""
    scalar = (nonce + challenge(commitment, public, message) * secret) % ORDER
    return commitment + scalar.to_bytes(32, "little")
