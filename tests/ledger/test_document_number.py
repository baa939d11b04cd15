# SPDX-License-Identifier: Apache-2.0
"""Numbers of papers: one key and one spelling whatever the brackets, and nothing made of what is no such number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.document_number import DocumentNumber, document_number, one_spelling


@pytest.mark.parametrize(
    "text",
    [
        "财预〔2020〕65号",
        "财预[2020]65号",
        "财预（2020）65号",
        "财预(2020)65号",
        "财预\uff3b2020\uff3d65号",
        "财预【2020】65号",
        "财预〔2020]65号",
        "财预〔2020〕第65号",
        "财预〔2020〕065号",
        "财预〔\uff12\uff10\uff12\uff10〕\uff16\uff15号",
        " 财预 〔2020〕 65 号",
        "财预〔2020年〕65号",
        "财预〔2020〕65",
    ],
)
def test_every_spelling_has_one_key(text: str) -> None:
    """Brackets, width, spaces, 第, 年, leading zeros: all the same paper."""
    assert document_number(text) == DocumentNumber(issuer="财预", year=2020, serial=65)
    assert one_spelling(text) == "财预〔2020〕65号"


@pytest.mark.parametrize(
    "text",
    ["", "65号", "财预65号", "财预〔20〕65号", "财预〔2020〕号", "财预〔2020〕0号", "财预〔3020〕65号", "〔2020〕65号",
     "吉财农2026-1号", "财预〔2020〕65号附件", "财预〔2020〕6五号", "a" * 41 + "〔2020〕65号", "财预〔2020〕1234567号"],
)  # fmt: skip
def test_what_is_no_such_number_stays_as_it_is(text: str) -> None:
    """Another form of number, or part of one: nothing is guessed."""
    assert document_number(text) is None
    assert one_spelling(text) == text


@pytest.mark.parametrize("other", ["陕财预〔2020〕65号", "财预〔2021〕65号", "财预〔2020〕66号"])
def test_another_paper_has_another_key(other: str) -> None:
    """Issuer, year and serial each tell papers apart."""
    assert document_number(other) not in {None, document_number("财预〔2020〕65号")}


@given(st.text(max_size=60))
def test_the_spelling_is_a_fixed_point(text: str) -> None:
    """Spelled once, it spells itself."""
    assert one_spelling(one_spelling(text)) == one_spelling(text)
