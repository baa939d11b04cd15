# SPDX-License-Identifier: Apache-2.0
"""Long lists in pieces: 50 rows on a page, and the address at which the list goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from api.portal.frame import Frame

ROWS: Final = 50
_DIGITS_MAX: Final = 9

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Generic[Row]):
    """A piece of a long list: `rest` counts the rows after it, `next` is the address of the next piece."""

    rows: tuple[Row, ...]
    rest: int
    next: str | None


def cut(frame: Frame, rows: Sequence[Row], name: str) -> Cut[Row]:
    """The piece of `rows` that the parameter `name` of the address asks for; the first one without it."""
    asked = frame.query.get(name, "0")
    start = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) <= _DIGITS_MAX else 0
    rest = max(0, len(rows) - start - ROWS)
    after = frame.url(frame.path, **{name: str(start + ROWS)}) if rest else None
    return Cut(rows=tuple(rows[start : start + ROWS]), rest=rest, next=after)
