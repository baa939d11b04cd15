# SPDX-License-Identifier: Apache-2.0
"""Amounts: text in and out without loss, strict spelling, shares that sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.amount import AMOUNT_MAX, format_amount, group_amount, parse_amount, share_out
from ledger.errors import FormatError


@given(st.integers(min_value=-AMOUNT_MAX, max_value=AMOUNT_MAX))
def test_text_round_trip(amount: int) -> None:
    """Formatting and parsing an amount gives it back."""
    assert parse_amount(format_amount(amount), place="x") == amount
    assert group_amount(amount).replace(",", "") == format_amount(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".5",
        "1.",
        "1.234",
        "1,000",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "NaN",
        "\uff11\uff12",
        "0x1",
        "1_000",
        "--1",
        "¥1",
        "1.5.0",
        "1\n",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    """Anything but plain digits with at most two decimals is refused at its place."""
    with pytest.raises(FormatError) as told:
        parse_amount(text, place="cell D7")
    assert told.value.place == "cell D7"


def test_beyond_the_range() -> None:
    """2^53 minor units are too many."""
    assert parse_amount("90071992547409.91", place="x") == AMOUNT_MAX
    with pytest.raises(FormatError, match="beyond"):
        parse_amount("90071992547409.92", place="x")


@given(
    st.integers(min_value=0, max_value=10**12),
    st.dictionaries(
        st.text(min_size=1, max_size=3), st.integers(min_value=0, max_value=10**9), min_size=1, max_size=6
    ),
)
def test_shares_sum_and_follow_weights(amount: int, weights: dict[str, int]) -> None:
    """Parts sum to the whole, each within one unit of its exact share."""
    parts = share_out(amount, weights)
    total = sum(weights.values())
    assert sum(parts.values()) == (amount if total else 0)
    for key, weight in weights.items():
        if total:
            assert abs(parts[key] * total - amount * weight) < total
