# SPDX-License-Identifier: Apache-2.0
"""Identifiers of parties: jurisdiction by prefix, the credit code with its check character, instants and days."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError
from ledger.instant import business_date, format_instant, parse_instant
from ledger.party import (
    LEVELS,
    USCC_ALPHABET,
    covers,
    is_uscc,
    jurisdiction_prefix,
    level_rank,
    uscc_check_character,
)


@pytest.mark.parametrize(
    ("authority", "division", "expected"),
    [
        ("000000", "610102", True),
        ("610000", "610102", True),
        ("610100", "610102", True),
        ("610102", "610102001", True),
        ("610102", "610100", False),
        ("610200", "610102", False),
        ("620000", "610000", False),
        ("610102001", "610102", False),
        ("610102001000", "610102001", True),
        ("610102001000", "610102001007", True),
        ("610102001200", "610102001207", False),  # a village beside another, not above it
        ("610102100", "610102101", False),
        ("610102000", "610102001", True),
    ],
)
def test_authority_is_a_prefix(authority: str, division: str, *, expected: bool) -> None:
    """A code stripped of trailing 00 pairs covers exactly what begins with it."""
    assert covers(authority, division) is expected


def test_prefixes() -> None:
    """Only whole groups of zeros are stripped: pairs down to the county, then threes."""
    stripped = {
        "610000": "61", "610100": "6101", "610010": "610010", "610102": "610102", "000000": "",
        "610102001": "610102001", "610102100": "610102100", "610102001000": "610102001",
        "610102001200": "610102001200", "610000000000": "61", "610102000000": "610102",
    }  # fmt: skip
    assert {code: jurisdiction_prefix(code) for code in stripped} == stripped


@given(
    st.text(alphabet=USCC_ALPHABET, min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from(USCC_ALPHABET),
)
def test_credit_code_check_character(body: str, position: int, other: str) -> None:
    """The check character completes any body, and no single change of a character keeps it valid."""
    code = body + uscc_check_character(body)
    assert is_uscc(code)
    if other != code[position]:
        assert not is_uscc(code[:position] + other + code[position + 1 :])


_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""3^i mod 31 as the standard prints them (GB 32100-2015)."""


@pytest.mark.parametrize("authority", [*"123456789", *"ANY"])
def test_every_registering_authority(authority: str) -> None:
    """Digits and the letters of offices abroad, of rural collectives and of others: by the weights of the standard."""
    body = f"{authority}2350100M000100Y4"
    total = sum(USCC_ALPHABET.index(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True))
    check = USCC_ALPHABET[(31 - total % 31) % 31]
    assert is_uscc(body + check)
    assert not any(is_uscc(body + other) for other in USCC_ALPHABET if other != check)


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y4", "91350100M000100Y430", "91350100M000100Y4I", "91350100m000100y43"]
)
def test_no_credit_code(code: str) -> None:
    """Wrong length, letters outside the alphabet, lower case: no credit code."""
    assert not is_uscc(code)


def test_levels_run_from_the_centre_to_the_payee() -> None:
    """The rank follows the order of levels."""
    assert [level_rank(level) for level in LEVELS] == list(range(7))


@given(st.datetimes(min_value=datetime.datetime(1900, 1, 1), max_value=datetime.datetime(2999, 1, 1)))  # noqa: DTZ001 - made aware below
def test_instants_round_trip_in_order(moment: datetime.datetime) -> None:
    """Text and moment belong together down to the millisecond."""
    aware = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=datetime.UTC)
    assert parse_instant(format_instant(aware)) == aware


@pytest.mark.parametrize(
    "text",
    ["2026-06-12T08:31:07Z", "2026-06-12 08:31:07.000Z", "2026-13-01T00:00:00.000Z", "2026-06-12T24:00:00.000Z",
     "2026-06-12T08:31:07.000+00:00", "2026-06-12T08:31:07.000Z\n", "2026-06-12T08:31:07.000000Z"],
)  # fmt: skip
def test_other_spellings_of_an_instant(text: str) -> None:
    """One spelling only, and it must name a real moment."""
    with pytest.raises(FormatError):
        parse_instant(text)


def test_the_business_day_is_the_ledgers() -> None:
    """The same instant falls on different days in different zones."""
    assert business_date("2026-06-12T16:00:00.000Z", "Asia/Shanghai") == datetime.date(2026, 6, 13)
    assert business_date("2026-06-12T16:00:00.000Z", "America/Mexico_City") == datetime.date(2026, 6, 12)
