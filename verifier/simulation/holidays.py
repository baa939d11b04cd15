# SPDX-License-Identifier: Apache-2.0
"""Days off and days worked in 2025 and 2026, and the due days that follow from them.

Labels get their legal deadlines from here and not from the verifier's calendar: one mistake in both would hide itself.
Source: the yearly holiday notices of the State Council's office (节假日安排通知, November 2024 and November 2025).
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.registry import Calendar

YEAR: Final = 2026
"""The year of the demonstration."""
YEARS: Final = (2025, 2026)
"""The years whose days off are known."""

_NOTICES: Final = {
    2025: "国务院办公厅关于2025年部分节假日安排的通知（2024年11月）",
    2026: "国务院办公厅关于2026年部分节假日安排的通知（2025年11月）",
}
_WORKDAYS: Final = range(5)
_DAY: Final = datetime.timedelta(days=1)


def _days(year: int, *spans: tuple[int, int, int]) -> Iterator[datetime.date]:
    for month, first, last in spans:
        for day in range(first, last + 1):
            yield datetime.date(year, month, day)


WORKED: Final = frozenset(
    {
        *_days(2025, (1, 26, 26), (2, 8, 8), (4, 27, 27), (9, 28, 28), (10, 11, 11)),
        *_days(2026, (1, 4, 4), (2, 14, 14), (2, 28, 28), (5, 9, 9), (9, 20, 20), (10, 10, 10)),
    }
)
"""Weekend days turned into working days (调休)."""

OFF: Final = frozenset(
    day
    for day in (
        *_days(
            2025, (1, 1, 1), (1, 28, 31), (2, 1, 4), (4, 4, 6), (5, 1, 5), (5, 31, 31), (6, 1, 2), (10, 1, 8)
        ),
        *_days(2026, (1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)),
    )
    if day.weekday() in _WORKDAYS
)
"""Days off that are no weekend days: New Year, Spring Festival, Qingming, Labour, Dragon Boat, Mid-Autumn, National."""


def is_working(day: datetime.date) -> bool:
    """Whether offices and banks are open on `day` of `YEARS`, or of the last week of 2024, which has no holiday."""
    return day in WORKED or (day.weekday() in _WORKDAYS and day not in OFF)


def working(day: datetime.date) -> datetime.date:
    """`day` itself when worked, else the next working day."""
    while not is_working(day):
        day += _DAY
    return day


def worked_before(day: datetime.date) -> datetime.date:
    """`day` itself when worked, else the last working day before it."""
    while not is_working(day):
        day -= _DAY
    return day


def due(start: datetime.date, days: int) -> datetime.date:
    """The last day of a period of calendar `days` after `start`: start not counted, rolled off days not worked (O4)."""
    return working(start + days * _DAY)


def calendar_event(occurred_on: datetime.date, year: int = YEAR) -> Calendar:
    """The event by which the calendar of `year`, one of `YEARS`, is adopted."""
    off, worked = (tuple(sorted(day for day in days if day.year == year)) for days in (OFF, WORKED))
    return Calendar(
        occurred_on=occurred_on,
        id=f"calendar-{year}",
        year=year,
        notice=_NOTICES[year],
        off=off,
        worked=worked,
    )
