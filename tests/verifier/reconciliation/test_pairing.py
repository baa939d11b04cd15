# SPDX-License-Identifier: Apache-2.0
"""The two passes over one side of one account (R1), as values."""

from collections.abc import Iterable

from verifier.reconciliation.pairing import BankLine, Told, fill, pair_up


def line(seq: int, day: int, amount: int = 100, *, other: str | None = None, ref: bool = False) -> BankLine:
    """A bank line with number `seq` in its statement."""
    return BankLine(seq, (day, "S", seq), amount, other, ref, day)


def told(
    seq: int, day: int, amount: int = 100, *, fund: str = "", other: str | None = None, ref: bool = False
) -> Told:
    """One side of a report."""
    return Told(seq, day, amount, other, ref, (fund,), ((seq, amount),))


def apart(one: int, other: int) -> int:
    """Every day is worked."""
    return abs(one - other)


def pairs(lines: Iterable[BankLine], reports: Iterable[Told]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Line, report and shaky funds of each pair of pass 2, in bank order."""
    found, _, _ = pair_up(list(lines), list(reports), lambda day: day, days=3)
    return sorted((pair.line.seq, pair.told.seq, pair.shaky) for pair in found)


def test_reports_fill_lines_in_log_order() -> None:
    """R1 pass 1: a batch payment is many reports on one line; one report may also fill several lines."""
    done = fill([line(1, 5, 100), line(2, 5, 50)], [told(10, 5, 60), told(11, 5, 90)], apart)
    assert [(piece.line.seq, piece.report, piece.amount) for piece in done.pieces] == [
        (1, 10, 60),
        (1, 11, 40),
        (2, 11, 50),
    ]
    assert (done.lines, done.reports) == ([], [])


def test_a_remainder_stays_on_its_side() -> None:
    """R1 pass 1: whichever side is larger keeps the rest."""
    more_line = fill([line(1, 5, 100)], [told(10, 5, 60)], apart)
    assert [(one.seq, one.amount) for one in more_line.lines] == [(1, 40)]
    more_report = fill([line(1, 5, 60)], [told(10, 9, 100)], apart)
    assert more_report.reports == [(10, 40)]
    assert [piece.apart for piece in more_report.pieces] == [4]


def test_nearest_day_wins_whatever_the_order() -> None:
    """R1 pass 2: the nearer pair is taken first although the other line stands earlier at the bank."""
    assert pairs([line(1, 4), line(2, 6)], [told(10, 6)]) == [(2, 10, ())]


def test_bank_order_then_lower_position_break_ties() -> None:
    """R1 pass 2: at one distance the earlier line chooses, and it chooses the lower position."""
    assert pairs([line(2, 5), line(1, 5)], [told(11, 5), told(10, 5)]) == [(1, 10, ()), (2, 11, ())]


def test_three_working_days_are_the_limit() -> None:
    """R1 pass 2: a fourth day is too far."""
    assert pairs([line(1, 5)], [told(10, 8)]) == [(1, 10, ())]
    assert pairs([line(1, 5)], [told(10, 9)]) == []


def test_counterparties_agree_or_are_absent() -> None:
    """R1 pass 2: another counterparty is another payment."""
    assert pairs([line(1, 5, other="X")], [told(10, 5, other="Y")]) == []
    assert pairs([line(1, 5, other="X")], [told(10, 5)]) == [(1, 10, ())]
    assert pairs([line(1, 5, other="X")], [told(10, 5, other="Y"), told(11, 5, other="X")]) == [(1, 11, ())]


def test_two_references_that_differ_are_two_payments() -> None:
    """R1 pass 2: at most one side carries a reference, or pass 1 would have joined them."""
    assert pairs([line(1, 5, ref=True)], [told(10, 5, ref=True)]) == []
    assert pairs([line(1, 5, ref=True)], [told(10, 5)]) == [(1, 10, ())]


def test_a_choice_between_funds_is_shaky() -> None:
    """R1 pass 2: what rests on a choice between tags is in doubt; between equal tags nothing is."""
    assert pairs([line(1, 5)], [told(10, 5, fund="F"), told(11, 5, fund="G")]) == [(1, 10, ("F", "G"))]
    assert pairs([line(1, 5)], [told(10, 5, fund="F"), told(11, 5, fund="F")]) == [(1, 10, ())]


def test_a_choice_that_changes_nothing_is_not_shaky() -> None:
    """R1 pass 2: both payments were made on that day, whichever line is which."""
    found = pairs([line(1, 5), line(2, 5)], [told(10, 5, fund="F"), told(11, 5, fund="G")])
    assert found == [(1, 10, ()), (2, 11, ())]


def test_what_is_left_is_told() -> None:
    """Nothing disappears: lines and payments without a partner come back."""
    found, lines, reports = pair_up(
        [line(1, 5), line(2, 90)], [told(10, 5), told(11, 50)], lambda day: day, days=3
    )
    assert (len(found), [one.seq for one in lines], [one.seq for one in reports]) == (1, [2], [11])
