# SPDX-License-Identifier: Apache-2.0
"""Working days counted as numbers, so that the distance of two days is a subtraction (semantics R1, R2, T2).

Two days are as many working days apart as working days lie after the earlier one up to the later one. Days are proleptic
ordinals (`datetime.date.toordinal`). The same calendars as `verifier.basis.working_days`: the last
adopted of a year counts.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from ledger.kinds.registry import Calendar

_WEEK: Final = 7
_WORKED: Final = 5


class WorkdayNumbers:
    """Numbers of days under the calendars given in log order; years without one count Monday to Friday."""

    __slots__ = ("_changes", "_days", "_known")

    def __init__(self, calendars: Iterable[Calendar] = ()) -> None:
        """Ready to count; only the days on which a calendar differs from Monday to Friday are kept."""
        changed: dict[int, int] = {}
        for calendar in {calendar.year: calendar for calendar in calendars}.values():
            worked = {day.toordinal() for day in calendar.worked if day.year == calendar.year}
            off = {day.toordinal() for day in calendar.off if day.year == calendar.year}
            changed.update((day, 1) for day in worked - off if not _is_weekday(day))
            changed.update((day, -1) for day in off if _is_weekday(day))
        self._days = sorted(changed)
        self._changes = [0, *accumulate(changed[day] for day in self._days)]
        self._known: dict[int, int] = {}

    def number(self, day: int) -> int:
        """How many working days lie up to and including `day`, from a beginning that is the same for all days."""
        found = self._known.get(day)
        if found is None:
            weeks, rest = divmod(day, _WEEK)
            found = weeks * _WORKED + min(rest, _WORKED) + self._changes[bisect_right(self._days, day)]
            self._known[day] = found
        return found

    def apart(self, one: int, other: int) -> int:
        """How many working days `one` and `other` are apart, never negative."""
        return 0 if one == other else abs(self.number(one) - self.number(other))


def _is_weekday(day: int) -> bool:
    return 1 <= day % _WEEK <= _WORKED  # ordinal 1 was a Monday
