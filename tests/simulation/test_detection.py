# SPDX-License-Identifier: Apache-2.0
"""The rules against the labels: every guilty case is found for what it is, and no innocent twin is touched.

Labels know nothing of the rules beyond their ids: amounts come from the scripts of the simulation, deadlines from its
own calendar.
"""

import datetime
from collections.abc import Iterable

import pytest

from tests.simulation.posted_world import Posted, post
from verifier.basis.findings import Finding
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.simulation.labels import Label
from verifier.simulation.world import World, simulate
from verifier.workspace import Workspace

ORIGIN = "ledger.example/jl/2026"


def judged(world: World, posted: Posted, as_of: datetime.date) -> list[Finding]:
    """The findings of all rules on the whole world as of a date."""
    with Workspace() as workspace:
        case = Case(
            genesis=world.genesis,
            genesis_hash=posted.register.genesis_hash,
            as_of=as_of,
            known_by=posted.size - 1,
            workspace=workspace,
            book=RuleBook(load_pack("cn-special-funds")),
        )
        judgement = Judgement(case)
        for one in posted.events:
            judgement.take(one)
        judgement.close()
        return list(judgement.findings())


def hits(label: Label, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that speak of the label's case: its rule, its fund, one of its events."""
    return [
        one
        for one in findings
        if one.rule in label.rules
        and label.fund in {None, one.fund}
        and {evidence.name for evidence in one.evidence} & set(label.events)
    ]


@pytest.fixture(scope="module", params=[(1, 1), (20_260_101, 3), (77, 2)], ids=["small", "variants", "other"])
def judgement(request: pytest.FixtureRequest) -> tuple[World, Posted, list[Finding]]:
    """Several worlds, one with every variant of every case, judged as of their last day."""
    seed, programmes = request.param
    world = simulate(seed=seed, programmes=programmes, origin=ORIGIN)
    posted = post(world.genesis_entry, world.submissions())
    return world, posted, judged(world, posted, world.as_of)


def test_every_guilty_case_is_found_once_and_exactly(judgement: tuple[World, Posted, list[Finding]]) -> None:
    """One finding for each, of the class that the ledger supports, with the true amount, deadline and accounts."""
    world, _, findings = judgement
    for label in world.labels:
        if label.twin_of is None:
            (found,) = hits(label, findings)
            assert found.finding_class == label.expected, label.case_id
            assert found.amount == label.amount_true
            assert found.amount_min == label.amount_min_provable
            assert (found.amount_max or label.amount_true) >= label.amount_true
            assert found.due == label.legal_deadline
            assert set(found.accounts) <= set(label.accounts)


def test_no_innocent_twin_is_touched(judgement: tuple[World, Posted, list[Finding]]) -> None:
    """Not one finding of the rule speaks of the twin's events, of any class."""
    world, _, findings = judgement
    innocent = [label for label in world.labels if label.twin_of is not None]
    assert innocent
    assert [(label.case_id, one.rule) for label in innocent for one in hits(label, findings)] == []


def test_nothing_else_is_found(judgement: tuple[World, Posted, list[Finding]]) -> None:
    """As many findings as guilty cases: ordinary life in the province raises none."""
    world, _, findings = judgement
    spoken_of = {one.id for label in world.labels for one in hits(label, findings)}
    assert {one.id for one in findings} == spoken_of
    assert len(findings) == sum(label.twin_of is None for label in world.labels)


def test_decisive_entries_are_those_of_the_labels(judgement: tuple[World, Posted, list[Finding]]) -> None:
    """Where the money is judged by an account, both name the same entry as the decisive one."""
    world, _, findings = judgement
    for label in world.labels:
        if label.rules in {("F02",), ("F03",)} and label.twin_of is None and label.expected == "proved":
            (found,) = hits(label, findings)
            assert found.decisive_event == label.decisive_event


def test_what_is_found_was_first_known_when_the_label_says(
    judgement: tuple[World, Posted, list[Finding]],
) -> None:
    """The date on which the finding could be known is that of the script's own arithmetic."""
    world, _, findings = judgement
    for label in world.labels:
        if label.first_detectable_date is not None:
            (found,) = hits(label, findings)
            assert found.decisive_on == label.first_detectable_date, label.case_id


@pytest.fixture(scope="module")
def small() -> tuple[World, Posted]:
    """One programme, to be judged as of several dates."""
    world = simulate(seed=5, programmes=1, origin=ORIGIN)
    return world, post(world.genesis_entry, world.submissions())


@pytest.mark.parametrize(("days", "found"), [(-1, 0), (1, 1)])
@pytest.mark.parametrize("slug", ["late-payment", "unpaid", "pass-on-county", "pass-on-city", "match"])
def test_a_delay_is_known_after_its_deadline_and_not_before(
    slug: str, days: int, found: int, small: tuple[World, Posted]
) -> None:
    """As of the day before the deadline nothing is overdue; the day after, it is."""
    world, posted = small
    (label,) = (one for one in world.labels if one.case_id == f"p01.{slug}.guilty")
    deadline = label.legal_deadline or world.as_of
    findings = judged(world, posted, deadline + datetime.timedelta(days=days))
    assert len(hits(label, findings)) == found


def test_judging_twice_gives_the_same_bytes(small: tuple[World, Posted]) -> None:
    """Same prefix, same dates, same parameters: the same findings."""
    world, posted = small
    assert judged(world, posted, world.as_of) == judged(world, posted, world.as_of)
