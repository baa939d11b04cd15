# SPDX-License-Identifier: Apache-2.0
"""Scores of findings and labels made by hand, where every figure can be worked out on paper."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.scoring.made import KNOWN, finding, lead, twin, wrong
from verifier.basis.findings import Step
from verifier.simulation.scoring.leads import lead_of
from verifier.simulation.scoring.score import Score, score

if TYPE_CHECKING:
    from verifier.simulation.labels import Label
    from verifier.simulation.scoring.leads import Lead

ONE, NONE, HALF = Decimal("1.0000"), Decimal("0.0000"), Decimal("0.5000")


def figures(made: Score, *names: str) -> list[Decimal | None]:
    """Figures of the whole."""
    return [made.whole.figures[name] for name in names]


def world(size: int = 6) -> list[Label]:
    """Wrongs of 1,000, 2,000 … in three programmes, each with its innocent twin."""
    wrongs = [
        wrong(f"case-{at}", programme=1 + at % 3, amount_true=1_000 * at, amount_min_provable=1_000 * at)
        for at in range(1, size + 1)
    ]
    return [*wrongs, *(twin(one) for one in wrongs)]


def answer(label: Label, **changes: object) -> Lead:
    """The finding that says of `label` exactly what is true."""
    return lead(*label.events, amount=label.amount_true, **changes)


def perfect(labels: list[Label]) -> list[Lead]:
    """One right finding for each wrong."""
    return [answer(label) for label in labels if label.is_violation]


def test_a_perfect_audit_scores_one() -> None:
    """All is found, proved, at once, for the true amount, and no twin is touched."""
    labels = world()
    made = score(labels, perfect(labels), events=10_000)
    assert figures(
        made, "precision_proved", "precision", "recall", "recall_proved", "recall_amount", "recall_amount_proved",
        "amount_inside", "twins_told_apart", "alert_inflation",
    ) == [ONE] * 9  # fmt: skip
    assert figures(made, "amount_error", "amount_error_p95", "false_proved_per_10k") == [NONE] * 3
    assert figures(made, "latency_days", "latency_days_p95") == [0, 0]
    assert made.whole.intervals["recall"] == (ONE, ONE)
    assert made.yields == ((6, 6),)


def test_an_empty_audit_scores_nothing() -> None:
    """Nothing is found; precision has nothing to be measured by, and no alarm was false."""
    made = score(world(), [])
    assert figures(made, "recall", "recall_amount", "recall_amount_proved", "twins_told_apart") == [NONE] * 4
    assert figures(made, "false_proved_per_10k", "precision_proved", "amount_error") == [NONE, None, None]


def test_known_figures() -> None:
    """One of three found for half its amount, one repeated, two findings false, one of them on a twin."""
    labels = world(3)
    first, second, third = labels[:3]
    leads = [
        answer(first),
        answer(first, subject="once more"),
        lead(
            *second.events,
            amount=1_000,
            amount_min=500,
            amount_max=1_500,
            decisive_on=KNOWN + datetime.timedelta(3),
        ),
        lead(*labels[3].events),
        lead("elsewhere/x/0", finding_class="indicated"),
    ]
    made = score(labels, leads, events=20_000)
    assert third.amount_true == 3_000
    assert figures(made, "recall", "recall_amount", "recall_amount_proved") == [
        Decimal("0.6666"), Decimal("0.3333"), Decimal("0.2500"),
    ]  # fmt: skip
    assert figures(made, "precision_proved", "precision_indicated", "precision") == [
        Decimal("0.6666"),
        NONE,
        HALF,
    ]
    assert figures(made, "false_proved_per_10k", "false_indicated_per_10k") == [HALF, HALF]
    assert figures(made, "amount_error", "amount_error_p95", "amount_inside") == [NONE, HALF, HALF]
    assert figures(made, "latency_days", "latency_days_p95") == [0, 3]
    assert figures(made, "alert_inflation", "twins_told_apart") == [Decimal("1.5000"), Decimal("0.3333")]
    assert made.whole.counts.duplicates == 1
    assert {name: part.counts.false["proved"] for name, part in made.by_scheme.items()} == {
        "DUP_EXACT": 1,
        "none": 0,
    }
    assert made.by_rule["F21"].false == {"proved": 1, "indicated": 1, "statistical": 0}


def test_parts_hold_their_own_cases() -> None:
    """Scheme and difficulty have figures of their own."""
    labels = [wrong("a", scheme="SPLIT", difficulty=1), wrong("b", difficulty=5)]
    made = score(labels, [answer(labels[0])])
    assert {name: part.figures["recall"] for name, part in made.by_scheme.items()} == {
        "SPLIT": ONE,
        "DUP_EXACT": NONE,
    }
    assert {name: part.figures["recall"] for name, part in made.by_difficulty.items()} == {
        "1": ONE,
        "5": NONE,
    }


def test_an_irregularity_that_no_rule_should_name_is_a_false_alarm() -> None:
    """Equal instalments that a rule takes for a duplicate: no wrong, so a finding of them is false."""
    look_alike = wrong("equal", is_violation=False, is_irregular_only=True, expected="none", amount_true=0)
    made = score([look_alike], [lead(*look_alike.events)])
    assert figures(made, "precision_proved") == [NONE]
    assert made.whole.counts.told == 0


def test_an_irregularity_that_a_rule_should_name_is_told() -> None:
    """It is neither a hit nor false; the strict figure counts it as false."""
    mistake = wrong("mistake", is_violation=False, is_irregular_only=True)
    guilty = wrong("guilty")
    made = score([mistake, guilty], [answer(mistake), answer(guilty)])
    assert figures(made, "precision_proved", "precision_proved_strict", "recall") == [ONE, HALF, ONE]
    assert made.whole.counts.told == 1


def test_what_the_ledger_cannot_show_is_not_missed() -> None:
    """Hidden wrongs and those that nobody can decide do not count against recall; the right answer is noted."""
    hidden = wrong("hidden", expected="hidden", amount_min_provable=0)
    open_ = wrong("open", expected="undecidable", amount_min_provable=0)
    made = score([hidden, open_, wrong("shown")], [lead(*open_.events, finding_class="undecidable")])
    assert (made.whole.counts.cases, made.whole.counts.hidden) == (1, 2)
    assert (made.whole.counts.undecidable, made.whole.counts.left_open) == (1, 1)


def test_a_finding_that_a_correction_closed_accuses_nobody() -> None:
    """It stays listed and is neither right nor wrong; the same one still open is false."""
    label = wrong("a")
    for marks, false in ((("corrected",), 0), ((), 1)):
        made = score([label], [answer(label), lead("x/y/0", marks=marks)])
        assert made.whole.counts.false["proved"] == false


def test_a_proof_that_the_ledger_cannot_bear_is_noted() -> None:
    """It hits, but claims more than anybody can know."""
    label = wrong("weak", expected="indicated", amount_min_provable=0)
    assert score([label], [answer(label)]).whole.counts.overclaimed == 1
    assert score([label], [answer(label, finding_class="indicated")]).whole.counts.overclaimed == 0


@pytest.mark.parametrize(
    ("changes", "hit"),
    [
        ({}, True),
        ({"rule": "F22"}, False),
        ({"fund": "fund-2"}, False),
        ({"fund": None}, False),
    ],
    ids=["as it must", "another family", "another fund", "no fund"],
)
def test_a_finding_hits_only_its_own_family_and_fund(changes: dict[str, object], *, hit: bool) -> None:
    """The same evidence under another rule or fund is no hit."""
    label = wrong("a")
    assert (score([label], [lead(*label.events, **changes)]).whole.counts.found == 1) is hit


def test_a_case_without_a_fund_takes_a_finding_of_any() -> None:
    """What speaks of an account as a whole names no fund."""
    label = wrong("a", fund=None)
    assert score([label], [lead(*label.events)]).whole.counts.found == 1


def test_methods_that_know_no_families_are_credited_if_asked() -> None:
    """Any rule then hits; the fund must still be that of the case."""
    label = wrong("a")
    assert score([label], [lead(*label.events, rule="S1")]).whole.counts.found == 0
    assert score([label], [lead(*label.events, rule="S1")], any_rule=True).whole.counts.found == 1
    assert (
        score([label], [lead(*label.events, rule="S1", fund="fund-2")], any_rule=True).whole.counts.found == 0
    )


@pytest.mark.parametrize(("inside", "hit"), [(499, False), (500, True)])
def test_half_of_the_evidence_by_amount_is_enough(inside: int, *, hit: bool) -> None:
    """Without the decisive entry of either side, half of what the paths move must lie in the case."""
    label = wrong("a")
    path = tuple(
        Step(event=name, amount=amount, on=KNOWN)
        for name, amount in ((label.events[1], inside), ("else/x/0", 1_000 - inside))
    )
    made = finding(label.events[1], "else/x/0", decisive_event="else/x/0", paths=(path,))
    assert (score([label], [lead_of(made)]).whole.counts.found == 1) is hit


def test_each_finding_hits_one_case_and_each_case_once() -> None:
    """Two cases in one account share an entry; the finding that fits both leaves the other to its own."""
    one, other = wrong("a", events=("a/x/0", "shared/x/0")), wrong("b", events=("b/x/0", "shared/x/0"))
    both = lead("shared/x/0", "a/x/0", "b/x/0")
    assert score([one, other], [both]).whole.counts.found == 1
    made = score([one, other], [both, lead("a/x/0")])
    assert (made.whole.counts.found, made.whole.counts.duplicates) == (2, 0)


def test_the_amount_of_a_hit_is_capped_at_the_truth() -> None:
    """Naming more than is true finds no more than all of it, and the truth then lies outside the bounds."""
    label = wrong("a")
    made = score([label], [lead(*label.events, amount=5_000)])
    assert figures(made, "recall_amount", "amount_inside", "amount_error") == [ONE, NONE, Decimal("4.0000")]


def test_false_findings_vary_with_their_programme() -> None:
    """One of four programmes has all false alarms: the interval of precision is wide; its recall is not."""
    labels = [wrong(f"case-{at}", programme=1 + at) for at in range(4)]
    leads = [*perfect(labels), *(lead(f"x{at}/y/0", accounts=("case-3-account",)) for at in range(4))]
    made = score(labels, leads, events=1_000)
    low, high = made.whole.intervals["precision_proved"]
    assert low < HALF < high == ONE
    assert made.whole.intervals["recall"] == (ONE, ONE)
    assert made.whole.intervals["false_proved_per_10k"][0] == 0


def test_false_findings_of_nowhere_count_in_every_draw() -> None:
    """Where nothing says to which programme they belong, no draw is without them."""
    labels = [wrong(f"case-{at}", programme=1 + at) for at in range(4)]
    made = score(labels, [*perfect(labels), lead("x/y/0"), lead("x/y/1")], events=1_000)
    assert made.whole.intervals["false_proved_per_10k"] == (Decimal("20.0000"), Decimal("20.0000"))


def test_one_programme_gives_no_interval() -> None:
    """There is nothing to draw from."""
    label = wrong("a")
    assert score([label], [answer(label)]).whole.intervals == {}


def test_without_events_what_was_judged_is_counted() -> None:
    """The last position of the findings, header entries included, and it says so."""
    label = wrong("a")
    made = score([label], [answer(label), lead("x/y/0")])
    assert (made.events, made.per, made.whole.figures["false_proved_per_10k"]) == (10_000, "entries", ONE)


def test_the_first_findings_to_review_are_the_surest() -> None:
    """By class, then severity, then amount: twelve false ones of a lower class come after one hit."""
    label = wrong("a")
    leads = [lead(f"x{at}/y/0", finding_class="indicated", amount=9_000) for at in range(12)]
    assert score([label], [*leads, answer(label)]).yields == ((10, 1), (13, 1))


@settings(max_examples=20)
@given(data=st.data())
def test_the_order_of_lines_changes_nothing(data: st.DataObject) -> None:
    """Labels and findings in any order, with ties among them, give the same score."""
    labels = world(4)
    repeats = [answer(label, subject=f"again {label.case_id}") for label in labels]
    leads = [*perfect(labels), *repeats, lead("x/y/0")]
    kept = data.draw(st.lists(st.sampled_from(leads), unique_by=lambda one: one.id))
    mixed_labels, mixed_leads = data.draw(st.permutations(labels)), data.draw(st.permutations(kept))
    assert ordered(mixed_labels, mixed_leads) == ordered(labels, kept)


def ordered(labels: list[Label], leads: list[Lead]) -> Score:
    """The score, the lines sorted as reading them does."""
    by_case = sorted(labels, key=lambda label: label.case_id)
    return score(by_case, sorted(leads, key=lambda one: (one.rule, one.id)), events=5_000)


@settings(max_examples=20)
@given(
    amounts=st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6),
    false=st.integers(0, 4),
)
def test_every_ratio_lies_between_nought_and_one(amounts: list[tuple[int, int]], false: int) -> None:
    """Whatever is said of the cases."""
    labels = [
        wrong(f"case-{at}", programme=1 + at % 2, amount_true=true, amount_min_provable=true)
        for at, (true, _) in enumerate(amounts)
    ]
    leads = [lead(*label.events, amount=told) for label, (_, told) in zip(labels, amounts, strict=True)]
    made = score(labels, [*leads, *(lead(f"x{at}/y/0") for at in range(false))], events=10_000)
    for name in ("precision_proved", "recall", "recall_amount", "recall_amount_proved", "amount_inside"):
        value = made.whole.figures[name]
        assert value is not None
        assert 0 <= value <= 1
    assert made.whole.figures["false_proved_per_10k"] == false


def test_a_twin_accused_by_a_finding_of_its_guilty_half_is_not_told_apart() -> None:
    """A finding that fits the twin better than any case accuses it."""
    guilty = wrong("a")
    innocent = msgspec.structs.replace(twin(guilty), events=("t/x/0", "t/x/1"), decisive_event="t/x/0")
    made = score([guilty, innocent], [answer(guilty), lead("t/x/1", "t/x/0")])
    assert figures(made, "twins_told_apart", "precision_proved") == [NONE, HALF]
