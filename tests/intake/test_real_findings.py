# SPDX-License-Identifier: Apache-2.0
"""What verification and audit say of the real files; docs/bureau/real-data.md explains these findings by hand."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from api.live_source import open_live
from verifier.judgement.audit import Question, audited

if TYPE_CHECKING:
    from tests.intake.conftest import Imported
    from verifier.basis.findings import Finding

pytestmark = pytest.mark.xdist_group("real-files")

SNAPSHOT = datetime.date(2016, 3, 31)
LAST_PAYMENT = datetime.date(2025, 12, 29)


def judged(ledger: Imported, as_of: datetime.date) -> tuple[list[Finding], dict[str, int]]:
    """The findings on a ledger whose bytes all verify, and how much was not judged, by rule."""
    source = open_live(str(ledger.path))
    try:
        with audited(source, Question(as_of=as_of)) as audit:
            assert not audit.broken
            assert audit.judgement is not None
            findings = list(audit.judgement.findings())
            return findings, {gap.rule: gap.count for gap in audit.judgement.gaps}
    finally:
        source.close()


def counts(findings: list[Finding]) -> Counter[tuple[str, str]]:
    """How many of each rule and class."""
    return Counter((one.rule, one.finding_class) for one in findings)


def test_mexico_as_of_its_snapshot(mexico: Imported) -> None:
    """One payment out of scope, 52 returns that name no payment, and no delay that could be decided."""
    findings, gaps = judged(mexico, SNAPSHOT)
    assert counts(findings) == {("F01", "indicated"): 1, ("T17", "indicated"): 52}
    (salaries,) = [one for one in findings if one.rule == "F01"]
    assert salaries.amount == 14_131_200
    assert salaries.fund == "MX-33-I004-2016"
    assert salaries.line == "PUE-2016T1-3771"
    assert sum(one.amount or 0 for one in findings if one.rule == "T17") == 32_737_743_766
    assert gaps == {
        "F02": 470,  # accounts without statements
        "F03": 4_808 + 519,  # lines and increases of them
        "F23": 3_122,  # payments into accounts that nobody registered
        "F24": 3_122,
        "F35": 1,  # a historical ledger was recorded long afterwards
        "F36": 1,
    }
    assert all("historical" in one.marks for one in findings)


def test_brazil_as_of_the_last_payment(brazil: Imported) -> None:
    """29 payments later than the longest term, all met by then; passing-on has no term to judge by."""
    findings, gaps = judged(brazil, LAST_PAYMENT)
    assert counts(findings) == {("F04", "indicated"): 29}
    assert {one.outstanding for one in findings} == {0}
    assert all({"historical", "provisional", "reported_only"} <= set(one.marks) for one in findings)
    # No statements, no term, accounts that report nothing, a ledger recorded long afterwards.
    assert gaps == {"F02": 335, "F03": 335, "F11": 74, "F35": 1, "F36": 1}
    assert Counter(one.figures["days_late"] for one in findings) == {1: 24, 2: 4, 6: 1}


def test_brazil_before_anything_was_due(brazil: Imported) -> None:
    """On the day of the commitments nothing is late: a clock runs from its claim."""
    assert judged(brazil, datetime.date(2025, 9, 2))[0] == []
