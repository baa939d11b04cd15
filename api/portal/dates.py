# SPDX-License-Identifier: Apache-2.0
"""Days and instants as people read them; instants in the ledger's time zone, with seconds where they are evidence."""

import datetime
from typing import Final
from zoneinfo import ZoneInfo

from api.languages import Language
from ledger.instant import parse_instant

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_in_prose(day: datetime.date, language: Language) -> str:
    """`2026-06-30` in Chinese text, `30 June 2026` in English prose; tables use `isoformat`."""
    return day.isoformat() if language == "zh" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment_of(instant: str, time_zone: str) -> str:
    """`instant` as ``2026-06-12 16:31:07`` in `time_zone`."""
    return f"{parse_instant(instant).astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M:%S}"


def month_name(month: int, language: Language) -> str:
    """``3 月`` or ``March``, for the axis of a drawing."""
    return f"{month} 月" if language == "zh" else _MONTHS[month - 1][:3]
