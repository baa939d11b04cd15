# SPDX-License-Identifier: Apache-2.0
"""Headline figures: what stands is counted and united; cleared, corrected, undecided and recorded put nothing at risk."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.scenarios.judging import judge
from tests.scenarios.test_disbursement_delay import CLAIM
from verifier.audit_report.sums import sums_of, weighed
from verifier.casework.at_risk import amount_at_risk
from verifier.casework.life_cycle import FindingState, LifeCycle
from verifier.casework.payments import Piece
from verifier.language import Told

if TYPE_CHECKING:
    from verifier.audit_report.records import Sums
    from verifier.basis.findings import Finding

TITLE = Told(zh="合计", en="all")


class TwoPayments:
    """Entries 10 and 12 tell one payment of 100.00, entry 14 another of 60.00."""

    def told_by(self, seq: int) -> tuple[Piece, ...]:
        """What the entry at `seq` tells."""
        return {10: (Piece("p", 10_000),), 12: (Piece("p", 10_000),), 14: (Piece("q", 6_000),)}.get(seq, ())


def finding(**changes: object) -> Finding:
    """A finding of 80.00 on the payment that entry 10 tells; proved."""
    (late,) = judge(CLAIM, "2026-06-30", rule="F04")
    entry = msgspec.structs.replace(late.evidence[0], seq=10)
    plain: dict[str, Any] = {
        "id": "1" * 32, "due": None, "evidence": (entry,), "amount_min": 7_000, "amount": 8_000, "amount_max": 9_000,
        "outstanding": None, "figures": {}, "fund": "F",
    }  # fmt: skip
    return msgspec.structs.replace(late, **(plain | changes))


def told_by(*seqs: int) -> tuple[object, ...]:
    """Evidence at these positions."""
    (late,) = judge(CLAIM, "2026-06-30", rule="F04")
    return tuple(msgspec.structs.replace(late.evidence[0], seq=seq) for seq in seqs)


def life(
    state: FindingState = "raised", *, returned: int = 0, recovered: int = 0, exempt: int = 0
) -> LifeCycle:
    """Where a finding stands."""
    since = datetime.date(2026, 3, 10)
    return LifeCycle(state=state, since=since, days=0, returned=returned, recovered=recovered, exempt=exempt)


def summed(*found: tuple[Finding, LifeCycle]) -> Sums:
    """The figures of these findings."""
    return sums_of("", TITLE, [weighed(one, stands, TwoPayments()) for one, stands in found])


def test_one_payment_in_two_findings_counts_once() -> None:
    """Its largest amount, whoever tells it; another payment counts beside it."""
    same = finding(id="2" * 32, evidence=told_by(12), amount=9_500, amount_min=1_000)
    both = summed((finding(), life()), (same, life()))
    assert (both.findings, both.proved, both.at_risk, both.provable) == (2, 2, 9_500, 7_000)
    other = finding(id="3" * 32, evidence=told_by(14), amount=5_000)
    assert summed((finding(), life()), (other, life())).at_risk == 13_000


def test_an_amount_over_several_payments_is_laid_out_from_the_latest_back() -> None:
    """90.00 over payments of 60.00 and 100.00: all of the later one and 30.00 of the earlier."""
    over = finding(evidence=told_by(10, 14), amount=9_000)
    late = finding(id="2" * 32, evidence=told_by(14), amount=6_000)
    early = finding(id="3" * 32, evidence=told_by(12), amount=4_000)
    assert summed((over, life()), (late, life())).at_risk == 9_000
    assert summed((over, life()), (early, life())).at_risk == 10_000


@pytest.mark.parametrize(
    ("changes", "state", "counted"),
    [
        ({}, "cleared", "cleared"),
        ({}, "corrected", "closed_by_correction"),
        ({"finding_class": "undecidable"}, "raised", "undecidable"),
        ({"severity": "blue"}, "raised", "findings"),
    ],
)
def test_what_puts_nothing_at_risk(changes: dict[str, object], state: FindingState, counted: str) -> None:
    """Counted for what it is; its innocent twin, which stands, is at risk."""
    one = summed((finding(**changes), life(state)))
    assert (one.at_risk, one.provable, one.outstanding) == (0, 0, 0)
    assert getattr(one, counted) == 1
    assert one.corrected == (8_000 if state == "corrected" else 0)
    assert summed((finding(), life())).at_risk == 8_000


def test_amounts_of_cases_are_united_and_count_in_every_state() -> None:
    """Two cases that state the same money back count it once; a closed finding keeps what it brought."""
    same = finding(id="2" * 32, evidence=told_by(12))
    both = summed(
        (finding(), life("answered", returned=5_000)), (same, life("closed", returned=4_000, exempt=100))
    )
    assert (both.returned, both.exempt, both.recovered) == (5_000, 100, 0)
    assert summed((finding(), life("cleared", recovered=700))).recovered == 700


def test_interest_is_told_apart_and_what_has_no_amount_is_counted() -> None:
    """Part of no other figure."""
    with_interest = summed((finding(figures={"interest": 321}), life()))
    assert (with_interest.at_risk, with_interest.interest) == (8_000, 321)
    plain = summed((finding(amount=None, amount_min=None), life()))
    assert (plain.findings, plain.without_amount, plain.at_risk) == (1, 1, 0)


def test_of_a_shortage_the_most_that_was_open_at_once_counts() -> None:
    """T11: not the gross amount, of which some had come back before more was lost."""
    short = finding(figures={"peak_outstanding": 6_000})
    assert amount_at_risk(short) == 6_000
    assert (summed((short, life())).at_risk, summed((short, life())).provable) == (6_000, 6_000)
