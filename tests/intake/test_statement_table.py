# SPDX-License-Identifier: Apache-2.0
"""Statements as tables: the balance column makes them statements, and every cell that is not plain is named."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest

from ledger.errors import EnvironmentFault, FormatError
from ledger.intake import statement_table
from ledger.intake.camt053 import read_camt053
from ledger.intake.statement_table import read_statement_table
from tests.intake.statement_files import GOOD, TABLE

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.intake.statement import StatementFile

JANUARY = (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))


def read(folder: Path, text: str, *, encoding: str = "utf-8") -> StatementFile:
    """The table with this text."""
    path = folder / "statement.csv"
    path.write_bytes(text.encode(encoding))
    return read_statement_table(path, currency="CNY", period=JANUARY)


def told(found: StatementFile) -> list[tuple[int, str, str, str]]:
    """Row, column, value and rule of each error; each has both languages and a remedy."""
    for one in found.errors:
        assert all((one.message_en, one.message_zh, one.remedy_en, one.remedy_zh))
    return [(one.row, one.column, one.value, one.rule) for one in found.errors]


def test_a_table_says_what_camt053_says(tmp_path: Path) -> None:
    """Opening and closing come from the balances beside the lines."""
    (one,) = read(tmp_path, TABLE).statements
    (tmp_path / "s.xml").write_text(GOOD, "utf-8")
    (other,) = read_camt053(tmp_path / "s.xml", currency="CNY").statements
    assert (one.opening, one.closing, one.account) == (other.opening, other.closing, other.account)
    assert [(x.booked_on, x.valued_on, x.signed, x.counterparty) for x in one.lines] == [
        (x.booked_on, x.valued_on, x.signed, x.counterparty) for x in other.lines
    ]
    assert [line.bank_ref for line in one.lines] == ["R-78", "E-2", None]
    assert [line.row for line in one.lines] == [2, 3, 4]


def test_other_spellings(tmp_path: Path) -> None:
    """GB18030, lines above the header, other titles, columns that are not there."""
    text = "某银行对账单,,,,,\n账户,账单号,交易日期,支出,收入,账户余额\nA,1,2026年1月5日,2500元,,-2500\n"
    (one,) = read(tmp_path, text, encoding="gb18030").statements
    assert (one.opening, one.closing, one.lines[0].signed) == (0, -250_000, -250_000)
    assert one.lines[0].bank_ref is None


def test_a_workbook(tmp_path: Path) -> None:
    """The same as xlsx, with its sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "一月"
    for row in (("账号", "对账单号", "记账日期", "借方金额", "贷方金额", "余额"),
                ("A", "1", datetime.date(2026, 1, 5), None, 100.5, 100.5)):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "s.xlsx")
    found = read_statement_table(tmp_path / "s.xlsx", currency="CNY", period=JANUARY)
    assert found.sheet == "一月"
    assert found.statements[0].closing == 10_050


def test_several_accounts_in_one_table(tmp_path: Path) -> None:
    """Rows of each account and statement by themselves, mixed as they are."""
    text = "账号,对账单号,记账日期,借方金额,贷方金额,余额\nA,1,2026-01-05,,1,1\nB,1,2026-01-05,,2,2\nA,1,2026-01-06,,1,2\n"
    found = read(tmp_path, text)
    assert [(one.account, len(one.lines), one.closing) for one in found.statements] == [
        ("A", 2, 200),
        ("B", 1, 200),
    ]


def with_cell(old: str, new: str) -> str:
    """The good table with the first `old` replaced."""
    assert old in TABLE
    return TABLE.replace(old, new, 1)


