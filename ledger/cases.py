# SPDX-License-Identifier: Apache-2.0
"""What is said about earlier events: the steps of a finding's case, objections, waivers, erasures (spec §4.10)."""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Waiver
from ledger.kinds.control import CaseStep, Disposition, Erasure, Objection
from ledger.kinds.fact import Publication, Restitution
from ledger.once import LIST
from ledger.open_records import CaseState
from ledger.past_events import PastEvents
from ledger.problems import Problem
from ledger.register import Register

_NEXT: Final[Mapping[CaseStep | None, frozenset[CaseStep]]] = {
    None: frozenset({"suspected", "affirmed", "cleared"}),
    "suspected": frozenset({"affirmed", "cleared"}),
    "affirmed": frozenset({"ordered", "closed"}),
    "ordered": frozenset({"answered", "ordered"}),
    "answered": frozenset({"verified", "ordered", "answered"}),
    "verified": frozenset({"closed", "ordered"}),
    "cleared": frozenset({"suspected", "affirmed"}),
    "closed": frozenset({"ordered"}),
}
"""Which step may follow which: what was cleared or closed may be taken up again."""


def check_named(
    register: Register,
    event: Attachment | Waiver | Restitution | Publication | Objection | Erasure,
    past: PastEvents,
) -> Iterator[Problem]:
    """Problems of the earlier event, commitments or payee list that `event` names."""
    if event.event is not None:
        named = register.event_named(event.event, past)
        if named is None:
            yield _problem("event-unknown", "event", f"there is no earlier event {event.event}",
                           f"此前没有事件 {event.event}")  # fmt: skip
        elif isinstance(event, Erasure):
            yield from _commitments(event, frozenset(named.event.sd))
    shown = event.payee_list if isinstance(event, Publication) else None
    if shown is not None and (LIST, shown) not in register.once:
        yield _problem("payee-list-unknown", "payee_list", f"there is no payee list {shown}",
                       f"没有发放清单 {shown}")  # fmt: skip


def take_step(register: Register, event: Disposition, *, name: str) -> Iterator[Problem]:
    """The case after the step `name`; yields what forbids it: a step out of turn, or another finding than before."""
    case = register.cases.get(event.case) or CaseState()
    if event.state not in _NEXT[case.state]:
        where = case.state or "new"
        yield _problem("case-state", "state", f"case {event.case} is {where}; {event.state} does not follow",
                       f"案件 {event.case} 现为 {where}，不能转为 {event.state}")  # fmt: skip
    if event.finding is not None and case.finding not in {None, event.finding}:
        yield _problem("case-finding", "finding", f"case {event.case} is about finding {case.finding}",
                       f"案件 {event.case} 针对的疑点是 {case.finding}")  # fmt: skip
    taken = CaseState(steps=(*case.steps, (name, event.state, event.finding)))
    register.put(register.cases, event.case, taken)


def undo_step(register: Register, event: Disposition, *, name: str) -> None:
    """The case without the step `name`."""
    case = register.cases[event.case]
    left = tuple(step for step in case.steps if step[0] != name)
    register.put(register.cases, event.case, CaseState(steps=left))


def _commitments(event: Erasure, held: frozenset[str]) -> Iterator[Problem]:
    for one in event.commitments:
        if one not in held:
            yield _problem("commitment-unknown", "commitments", f"{event.event} holds no commitment {one}",
                           f"{event.event} 没有承诺值 {one}")  # fmt: skip


def _problem(code: str, place: str, en: str, zh: str) -> Problem:
    return Problem(
        code=code, check="I7", place=place, message_en=en, message_zh=zh,
        remedy_en="correct the field and submit again",
        remedy_zh="请更正该字段后重新提交",
    )  # fmt: skip
