# SPDX-License-Identifier: Apache-2.0
"""Where the table of a filled file begins, and which of its columns means what."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from api.forms.field_mapping import FieldMapping
from api.forms.filled_rows import FilledRow
from api.forms.form import Column, form_of
from api.forms.sheet_facts import column_letters
from api.forms.titles import columns_by_title, folded, ignored_titles, split_unit, title_of, unit_note
from ledger.errors import FormatError
from ledger.intake.cells import Cell, text_of

HEADER_ROWS: Final = 50
"""The header row is looked for in this many rows that are not empty."""

RECOGNISED_MIN: Final = 2
"""Titles that a header row has at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A column of the file: its position, its title there, the column of the form, the unit of its money."""

    position: int
    title: str
    column: Column
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header row: where it stands, what its columns are, which are not taken; `above` are the rows before it.

    `titled` are the positions with any title; `complete` says that no column is missing that every row needs.
    """

    row: int
    width: int
    columns: tuple[Placed, ...]
    untaken: tuple[str, ...]
    titled: frozenset[int]
    above: tuple[FilledRow, ...]
    own: FilledRow
    mapping: FieldMapping | None = None
    complete: bool = True

    @property
    def titles(self) -> dict[str, str]:
        """The title in the file of each field."""
        return {one.column.name: one.title for one in self.columns}


def find_header(
    rows: Sequence[FilledRow], kind: str, mapping: FieldMapping | None = None
) -> FilledRow | None:
    """The row with most titles of the form of `kind`, the first of equals; None if no row has two."""
    known = _known(kind, mapping)
    scores = [sum(_column(cell, known) is not None for cell in row.cells) for row in rows]
    best = max(scores, default=0)
    return rows[scores.index(best)] if best >= RECOGNISED_MIN else None


def read_header(
    own: FilledRow,
    above: Sequence[FilledRow],
    kind: str,
    *,
    ignore: Collection[str],
    mapping: FieldMapping | None = None,
    errors: list[tuple[str, str, FormatError]],
) -> Header:
    """The columns of header row `own`; what is wrong with them is put into `errors` as (title, value, error)."""
    known, noted = _known(kind, mapping), _noted_unit(above)
    left_out = {folded(one) for one in ignore} | ignored_titles()
    left_out |= mapping.untaken() if mapping is not None else set()
    given = mapping.rules.given if mapping is not None else ()
    placed: dict[str, Placed] = {}
    untaken: list[str] = []
    for position, cell in enumerate(own.cells):
        title = _text(cell)
        if not title:
            continue
        column = _column(cell, known)
        if column is None or folded(title) in {folded(one) for one in ignore}:
            untaken.append(title)
            if folded(title) not in left_out:
                errors.append((title, title, _unknown(title, position, kind)))
        elif column.name in placed:
            errors.append((title, title, _twice(placed[column.name].title, position)))
        else:
            unit = split_unit(title)[1] or noted or "元"
            placed[column.name] = Placed(position=position, title=title, column=column, unit=unit)
    missing = [one for one in form_of(kind).columns if one.needed and one.name not in {*placed, *given}]
    errors.extend((title_of(one, "zh"), "", _missing(one)) for one in missing)
    return Header(
        row=own.number,
        width=len(own.cells),
        columns=tuple(placed.values()),
        untaken=tuple(untaken),
        titled=frozenset(position for position, cell in enumerate(own.cells) if _text(cell)),
        above=tuple(above),
        own=own,
        mapping=mapping,
        complete=not missing,
    )


def _known(kind: str, mapping: FieldMapping | None) -> dict[str, Column]:
    """The column for every title; under a mapping the names of the other system go first."""
    if mapping is None:
        return columns_by_title(kind)
    foreign = mapping.columns()
    own = {title: one for title, one in columns_by_title(kind).items() if title not in mapping.untaken()}
    return own | foreign


def _column(cell: Cell, known: dict[str, Column]) -> Column | None:
    title = _text(cell)
    found = known.get(folded(title))
    if found is None:
        found = known.get(folded(split_unit(title)[0]))
        return found if found is not None and found.sort == "amount" else None
    return found


def _noted_unit(above: Sequence[FilledRow]) -> str | None:
    """The unit that a cell above the table announces; of several the last."""
    units = [unit_note(_text(cell)) for row in above for cell in row.cells]
    return next((unit for unit in reversed(units) if unit is not None), None)


def _text(cell: Cell) -> str:
    try:
        return text_of(cell)
    except FormatError:
        return ""


def no_header(kind: str, name: str) -> FormatError:
    """The refusal of a file without a header row."""
    needed = [one for one in form_of(kind).columns if one.needed]
    en, zh = (", ".join(title_of(one, language) for one in needed) for language in ("en", "zh"))
    return FormatError(
        code="form.no-header",
        place=name,
        message_en=f"no row of the first {HEADER_ROWS} holds the titles of kind {kind}",
        message_zh=f"前 {HEADER_ROWS} 行中没有“{kind}”的表头",
        remedy_en=f"Give the right --kind and --sheet; at least these titles are needed: {en}.",
        remedy_zh=f"请核对 --kind 与 --sheet；至少需要这些列：{zh}。",
    )


def _unknown(title: str, position: int, kind: str) -> FormatError:
    near = difflib.get_close_matches(folded(title), columns_by_title(kind), n=1)
    column = columns_by_title(kind)[near[0]] if near else None
    hint_en = f"call it {title_of(column, 'en')!r}, or " if column else ""
    hint_zh = f"如指“{title_of(column, 'zh')}”请改用该名称；" if column else ""
    return FormatError(
        code="form.unknown-column",
        place=f"{column_letters(position)}",
        message_en=f"column {column_letters(position)} has a title that this form does not know",
        message_zh=f"{column_letters(position)} 列的表头不是本表样的列",
        remedy_en=f"{hint_en}leave the column out with --ignore-column {title!r}",
        remedy_zh=f"{hint_zh}不需登记的列请用 --ignore-column {title!r} 略过",
    )


def _twice(other: str, position: int) -> FormatError:
    return FormatError(
        code="form.column-twice",
        place=column_letters(position),
        message_en=f"column {column_letters(position)} means the same as {other!r}",
        message_zh=f"{column_letters(position)} 列与“{other}”含义相同",
        remedy_en="keep one of them, or leave one out with --ignore-column",
        remedy_zh="请只保留一列，或用 --ignore-column 略过其一",
    )


def _missing(column: Column) -> FormatError:
    return FormatError(
        code="form.missing-column",
        place=column.name,
        message_en=f"the column {title_of(column, 'en')!r} is missing",
        message_zh=f"缺少“{title_of(column, 'zh')}”列",
        remedy_en="add the column; fundtrace template writes a form with all of them",
        remedy_zh="请补上该列；可用 fundtrace template 生成全部列的模板",
    )
