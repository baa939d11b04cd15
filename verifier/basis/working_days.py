# SPDX-License-Identifier: Apache-2.0
"""Periods and due days over adopted holiday calendars (semantics O4, O5); no clock, no network.

A period does not count its first day and rolls off non-working days at its end (民法典 arts. 201, 203); weekend days
turned into working days do not roll. A year without an adopted calendar counts Monday to Friday, provisionally.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ledger.kinds.registry import Calendar

Unit = Literal["calendar", "working"]

DAYS_MAX: Final = 36_500

_ONE: Final = datetime.timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due day: the obligation is unmet if something is open at the end of `on`.

    `calendars` names what was consulted, by year: ``<calendar id>/<version>``, or ``mon-fri/<year>`` where none is
    adopted; the due day is then `provisional` (O5). A fixed date consults nothing.
    """

    on: datetime.date
    calendars: tuple[str, ...] = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    name: str
    off: frozenset[datetime.date]
    worked: frozenset[datetime.date]


class WorkingDays:
    """The calendars adopted so far, one for a year; the last adopted of a year counts."""

    __slots__ = ("_years",)

    def __init__(self, calendars: Iterable[Calendar] = ()) -> None:
        """Adopt `calendars` in log order; days outside the year of a calendar are ignored."""
        self._years: dict[int, _Year] = {}
        for calendar in calendars:
            self.adopt(calendar)

    def adopt(self, calendar: Calendar) -> None:
        """From now on `calendar` says which days of its year are worked."""
        self._years[calendar.year] = _Year(
            name=f"{calendar.id}/{calendar.version}",
            off=frozenset(day for day in calendar.off if day.year == calendar.year),
            worked=frozenset(day for day in calendar.worked if day.year == calendar.year),
        )

    def adopted(self) -> dict[int, str]:
        """Name of the calendar of each year that has one."""
        return {year: found.name for year, found in sorted(self._years.items())}

    def is_working(self, day: datetime.date) -> bool:
        """Whether `day` is worked; a day that a calendar names both ways is off, in favour of the debtor."""
        year = self._years.get(day.year)
        if year is None:
            return day.weekday() < _SATURDAY
        if day in year.off:
            return False
        return day in year.worked or day.weekday() < _SATURDAY

    def period(self, start: datetime.date, days: int, unit: Unit) -> Due:
        """The end of a period of `days` after `start`, rolled to a working day.

        A period in calendar days consults its last day and the days it rolls over, one in working days every day
        after `start` (O5). Days outside 0 to 36,500 count as the nearest of the two, since a policy event may say
        any number. What would end after the last day of the calendar era ends on that day.
        """
        days = min(max(days, 0), DAYS_MAX)
        consulted: list[datetime.date] = []
        try:
            match unit:
                case "calendar":
                    last = start + datetime.timedelta(days=days)
                case "working":
                    last = self._count(start, days, consulted)
            last = self._roll(last, consulted)
        except OverflowError:
            last = datetime.date.max
        names, provisional = self._named(day.year for day in consulted)
        return Due(on=last, calendars=names, provisional=provisional)

    def fixed(self, day: datetime.date) -> Due:
        """A due day that a document names; it does not roll (O4)."""
        return Due(on=day)

    def add(self, start: datetime.date, days: int) -> datetime.date:
        """The day that lies `days` working days after `start`."""
        return self.period(start, days, "working").on

    def _count(self, start: datetime.date, days: int, consulted: list[datetime.date]) -> datetime.date:
        day, left = start, days
        while left:
            day += _ONE
            consulted.append(day)
            left -= self.is_working(day)
        return day

    def _roll(self, day: datetime.date, consulted: list[datetime.date]) -> datetime.date:
        consulted.append(day)
        while not self.is_working(day):
            day += _ONE
            consulted.append(day)
        return day

    def _named(self, years: Iterator[int]) -> tuple[tuple[str, ...], bool]:
        wanted = sorted(set(years))
        names = tuple(self._years[year].name if year in self._years else f"mon-fri/{year}" for year in wanted)
        return names, any(year not in self._years for year in wanted)
