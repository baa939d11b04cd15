# SPDX-License-Identifier: Apache-2.0
"""Periods of account: a year, a quarter or a month, as `period_close` names them (``2026``, ``2026-Q2``, ``2026-06``)."""

import datetime
import re
from dataclasses import dataclass
from typing import Final, Self

from ledger.errors import FormatError

_SHAPE: Final = re.compile(r"(19[0-9]{2}|2[0-9]{3})(?:-(0[1-9]|1[0-2]|Q[1-4]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days of a period, both ends included, and its name."""

    name: str
    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> tuple[int, int]:
        """Both ends as ordinals."""
        return self.first.toordinal(), self.last.toordinal()

    def holds(self, day: datetime.date) -> bool:
        """Whether `day` lies in it."""
        return self.first <= day <= self.last

    @property
    def before(self) -> Self:
        """The period of the same length that ends on the day before."""
        day = self.first - datetime.timedelta(days=1)
        kind = len(self.name)
        if kind == len("2026"):
            return type(self).parse(f"{day:%Y}")
        if "Q" in self.name:
            return type(self).parse(f"{day:%Y}-Q{(day.month + 2) // 3}")
        return type(self).parse(f"{day:%Y-%m}")

    @staticmethod
    def day(ordinal: int) -> datetime.date:
        """The date that tables keep as `ordinal`."""
        return datetime.date.fromordinal(ordinal)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period named `text`.

        Raises:
            FormatError: it names none.
        """
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise FormatError(
                code="period-format",
                place="--period",
                message_en=f"{text!r} is no period",
                message_zh=f"{text!r} 不是会计期间",
                remedy_en="Write a year, a quarter or a month: 2026, 2026-Q2, 2026-06.",
                remedy_zh="请写年、季度或月份：2026、2026-Q2、2026-06。",
            )
        year, part = int(found[1]), found[2]
        if part is None:
            low, high = 1, 12
        elif part.startswith("Q"):
            high = int(part[1]) * 3
            low = high - 2
        else:
            low = high = int(part)
        following = datetime.date(year + high // 12, high % 12 + 1, 1)
        return cls(name=text, first=datetime.date(year, low, 1), last=following - datetime.timedelta(days=1))
