# SPDX-License-Identifier: Apache-2.0
"""Instants: RFC 3339 UTC with milliseconds and ``Z``, kept as text whose order is the order of time."""

import datetime
import re
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from msgspec import Meta

from ledger.errors import FormatError

INSTANT_PATTERN: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z(?!\\n)$"

Instant = Annotated[str, Meta(pattern=INSTANT_PATTERN, description="RFC 3339 UTC instant with milliseconds")]
"""An instant such as ``2026-06-12T08:31:07.000Z``."""

_SHAPE: Final = re.compile(INSTANT_PATTERN)


def parse_instant(text: str) -> datetime.datetime:
    """The aware UTC datetime of `text`.

    Raises:
        FormatError: `text` is not one of the one spelling allowed, or names no real moment.
    """
    try:
        # Behind the shape check this accepts exactly the real moments, thirty times faster than strptime.
        return datetime.datetime.fromisoformat(text if _SHAPE.search(text) else "")
    except ValueError as error:
        raise FormatError(
            code="instant-format",
            place="instant",
            message_en=f"{text!r} is not an instant",
            message_zh=f"{text!r} 不是时刻",
            remedy_en="write UTC with milliseconds, such as 2026-06-12T08:31:07.000Z",
            remedy_zh="请写带毫秒的 UTC 时刻，例如 2026-06-12T08:31:07.000Z",
        ) from error


EARLIEST: Final = datetime.date(1900, 1, 1)
LATEST: Final = datetime.date(2999, 12, 31)
"""Bounds of every date and instant in the ledger: far enough for people, and no period counted from one overflows."""


def is_date(day: datetime.date) -> bool:
    """Whether `day` lies within the bounds of the ledger."""
    return EARLIEST <= day <= LATEST


def is_instant(text: str) -> bool:
    """Whether `text` is the one spelling of a real moment within the bounds of the ledger (by its UTC day)."""
    try:
        return "T24" not in text and is_date(parse_instant(text).date())
    except FormatError:
        return False


def format_instant(moment: datetime.datetime) -> str:
    """The one spelling of an aware `moment`, cut down to milliseconds."""
    utc = moment.astimezone(datetime.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def instant_of(seconds: int) -> str:
    """The instant `seconds` after 1970-01-01 UTC, as cosignatures count; the last moment of `LATEST` for any later one."""
    last = datetime.datetime.combine(LATEST, datetime.time.max, datetime.UTC)
    return format_instant(datetime.datetime.fromtimestamp(min(seconds, int(last.timestamp())), datetime.UTC))


def is_time_zone(name: str) -> bool:
    """Whether `name` is an IANA zone that means the same on every machine: ``UTC``, or one of area and place."""
    if name != "UTC" and "/" not in name:
        return False  # localtime and its like differ from machine to machine
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def business_date(instant: str, time_zone: str) -> datetime.date:
    """The calendar day of `instant` in the ledger's time zone."""
    return parse_instant(instant).astimezone(ZoneInfo(time_zone)).date()
