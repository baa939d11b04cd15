# SPDX-License-Identifier: Apache-2.0
"""How money is written: units, rounding, zero and minus, capitals; always from the same integers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.portal.amounts import MINUS, MoneyStyle, share
from api.portal.capitals import in_capitals
from ledger.amount import AMOUNT_MAX, format_amount

ZH = MoneyStyle(language="zh", currency="CNY")
EN = MoneyStyle(language="en", currency="CNY")
EXACT = MoneyStyle(language="zh", currency="CNY", exact=True)


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (0, "0.00 元", "¥0"),
        (1, "0.01 元", "¥0.01"),
        (999_999, "9,999.99 元", "¥9,999.99"),
        (1_000_000, "1.00 万元", "¥10,000"),
        (1_004_999, "1.00 万元", "¥10,049.99"),
        (1_005_000, "1.01 万元", "¥10,050"),
        (9_999_999_999, "10,000.00 万元", "¥100.00 m"),
        (10_000_000_000, "1.00 亿元", "¥100.00 m"),
        (486_200_000_000, "48.62 亿元", "¥4.862 bn"),
        (-3_600_000, f"{MINUS}3.60 万元", f"{MINUS}¥36,000"),
    ],
)
def test_units_and_half_up_rounding(amount: int, zh: str, en: str) -> None:
    """The unit goes by size; digits are rounded half up from whole minor units."""
    assert (ZH.text(amount), EN.text(amount)) == (zh, en)


def test_figures_side_by_side_share_the_unit_of_the_largest() -> None:
    """0.81 亿元 beside 2.60 亿元, not 8,100 万元."""
    unit = ZH.unit([26_000_000_000, 8_100_000_000])
    assert [ZH.text(amount, unit) for amount in (26_000_000_000, 8_100_000_000)] == ["2.60 亿元", "0.81 亿元"]
    assert EN.unit([486_200_000_000], columns=True).column == "CNY million"


def test_something_never_reads_as_nothing() -> None:
    """What would round to 0.00 in the unit of its neighbours is said to be less than the last digit."""
    unit = EN.unit([100_000_000, 9_000], columns=True)
    assert [EN.bare(amount, unit) for amount in (500_000, 499_999, 9_000, 0)] == [
        "0.01",
        "<0.01",
        "<0.01",
        "0.00",
    ]
    assert EN.bare(-9_000, unit) == f"{MINUS}<0.01"
    assert "&lt;0.01" in EN.cell(9_000, unit)


@pytest.mark.parametrize(
    ("currency", "zh", "en"), [("MXN", "1.00 亿比索", "MX$100.00 m"), ("XAU", "1.00 亿 XAU", "XAU 100.00 m")]
)
def test_other_currencies(currency: str, zh: str, en: str) -> None:
    """Named where a name is known, by their code elsewhere."""
    assert MoneyStyle(language="zh", currency=currency).text(10_000_000_000) == zh
    assert MoneyStyle(language="en", currency=currency).text(10_000_000_000) == en


@given(st.integers(min_value=-AMOUNT_MAX, max_value=AMOUNT_MAX))
def test_the_exact_value_stands_in_every_figure(amount: int) -> None:
    """Machine value and title say the amount to the last unit, whatever is shown; the exact view shows it."""
    for style in (ZH, EN, EXACT):
        markup = style.figure(amount)
        assert f'value="{format_amount(amount)}"' in markup
        digits = re.search('title="([^"]*)"', markup)
        assert digits is not None
        whole = re.sub(r"[^0-9.]", "", digits[1].replace(MINUS, ""))
        assert whole == format_amount(abs(amount))
    if amount:
        assert re.sub(r"[^0-9.]", "", EXACT.text(amount)) == format_amount(abs(amount))


def test_zero_is_a_grey_nought_and_minus_is_red() -> None:
    """Never a blank, never a hyphen."""
    assert '<data class="num zero" value="0.00"' in ZH.cell(0, ZH.unit([5]))
    assert '<data class="num neg" value="-36000.00"' in ZH.figure(-3_600_000)
    assert MINUS in ZH.figure(-3_600_000)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(571, 1_000, "57.1%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (0, 5, "0.0%"), (5, 5, "100.0%"), (1, 0, "—")],
)
def test_shares_have_one_decimal(part: int, whole: int, told: str) -> None:
    """Rounded half up; a share of nothing is a dash."""
    assert share(part, whole) == told


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (18_624_000, "壹拾捌万陆仟贰佰肆拾元整"),
        (1_000_500, "壹万零伍元整"),
        (10_005_000, "壹拾万零伍拾元整"),
        (10_500_000_000, "壹亿零伍佰万元整"),
        (168_000_002, "壹佰陆拾捌万元零贰分"),
        (640_900, "陆仟肆佰零玖元整"),
        (600_794, "陆仟零柒元玖角肆分"),
        (100_000_000_000_000, "壹万亿元整"),
    ],
)
def test_capitals_as_on_vouchers(amount: int, capitals: str) -> None:
    """One 零 for a run of zeros, 整 after whole yuan or jiao (支付结算办法 1997, annex 1)."""
    assert in_capitals(amount) == capitals


VALUES = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1_000}


def read(capitals: str) -> int:
    """Minor units of capital figures, by a reader that shares nothing with the writer."""
    total = section = digit = minor = 0
    for character in capitals:
        if character in VALUES:
            digit = VALUES[character]
        elif character in PLACES:
            section, digit = section + digit * PLACES[character], 0
        elif character in "万亿元":
            section, digit = section + digit, 0
            total = {
                "万": total + section * 10_000,
                "亿": (total + section) * 100_000_000,
                "元": total + section,
            }[character]
            section = 0
        elif character == "角":
            minor, digit = minor + digit * 10, 0
        elif character == "分":
            minor, digit = minor + digit, 0
    return total * 100 + minor


@given(st.integers(min_value=0, max_value=99_999_999_999_999))
def test_capitals_read_back_as_the_amount(amount: int) -> None:
    """What is written in capitals is the amount and nothing else."""
    assert read(in_capitals(amount)) == amount
