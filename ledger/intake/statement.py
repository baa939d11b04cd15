# SPDX-License-Identifier: Apache-2.0
"""Bank statements as the bank gave them, before anything is known about the ledger: lines, balances, and their sums.

A statement that does not add up is refused whole: opening + credits − debits = closing is the one check by which the
reader of a file knows that no line of it is missing, doubled or misread.
"""

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from ledger.amount import format_amount
from ledger.errors import FormatError
from ledger.intake.cells import refused
from ledger.intake.rows import RowError

LINES_MAX: Final = 90_000
"""Lines in one file: with their balances they fit into one submission, which stands whole or not at all."""

_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_REFERENCE_MAX: Final = 128

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One booked line. `row` is its place in the file, from 1; `amount` in minor units; `own` tells it from its twins.

    `counterparty` is the other account's number as printed, and stays outside the ledger unless that account is registered.
    """

    row: int
    booked_on: datetime.date
    valued_on: datetime.date
    direction: Literal["credit", "debit"]
    amount: int
    counterparty: str | None = None
    bank_ref: str | None = None
    own: str | None = None

    @property
    def signed(self) -> int:
        """What the line adds to the balance."""
        return self.amount if self.direction == "credit" else -self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One closed statement of the account with this printed number; `row` says where in the file it begins.

    `closed_on` is the day on which the bank made it. Balances in minor units, below zero when overdrawn.
    """

    row: int
    account: str
    number: str
    from_on: datetime.date
    to_on: datetime.date
    closed_on: datetime.date
    opening: int
    closing: int
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFile:
    """What a file holds. With errors nothing of it may be used."""

    statements: tuple[Statement, ...]
    errors: tuple[RowError, ...]
    sheet: str | None = None


class RefusedValueError(Exception):
    """A value of the file is refused; `error` is the whole story."""

    def __init__(self, error: RowError) -> None:
        """Keep the story."""
        super().__init__(error.message_en)
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands: the file, the sheet if it has sheets, the row from 1, the column or the path of the element."""

    file: str
    sheet: str | None = None
    row: int
    column: str

    def read(self, text: str, reader: Callable[[str], T]) -> T:
        """What `reader` makes of `text`.

        Raises:
            RefusedValueError: it refuses; the error names this place and the value.
        """
        try:
            return reader(text)
        except FormatError as error:
            raise RefusedValueError(self.error(text, error)) from error

    def error(self, value: str, error: FormatError) -> RowError:
        """`error` about `value`, told for this place."""
        return RowError(
            table="statement",
            file=self.file,
            sheet=self.sheet,
            row=self.row,
            column=self.column,
            value=value[:80],
            rule=error.code,
            message_en=error.message_en,
            message_zh=error.message_zh,
            remedy_en=error.remedy_en,
            remedy_zh=error.remedy_zh,
        )


@dataclass(slots=True)
class Faults:
    """The errors of one file, in the order in which they were met."""

    found: list[RowError] = field(default_factory=list)

    def note(self, place: Place, value: str, error: FormatError) -> None:
        """One more."""
        self.found.append(place.error(value, error))


def statement_number(text: str) -> str:
    """The number under which the ledger knows the statement that the bank calls `text`.

    As it stands where the vocabulary can hold it; else ``st-`` and 20 hex digits of its SHA-256.
    """
    if _NUMBER.fullmatch(text):
        return text
    return f"st-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def bank_reference(text: str) -> str | None:
    """`text` as a reference, None where it says nothing.

    Raises:
        FormatError: longer than references are.
    """
    if text in {"", "NOTPROVIDED", "NONREF"}:
        return None
    if len(text) > _REFERENCE_MAX:
        raise refused(
            "statement.reference",
            (f"a reference of {len(text)} characters", f"流水号长达 {len(text)} 个字符"),
            (f"shorten it to {_REFERENCE_MAX}", f"请缩短至 {_REFERENCE_MAX} 个字符以内"),
        )
    return text


def positive(amount: int) -> int:
    """`amount`, above zero.

    Raises:
        FormatError: it is not; the direction of a line stands beside its amount.
    """
    if amount <= 0:
        raise refused(
            "statement.amount-sign",
            (f"{format_amount(amount)} is not above zero", f"{format_amount(amount)} 不是正数"),
            ("a debit is said by its direction, not by a sign", "借贷方向应单独列示，金额须为正数"),
        )
    return amount


Part = Literal["period", "day", "line", "closing"]
"""What an error about a whole statement is about: its period, the day of a line, a whole line, its closing balance."""


def check_statement(statement: Statement, faults: Faults, place: Callable[[int, Part], Place]) -> None:
    """`faults` has what is wrong with the whole: sums, days outside the period, lines that stand twice.

    `place` says where a part of a row, or of the whole statement, stands.
    """
    if statement.to_on < statement.from_on:
        value = f"{statement.from_on} – {statement.to_on}"
        faults.note(place(statement.row, "period"), value, _backwards())
    for line in statement.lines:
        if not statement.from_on <= line.booked_on <= statement.to_on:
            faults.note(place(line.row, "day"), line.booked_on.isoformat(), _outside(statement))
    for line in _twice(statement.lines):
        faults.note(place(line.row, "line"), line.own or line.bank_ref or "", _doubled())
    expected = statement.opening + sum(line.signed for line in statement.lines)
    if expected != statement.closing:
        value = format_amount(statement.closing)
        faults.note(place(statement.row, "closing"), value, _unbalanced(statement, expected))


def other_currency(wanted: str) -> FormatError:
    """The error for a value in another currency than the ledger's."""
    return refused(
        "statement.currency",
        (f"the ledger is in {wanted}", f"账本币种为 {wanted}"),
        ("import it into a ledger of its own currency", "请导入币种相同的账本"),
    )


