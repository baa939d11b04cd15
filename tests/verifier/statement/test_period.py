# SPDX-License-Identifier: Apache-2.0
"""Periods: their days, the one before, and names that are none."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError
from verifier.statement.period import Span


@pytest.mark.parametrize(
    ("name", "first", "last", "before"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2025"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4"),
        ("2026-Q2", "2026-04-01", "2026-06-30", "2026-Q1"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3"),
        ("2026-01", "2026-01-01", "2026-01-31", "2025-12"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01"),
        ("2026-12", "2026-12-01", "2026-12-31", "2026-11"),
    ],
)
def test_days_of_a_period(name: str, first: str, last: str, before: str) -> None:
    """Both ends belong to it."""
    span = Span.parse(name)
    assert (span.first.isoformat(), span.last.isoformat(), span.before.name) == (first, last, before)
    assert span.holds(span.first)
    assert span.holds(span.last)
    assert not span.holds(span.last + datetime.timedelta(days=1))


@given(
    year=st.integers(1901, 2999), part=st.sampled_from(["", "-Q1", "-Q2", "-Q3", "-Q4", "-02", "-07", "-12"])
)
def test_no_day_is_lost_between_periods(year: int, part: str) -> None:
    """Each begins on the day after the one before it, which is named alike."""
    span = Span.parse(f"{year}{part}")
    assert span.before.last + datetime.timedelta(days=1) == span.first
    assert len(span.before.name) == len(span.name)


@pytest.mark.parametrize(
    "name",
    ["", "26", "2026-13", "2026-00", "2026-Q5", "2026-6", "2026-06-01", "\uff12\uff10\uff12\uff16", "2026 "],
)
def test_names_that_are_none(name: str) -> None:
    """They are refused with what would be right."""
    with pytest.raises(FormatError) as raised:
        Span.parse(name)
    assert raised.value.code == "period-format"
