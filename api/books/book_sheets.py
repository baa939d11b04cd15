# SPDX-License-Identifier: Apache-2.0
"""The sheets of one book: rows of opening, receipts, payments and closing, and every entry behind their figures."""

from collections.abc import Iterator, Sequence

from api.books.sheet import Cell, Money, Sheet
from api.books.speech import Speech
from api.books.words import SHEETS, TITLES
from verifier.statement.records import Figure, Row, Table


def table_sheet(speak: Speech, table: Table) -> Sheet:
    """Opening, each column that occurs (with its corrections where there are any), closing; a total below."""
    shown = [column for column in table.columns if any(column in row.figures for row in table.rows)]
    split = {
        column for column in shown
        if any(row.figures.get(column, Figure()).corrected for row in table.rows)
    }  # fmt: skip
    subject = () if table.book == "fund" else (speak.word(table.book),)
    headings = (
        *speak.words("number", "fund"), *subject, speak.word("opening"),
        *(part for column in shown for part in _parts(speak, table, column, split)),
        *speak.words("closing", "after close"),
    )  # fmt: skip
    rows = [_row(table, row, shown, split) for row in table.rows]
    total = (
        speak.word("total"), *[None] * (1 + len(subject)), Money(table.opening),
        *(cell for column in shown for cell in _figures(table.total(column), column in split)),
        Money(table.closing), Money(sum(row.after_close for row in table.rows)),
    )  # fmt: skip
    return Sheet(
        name=speak.tab(table.book),
        title=speak.say(TITLES[table.book]),
        columns=headings,
        widths=(6, 14, *[20] * len(subject), *[18] * (len(headings) - 2 - len(subject))),
        rows=(*rows, total) if rows else (),
        notes=() if rows else speak.words("nothing"),
        strong=frozenset({len(rows)}),
    )


def _parts(speak: Speech, table: Table, column: str, split: set[str]) -> Iterator[str]:
    name = speak.column(table, column)
    if column in split:
        yield from (f"{name} {part}" for part in speak.words("gross", "correction", "net"))
    else:
        yield name


def _row(table: Table, row: Row, shown: Sequence[str], split: set[str]) -> tuple[Cell, ...]:
    return (
        row.number,
        row.fund,
        *(() if table.book == "fund" else (row.subject,)),
        Money(row.opening),
        *(cell for column in shown for cell in _figures(row.figures.get(column, Figure()), column in split)),
        Money(row.closing),
        Money(row.after_close),
    )


def entries_sheet(speak: Speech, table: Table) -> Sheet:
    """Every entry behind the figures of `table`, by row and column."""
    rows = tuple(
        (
            row.number, speak.column(table, one.column), one.on, one.seq, one.name, speak.kind(one.kind),
            Money(one.amount), one.corrects, speak.yes(yes=one.after_close),
        )
        for row in table.rows
        for one in row.entries
    )  # fmt: skip
    columns = ("number", "column", "date", "entry", "event", "kind", "amount", "corrects", "late")
    return Sheet(
        name=speak.tab(f"{table.book} entries"),
        title=speak.say(SHEETS[f"{table.book} entries"]),
        columns=speak.words(*columns),
        widths=(6, 22, 12, 10, 44, 20, 18, 40, 14),
        rows=rows,
        notes=() if rows else speak.words("nothing"),
    )


def _figures(figure: Figure, split: bool) -> tuple[Money, ...]:  # noqa: FBT001 - whether corrections stand beside
    if not split:
        return (Money(figure.net),)
    return Money(figure.gross), Money(figure.corrected), Money(figure.net)
