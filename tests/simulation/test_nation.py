# SPDX-License-Identifier: Apache-2.0
"""Countries of any shape: same seed, same bytes; they post; ordinary life raises nothing but what labels call irregular."""

import datetime
from collections import Counter

import pytest

from ledger.errors import InputError
from ledger.kinds.bank import BankBalance, Movement
from ledger.submission import wire_bytes
from tests.simulation.posted_world import Posted, post
from tests.simulation.test_detection import hits, judged
from verifier.basis.findings import Finding
from verifier.simulation.holidays import is_working
from verifier.simulation.nation import simulate_shape
from verifier.simulation.shape import Shape
from verifier.simulation.world import SEED_MAX, World

ORIGIN = "ledger.example/jl/2026"
UNTIDY = Shape(
    name="untidy",
    begins=datetime.date(2025, 3, 1),
    months=18,
    built=60,
    provinces=2,
    cities=1,
    counties=3,
    projects=8,
    commingled=70,
    returns=800,
    corrections=800,
    backdated=500,
    typos=1_500,
    equal=800,
    advances=60,
    waivers=30,
    schemes=(),
    mixtures=0,
)
"""Much goes wrong in it, and nothing that is a wrong."""


def wire(world: World) -> bytes:
    """Every submission as NDJSON."""
    return b"\n".join(wire_bytes(one) for one in world.submissions())


def test_same_seed_and_shape_give_the_same_bytes() -> None:
    """Genesis, submissions and labels repeat; another seed and another shape give others."""
    shape = Shape(cities=1, counties=2, projects=1, difficulties=(2,), mixtures=1)
    one, again = (simulate_shape(seed=8, shape=shape, origin=ORIGIN) for _ in range(2))
    assert (one.genesis_entry, wire(one), one.labels) == (again.genesis_entry, wire(again), again.labels)
    other = simulate_shape(seed=9, shape=shape, origin=ORIGIN)
    assert [label.amount_true for label in other.labels] != [label.amount_true for label in one.labels]


@pytest.mark.parametrize("begins", ["2025-02-01", "2025-05-01", "2025-08-01"])
def test_it_may_begin_after_a_weekend_or_a_holiday(begins: str) -> None:
    """Keys are registered before anybody acts, whatever days off lie before the first day."""
    shape = Shape(
        begins=datetime.date.fromisoformat(begins), cities=1, counties=2, projects=0, schemes=(), mixtures=0
    )
    world = simulate_shape(seed=1, shape=shape, origin=ORIGIN)
    assert post(world.genesis_entry, world.submissions()).problems == ()


@pytest.mark.parametrize("seed", [-1, SEED_MAX + 1])
def test_impossible_seeds_are_refused(seed: int) -> None:
    """As for the demonstration."""
    with pytest.raises(InputError) as refused:
        simulate_shape(seed=seed, shape=Shape(), origin=ORIGIN)
    assert refused.value.code == "simulation.range"


@pytest.fixture(scope="module")
def untidy() -> tuple[World, Posted, list[Finding]]:
    """A country without a single wrong, posted and judged at its end."""
    world = simulate_shape(seed=21, shape=UNTIDY, origin=ORIGIN)
    posted = post(world.genesis_entry, world.submissions())
    return world, posted, judged(world, posted, world.as_of)


def test_an_untidy_country_posts_on_working_days(untidy: tuple[World, Posted, list[Finding]]) -> None:
    """Nothing is refused; who signs does so in order of time, on working days; the tree has its places."""
    world, posted, _ = untidy
    assert posted.problems == ()
    moments = [act.moment for act in world.acts]
    assert moments == sorted(moments)
    assert all(is_working(moment.date()) for moment in moments)
    assert moments[-1].date() == world.as_of
    assert len(world.branches) == 2
    bureaus = Counter(party.level for party in posted.register.parties.values() if "finance" in party.roles)
    assert bureaus == {"centre": 1, "province": 2, "city": 2, "county": 6, "township": 6}


def test_untidiness_is_no_wrong(untidy: tuple[World, Posted, list[Finding]]) -> None:
    """All that is labelled is irregular only; rules speak of nothing beyond, and of nothing that a paper allows."""
    world, _, findings = untidy
    assert world.labels
    assert all(label.is_irregular_only and not label.is_violation for label in world.labels)
    lawful = [label for label in world.labels if label.expected == "none"]
    assert {label.scheme for label in lawful} == {"DELAY_FULL", "DIV_BORROW_RETURN", "MATCH_NONE"}
    assert [(label.case_id, one.rule) for label in lawful for one in hits(label, findings)] == []
    told = {one.id for label in world.labels for one in hits(label, findings)}
    standing = [one for one in findings if "corrected" not in one.marks]
    others = [one for one in standing if one.id not in told]
    assert [(one.rule, one.subject) for one in others] == []


def test_wrong_dates_are_found_as_bookkeeping(untidy: tuple[World, Posted, list[Finding]]) -> None:
    """A report with a date a month too early is told beside its bank line, each of them."""
    world, _, findings = untidy
    typos = [label for label in world.labels if "R1" in label.rules]
    assert typos
    for label in typos:
        assert "R1" in {one.rule for one in hits(label, findings)}, label.case_id


def test_no_covered_account_is_overdrawn_and_statements_chain(
    untidy: tuple[World, Posted, list[Finding]],
) -> None:
    """Opening plus lines is closing, month after month, never below zero."""
    _, posted, _ = untidy
    sums: Counter[tuple[str, str]] = Counter()
    last: dict[str, int] = {}
    for one in posted.events:
        match one.event:
            case Movement() as line:
                sums[line.account, line.statement] += (
                    line.amount if line.direction == "credit" else -line.amount
                )
            case BankBalance() as balance:
                assert last.get(balance.account, balance.opening) == balance.opening
                assert balance.opening + sums[balance.account, balance.statement] == balance.closing >= 0
                last[balance.account] = balance.closing
            case _:
                pass
    assert last
