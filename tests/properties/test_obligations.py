# SPDX-License-Identifier: Apache-2.0
"""Laws of the obligations engine: nothing is lost, nothing counts twice, and a day-by-day model agrees."""

import datetime
import itertools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from verifier.basis.findings import Evidence
from verifier.basis.rulepack import Terms
from verifier.basis.working_days import WorkingDays
from verifier.language import Told
from verifier.obligations.docket import Docket
from verifier.obligations.records import (
    Ending,
    Lowering,
    NoFeeds,
    Obligation,
    Opening,
    Payment,
    Return,
    Waiving,
)
from verifier.obligations.settling import Dates
from verifier.obligations.waiving import Waivers

START = datetime.date(2026, 3, 2)
SPAN = 40
DAYS = 10
TERMS = Terms(
    values=(("days", DAYS),),
    unit="calendar",
    basis=Told(zh="测试", en="test"),
    status="law",
    row="t",
    sources=("t",),
)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One act in the making: what, on which day, how much, for which of two claims, which earlier payment."""

    what: str
    day: int
    amount: int
    claim: str | None
    earlier: int


steps = st.builds(
    Step,
    st.sampled_from(["open", "open", "pay", "pay", "pay", "return", "lower", "end", "waive"]),
    st.integers(0, SPAN),
    st.integers(1, 50),
    st.sampled_from(["A", "B", None]),
    st.integers(0, 5),
)


def judged(plan: list[Step]) -> list[Obligation]:
    """The obligations of a plan, whose order is the order of the log."""
    waivers = Waivers()
    docket = Docket((TERMS,), waivers)
    paid: list[str] = []
    opened: list[str] = []
    for seq, step in enumerate(plan, start=1):
        if step.what == "waive" and opened:
            waivers.add(_waiving(step, seq, opened[step.earlier % len(opened)]))
        elif step.what == "open":
            opened.append(f"p/s{seq}/0")
        _add(docket, step, seq, paid)
    dates = Dates(
        as_of=START + datetime.timedelta(days=SPAN), calendar=WorkingDays(), bank=NoFeeds(), late_days=10
    )
    return sorted(docket.obligations(dates), key=lambda one: (one.start, one.opening.entry.seq, one.amount))


def _add(docket: Docket, step: Step, seq: int, paid: list[str]) -> None:
    on = START + datetime.timedelta(days=step.day)
    entry = Evidence(name=f"p/s{seq}/0", seq=seq, leaf="00" * 32)
    common = {"entry": entry, "on": on, "recorded": on}
    match step.what:
        case "open":
            docket.add(
                Opening(
                    **common,  # type: ignore[arg-type]
                    who="W",
                    amount=step.amount,
                    terms=0,
                    group="L",
                    fund="F",
                    line="L",
                    own_act=True,
                    named=step.claim,
                )
            )
        case "pay":
            paid.append(entry.name)
            docket.add(Payment(**common, amount=step.amount, group="L", banked=True, named=step.claim))  # type: ignore[arg-type]
        case "return" if paid:
            undoes = paid[step.earlier % len(paid)]
            docket.add(Return(**common, amount=step.amount, undoes=undoes, poster="W", by_bank=False))  # type: ignore[arg-type]
        case "lower":
            docket.add(Lowering(**common, amount=step.amount, group="L"))  # type: ignore[arg-type]
        case "end" if step.claim is not None:
            docket.add(Ending(**common, named=step.claim))  # type: ignore[arg-type]


def _waiving(step: Step, seq: int, about: str) -> Waiving:
    """Lifts the duty where the amount is even, else puts it off by so many days."""
    on = START + datetime.timedelta(days=step.day)
    return Waiving(
        entry=Evidence(name=f"p/s{seq}/0", seq=seq, leaf="00" * 32),
        on=on,
        recorded=on,
        fund="F",
        about=about,
        row="t",
        document="paper",
        until=None if step.amount % 2 == 0 else on + datetime.timedelta(days=step.amount),
    )


@given(st.lists(steps, max_size=25))
def test_every_obligation_adds_up(plan: list[Step]) -> None:
    """Asked = taken back + in time + late + no longer owed + outstanding, and no part is negative."""
    for one in judged(plan):
        parts = (one.lowered, one.in_time, one.late, one.dropped, one.outstanding)
        assert one.amount == sum(parts)
        assert min(parts) >= 0
        assert one.breached == (one.unmet_at_due > 0 and one.due < START + datetime.timedelta(days=SPAN)) or (
            one.state in {"ended", "waived"}
        )
        assert sum(met.amount for met in one.fulfilments) == one.in_time + one.late


@given(st.lists(steps, max_size=25))
def test_no_payment_counts_twice(plan: list[Step]) -> None:
    """What a payment met is at most its amount and what came back of it."""
    back = sum(step.amount for step in plan if step.what == "return")
    for seq, step in enumerate(plan, start=1):
        if step.what != "pay":
            continue
        name = f"p/s{seq}/0"
        met = [part.amount for one in judged(plan) for part in one.fulfilments if part.entry.name == name]
        assert sum(met) <= step.amount + back


@given(st.lists(steps.filter(lambda step: step.what in {"open", "pay"}), max_size=15))
def test_a_day_by_day_model_agrees(plan: list[Step]) -> None:
    """Openings and payments only, written again in the plainest way."""
    openings = sorted((step.day, seq, step) for seq, step in enumerate(plan, start=1) if step.what == "open")
    unmet = {seq: step.amount for _, seq, step in openings}
    in_time = dict.fromkeys(unmet, 0)
    for day, step in ((day, step) for day in range(SPAN + 1) for step in plan):
        if step.what != "pay" or step.day != day:
            continue
        left = step.amount
        for start, seq, opening in openings:
            if start > day or step.claim not in {None, opening.claim}:
                continue
            part = min(left, unmet[seq])
            left -= part
            unmet[seq] -= part
            due = WorkingDays().period(START + datetime.timedelta(days=start), DAYS, "calendar").on
            in_time[seq] += part if START + datetime.timedelta(days=day) <= due else 0
    expected = [(seq, opening.amount - in_time[seq], unmet[seq]) for _, seq, opening in openings]
    found = [(one.opening.entry.seq, one.unmet_at_due, one.outstanding) for one in judged(plan)]
    assert found == expected


@given(st.lists(steps, max_size=12), st.integers(1, 49))
def test_splitting_every_payment_changes_no_obligation(plan: list[Step], cut: int) -> None:
    """Two payments on one day for one: same amounts, states and dates (returns aside, which name one payment)."""
    whole = [step for step in plan if step.what != "return"]
    parts = [
        [
            Step(step.what, step.day, part, step.claim, 0)
            for part in (min(cut, step.amount), step.amount - cut)
            if part > 0
        ]
        if step.what == "pay"
        else [step]
        for step in whole
    ]

    def essence(found: list[Obligation]) -> list[tuple[object, ...]]:
        return [(one.start, one.amount, one.in_time, one.late, one.outstanding, one.state) for one in found]

    assert essence(judged(whole)) == essence(judged(list(itertools.chain.from_iterable(parts))))
