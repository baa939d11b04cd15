# SPDX-License-Identifier: Apache-2.0
"""A statement as sheets in one language: titles, columns and cells, whatever they are written to."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api.books.words import (
    CHECKS,
    COLUMNS,
    DUTIES,
    LINE_DISBURSED,
    LINK_NOTE,
    SHEETS,
    SIDES,
    SILENT_NOTE,
    TITLES,
    TOTAL_NOTE,
    WORDS,
)
from api.portal.wording import wording
from verifier.language import Language, Told, say
from verifier.statement.records import BankSheet, Check, Due, Figure, Row, Side, Statement, Table


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


def sheets_of(statement: Statement, language: Language) -> tuple[Sheet, ...]:
    """All sheets of `statement` in `language`, in the order in which they are read."""
    speak = _Speech(language)
    return (
        speak.head(statement),
        *(speak.table(table) for table in statement.tables),
        speak.bank(statement),
        speak.due(statement),
        speak.quiet(statement),
        speak.checks(statement),
        *(speak.entries(table) for table in statement.tables),
        speak.receipt(statement),
    )


class _Speech:
    """The words of one language, and the sheets made of them."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._wording = wording(language)

    def _word(self, *keys: str) -> tuple[str, ...]:
        return tuple(say(WORDS[key], self._language) for key in keys)

    def _column(self, table: Table, column: str) -> str:
        told = LINE_DISBURSED if (table.book, column) == ("line", "disbursed") else COLUMNS[column]
        return say(told, self._language)

    def _kind(self, kind: str) -> str:
        return self._wording.known(f"kind.{kind}", kind)

    def _subject(self, check: Check) -> str:
        """The book or the thing that a check is about."""
        told = next((told for book, told in TITLES.items() if book == check.subject), None)
        return check.subject if told is None else say(told, self._language)

    def _yes(self, *, yes: bool) -> str:
        return self._word("yes" if yes else "no")[0]

    # --- head ---------------------------------------------------------------------------------------------

    def head(self, statement: Statement) -> Sheet:
        """Which ledger, which books, which period; the receipt; and who closed what."""
        head = statement.head
        rows: list[tuple[str, Cell]] = [
            ("ledger", head.name),
            ("scope", f"{self._word(statement.scope.kind)[0]} {statement.scope.id} {statement.title}"),
            ("period", f"{statement.period} ({statement.first} – {statement.last})"),
            ("as of", statement.as_of),
            ("currency", head.currency),
            ("origin", head.origin),
            ("genesis", head.genesis),
            ("size", head.size),
            ("root", head.root),
            ("recorded", head.recorded),
        ]
        rows += [
            (
                "close",
                f"{one.unit} {one.period} {one.fund or ''} #{one.seq} {one.name} sha256:{one.statement}",
            )
            for one in statement.closes
        ]
        silent = sum(one.silent for one in statement.quiet)
        notes = [say(LINK_NOTE, self._language), say(TOTAL_NOTE, self._language)]
        if silent:
            said = Told(zh=f"静默：{silent}。", en=f"SILENT: {silent}. ")
            notes.insert(0, say(said, self._language) + say(SILENT_NOTE, self._language))
        if head.demo:
            notes.insert(0, self._word("demo")[0])
        return Sheet(
            name=self._tab("head"),
            title=say(TITLES["fund" if statement.scope.kind == "fund" else "account"], self._language),
            columns=("", ""),
            widths=(18, 100),
            rows=tuple((self._word(key)[0], value) for key, value in rows),
            notes=tuple(notes),
        )

    def receipt(self, statement: Statement) -> Sheet:
        """The receipt of the last entry, line by line."""
        lines = statement.head.receipt.removesuffix("\n").split("\n")
        return Sheet(
            name=self._tab("receipt"),
            title=say(SHEETS["receipt"], self._language),
            columns=("",),
            widths=(100,),
            rows=tuple((line,) for line in lines),
        )

    # --- tables -------------------------------------------------------------------------------------------

    def table(self, table: Table) -> Sheet:
        """Opening, each column that occurs (with its corrections where there are any), closing; a total below."""
        shown = [column for column in table.columns if any(column in row.figures for row in table.rows)]
        split = {
            column for column in shown
            if any(row.figures.get(column, Figure()).corrected for row in table.rows)
        }  # fmt: skip
        subject = () if table.book == "fund" else self._word(table.book)
        money = ["opening", *(part for column in shown for part in self._parts(table, column, split))]
        headings = (
            *self._word("number", "fund"), *subject, *self._word("opening"), *money[1:],
            *self._word("closing", "after close"),
        )  # fmt: skip
        rows = [self._row(table, row, shown, split) for row in table.rows]
        total = (
            *self._word("total"), *[None] * (1 + len(subject)), Money(table.opening),
            *(cell for column in shown for cell in _figures(table.total(column), column in split)),
            Money(table.closing), Money(sum(row.after_close for row in table.rows)),
        )  # fmt: skip
        return Sheet(
            name=self._tab(table.book),
            title=say(TITLES[table.book], self._language),
            columns=headings,
            widths=(6, 14, *[20] * len(subject), *[18] * (len(headings) - 2 - len(subject))),
            rows=(*rows, total) if rows else (),
            notes=() if rows else self._word("nothing"),
            strong=frozenset({len(rows)}),
        )

    def _parts(self, table: Table, column: str, split: set[str]) -> Iterator[str]:
        name = self._column(table, column)
        if column in split:
            yield from (f"{name} {part}" for part in self._word("gross", "correction", "net"))
        else:
            yield name

    def _row(self, table: Table, row: Row, shown: Sequence[str], split: set[str]) -> tuple[Cell, ...]:
        return (
            row.number,
            row.fund,
            *(() if table.book == "fund" else (row.subject,)),
            Money(row.opening),
            *(
                cell
                for column in shown
                for cell in _figures(row.figures.get(column, Figure()), column in split)
            ),
            Money(row.closing),
            Money(row.after_close),
        )

    def entries(self, table: Table) -> Sheet:
        """Every entry behind the figures of `table`, by row and column."""
        rows = tuple(
            (
                row.number, self._column(table, one.column), one.on, one.seq, one.name, self._kind(one.kind),
                Money(one.amount), one.corrects, self._yes(yes=one.after_close),
            )
            for row in table.rows
            for one in row.entries
        )  # fmt: skip
        columns = ("number", "column", "date", "entry", "event", "kind", "amount", "corrects", "late")
        return Sheet(
            name=self._tab(f"{table.book} entries"),
            title=say(SHEETS[f"{table.book} entries"], self._language),
            columns=self._word(*columns),
            widths=(6, 22, 12, 10, 44, 20, 18, 40, 14),
            rows=rows,
            notes=() if rows else self._word("nothing"),
        )

    # --- the bank, what is due, who is silent -------------------------------------------------------------

    def bank(self, statement: Statement) -> Sheet:
        """One block for each account: both balances, what only one side knows, both adjusted balances."""
        rows: list[tuple[Cell, ...]] = []
        strong: set[int] = set()
        for one in statement.bank:
            strong.add(len(rows))
            rows.extend(self._block(one))
        columns = ("account", "date", "check", "entry", "event", "kind", "amount")
        return Sheet(
            name=self._tab("bank"),
            title=say(SHEETS["bank"], self._language),
            columns=self._word(*columns),
            widths=(24, 12, 34, 10, 44, 16, 18),
            rows=tuple(rows),
            notes=() if rows else self._word("nothing"),
            strong=frozenset(strong),
        )

    def _block(self, sheet: BankSheet) -> Iterator[tuple[Cell, ...]]:
        def line(word: str, amount: int) -> tuple[Cell, ...]:
            return (sheet.account, sheet.on, self._word(word)[0], None, None, None, Money(amount))

        yield line("balance of bank", sheet.bank)
        yield from self._items(sheet, "book_in", "book_out")
        yield line("adjusted bank", sheet.bank_adjusted)
        yield line("balance of book", sheet.book)
        yield from self._items(sheet, "bank_in", "bank_out")
        yield line("adjusted book", sheet.book_adjusted)

    def _items(self, sheet: BankSheet, *sides: Side) -> Iterator[tuple[Cell, ...]]:
        for side in sides:
            for one in sheet.items:
                if one.side == side:
                    told = say(SIDES[side], self._language)
                    kind = self._kind(one.kind)
                    yield (sheet.account, one.on, told, one.seq, one.name, kind, Money(one.amount))

    def due(self, statement: Statement) -> Sheet:
        """What was due in the period or is still owed."""
        rows = tuple(
            (
                say(DUTIES[one.duty], self._language), one.who, one.fund, one.line, one.project, one.matter,
                _money(one.amount), _money(one.outstanding), one.due, self._state(one), one.started, one.name,
            )
            for one in statement.due
        )  # fmt: skip
        columns = (
            "duty", "who", "fund", "line", "project", "matter", "amount", "outstanding", "due", "state", "entry", "event"
        )  # fmt: skip
        return Sheet(
            name=self._tab("due"),
            title=say(SHEETS["due"], self._language),
            columns=self._word(*columns),
            widths=(24, 18, 14, 20, 16, 16, 18, 18, 12, 14, 10, 44),
            rows=rows,
            notes=() if rows else self._word("nothing"),
            strong=frozenset(at for at, one in enumerate(statement.due) if one.state == "overdue"),
        )

    def _state(self, one: Due) -> str:
        """The state, and that its day rests on a year without a calendar."""
        said = self._wording.text(f"state.{one.state}")
        return said + self._word("provisional")[0] if one.provisional else said

    def quiet(self, statement: Statement) -> Sheet:
        """When each unit last posted, and until when each account has closed statements."""
        never = self._word("never")[0]
        rows = tuple(
            (
                *self._word(one.kind), one.id, one.owner, *self._word(f"last {one.kind}"),
                one.last or never, one.days, *(self._word("silent") if one.silent else ("",)),
            )
            for one in statement.quiet
        )  # fmt: skip
        return Sheet(
            name=self._tab("quiet"),
            title=say(SHEETS["quiet"], self._language),
            columns=self._word("kind", "subject", "owner", "check", "date", "days", "silent short"),
            widths=(10, 24, 20, 28, 12, 12, 16),
            rows=rows,
            notes=(say(SILENT_NOTE, self._language),),
            strong=frozenset(at for at, one in enumerate(statement.quiet) if one.silent),
        )

    def checks(self, statement: Statement) -> Sheet:
        """Every equation with both sides."""
        rows = tuple(
            (
                say(CHECKS[one.name], self._language), self._subject(one), Money(one.left), Money(one.right),
                self._yes(yes=one.holds),
            )
            for one in statement.checks
        )  # fmt: skip
        return Sheet(
            name=self._tab("checks"),
            title=say(SHEETS["checks"], self._language),
            columns=self._word("check", "subject", "left", "right", "holds"),
            widths=(40, 24, 20, 20, 8),
            rows=rows,
            strong=frozenset(at for at, one in enumerate(statement.checks) if not one.holds),
        )

    def _tab(self, key: str) -> str:
        return say(SHEETS[key], self._language)


def _money(amount: int | None) -> Money | None:
    return None if amount is None else Money(amount)


def _figures(figure: Figure, split: bool) -> tuple[Money, ...]:  # noqa: FBT001 - whether corrections stand beside
    if not split:
        return (Money(figure.net),)
    return Money(figure.gross), Money(figure.corrected), Money(figure.net)
