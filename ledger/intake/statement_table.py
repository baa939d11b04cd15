# SPDX-License-Identifier: Apache-2.0
"""Bank statements as tables (CSV or xlsx), as banks hand them out over the counter: one row a line, oldest first.

The balance after each line is what makes such a table a statement: the balance before the first line and the one after
the last are its opening and closing, and in between every row must follow from the one before it.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeVar

from ledger.amount import format_amount
from ledger.errors import FormatError
from ledger.intake.cells import Cell, is_null, refused, text_of
from ledger.intake.column_forms import AmountColumn
from ledger.intake.dates import date_of
from ledger.intake.mapping import Table
from ledger.intake.money import amount_of
from ledger.intake.statement import (
    LINES_MAX,
    Faults,
    Part,
    Place,
    RefusedValueError,
    Statement,
    StatementFile,
    StatementLine,
    bank_reference,
    check_statement,
    other_currency,
    positive,
    statement_number,
    too_long,
)
from ledger.intake.tables import Header, Row, read_table, unreadable

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "account": ("账号", "本方账号", "账户", "account"),
    "statement": ("对账单号", "对账单编号", "账单号", "statement"),
    "booked": ("记账日期", "交易日期", "入账日期", "booked"),
    "balance": ("余额", "账户余额", "balance"),
    "debit": ("借方金额", "借方发生额", "支出", "debit"),
    "credit": ("贷方金额", "贷方发生额", "收入", "credit"),
    "valued": ("起息日", "起息日期", "value date"),
    "counterparty": ("对方账号", "对手账号", "counterparty"),
    "reference": ("流水号", "交易流水号", "凭证号", "reference"),
    "currency": ("币种", "currency"),
}
"""The headers of a statement table, in every spelling that is understood."""

_OPTIONAL: Final = ("valued", "counterparty", "reference", "currency")
_STYLES: Final = ("YYYY-MM-DD", "YYYY/M/D", "YYYYMMDD", "YYYY年M月D日", "YYYY.M.D")
_AMOUNT: Final = AmountColumn(thousands=",", unit="元", marks=("¥", "￥", "元"), signed=True)
_NOTHING: Final = frozenset({"-", "—"})
_CURRENCIES: Final = {"人民币": "CNY", "RMB": "CNY"}

T = TypeVar("T")


def read_statement_table(
    path: Path, *, currency: str, period: tuple[datetime.date, datetime.date]
) -> StatementFile:
    """The statements in the table at `path`, all in `currency` and over `period`, or every error in them.

    Raises:
        FormatError: no table with the headers of a statement, or one that cannot be read to its end.
        EnvironmentFault: the file cannot be read.
    """
    header, rows = read_table(path, _table(path))
    reading = _Reading(file=path.name, header=header, currency=currency)
    for number, row in enumerate(rows, 1):
        if number > LINES_MAX:
            raise too_long(path.name)
        reading.take(row)
    statements = tuple(reading.closed(period)) if not reading.faults.found else ()
    return StatementFile(statements=statements, errors=tuple(reading.faults.found), sheet=header.sheet)


def _table(path: Path) -> Table:
    headers: dict[str, str | tuple[str, ...]] = dict(HEADERS)
    if path.suffix.lower() == ".xlsx":
        return Table(file=path.name, format="xlsx", headers=headers, optional=_OPTIONAL)
    encoding: Literal["utf-8", "gb18030"] = "utf-8" if _is_utf8(path) else "gb18030"
    return Table(file=path.name, format="csv", headers=headers, optional=_OPTIONAL, encoding=encoding)


def _is_utf8(path: Path) -> bool:
    """Whether the file is UTF-8; Chinese text in the other encoding that Chinese banks use never is."""
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(1 << 16):
                pass
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise unreadable(path, error) from error
    return True


@dataclass(slots=True, kw_only=True)
class _Open:
    """A statement whose rows are being read: its first row, opening, newest balance, lines."""

    account: str
    number: str
    row: int
    opening: int
    balance: int
    lines: list[StatementLine] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Reading:
    file: str
    header: Header
    currency: str
    opened: dict[tuple[str, str], _Open] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    unread: bool = False
    """Whether a row could not be read, so that the balances after it say nothing."""

    def take(self, row: Row) -> None:
        """One more line, or an error for the first cell of the row that cannot be read."""
        if row.fault is not None:
            self.faults.note(self._place(row.number, "row"), "", row.fault)
            self.unread = True
            return
        try:
            self._add(row)
        except RefusedValueError as refusal:
            self.faults.found.append(refusal.error)
            self.unread = True

    def closed(self, period: tuple[datetime.date, datetime.date]) -> list[Statement]:
        """The statements over `period`, checked as wholes."""
        made = []
        for one in self.opened.values():
            statement = Statement(
                row=one.row,
                account=one.account,
                number=statement_number(one.number),
                from_on=period[0],
                to_on=period[1],
                closed_on=period[1],
                opening=one.opening,
                closing=one.balance,
                lines=tuple(one.lines),
            )
            check_statement(statement, self.faults, self._place_of)
            made.append(statement)
        return made

    def _add(self, row: Row) -> None:
        self._check_currency(row)
        line = self._line(row)
        balance = self._need(row, "balance", _amount)
        key = (self._need(row, "account", _text), self._need(row, "statement", _text))
        if key not in self.opened:
            opening = balance - line.signed
            self.opened[key] = _Open(
                account=key[0], number=key[1], row=row.number, opening=opening, balance=opening
            )
        one = self.opened[key]
        expected, one.balance = one.balance + line.signed, balance
        one.lines.append(line)
        if balance != expected and not self.unread:
            error = _broken_chain(expected)
            self.faults.note(self._place(row.number, "balance"), str(row.cells["balance"]), error)

    def _line(self, row: Row) -> StatementLine:
        booked = self._need(row, "booked", _date)
        valued = None if self._absent(row, "valued") else self._need(row, "valued", _date)
        direction, amount = self._amount(row)
        counterparty = None if self._absent(row, "counterparty") else self._need(row, "counterparty", _text)
        reference = (
            None
            if self._absent(row, "reference")
            else self._need(row, "reference", lambda cell: bank_reference(text_of(cell)))
        )
        return StatementLine(
            row=row.number,
            booked_on=booked,
            valued_on=valued or booked,
            direction=direction,
            amount=amount,
            counterparty=counterparty,
            bank_ref=reference,
        )

    def _amount(self, row: Row) -> tuple[Literal["credit", "debit"], int]:
        """The one of the two amounts that is not nought."""
        sides: list[tuple[Literal["credit", "debit"], int]] = []
        for side in ("debit", "credit"):
            amount = 0 if self._absent(row, side) else self._need(row, side, _amount)
            if amount:
                sides.append((side, amount))
        if len(sides) != 1:
            values = f"{row.cells['debit'] or ''} / {row.cells['credit'] or ''}"
            raise RefusedValueError(self._place(row.number, "debit").error(values, _sides(len(sides))))
        side, amount = sides[0]
        return side, self._need(row, side, lambda _: positive(amount))

    def _check_currency(self, row: Row) -> None:
        if self._absent(row, "currency"):
            return
        said = self._need(row, "currency", _text).upper()
        if _CURRENCIES.get(said, said) != self.currency:
            raise RefusedValueError(
                self._place(row.number, "currency").error(said, other_currency(self.currency))
            )

    def _absent(self, row: Row, name: str) -> bool:
        return self._read(row, name, lambda cell: is_null(cell, _NOTHING))

    def _need(self, row: Row, name: str, reader: Callable[[Cell], T]) -> T:
        if self._absent(row, name):
            raise RefusedValueError(self._place(row.number, name).error("", _empty()))
        return self._read(row, name, reader)

    def _read(self, row: Row, name: str, reader: Callable[[Cell], T]) -> T:
        cell = row.cells[name]
        return self._place(row.number, name).read("" if cell is None else str(cell), lambda _: reader(cell))

    def _place(self, row: int, name: str) -> Place:
        return Place(file=self.file, sheet=self.header.sheet, row=row, column=self._title(name))

    def _place_of(self, row: int, part: Part) -> Place:
        names: dict[Part, str] = {
            "period": "booked",
            "day": "booked",
            "line": "reference",
            "closing": "balance",
        }
        return self._place(row, names[part])

    def _title(self, name: str) -> str:
        return self.header.titles.get(name, name)


def _amount(cell: Cell) -> int:
    """In minor units; a refusal advises people who have no mapping to mend."""
    try:
        return amount_of(cell, _AMOUNT)
    except FormatError as error:
        if error.code != "cell.amount":
            raise
        raise refused(
            error.code,
            (error.message_en, error.message_zh),
            ("write it in yuan, like 1,234.50", "请以元为单位书写，例如 1,234.50"),
        ) from error


def _date(cell: Cell) -> datetime.date:
    return date_of(cell, _STYLES)


def _text(cell: Cell) -> str:
    return text_of(cell)


def _broken_chain(expected: int) -> FormatError:
    return refused(
        "statement.balance",
        (
            f"the balance does not follow from the row before: it should be {format_amount(expected)}",
            f"余额与上一行不衔接，应为 {format_amount(expected)}",
        ),
        (
            "a row is missing, doubled, altered or out of order (oldest first): get the statement again",
            "存在缺行、重行、改动，或未按时间先后排列：请重新取得对账单",
        ),
    )


def _sides(number: int) -> FormatError:
    return refused(
        "statement.sides",
        (
            f"{number} amounts, and one of debit and credit is needed",
            f"有 {number} 个金额，借方与贷方应有且仅有一个",
        ),
        ("leave the other one empty", "请将另一栏留空"),
    )


def _empty() -> FormatError:
    return refused("statement.empty", ("the cell is empty", "单元格为空"), ("fill it in", "请填写"))
