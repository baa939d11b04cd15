# SPDX-License-Identifier: Apache-2.0
"""Distances in working days, equal to counting day by day over the same calendars."""

import datetime

import pytest

from ledger.kinds.registry import Calendar
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.basis.working_days import WorkingDays

DAY = datetime.date
CALENDARS = (
    Calendar(id="C", occurred_on=DAY(2025, 12, 1), year=2026, notice="draft", off=(DAY(2026, 3, 3),)),
    Calendar(
        id="C",
        occurred_on=DAY(2025, 12, 2),
        version=2,
        year=2026,
        notice="final",
        off=tuple(DAY(2026, 2, day) for day in range(16, 24)),
        worked=(DAY(2026, 2, 14), DAY(2026, 2, 28), DAY(2026, 2, 21)),
    ),
)


def apart(one: datetime.date, other: datetime.date, *calendars: Calendar) -> int:
    """Working days between two dates."""
    return WorkdayNumbers(calendars).apart(one.toordinal(), other.toordinal())


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [
        (DAY(2026, 3, 6), DAY(2026, 3, 6), 0),
        (DAY(2026, 3, 6), DAY(2026, 3, 9), 1),
        (DAY(2026, 3, 7), DAY(2026, 3, 8), 0),
        (DAY(2026, 2, 13), DAY(2026, 2, 24), 2),
        (DAY(2026, 2, 27), DAY(2026, 3, 2), 2),
    ],
    ids=["same day", "over a weekend", "within a weekend", "over the holiday", "a worked Saturday counts"],
)
def test_distance(one: datetime.date, other: datetime.date, days: int) -> None:
    """The start day is not counted; the order of the two does not matter."""
    assert apart(one, other, *CALENDARS) == apart(other, one, *CALENDARS) == days


def test_equals_counting_day_by_day() -> None:
    """Every span of a year is as long as `WorkingDays` makes it."""
    working, numbers = WorkingDays(CALENDARS), WorkdayNumbers(CALENDARS)
    counted, start = 0, DAY(2025, 12, 25)
    for step in range(1, 500):
        day = start + datetime.timedelta(days=step)
        counted += working.is_working(day)
        assert numbers.apart(start.toordinal(), day.toordinal()) == counted
