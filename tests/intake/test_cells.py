# SPDX-License-Identifier: Apache-2.0
"""Cells: every style that is read, and every value that is refused rather than guessed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.amount import AMOUNT_MAX, format_amount
from ledger.errors import FormatError
from ledger.intake.cells import integer_of, is_null, text_of
from ledger.intake.column_forms import AmountColumn
from ledger.intake.dates import date_of, style_pattern
from ledger.intake.identifiers import slug_id
from ledger.intake.money import amount_of

if TYPE_CHECKING:
    from ledger.intake.cells import Cell

NO_WORDS: frozenset[str] = frozenset()


def wide(text: str) -> str:
    """The full-width forms of ASCII digits and marks, as Chinese input methods make them; letters stay."""
    return "".join(chr(ord(one) + 0xFEE0) if one in "0123456789,." else one for one in text)


def read(cell: Cell, **options: Any) -> int:  # noqa: ANN401 - the options of a column
    """The cell in minor units under a column with these options."""
    return amount_of(cell, AmountColumn(**options))


@pytest.mark.parametrize(
    ("cell", "options", "amount"),
    [
        ("1234.5", {}, 123_450),
        (".37", {}, 37),
        ("0", {}, 0),
        ("+12", {}, 1_200),
        ("1,234.56", {"thousands": ","}, 123_456),
        ("1234.56", {"thousands": ","}, 123_456),
        ("1.234,56", {"decimal": ",", "thousands": "."}, 123_456),
        ("1 234 567,8", {"decimal": ",", "thousands": " "}, 123_456_780),
        (wide("1234.56"), {}, 123_456),
        (wide("1,234.5"), {"thousands": ","}, 123_450),
        ("12.3456", {"unit": "万元"}, 12_345_600),
        ("0.00000001", {"unit": "亿元"}, 100),
        ("3.5", {"unit": "million"}, 350_000_000),
        ("7", {"unit": "分"}, 7),
        ("¥1,000.00元", {"thousands": ",", "marks": ("¥", "元")}, 100_000),
        ("R$ 2,50", {"decimal": ",", "marks": ("R$",)}, 250),
        ("-5", {"signed": True}, -500),
        ("−5", {"signed": True}, -500),
        ("(5.25)", {"signed": True}, -525),
        ("（5.25）", {"signed": True}, -525),
        ("-0", {}, 0),
        (12, {"decimal": ",", "thousands": "."}, 1_200),
        (Decimal("27158569.53"), {"decimal": ","}, 2_715_856_953),
        (Decimal("1E+2"), {}, 10_000),
    ],
)
def test_amounts_are_read_exactly(cell: Cell, options: dict[str, Any], amount: int) -> None:
    """Styles, units, marks, full-width digits and signs give the one amount they mean."""
    assert read(cell, **options) == amount


@pytest.mark.parametrize(
    ("cell", "options", "code"),
    [
        ("1,234.56", {}, "cell.amount"),
        ("1.234,56", {"thousands": ","}, "cell.amount"),
        ("12,34", {"thousands": ","}, "cell.amount"),
        ("1234,567", {"thousands": ","}, "cell.amount"),
        (",123", {"thousands": ","}, "cell.amount"),
        ("1.2.3", {}, "cell.amount"),
        ("1e3", {}, "cell.amount"),
        ("12 pesos", {}, "cell.amount"),
        (".", {}, "cell.amount"),
        ("٣", {}, "cell.amount"),
        ("²", {}, "cell.amount"),
        ("1.234", {}, "cell.amount-fraction"),
        ("0.0000001", {"unit": "万元"}, "cell.amount-fraction"),
        (Decimal("0.125"), {}, "cell.amount-fraction"),
        ("-5", {}, "cell.amount-negative"),
        ("(5)", {}, "cell.amount-negative"),
        (str(AMOUNT_MAX), {}, "cell.amount-range"),
        (datetime.date(2026, 1, 5), {}, "cell.amount"),
    ],
)
def test_what_is_no_amount_is_refused(cell: Cell, options: dict[str, Any], code: str) -> None:
    """Another style, broken grouping, a fraction of the minor unit, a sign, a date: refused with its own code."""
    with pytest.raises(FormatError) as caught:
        read(cell, **options)
    assert caught.value.code == code
    assert caught.value.remedy_en
    assert caught.value.remedy_zh


@given(st.integers(0, AMOUNT_MAX))
def test_amounts_survive_every_style(amount: int) -> None:
    """An amount written in any style reads back as itself."""
    plain = format_amount(amount)
    whole, _, minor = plain.partition(".")
    assert read(plain) == amount
    assert read(f"{int(whole):,}".replace(",", ".") + "," + minor, decimal=",", thousands=".") == amount
    assert read(Decimal(plain)) == amount


@pytest.mark.parametrize(
    ("cell", "styles", "day"),
    [
        ("2026-01-05", ("YYYY-MM-DD",), (2026, 1, 5)),
        ("05/01/2026", ("DD/MM/YYYY",), (2026, 1, 5)),
        ("2026年1月5日", ("YYYY年M月D日",), (2026, 1, 5)),
        ("2026.1.5", ("YYYY-MM-DD", "YYYY.M.D"), (2026, 1, 5)),
        (wide("2026-01-05"), ("YYYY-MM-DD",), (2026, 1, 5)),
        ("20260105", ("YYYYMMDD",), (2026, 1, 5)),
        ("2026-01-05T10:11:12.5", ("YYYY-MM-DDT*",), (2026, 1, 5)),
        (46_027, ("excel",), (2026, 1, 5)),
        ("61", ("excel",), (1900, 3, 1)),
        (datetime.date(2026, 1, 5), ("DD/MM/YYYY",), (2026, 1, 5)),
        ("01/01/2026", ("DD/MM/YYYY", "MM/DD/YYYY"), (2026, 1, 1)),
    ],
)
def test_days_are_read_by_their_style(cell: Cell, styles: tuple[str, ...], day: tuple[int, int, int]) -> None:
    """Written styles, serial numbers and real date cells give the day."""
    assert date_of(cell, styles) == datetime.date(*day)


@pytest.mark.parametrize(
    ("cell", "styles", "code"),
    [
        ("05/06/2026", ("DD/MM/YYYY", "MM/DD/YYYY"), "cell.date-ambiguous"),
        ("2026-02-30", ("YYYY-MM-DD",), "cell.date"),
        ("2026-1-5", ("YYYY-MM-DD",), "cell.date"),
        ("2026-01-05 10:00", ("YYYY-MM-DD",), "cell.date"),
        ("59", ("excel",), "cell.date"),
        ("9999999", ("excel",), "cell.date"),
        ("soon", ("YYYY-MM-DD", "excel"), "cell.date"),
    ],
)
def test_what_is_no_day_is_refused(cell: Cell, styles: tuple[str, ...], code: str) -> None:
    """Two readings, days that never were, and other spellings are refused."""
    with pytest.raises(FormatError) as caught:
        date_of(cell, styles)
    assert caught.value.code == code


@pytest.mark.parametrize("style", ["YYYY-MM", "DD/DD/YYYY", "MM/M/YYYY", "day"])
def test_a_date_style_names_each_part_once(style: str) -> None:
    """A style without a year, or with two days, is a mistake of the mapping."""
    with pytest.raises(ValueError, match="once each"):
        style_pattern(style)


def test_text_is_trimmed_and_normal() -> None:
    """White space collapses, letters are composed, numbers are written plainly."""
    assert text_of("  Tepexi \n de\u3000Rodri\u0301guez ") == "Tepexi de Rodr\u00edguez"
    assert text_of(Decimal("1E+2")) == "100"
    assert text_of(33) == "33"
    assert text_of(None) == ""
    assert text_of(datetime.date(2026, 1, 5)) == "2026-01-05"


@pytest.mark.parametrize("hidden", ["\u0000", "\u200b", "\u202e", "\ufeff", "\u2066"])
def test_hidden_characters_are_refused(hidden: str) -> None:
    """Control, zero-width and direction characters never enter."""
    with pytest.raises(FormatError, match="hidden character"):
        text_of(f"a{hidden}b")


@pytest.mark.parametrize(
    ("cell", "number"), [("2016", 2016), (2017, 2017), (wide("2018"), 2018), ("-3", -3), ("7.0", 7)]
)
def test_whole_numbers(cell: Cell, number: int) -> None:
    """Digits, wide digits and spreadsheet numbers."""
    assert integer_of(cell) == number


@pytest.mark.parametrize("cell", ["", "1.5", "1e3", "2016 a", "1" * 16])
def test_what_is_no_whole_number(cell: Cell) -> None:
    """Fractions, exponents and words are refused."""
    with pytest.raises(FormatError, match="not a whole number"):
        integer_of(cell)


def test_nothing_recorded_is_told_from_zero() -> None:
    """Empty cells and the words of the mapping are nothing; zero is a number; a formula error is refused."""
    words = frozenset({"N/R", "#N/A"})
    assert is_null(None, NO_WORDS)
    assert is_null("  ", NO_WORDS)
    assert is_null(" N/R ", words)
    assert is_null("#N/A", words)
    assert not is_null("0", words)
    assert not is_null(0, words)
    with pytest.raises(FormatError, match="formula"):
        is_null("#REF!", words)


def test_slugs_are_short_ascii_and_distinct() -> None:
    """Readable where Latin, only a hash where not, and never longer than an identifier may be."""
    made = slug_id("H. AYUNTAMIENTO DE IZÚCAR DE MATAMOROS", prefix="EX-")
    assert made.startswith("EX-h-ayuntamiento-de-izucar-de-matamoros-")
    assert slug_id("农安县") != slug_id("德惠市")
    assert slug_id("農安縣", prefix="c-").isascii()
    assert slug_id("Puebla") != slug_id("PUEBLA")
    assert slug_id("e\u0301") == slug_id("\u00e9")


@given(st.text(max_size=200), st.sampled_from(["", "P-", "a.b:c_d-"]))
def test_every_text_has_an_identifier(text: str, prefix: str) -> None:
    """Whatever the text, its identifier has the form of one."""
    made = slug_id(text, prefix=prefix)
    assert len(made) <= 64
    assert made.isascii()
    assert made[0].isalnum()
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-")
