# SPDX-License-Identifier: Apache-2.0
"""A1: milestones that nobody accepted within the days that the fund sets."""

import pytest

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 fund G CENTRE v=2
  accepts 15 calendar 3
2026-01-06 project D WATER G as=planned
  milestone dig 开挖 BUILDER 2026-03-31
"""
"""15 days after 31 March end on 15 April."""


def found(text: str, as_of: str = "2026-04-16", world: str = WORLD) -> list[Finding]:
    """The findings of A1 in the world followed by `text`."""
    return judge(world + text, as_of, rule="A1")


def test_a_milestone_not_accepted_in_the_days_of_the_fund_is_late() -> None:
    """Owed by the unit of the project, whoever does the work; no matter of money."""
    assert found("", "2026-04-15") == []
    (one,) = found("")
    assert (one.finding_class, one.amount, one.outstanding, one.severity) == (
        "indicated",
        None,
        None,
        "yellow",
    )
    assert (one.subject, one.parties, one.fund, str(one.due)) == (("D", "dig"), ("WATER",), "G", "2026-04-15")
    assert (one.parameters["days"], one.parameters["unit"], one.basis.zh) == (15, "calendar", "测试")


@pytest.mark.parametrize(
    ("report", "late"),
    [
        ("accept D pass milestone=dig", False),
        ("accept D partial milestone=dig", True),
        ("accept D pass milestone=other", True),
        ("progress D 10.00 milestone=dig percent=100", True),
    ],
)
def test_only_an_acceptance_that_passes_it_counts(report: str, late: bool) -> None:
    """On the day itself, or long before; work done is not work accepted."""
    assert bool(found(f"2026-04-15 {report}\n")) == late
    assert bool(found(f"2026-03-01 {report}\n")) == late


def test_an_acceptance_that_did_not_pass_leaves_it_undecidable() -> None:
    """In time; after the day it changes nothing."""
    assert [one.finding_class for one in found("2026-04-10 accept D fail milestone=dig\n")] == ["undecidable"]
    late = "2026-04-16 accept D fail milestone=dig\n"
    assert [one.finding_class for one in found(late, "2026-04-20")] == ["indicated"]


def test_accepted_late_it_stays_listed() -> None:
    """And a reversed acceptance was none."""
    done = "2026-04-20 accept D pass milestone=dig as=seen\n"
    assert [(one.state, one.severity) for one in found(done, "2026-06-30")] == [("met_late", "yellow")]
    assert [one.state for one in found(done + "2026-04-21 void seen\n", "2026-04-30")] == ["overdue"]


def test_a_fund_without_a_rule_of_acceptance_asks_nothing() -> None:
    """The twin differs in that alone."""
    assert found("", world=WORLD.replace(" v=2\n  accepts 15 calendar 3", "")) == []


def test_a_new_version_of_the_project_moves_the_day() -> None:
    """The milestone is known by the event that first named it; one left out is owed no longer."""
    moved = "2026-03-20 project D WATER G version=2\n  milestone dig 开挖 BUILDER 2026-05-31\n"
    assert found(moved) == []
    (one,) = found(moved, "2026-06-30")
    assert (str(one.due), one.id, one.first_event) == (
        "2026-06-15",
        found("", "2026-06-30")[0].id,
        "WATER/planned/0",
    )
    assert found("2026-03-20 project D WATER G version=2\n", "2026-06-30") == []


def test_o6_leave_for_a_later_acceptance() -> None:
    """O6: by the event that named the milestone and the fund's own row."""
    paper = "2026-04-10 waive G event=planned row={} by=CENTRE due_on=2026-05-31\n"
    assert found(paper.format("G")) == []
    assert len(found(paper.format("other"))) == 1