SUMS = "statement.balance"
LINES = TABLE.splitlines()
CASES = {
    "wrong-balance": (with_cell('"7,600.50"', '"7,600.51"'), [(3, "余额", "7,600.51", SUMS), (4, "余额", "7600.00", SUMS)]),
    "last-balance": (with_cell("7600.00", "7600.10"), [(4, "余额", "7600.10", SUMS)]),
    "line-missing": (TABLE.replace(LINES[2] + "\n", ""), [(3, "余额", "7600.00", SUMS)]),
    "line-twice": (TABLE + LINES[3] + "\n", [(5, "余额", "7600.00", SUMS)]),
    "newest-first": (
        "\n".join([LINES[0], *LINES[:0:-1]]) + "\n", [(3, "余额", "7,600.50", SUMS), (4, "余额", "7,500.00", SUMS)],
    ),
    "ten-thousands": (with_cell('"2,500.00"', "0.25万元"), [(2, "借方金额", "0.25万元", "cell.amount")]),
    "ten-thousands-of-balance": (with_cell('"7,500.00"', "0.75万"), [(2, "余额", "0.75万", "cell.amount")]),
    "fraction-of-a-cent": (with_cell(",,0.50,", ",,0.505,"), [(4, "借方金额", "0.505", "cell.amount-fraction")]),
    "red-ink": (with_cell(",,0.50,", ",,-0.50,"), [(4, "借方金额", "-0.50", "statement.amount-sign")]),
    "both-sides": (with_cell('"2,500.00",,', '"2,500.00",1,'), [(2, "借方金额", "2,500.00 / 1", "statement.sides")]),
    "no-side": (with_cell('"2,500.00",,', ",,"), [(2, "借方金额", " / ", "statement.sides")]),
    "day-that-is-none": (with_cell("20260105", "20260132"), [(4, "记账日期", "20260132", "cell.date")]),
    "day-outside": (with_cell("20260105", "20260201"), [(4, "记账日期", "2026-02-01", "statement.day-outside")]),
    "no-balance": (with_cell("7600.00", ""), [(4, "余额", "", "statement.empty")]),
    "no-account": (with_cell("A-NA-TREASURY,2026-01,20260105", ",2026-01,20260105"), [(4, "账号", "", "statement.empty")]),
    "formula": (with_cell(",,0.50,", ",,#REF!,"), [(4, "借方金额", "#REF!", "cell.formula-error")]),
    "a-cell-too-many": (TABLE.rstrip("\n") + ",x\n", [(4, "row", "", "table.row-width")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_refused(tmp_path: Path, name: str) -> None:
    """Row, column, value, rule; the good table differs from each in that alone."""
    text, expected = CASES[name]
    found = read(tmp_path, text)
    assert told(found) == expected
    assert read(tmp_path, TABLE).errors == ()


def test_currency(tmp_path: Path) -> None:
    """Where the table names one it is the ledger's; 人民币 is CNY."""

    def priced(currency: str) -> StatementFile:
        return read(
            tmp_path, f"账号,对账单号,记账日期,借方金额,贷方金额,余额,币种\nA,1,2026-01-05,,1,1,{currency}\n"
        )

    assert [priced(one).errors for one in ("人民币", "cny", "")] == [(), (), ()]
    assert told(priced("USD")) == [(2, "币种", "USD", "statement.currency")]


def test_the_same_reference_twice(tmp_path: Path) -> None:
    """Although the balances follow: the bank booked it twice, or the file was made up so."""
    head = "账号,对账单号,记账日期,借方金额,贷方金额,余额,流水号\n"
    rows = "A,1,2026-01-05,,1,1,R-1\nA,1,2026-01-05,,1,2,{}\n"
    assert told(read(tmp_path, head + rows.format("R-1"))) == [(3, "流水号", "R-1", "statement.line-twice")]
    assert read(tmp_path, head + rows.format("R-2")).errors == ()


def test_no_statement_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another table, one that is too long, none."""
    with pytest.raises(FormatError) as caught:
        read(tmp_path, "账号,金额\nA,1\n")
    assert caught.value.code == "table.no-header"
    monkeypatch.setattr(statement_table, "LINES_MAX", 2)
    with pytest.raises(FormatError, match="more than"):
        read(tmp_path, TABLE)
    with pytest.raises(EnvironmentFault):
        read_statement_table(tmp_path / "absent.csv", currency="CNY", period=JANUARY)
