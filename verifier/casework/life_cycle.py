# SPDX-License-Identifier: Apache-2.0
"""Where each finding stands (疑点办理状态): raised, then what auditors made of it, or closed by a correction.

"Raised" is computed and never posted; so is "corrected", which closes a finding with the reason that the correction gives.
A case that is still open then stays a matter of the office that opened it, and `case_state` says where it stands.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec

from verifier.basis.findings import Finding
from verifier.casework.steps import Casebook, CorrectionTold, StepTaken

FindingState = Literal[
    "raised",
    "suspected",
    "affirmed",
    "cleared",
    "ordered",
    "answered",
    "verified",
    "closed",
    "corrected",
]
"""疑点产生, 疑点, 认定, 排除, 责令整改, 已答复, 已核实, 办结, 因冲正了结."""

SETTLED: Final[frozenset[FindingState]] = frozenset({"cleared", "closed", "corrected"})
"""Nothing is left to do about the finding."""

AFFIRMED: Final[frozenset[FindingState | None]] = frozenset(
    {"affirmed", "ordered", "answered", "verified", "closed"}
)
"""Steps that follow an affirmation, which are told in clear."""

AMOUNTS: Final = ("returned", "rebooked", "recovered", "exempt")


class LifeCycle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a finding stands at the as-of date: in `state` since `since`, for `days`.

    `case` is the case that leads, `case_state` its last step; `other_cases` are others about the same finding, and `steps`
    those of all of them in log order. A case leads that is open, that affirmed the finding, that moved last, in this order
    of weight. `due_on` is the day of its last order; `answer_days_late` counts from it to the answer, or to the as-of date
    where none came. `content_changed`: it cites another content than the finding has now. Amounts in minor units are the
    newest that a case states, the largest of all cases; `basis` is that of the exemption. `correction` says why the
    finding is closed.
    """

    state: FindingState
    since: datetime.date
    days: int
    case: str | None = None
    case_state: FindingState | None = None
    steps: tuple[StepTaken, ...] = ()
    other_cases: tuple[str, ...] = ()
    due_on: datetime.date | None = None
    answer_days_late: int = 0
    content_changed: bool = False
    returned: int = 0
    rebooked: int = 0
    recovered: int = 0
    exempt: int = 0
    basis: str | None = None
    correction: CorrectionTold | None = None

    @property
    def affirmed(self) -> bool:
        """Whether the case that leads says in clear that the finding stands, or stood until the case was closed."""
        return self.case_state in AFFIRMED


class LifeCycles:
    """The life cycle of any finding of one judgement, by the steps and corrections of its casebook."""

    def __init__(self, book: Casebook, as_of: datetime.date) -> None:
        """`book` has taken every event; `as_of` is the date of the judgement."""
        self._book = book
        self._as_of = as_of
        self._cases = book.cases()
        self._about: defaultdict[str, list[str]] = defaultdict(list)
        for case, steps in self._cases.items():
            finding = about(steps)
            if finding is not None:
                self._about[finding].append(case)

    def of(self, finding: Finding) -> LifeCycle:
        """Where `finding` stands."""
        cases = sorted(self._about.get(finding.id, ()), key=lambda case: _lead(self._cases[case]))
        made = self._worked(finding, cases) if cases else self._since("raised", _raised_on(finding))
        if "corrected" not in finding.marks:
            return made
        correction = self._book.correction(entry.name for entry in finding.evidence)
        since = made.since if correction is None else correction.on
        return msgspec.structs.replace(
            made, state="corrected", since=since, days=self._days(since), correction=correction
        )

    def beyond(self, raised: Iterable[str]) -> Iterator[tuple[str, tuple[StepTaken, ...]]]:
        """Cases about no finding among the ids `raised`, with their steps: raised no more, or not opened."""
        known = set(raised)
        for case, steps in self._cases.items():
            if about(steps) not in known:
                yield case, steps

    def _worked(self, finding: Finding, cases: Sequence[str]) -> LifeCycle:
        *others, case = cases
        steps = self._cases[case]
        every = [self._cases[one] for one in cases]
        last = steps[-1]
        cited = newest(steps, "content_hash")
        order = next((step for step in reversed(steps) if step.state == "ordered"), None)
        return msgspec.structs.replace(
            self._since(last.state, _began(steps)),
            case=case,
            case_state=last.state,
            steps=tuple(sorted((step for one in every for step in one), key=lambda step: step.seq)),
            other_cases=tuple(others),
            due_on=None if order is None else order.due_on,
            answer_days_late=self._late(steps, order),
            content_changed=cited is not None and cited != finding.content_hash,
            basis=next((found for one in reversed(every) if (found := newest(one, "basis"))), None),
            **{name: max(newest(one, name) or 0 for one in every) for name in AMOUNTS},
        )

    def _late(self, steps: Sequence[StepTaken], order: StepTaken | None) -> int:
        """Days from the day of the last order to the answer that followed it, or to the as-of date."""
        if order is None or order.due_on is None:
            return 0
        answers = (step.on for step in steps if step.seq > order.seq)
        return max(0, (next(answers, self._as_of) - order.due_on).days)

    def _since(self, state: FindingState, since: datetime.date) -> LifeCycle:
        return LifeCycle(state=state, since=since, days=self._days(since))

    def _days(self, since: datetime.date) -> int:
        return max(0, (self._as_of - since).days)


def about(steps: Iterable[StepTaken]) -> str | None:
    """The finding that a case is about, by whichever step says so."""
    return next((step.finding for step in steps if step.finding is not None), None)


def newest(steps: Sequence[StepTaken], name: str) -> Any:  # noqa: ANN401 - as the field is
    """What the last step that says anything in field `name` says."""
    return next((getattr(step, name) for step in reversed(steps) if getattr(step, name) is not None), None)


def _lead(steps: Sequence[StepTaken]) -> tuple[bool, bool, int]:
    """What makes a case lead: it is open, it goes beyond suspicion, it moved last."""
    last = steps[-1]
    return last.state not in SETTLED, last.state not in {"suspected", "cleared"}, last.seq


def _began(steps: Sequence[StepTaken]) -> datetime.date:
    """The day of the first of the last steps in a row that have the same state: ordered again is not ordered anew."""
    last = steps[-1]
    began = last.on
    for step in reversed(steps):
        if step.state != last.state:
            break
        began = step.on
    return began


def _raised_on(finding: Finding) -> datetime.date:
    return finding.decisive_on or finding.as_of