def too_long(file: str) -> FormatError:
    """The error for more lines than a file may have."""
    return refused(
        "statement.too-long",
        (f"more than {LINES_MAX:,} lines", f"超过 {LINES_MAX:,} 行"),
        ("ask the bank for statements of shorter periods", "请向银行索取期间较短的对账单"),
        place=file,
    )


def _twice(lines: Sequence[StatementLine]) -> Iterator[StatementLine]:
    """Lines that repeat an earlier one: the bank's own number of the line, or all that is known of it with a reference."""
    seen: set[tuple[object, ...]] = set()
    for line in lines:
        keys: list[tuple[object, ...]] = []
        if line.own is not None:
            keys.append((line.own,))
        elif line.bank_ref is not None:
            keys.append((line.bank_ref, line.booked_on, line.signed, line.counterparty))
        if seen.intersection(keys):
            yield line
        seen.update(keys)


def _unbalanced(statement: Statement, expected: int) -> FormatError:
    opening, closing = format_amount(statement.opening), format_amount(statement.closing)
    came = sum(line.amount for line in statement.lines if line.direction == "credit")
    went = sum(line.amount for line in statement.lines if line.direction == "debit")
    sums = (
        f"{opening} + {format_amount(came)} − {format_amount(went)} = {format_amount(expected)} ≠ {closing}"
    )
    return refused(
        "statement.balance",
        (
            f"opening + credits − debits is not the closing balance: {sums}",
            f"期初 + 贷方 − 借方 ≠ 期末：{sums}",
        ),
        (
            "a line is missing, doubled or altered: get the statement from the bank again",
            "存在缺行、重行或改动：请向银行重新取得对账单",
        ),
    )


def _outside(statement: Statement) -> FormatError:
    return refused(
        "statement.day-outside",
        (
            f"booked outside the period {statement.from_on} to {statement.to_on}",
            f"记账日期不在对账期间 {statement.from_on} 至 {statement.to_on} 内",
        ),
        ("correct the period, or get the statement again", "请更正对账期间，或重新取得对账单"),
    )


def _backwards() -> FormatError:
    return refused(
        "statement.period",
        ("the period ends before it begins", "对账期间的截止日早于起始日"),
        ("correct the period", "请更正对账期间"),
    )


def _doubled() -> FormatError:
    return refused(
        "statement.line-twice",
        ("this line stands in the statement twice", "该行在对账单中重复"),
        ("take one of them out, or get the statement again", "请删除重复行，或重新取得对账单"),
    )
