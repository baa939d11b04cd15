# SPDX-License-Identifier: Apache-2.0
"""Due days over holidays and make-up days: hand-made cases and laws."""

import datetime
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds.registry import Calendar
from verifier.basis.working_days import Due, WorkingDays

# The State Council's arrangement of 2026 as far as these tests need it.
SPRING = tuple(date(2026, 2, 15) + timedelta(days=n) for n in range(9))
NATIONAL = tuple(date(2026, 10, 1) + timedelta(days=n) for n in range(7))
MADE_UP = (date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10))
CN_2026 = Calendar(
    occurred_on=date(2025, 11, 10), id="cn", year=2026, notice="国办", off=SPRING + NATIONAL, worked=MADE_UP
)
ADOPTED = WorkingDays([CN_2026])


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 2), 30, date(2026, 4, 1)),  # a Wednesday
        (date(2026, 3, 1), 27, date(2026, 3, 30)),  # a Saturday rolls to Monday
        (date(2026, 9, 1), 30, date(2026, 10, 8)),  # the first day of a holiday rolls over it
        (date(2026, 1, 29), 30, date(2026, 2, 28)),  # a worked Saturday does not roll
        (date(2026, 1, 15), 30, date(2026, 2, 14)),  # nor does one before a holiday
        (date(2026, 1, 16), 30, date(2026, 2, 24)),  # the holiday begins on a Sunday
        (date(2026, 3, 4), 0, date(2026, 3, 4)),  # no days: the start day itself
    ],
)
def test_calendar_days_roll_off_rest_days(start: date, days: int, due: date) -> None:
    """Only the last day of a calendar-day period rolls."""
    assert ADOPTED.period(start, days, "calendar") == Due(on=due, calendars=("cn/1",))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # Monday to Monday
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # the worked Saturday counts
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # so does the one before the festival
    ],
)
def test_working_days_count_worked_days_only(start: date, days: int, due: date) -> None:
    """The start day is not counted, rest days are not counted, made-up days are."""
    assert ADOPTED.period(start, days, "working") == Due(on=due, calendars=("cn/1",))


def test_a_calendar_period_consults_only_its_end() -> None:
    """A period that begins in a year without calendar is firm when it ends in one that has it (O5)."""
    assert ADOPTED.period(date(2025, 12, 20), 30, "calendar") == Due(
        on=date(2026, 1, 19), calendars=("cn/1",)
    )
    working = ADOPTED.period(date(2025, 12, 29), 5, "working")
    assert working.provisional
    assert working.calendars == ("mon-fri/2025", "cn/1")


def test_rolling_into_a_year_without_calendar_is_provisional() -> None:
    """The days rolled over are consulted too."""
    rolled = WorkingDays([CN_2026, _closed(date(2026, 12, 31))]).period(date(2026, 12, 1), 30, "calendar")
    assert rolled == Due(on=date(2027, 1, 1), calendars=("cn/2", "mon-fri/2027"), provisional=True)


def _closed(day: date) -> Calendar:
    return Calendar(occurred_on=date(2025, 11, 10), id="cn", version=2, year=2026, notice="国办", off=(day,))


def test_the_last_adopted_calendar_of_a_year_counts() -> None:
    """A later version replaces the earlier one whole."""
    days = WorkingDays([CN_2026])
    assert not days.is_working(date(2026, 10, 1))
    days.adopt(_closed(date(2026, 12, 31)))
    assert days.is_working(date(2026, 10, 1))
    assert days.adopted() == {2026: "cn/2"}


def test_without_calendars_monday_to_friday_counts_provisionally() -> None:
    """The fallback is said."""
    assert WorkingDays().period(date(2026, 9, 1), 30, "calendar") == Due(
        on=date(2026, 10, 1), calendars=("mon-fri/2026",), provisional=True
    )


def test_fixed_dates_do_not_roll() -> None:
    """A date that a document names stands, even on a holiday."""
    assert ADOPTED.fixed(date(2026, 10, 1)) == Due(on=date(2026, 10, 1))


@pytest.mark.parametrize("unit", ["calendar", "working"])
def test_the_end_of_the_era_is_no_crash(unit: str) -> None:
    """A period beyond year 9999 ends with it."""
    due = WorkingDays().period(datetime.date(9999, 12, 30), 40, unit)  # type: ignore[arg-type]
    assert due.on == datetime.date.max


@pytest.mark.parametrize("unit", ["calendar", "working"])
def test_absurd_numbers_of_days_are_bounded(unit: str) -> None:
    """What a policy event may say neither hangs nor runs backwards."""
    start = date(2026, 3, 2)
    assert WorkingDays().period(start, -5, unit).on == start  # type: ignore[arg-type]
    assert WorkingDays().period(start, 10**18, unit) == WorkingDays().period(start, 36_500, unit)  # type: ignore[arg-type]


def test_days_of_another_year_are_ignored() -> None:
    """A calendar speaks of its own year only."""
    stray = Calendar(
        occurred_on=date(2025, 11, 10), id="x", year=2026, notice="n", off=(date(2027, 1, 4),), worked=()
    )
    assert WorkingDays([stray]).is_working(date(2027, 1, 4))


dates = st.dates(date(2025, 1, 1), date(2028, 12, 31))
sets = st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40)


@given(dates, st.integers(0, 200), sets, sets)
def test_laws_of_periods(start: date, days: int, off: list[date], worked: list[date]) -> None:
    """A period ends on a working day, never before its days are over, and more days never end earlier."""
    calendar = Calendar(
        occurred_on=date(2025, 1, 1), id="c", year=2026, notice="n", off=tuple(off), worked=tuple(worked)
    )
    calendars = WorkingDays([calendar])
    for unit in ("calendar", "working"):
        due = calendars.period(start, days, unit)
        assert calendars.is_working(due.on)
        assert due.on >= start + timedelta(days=days)
        assert due.on <= calendars.period(start, days + 1, unit).on
        assert due.provisional == any(name.startswith("mon-fri/") for name in due.calendars)
    counted = calendars.period(start, days, "working").on
    span = (start + timedelta(days=n + 1) for n in range((counted - start).days))
    passed = sum(calendars.is_working(day) for day in span)
    assert days in {passed, 0}


@given(dates, st.integers(0, 200))
def test_calendar_period_is_the_first_working_day_from_its_end(start: date, days: int) -> None:
    """Between the last day and the due day nothing is worked."""
    due = ADOPTED.period(start, days, "calendar").on
    end = start + timedelta(days=days)
    assert not any(ADOPTED.is_working(end + timedelta(days=n)) for n in range((due - end).days))
