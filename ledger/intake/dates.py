# SPDX-License-Identifier: Apache-2.0
"""Days in cells: written styles, serial numbers of spreadsheets, and no guessing between two readings."""

import datetime
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from ledger.intake.cells import ASCII_FORMS, Cell, refused, text_of

_EXCEL_EPOCH: Final = datetime.date(1899, 12, 30)
_EXCEL_FIRST: Final = 61
"""Serial 60 is 1900-02-29, a day that never was; before it the count is off by one."""
_EXCEL_LAST: Final = 2_958_465
"""9999-12-31."""
_FIELDS: Final = re.compile(r"YYYY|MM|DD|M|D")
_FIELD_PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "YYYY": r"(?P<year>[0-9]{4})",
        "MM": r"(?P<month>[0-9]{2})",
        "DD": r"(?P<day>[0-9]{2})",
        "M": r"(?P<month>[0-9]{1,2})",
        "D": r"(?P<day>[0-9]{1,2})",
    }
)


def date_of(cell: Cell, styles: tuple[str, ...]) -> datetime.date:
    """`cell` as a day by one of `styles`; a cell that is a date already needs none.

    Raises:
        FormatError: no style fits, the day does not exist, or two styles give different days.
    """
    if isinstance(cell, datetime.date):
        return cell
    text = text_of(cell).translate(ASCII_FORMS)
    found = {day for style in styles if (day := _by_style(text, style)) is not None}
    if len(found) == 1:
        return found.pop()
    if found:
        raise refused(
            "cell.date-ambiguous",
            (f"{text!r} can be {' or '.join(map(str, sorted(found)))}", f"{text!r} 有两种读法"),
            ("name one style for the column", "请为该列只指定一种日期格式"),
        )
    raise refused(
        "cell.date",
        (
            f"{text[:40]!r} is not a day written {' or '.join(styles)}",
            f"{text[:40]!r} 不是 {'、'.join(styles)} 格式的日期",
        ),
        ("correct the date, or add its style to the mapping", "请更正日期，或在映射中增加该格式"),
    )


@cache
def style_pattern(style: str) -> re.Pattern[str]:
    """The pattern of a date style; each of year, month and day stands in it once.

    Raises:
        ValueError: `style` names one of them twice or not at all.
    """
    open_ended = style.endswith("*")
    parts, last = [], 0
    body = style.removesuffix("*")
    for field in _FIELDS.finditer(body):
        parts += [re.escape(body[last : field.start()]), _FIELD_PATTERNS[field[0]]]
        last = field.end()
    names = sorted(part[4:].partition(">")[0] for part in parts if part.startswith("(?P<"))
    if names != ["day", "month", "year"]:
        raise ValueError(f"a date style names YYYY, MM or M, and DD or D once each; {style!r} does not")
    return re.compile("".join(parts) + re.escape(body[last:]) + (".*" if open_ended else ""))


def _by_style(text: str, style: str) -> datetime.date | None:
    if style == "excel":
        serial = int(text) if re.fullmatch(r"[0-9]{2,7}", text) else 0
        return (
            _EXCEL_EPOCH + datetime.timedelta(days=serial) if _EXCEL_FIRST <= serial <= _EXCEL_LAST else None
        )
    match = style_pattern(style).fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
