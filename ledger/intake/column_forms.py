# SPDX-License-Identifier: Apache-2.0
"""The forms of a column in a mapping: text, whole number, amount, day, identifier, sum (docs/bureau/mapping.md)."""

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,47}(?!\\n)$", description="name inside the mapping")]
Template = Annotated[str, Meta(min_length=1, max_length=1_024)]
Words = tuple[str, ...]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the mapping file; a key that it does not know is refused."""


class Column(Part, frozen=True, kw_only=True):
    """What every column has: where it is read (`from`: a header name, or ``table.name`` of a joined table).

    `null` are further words for "not recorded"; such a cell takes `default`, is absent if `optional`, or is an error.
    """

    from_: str | None = msgspec.field(name="from", default=None)
    null: Words = ()
    optional: bool = False


class TextColumn(Column, frozen=True, kw_only=True, tag="text", tag_field="type"):
    """Text, trimmed, white space collapsed, NFC; or built from other columns by `template`.

    `pattern` must match the whole cell and its first group is kept. `map` replaces values; a value that is not in
    it stays with `keep`, takes `otherwise`, or is an error. `cut` shortens to that many characters; without it longer text
    is an error.
    """

    template: Template | None = None
    pattern: str | None = None
    map: dict[str, str] | None = None
    keep: bool = False
    otherwise: str | None = None
    default: Template | None = None
    cut: Annotated[int, Meta(ge=1, le=4_096)] | None = None


class IntegerColumn(Column, frozen=True, kw_only=True, tag="integer", tag_field="type"):
    """A whole number, such as a fiscal year; `pattern` as for text."""

    pattern: str | None = None
    default: int | None = None


class AmountColumn(Column, frozen=True, kw_only=True, tag="amount", tag_field="type"):
    """Money, read exactly into minor units: decimal mark, thousands mark, unit, currency marks to drop.

    A value that is no whole number of minor units is an error. Only `signed` columns may be negative: a minus sign or
    brackets.
    """

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    unit: str = "1"
    marks: Words = ()
    signed: bool = False
    default: int | None = None


class DateColumn(Column, frozen=True, kw_only=True, tag="date", tag_field="type"):
    """A day, by the first of `styles` that fits; two styles that fit and differ are an error.

    Styles are built of YYYY, MM, DD, M, D and other characters as they stand; a final ``*`` drops what follows;
    ``excel`` takes serial numbers of the 1900 system.
    """

    styles: Words = ("YYYY-MM-DD",)
    default: datetime.date | None = None


class IdColumn(Column, frozen=True, kw_only=True, tag="id", tag_field="type"):
    """An identifier: `prefix` and the value as it stands, or with `slug` an ASCII short form and a hash of the value."""

    template: Template | None = None
    prefix: str = ""
    slug: bool = False


class SumColumn(Part, frozen=True, kw_only=True, tag="sum", tag_field="type"):
    """Σ `plus` − Σ `minus` over amount columns, in minor units; absent cells count as nothing; may be negative."""

    plus: tuple[Name, ...]
    minus: tuple[Name, ...] = ()


CellColumn = TextColumn | IntegerColumn | AmountColumn | DateColumn | IdColumn
"""A column that is read from a cell or built as one."""

AnyColumn = CellColumn | SumColumn
