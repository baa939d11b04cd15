# SPDX-License-Identifier: Apache-2.0
"""A statement as values: tables whose every figure is the sum of entries that stand beside it. Amounts in minor units."""

import datetime
from typing import Literal

import msgspec

from verifier.judgement.deadlines import Duty
from verifier.obligations.records import State

Book = Literal["fund", "account", "line"]
"""What a fund got and paid (专项资金收支结存), what accounts hold of it, what lines may still pay (指标台账)."""

Side = Literal["bank_in", "bank_out", "book_in", "book_out"]
"""Who knows it, and which way the money went."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose books: those of one fund in all units, or of one unit with all its funds."""

    kind: Literal["fund", "unit"]
    id: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry behind a figure: `amount` as it counts there, below zero where it takes back; what it `corrects`.

    `after_close` says that it came after the books of the unit were closed for the period of its date.
    """

    seq: int
    name: str
    on: datetime.date
    kind: str
    column: str
    amount: int
    corrects: str | None = None
    after_close: bool = False


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What entries of one column come to, before corrections and what corrections change; `net` is their sum."""

    gross: int = 0
    corrected: int = 0

    @property
    def net(self) -> int:
        """With corrections."""
        return self.gross + self.corrected


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One fund, account or line: opening + receipts − payments = closing, each figure from `entries` of its column.

    `after_close` is what entries after close changed of the closing balance.
    """

    number: int
    fund: str
    subject: str
    opening: int
    figures: dict[str, Figure]
    closing: int
    after_close: int
    entries: tuple[Entry, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one book; `columns` are in order, with 1 for what adds to the balance and −1 for what takes from it."""

    book: Book
    columns: dict[str, int]
    rows: tuple[Row, ...]

    @property
    def opening(self) -> int:
        """Of all rows."""
        return sum(row.opening for row in self.rows)

    @property
    def closing(self) -> int:
        """Of all rows."""
        return sum(row.closing for row in self.rows)

    def total(self, column: str) -> Figure:
        """Of all rows."""
        figures = [row.figures.get(column, Figure()) for row in self.rows]
        return Figure(
            gross=sum(one.gross for one in figures), corrected=sum(one.corrected for one in figures)
        )


class OpenItem(msgspec.Struct, frozen=True, kw_only=True):
    """What only one side of an account knows: a bank line that no report tells, or a report that no line bears out."""

    side: Side
    seq: int
    name: str
    on: datetime.date
    kind: str
    amount: int


class BankSheet(msgspec.Struct, frozen=True, kw_only=True):
    """余额调节表 of one account on day `on`: both balances with what only the other side knows come to the same."""

    account: str
    owner: str
    on: datetime.date
    since: datetime.date
    bank: int
    book: int
    items: tuple[OpenItem, ...]

    def sum_of(self, side: Side) -> int:
        """The items of one side."""
        return sum(one.amount for one in self.items if one.side == side)

    @property
    def bank_adjusted(self) -> int:
        """The bank's balance with what it has not seen yet."""
        return self.bank + self.sum_of("book_in") - self.sum_of("book_out")

    @property
    def book_adjusted(self) -> int:
        """The balance of the books with what they have not told yet."""
        return self.book + self.sum_of("bank_in") - self.sum_of("bank_out")


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody owed in the period, or still owes: a line to pass on, a claim to pay, matching money to bring.

    Answering an objection or an order of auditors, and doing a milestone of a `project`, have no line and no amount;
    `matter` is the objection, case or milestone. `provisional` says that the day rests on a year without a calendar.
    `started` is the position of the event that started the clock, `name` its stable name, None if it moved nothing.
    """

    duty: Duty
    who: str
    fund: str | None = None
    line: str | None = None
    project: str | None = None
    matter: str | None = None
    amount: int | None = None
    outstanding: int | None = None
    due: datetime.date
    state: State
    started: int
    name: str | None
    provisional: bool = False


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """When a unit last posted, or until which day an account has closed statements; `silent` if not up to the period.

    `days` since then at the end of the period; both are None where there was never anything.
    """

    kind: Literal["unit", "account"]
    id: str
    owner: str
    last: datetime.date | None
    days: int | None
    silent: bool


class Close(msgspec.Struct, frozen=True, kw_only=True):
    """Books closed (结账): by which entry, of which unit and period, of one fund or all, over which statement (SHA-256)."""

    seq: int
    name: str
    unit: str
    period: str
    fund: str | None
    statement: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One equation that must hold: `left` and `right` are its sides, summed on two ways."""

    name: Literal["opening", "cash", "claims", "lines", "bank"]
    subject: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.left == self.right


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """From which ledger, at which size, and with which receipt of its last entry (C2SP tlog-proof)."""

    origin: str
    genesis: str
    name: str
    size: int
    root: str
    recorded: str
    currency: str
    demo: bool
    receipt: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The books of `scope` for `period`, as of its last day or, if that is not over, of the last entry's."""

    head: Head
    scope: Scope
    title: str
    period: str
    first: datetime.date
    last: datetime.date
    as_of: datetime.date
    tables: tuple[Table, ...]
    bank: tuple[BankSheet, ...]
    due: tuple[Due, ...]
    quiet: tuple[Quiet, ...]
    closes: tuple[Close, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()
