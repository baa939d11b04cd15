# SPDX-License-Identifier: Apache-2.0
"""Covered days: which statements close, how they chain, what a gap is (T2, T4)."""

from typing import Any

import pytest

from verifier.reconciliation.coverage import Coverage, Gap, Statement, Stretch, coverage_of


def statement(
    first: int,
    last: int,
    opening: int,
    closing: int,
    *,
    seq: int = 2,
    **changed: Any,  # noqa: ANN401 - any column
) -> Statement:
    """A closed statement with one line of the difference, booked on its first day."""
    made = Statement(
        "A", f"S{seq}", seq, first, last, opening, closing, 1, 1, 1, 1, 0, closing - opening, first, first
    )
    return made._replace(**changed)


def test_statements_that_chain_are_one_stretch() -> None:
    """T2: the next day and the same balance continue; days outside are not covered."""
    found = coverage_of([statement(32, 59, 20, 30, seq=4), statement(1, 31, 10, 20)])
    assert found.stretches == (Stretch(1, 59, 10, 30, 2),)
    assert [found.covers(day) for day in (0, 1, 31, 32, 59, 60)] == [False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("first", "opening"), [(33, 20), (32, 21)], ids=["a day is missing", "the balance jumps"]
)
def test_a_break_of_the_chain_is_a_gap(first: int, opening: int) -> None:
    """T2: what moved between two stretches is unresolved."""
    found = coverage_of([statement(1, 31, 10, 20), statement(first, 59, opening, 30, seq=4)])
    assert len(found.stretches) == 2
    assert found.gaps == (Gap("A", 31, first, 20, opening, 4),)


@pytest.mark.parametrize(
    "changed",
    [{"found": 0}, {"found": 2}, {"highest": 2}, {"net_low": 11}, {"first_booked": 0}, {"last_booked": 32}],
    ids=["no line", "a line too many", "numbers jump", "sums differ", "booked before", "booked after"],
)
def test_what_the_lines_do_not_bear_out_is_not_covered(changed: dict[str, int]) -> None:
    """T2: opening + lines = closing and numbers 1 to n, or the days count as reported only."""
    found = coverage_of([statement(1, 31, 10, 20, **changed)])
    assert (found.stretches, len(found.open_balances)) == ((), 1)


def test_a_statement_without_lines_closes_on_equal_balances() -> None:
    """A month in which nothing moved is covered."""
    quiet = statement(1, 31, 10, 10)._replace(
        lines=0, found=0, lowest=0, highest=0, first_booked=None, last_booked=None
    )
    assert coverage_of([quiet]).covers(15)


def test_of_two_statements_for_one_day_the_earlier_counts() -> None:
    """The other one is set aside, whether closed or not, and its lines move nothing."""
    found = coverage_of(
        [statement(1, 31, 10, 20), statement(31, 59, 20, 30, seq=4), statement(2, 3, 1, 2, seq=6, found=0)]
    )
    assert found.counted == {"S2"}
    assert [one.seq for one in found.aside] == [4, 6]


def test_sums_of_any_size_are_exact() -> None:
    """The two halves of the net amount go together again, negative ones too."""
    for net in (-(2**60) - 3, -1, 2**63 + 5):
        made = Statement("A", "S", 2, 1, 1, 0, net, 1, 1, 1, 1, net >> 32, net & 0xFFFFFFFF, 1, 1)
        assert made.closed


def test_nothing_is_covered_without_statements() -> None:
    """The empty coverage answers too."""
    assert not Coverage().covers(1)


def test_a_span_is_covered_when_every_day_is() -> None:
    """A jump of the balance between two days is a gap without days; a missing day is one with."""
    found = coverage_of(
        [statement(1, 31, 10, 20), statement(32, 59, 99, 30, seq=4), statement(61, 70, 30, 40, seq=6)]
    )
    assert found.covers_all(1, 59)
    assert found.covers_all(40, 40)
    assert [found.covers_all(*span) for span in ((0, 5), (50, 61), (65, 71))] == [False, False, False]
