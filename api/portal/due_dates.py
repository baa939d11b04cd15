# SPDX-License-Identifier: Apache-2.0
"""Due and done: each instalment on one line of time, a diamond where it was due, a disc where it was done.

The bar between them is the time early or late; an arrow at the as-of day says that it is overdue and still open. Shape
says it without colour.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup, escape

from api.languages import Language
from api.portal.dates import month_name
from api.portal.svg import PX, label, px, shortened, text_width, trace
from api.portal.svg import drawing as drawing_of

DueState = Literal["ok", "late", "open", "future"]

_TOP: Final = 30 * PX
_ROW: Final = 40 * PX
_ROW_NARROW: Final = 58 * PX
_LEFT: Final = 330 * PX
_RIGHT: Final = 140 * PX
_PAD: Final = 8 * PX
_HALF: Final = 7 * PX
_MARGIN_DAYS: Final = 6
_SMALL: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One instalment: what, how much, when due, when done (None: not yet), and the note that says how late."""

    name: str
    amount: str
    due: datetime.date
    done: datetime.date | None
    state: DueState
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTexts:
    """Words of the drawing."""

    due: str
    done: str
    today: str
    sentence: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    first: datetime.date
    last: datetime.date
    left: int
    right: int

    def x(self, day: datetime.date) -> int:
        days = max(1, (self.last - self.first).days)
        return self.left + (day - self.first).days * (self.right - self.left) // days


def draw_due_dates(
    rows: Sequence[DueRow], *, today: datetime.date, width: int, narrow: bool, texts: DueTexts
) -> Markup:
    """The drawing at `width` pixels; `narrow` puts name and note above the line of time instead of beside it."""
    left, right = (_PAD, width * PX - _PAD) if narrow else (_LEFT, width * PX - _RIGHT)
    axis = _axis(rows, today, left, right)
    row_height = _ROW_NARROW if narrow else _ROW
    bottom = _TOP + row_height * len(rows)
    drawn = [*_months(axis, today, bottom, texts), *_today(axis, today, bottom, texts)]
    for at, row in enumerate(rows):
        top = _TOP + at * row_height
        if at:
            drawn.append(_rule(0, top, width * PX, top, "grid"))
        y = top + (38 if narrow else 20) * PX
        drawn.extend(_words(row, y, width * PX, narrow=narrow))
        drawn.extend(_marks(row, axis, today, y, texts))
    return drawing_of(width * PX, bottom + _PAD, drawn, sentence=texts.sentence, kind="due-dates")


def _axis(rows: Sequence[DueRow], today: datetime.date, left: int, right: int) -> _Axis:
    days = [today, *(row.due for row in rows), *(row.done for row in rows if row.done is not None)]
    margin = datetime.timedelta(days=_MARGIN_DAYS)
    return _Axis(first=min(days) - margin, last=max(days) + margin, left=left, right=right)


def _months(axis: _Axis, today: datetime.date, bottom: int, texts: DueTexts) -> list[str]:
    """A rule at the first of each month, named where the name touches no other; January is named by its year."""
    drawn: list[str] = []
    day = _next_month(axis.first)
    taken = [_today_span(axis, today, texts)]
    while day <= axis.last:
        x = axis.x(day)
        drawn.append(_rule(x, _TOP - 6 * PX, x, bottom, "grid"))
        name = str(day.year) if day.month == 1 else month_name(day.month, texts.language)
        start, end = x + 4 * PX, x + 8 * PX + text_width(name, _SMALL)
        if end <= axis.right + _PAD and all(end < left or start > right for left, right in taken):
            drawn.append(label(start, 14 * PX, name, "c-axis"))
            taken.append((start, end))
        day = _next_month(day)
    return drawn


def _next_month(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def _today(axis: _Axis, today: datetime.date, bottom: int, texts: DueTexts) -> list[str]:
    left, right = _today_span(axis, today, texts)
    x = axis.x(today)
    return [
        _rule(x, 18 * PX, x, bottom, "today"),
        label((left + right) // 2, 14 * PX, texts.today, "halo c-today", "middle"),
    ]


def _today_span(axis: _Axis, today: datetime.date, texts: DueTexts) -> tuple[int, int]:
    """Where the name of the as-of day stands: over its rule, or as near as the edges allow."""
    wide = text_width(texts.today, _SMALL)
    left = max(axis.left - _PAD, min(axis.x(today) - wide // 2, axis.right + _PAD - wide))
    return left, left + wide


def _words(row: DueRow, y: int, width: int, *, narrow: bool) -> list[str]:
    if narrow:
        room = width - text_width(row.note, 12) - 2 * _PAD
        return [
            label(0, y - 17 * PX, shortened(f"{row.name} {row.amount}", 12, room), "halo c-name"),
            label(width, y - 17 * PX, row.note, f"halo c-{row.state}", "end"),
        ]
    below = y + 45
    room = _LEFT - 30 * PX - text_width(row.amount, 13)
    return [
        label(0, below, shortened(row.name, 13, room), "c-name"),
        label(_LEFT - 18 * PX, below, row.amount, "c-number", "end"),
        label(width - _RIGHT + 14 * PX, below, row.note, f"c-{row.state}"),
    ]


def _marks(row: DueRow, axis: _Axis, today: datetime.date, y: int, texts: DueTexts) -> list[str]:
    drawn: list[str] = []
    end = row.done if row.done is not None else (today if row.state == "open" else None)
    due = axis.x(row.due)
    if end is not None:
        start, stop = sorted((due, axis.x(end)))
        place = f'x="{px(start)}" y="{px(y - 3 * PX)}" width="{px(max(PX, stop - start))}" height="6" rx="3"'
        drawn.append(f'<rect class="span-{row.state}" {place}/>')
    if row.state == "open":
        x = axis.x(today)
        arrow = trace("M", x - PX, y - _HALF, "l", 9 * PX, _HALF, "l", -9 * PX, _HALF, "Z")
        drawn.append(f'<path class="span-open" d="{arrow}"/>')
    diamond = trace("M", due, y - _HALF, "l", _HALF, _HALF, "l", -_HALF, _HALF, "l", -_HALF, -_HALF, "Z")
    drawn.append(f'<path class="due" d="{diamond}"><title>{escape(texts.due)} {row.due}</title></path>')
    if row.done is not None:
        told = f"<title>{escape(texts.done)} {row.done}</title>"
        drawn.append(
            f'<circle class="done-{row.state}" cx="{px(axis.x(row.done))}" cy="{px(y)}" r="6">{told}</circle>'
        )
    return drawn


def _rule(x1: int, y1: int, x2: int, y2: int, kind: str) -> str:
    return f'<line class="{kind}" x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"/>'
