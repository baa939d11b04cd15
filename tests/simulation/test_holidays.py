# SPDX-License-Identifier: Apache-2.0
"""The days off of 2026 and the due days they move."""

import datetime

import pytest

from verifier.simulation.holidays import calendar_event, due, is_working


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-04-06", False),
        ("2026-05-05", False),
        ("2026-05-06", True),
        ("2026-05-09", True),
        ("2026-05-10", False),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-10-10", True),
    ],
)
def test_days_off_and_days_worked(day: str, works: bool) -> None:
    """Holidays, their weekends, and the weekend days worked for them."""
    assert is_working(datetime.date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-04-03", 30, "2026-05-06"),  # 3 May lies in the Labour holiday
        ("2026-02-05", 30, "2026-03-09"),  # 7 March is a Saturday
        ("2026-05-14", 30, "2026-06-15"),  # 13 June is a Saturday
        ("2026-01-15", 30, "2026-02-14"),  # a Saturday that is worked
        ("2026-01-06", 30, "2026-02-05"),
    ],
)
def test_periods_roll_off_days_not_worked(start: str, days: int, last: str) -> None:
    """The start day is not counted; the end rolls off holidays but stays on a weekend day that is worked."""
    assert due(datetime.date.fromisoformat(start), days) == datetime.date.fromisoformat(last)


def test_the_adopted_calendar_names_no_weekend_as_off() -> None:
    """Weekends are off anyway; the event lists what departs from the week."""
    event = calendar_event(datetime.date(2025, 12, 24))
    assert all(day.weekday() < 5 for day in event.off)
    assert all(day.weekday() >= 5 for day in event.worked)
    assert len(event.off) == 19
