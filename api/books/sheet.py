# SPDX-License-Identifier: Apache-2.0
"""A sheet of books: title, columns and cells, whatever it is written to."""

import datetime
from dataclasses import dataclass
from typing import NamedTuple


class Money(NamedTuple):
    """An amount in minor units."""

    amount: int


Cell = str | int | Money | datetime.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table with its title and notes; rows whose number (from 0) is in `strong` are totals or call for attention.

    `widths` are in characters. Without any heading in `columns` there is no row of headings.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    strong: frozenset[int] = frozenset()
