# SPDX-License-Identifier: Apache-2.0
"""Base64 and decimal numbers have one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError
from ledger.spelling import from_base64, from_decimal, to_base64


@given(st.binary(max_size=80))
def test_base64_goes_there_and_back(data: bytes) -> None:
    """Reading undoes writing."""
    assert from_base64(to_base64(data), place="x") == data


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_decimal_goes_there_and_back(number: int) -> None:
    """Reading undoes writing."""
    assert from_decimal(str(number), place="x") == number


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "YQ==YQ==", "Y-_=", "é===", "=", "A", "YQ==="], ids=repr
)
def test_other_base64_is_refused(text: str) -> None:
    """Missing padding, stray bits, line ends, the other alphabet: all refused."""
    with pytest.raises(FormatError) as caught:
        from_base64(text, place="line 3")
    assert (caught.value.code, caught.value.place) == ("text.bad-base64", "line 3")


@pytest.mark.parametrize(
    "text",
    ["", "01", "+1", "-1", "1 ", "1\n", "1_0", "\uff11", "1.0", str(2**63), "9" * 19, "9" * 9_999],
    ids=lambda text: repr(text)[:30],
)
def test_other_decimals_are_refused(text: str) -> None:
    """Signs, leading zeros, other digits, too large: all refused."""
    with pytest.raises(FormatError) as caught:
        from_decimal(text, place="line 2")
    assert (caught.value.code, caught.value.place) == ("text.bad-decimal", "line 2")
