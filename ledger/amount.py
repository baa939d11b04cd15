# SPDX-License-Identifier: Apache-2.0
"""Money as integers of minor units (分 for CNY, centavos for MXN and BRL); text in and out without floats.

The largest amount is 2^53 − 1, so that every JSON reader keeps it exact (RFC 8785 §3.2.2.3, I-JSON).
"""

import re
from typing import Annotated, Final

from msgspec import Meta

from ledger.errors import FormatError

AMOUNT_MAX: Final = 2**53 - 1

Amount = Annotated[int, Meta(ge=1, le=AMOUNT_MAX, description="amount in minor units of the ledger currency")]
"""Amount of money in minor units, always above zero; kind and action give the sign."""

Balance = Annotated[
    int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX, description="balance in minor units, may be negative")
]
"""Balance of an account in minor units; negative when overdrawn."""

MINOR_DIGITS: Final = 2
"""Minor digits of every currency the ledger knows so far (CNY, MXN, BRL)."""

_PLAIN: Final = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,2}))?")


def parse_amount(text: str, *, place: str) -> int:
    """Minor units of a plain decimal: ``1234.5`` → 123450; no grouping, no sign but ``-``, at most two decimals.

    Raises:
        FormatError: `text` is no such decimal or beyond 2^53 − 1; the error names `place`.
    """
    found = _PLAIN.fullmatch(text)
    if found is None or not found[0].isascii():
        raise FormatError(
            code="amount-format",
            place=place,
            message_en=f"{text!r} is not an amount",
            message_zh=f"{text!r} 不是金额",
            remedy_en="write digits with a decimal point and at most two decimals, such as 1234.50",
            remedy_zh="请写数字，小数点后最多两位，例如 1234.50",
        )
    units = int(found[2]) * 10**MINOR_DIGITS + int((found[3] or "").ljust(MINOR_DIGITS, "0"))
    if units > AMOUNT_MAX:
        raise FormatError(
            code="amount-range",
            place=place,
            message_en=f"{text!r} is beyond the largest amount, {format_amount(AMOUNT_MAX)}",
            message_zh=f"{text!r} 超过最大金额 {format_amount(AMOUNT_MAX)}",
            remedy_en="check the unit of the column",
            remedy_zh="请核对该列的金额单位",
        )
    return -units if found[1] else units


def format_amount(amount: int) -> str:
    """Decimal text of `amount` minor units with exactly two decimals and no grouping: 123450 → ``1234.50``."""
    whole, minor = divmod(abs(amount), 10**MINOR_DIGITS)
    return f"{'-' if amount < 0 else ''}{whole}.{minor:0{MINOR_DIGITS}d}"


def group_amount(amount: int) -> str:
    """Decimal text with comma thousands for people: 123450 → ``1,234.50``."""
    whole, minor = divmod(abs(amount), 10**MINOR_DIGITS)
    return f"{'-' if amount < 0 else ''}{whole:,}.{minor:0{MINOR_DIGITS}d}"


def share_out(amount: int, weights: dict[str, int]) -> dict[str, int]:
    """`amount` split in proportion to `weights` by largest remainder, ties by key; the parts sum to `amount`.

    Source: semantics T8 (pari-passu share). All-zero weights give all-zero parts.
    """
    total = sum(weights.values())
    if total == 0:
        return dict.fromkeys(weights, 0)
    parts = {key: amount * weight // total for key, weight in weights.items()}
    left = amount - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: (-(amount * weights[key] % total), key))
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts
