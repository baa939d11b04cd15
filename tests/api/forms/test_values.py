# SPDX-License-Identifier: Apache-2.0
"""Cells as people write them: every spelling that is read, and every value that is refused rather than guessed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from api.forms.form import Column, form_of
from api.forms.titles import split_unit, unit_note
from api.forms.values import value_of
from ledger.errors import FormatError

if TYPE_CHECKING:
    from ledger.intake.cells import Cell

DAY = datetime.date(2026, 3, 1)


def wide(text: str) -> str:
    """`text` with ASCII digits and marks as Chinese input methods make them."""
    return "".join(chr(ord(one) + 0xFEE0) if one in "0123456789,." else one for one in text)


def column(name: str, kind: str = "allocation") -> Column:
    """A column of a form."""
    return next(one for one in form_of(kind).columns if one.name == name)


def read(
    cell: Cell, name: str, *, kind: str = "allocation", unit: str = "元", serials: bool = True
) -> object:
    """The value of the cell under that column."""
    return value_of(cell, column(name, kind), unit=unit, serials=serials)


@pytest.mark.parametrize(
    ("cell", "unit", "amount"),
    [
        (wide("123,456.78"), "元", 12_345_678),
        ("1,234.5", "元", 123_450),
        (" ¥1,234.00元 ", "元", 123_400),
        ("￥5", "元", 500),
        ("人民币 5 元整", "元", 500),
        ("12.5万元", "元", 12_500_000),
        ("12.5 万", "元", 12_500_000),
        ("3亿", "元", 30_000_000_000),
        ("0.5亿元", "万元", 5_000_000_000),
        ("500元", "万元", 50_000),
        ("7分", "元", 7),
        (12, "万元", 12_000_000),
        (Decimal("12.3456"), "万元", 12_345_600),
        (Decimal("0.00000001"), "亿元", 100),
    ],
)
def test_money_as_people_write_it(cell: Cell, unit: str, amount: int) -> None:
    """Wide digits, thousands, marks and units; what the cell says goes before what the title says."""
    assert read(cell, "amount", unit=unit) == amount


@pytest.mark.parametrize(
    ("cell", "unit", "code"),
    [
        ("abc", "元", "cell.amount"),
        ("12万5千", "元", "cell.amount"),
        ("1,23", "元", "cell.amount"),
        ("12 USD", "元", "cell.amount"),
        (datetime.date(2026, 3, 1), "元", "cell.amount"),
        (Decimal("12.345"), "元", "cell.amount-fraction"),
        ("0.0000001万元", "元", "cell.amount-fraction"),
        ("-5", "元", "cell.amount-negative"),
        ("(5)", "元", "cell.amount-negative"),
        ("0", "元", "cell.form"),
        ("99999999999999", "亿元", "cell.amount-range"),
    ],
)
def test_what_is_no_money_is_refused(cell: Cell, unit: str, code: str) -> None:
    """Each with its own rule, and a remedy in both languages that does not speak of mappings."""
    with pytest.raises(FormatError) as caught:
        read(cell, "amount", unit=unit)
    assert caught.value.code == code
    assert "mapping" not in caught.value.remedy_en
    assert "映射" not in caught.value.remedy_zh


def test_balances_may_be_negative_and_nothing() -> None:
    """The opening of a statement is a balance; an amount of a line is not."""
    assert read("-5", "opening", kind="balance") == -500
    assert read(0, "closing", kind="balance") == 0


@pytest.mark.parametrize(
    "cell",
    [
        DAY, "2026-03-01", "2026-3-1", "2026/3/1", "2026.3.1", "2026年3月1日", wide("2026年3月1日"), "20260301",
        "2026-03-01 00:00:00", "2026-03-01T00:00:00", 46082,
    ],
)  # fmt: skip
def test_days_as_people_write_them(cell: Cell) -> None:
    """Date cells, serial numbers, and every spelling in the order year, month, day."""
    assert read(cell, "occurred_on") == DAY


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30", "3/1/2026", "01.03.2026", "2026", 460_821, "soon", "2026-03-01T10:00:00", Decimal("46082.5"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(cell: Cell) -> None:
    """Days that never were, other orders, a year alone, a time of day."""
    with pytest.raises(FormatError) as caught:
        read(cell, "occurred_on")
    assert caught.value.code == "cell.date"
    assert "2026年3月1日" in caught.value.remedy_zh


def test_serial_numbers_of_the_other_calendar_are_refused() -> None:
    """A workbook that counts from 1904 gives date cells only."""
    assert read(DAY, "occurred_on", serials=False) == DAY
    assert read("46082", "occurred_on") == DAY
    with pytest.raises(FormatError):
        read(46082, "occurred_on", serials=False)


@pytest.mark.parametrize("cell", ["下达", "issue", " ISSUE"])
def test_codes_by_word_in_either_language(cell: str) -> None:
    """The word of the template, in Chinese or English, or the code."""
    assert read(cell, "action") == "issue"


def test_a_code_that_is_none_names_the_choices() -> None:
    """The remedy lists them in the reader's language."""
    with pytest.raises(FormatError) as caught:
        read("分配", "action")
    assert caught.value.code == "cell.code"
    assert "分解" in caught.value.remedy_zh
    assert "split" in caught.value.remedy_en


def test_lists_in_one_cell() -> None:
    """Several values are parted by the marks people use."""
    assert read("F-1、F-2；F-3", "funds", kind="project") == ["F-1", "F-2", "F-3"]
    assert read("2026-10-01、2026年10月2日", "off", kind="calendar") == [
        datetime.date(2026, 10, 1),
        datetime.date(2026, 10, 2),
    ]


@pytest.mark.parametrize(
    ("cell", "name", "code", "words"),
    [
        ("L 1", "line", "cell.form", "编号"),
        ("x" * 65, "line", "cell.form", "编号"),
        (6222020200112233445, "line", "cell.digits-lost", "文本"),
        ("二〇二六", "fiscal_year", "cell.integer", "整数"),
        (3050, "fiscal_year", "cell.form", "年度"),
        ("字" * 129, "document", "cell.form", "文号"),
        ("x" * 40_000, "document", "cell.too-long", "缩短"),
        ("a\u200bb", "document", "cell.hidden-character", "不可见"),
    ],
)
def test_texts_that_do_not_fit_are_refused_in_words(cell: Cell, name: str, code: str, words: str) -> None:
    """Length, alphabet, lost digits, hidden characters: told as people speak of them."""
    with pytest.raises(FormatError) as caught:
        read(cell, name)
    assert caught.value.code == code
    assert words in caught.value.message_zh + caught.value.remedy_zh


def test_numbers_of_papers_are_spelled_one_way() -> None:
    """Whatever brackets the keyboard gave; another column keeps what was typed, and so does another form of number."""
    assert read("吉财农[2026]第03号", "document") == "吉财农〔2026〕3号"
    assert read("吉财农2026-3号", "document") == "吉财农2026-3号"
    assert read("吉财农[2026]第03号", "contract", kind="disbursement") == "吉财农[2026]第03号"


def test_numbers_in_text_columns_keep_what_they_say() -> None:
    """Text-formatted and numeric cells give the same id, up to the digits that a spreadsheet keeps."""
    assert read(2130305, "functional") == read("2130305", "functional") == "2130305"
    assert read(123_456_789_012_345, "line") == "123456789012345"


@pytest.mark.parametrize(
    ("title", "plain", "unit"),
    [
        ("金额（万元）", "金额", "万元"),
        ("金额(亿元)", "金额", "亿元"),
        ("拨付金额/万元", "拨付金额", "万元"),
        ("金额（单位：亿元）", "金额", "亿元"),
        ("Amount (yuan)*", "Amount", "元"),
        ("金额", "金额", None),
        ("付出单位", "付出单位", None),
    ],
)
def test_units_in_titles(title: str, plain: str, unit: str | None) -> None:
    """The unit at the end of a title is told from the title."""
    assert split_unit(title) == (plain, unit)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "万元"),
        ("（金额单位：亿元）", "亿元"),
        ("unit: yuan", "元"),
        ("单位：农安县财政局", None),
        ("万元", None),
    ],
)
def test_units_above_the_table(text: str, unit: str | None) -> None:
    """A note above the table announces the unit of all its money."""
    assert unit_note(text) == unit
