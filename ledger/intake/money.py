# SPDX-License-Identifier: Apache-2.0
"""Amounts in cells: decimal and thousands marks, units such as 万元, currency marks, signs; exact or refused."""

import datetime
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ledger.amount import AMOUNT_MAX
from ledger.errors import FormatError
from ledger.intake.cells import ASCII_FORMS, Cell, refused, text_of
from ledger.intake.column_forms import AmountColumn

MINOR_PER_UNIT: Final[Mapping[str, int]] = MappingProxyType(
    {
        "1": 100,
        "元": 100,
        "角": 10,
        "分": 1,
        "百元": 10_000,
        "千元": 100_000,
        "万元": 1_000_000,
        "百万元": 100_000_000,
        "千万元": 1_000_000_000,
        "亿元": 10_000_000_000,
        "cent": 1,
        "thousand": 100_000,
        "million": 100_000_000,
    }
)
"""Minor units in one unit of a column; ``1`` is the unit of the currency itself (元, peso, real)."""


_STATED: Final = re.compile(
    r"(?:人民币|RMB|CNY|[¥￥])?\s*(?P<body>.*?[0-9)])\s*(?P<unit>元|角|分|百元|千元|万元|万|百万元|百万|千万元|千万|亿元|亿)?整?",
    re.IGNORECASE,
)
_SHORT_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {"万": "万元", "百万": "百万元", "千万": "千万元", "亿": "亿元"}
)


def amount_of(cell: Cell, column: AmountColumn) -> int:
    """`cell` in minor units, exactly, read in the style and unit of `column`.

    Raises:
        FormatError: another style, a broken grouping, a fraction of a minor unit, a forbidden sign, or out of range.
    """
    if isinstance(cell, datetime.date):
        raise _not_amount(cell.isoformat(), column)
    plain = isinstance(cell, int | Decimal)  # a number of the spreadsheet has no style of its own
    text = format(cell, "f") if isinstance(cell, Decimal) else text_of(cell).translate(ASCII_FORMS)
    for mark in () if plain else column.marks:
        text = text.replace(mark.translate(ASCII_FORMS), "")
    body, negative = _unsigned(text.strip())
    whole, fraction = _digits(
        body, "." if plain else column.decimal, "" if plain else column.thousands, column
    )
    scale: int = 10 ** len(fraction)
    units, rest = divmod(int(whole + fraction) * MINOR_PER_UNIT[column.unit], scale)
    if rest:
        raise refused(
            "cell.amount-fraction",
            (f"{text!r} is no whole number of minor units", f"{text!r} 不是最小货币单位的整数倍"),
            ("check the unit of the column, or correct the amount", "请核对该列的单位，或更正金额"),
        )
    if units > AMOUNT_MAX:
        raise refused(
            "cell.amount-range",
            (f"{text!r} is beyond the largest amount", f"{text!r} 超过最大金额"),
            ("check the unit of the column", "请核对该列的金额单位"),
        )
    if negative and units and not column.signed:
        raise refused(
            "cell.amount-negative",
            (
                f"{text!r} is negative where only amounts from 0 up belong",
                f"{text!r} 为负数，此列只允许非负金额",
            ),
            (
                "correct it, or let the mapping say `signed = true`",
                "请更正金额，或在映射中设置 signed = true",
            ),
        )
    return -units if negative else units


def stated_amount(cell: Cell, *, unit: str, signed: bool = False) -> int:
    """`cell` as people write money, in minor units: ``¥1,234.50``, ``12.5万元``; what it says itself goes before `unit`.

    Raises:
        FormatError: as `amount_of`.
    """
    if not isinstance(cell, str):
        return amount_of(cell, AmountColumn(unit=unit, signed=signed))
    text = unicodedata.normalize("NFKC", text_of(cell))
    found = _STATED.fullmatch(text)
    stated = _SHORT_UNITS.get(found["unit"], found["unit"]) if found and found["unit"] else unit
    body = found["body"] if found else text
    return amount_of(body, AmountColumn(thousands=",", unit=stated, signed=signed))


def _unsigned(text: str) -> tuple[str, bool]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    for sign in ("-", "−"):
        if text.startswith(sign):
            return text[1:].lstrip(), True
    return text.removeprefix("+"), False


def _digits(text: str, decimal: str, thousands: str, column: AmountColumn) -> tuple[str, str]:
    whole, mark, fraction = text.partition(decimal)
    good = whole.isascii() and (whole or fraction) and (fraction.isdigit() or not mark)
    if thousands and thousands in whole:
        groups = whole.split(thousands)
        good = good and 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])  # noqa: PLR2004
        whole = "".join(groups)
    if not good or not (whole + fraction).isdigit() or not (whole + fraction).isascii():
        raise _not_amount(text, column)
    return whole, fraction


def _not_amount(text: str, column: AmountColumn) -> FormatError:
    example = f"1{column.thousands}234{column.decimal}50"
    return refused(
        "cell.amount",
        (f"{text[:40]!r} is not an amount", f"{text[:40]!r} 不是金额"),
        (
            f"write it like {example}, or correct the style in the mapping",
            f"请写成 {example}，或在映射中更正金额格式",
        ),
    )
