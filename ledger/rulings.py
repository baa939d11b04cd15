# SPDX-License-Identifier: Apache-2.0
"""Rows of policies that bear on rights (spec §3.11): who must sign beside maker and checker, and whose a place is.

``approval_tier``: authority of `amount_from` minor units or more needs `approvers` approvers. ``offline_above``: authority
of more than `amount` minor units is signed by keys that no browser holds (`ledger.custody`). Both count what is signed at
once: the sum over the events of a submission. ``panel``: an acceptance needs `persons` of a panel, `outside` of them from
other parties than the unit. They bind the parties in the place of whoever posted the policy, narrowed by level and fund,
from `effective_on` on; of several the strictest counts.

``administered_by``: `division` and what lies in it belong to the place `by`, whatever their codes begin with (development
zones, counties directly under a province: 省直管县, 开发区). Posted for the day itself, by an office over both.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Policy, PolicyRow
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import covers, jurisdiction_prefix
from ledger.past_events import PastEvents
from ledger.problems import Problem
from ledger.register import Register
from ledger.rights import Rule, asked_by_rule
from ledger.submission import Submission

APPROVAL_TIER: Final[Rule] = "approval_tier"
OFFLINE_ABOVE: Final[Rule] = "offline_above"
PANEL: Final[Rule] = "panel"
ADMINISTERED_BY: Final = "administered_by"

_MOST: Final = 2**53 - 1
_DIVISIONS: Final = (100_000, 999_999_999_999)
_CENTRE: Final = 0

PARAMETERS: Final[Mapping[str, Mapping[str, tuple[int, int]]]] = MappingProxyType(
    {
        APPROVAL_TIER: {"amount_from": (1, _MOST), "approvers": (1, 4)},
        OFFLINE_ABOVE: {"amount": (1, _MOST)},
        PANEL: {"persons": (1, 9), "outside": (0, 9)},
        ADMINISTERED_BY: {"division": _DIVISIONS, "by": (_CENTRE, _DIVISIONS[1])},
    }
)
"""Rule → its parameters, every one of them given, each with its least and greatest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Large:
    """Authority of `amount` minor units over `lines` (or pledges), more than `limit`: to be signed offline."""

    amount: int
    limit: int
    lines: tuple[str, ...]


def ruling_problems(policy: Policy, today: datetime.date) -> Iterator[Problem]:
    """What is wrong with the rows of `policy` that bear on rights: a row that is not understood would bind nobody."""
    for row in policy.rows:
        wanted = PARAMETERS.get(row.rule)
        if wanted is None:
            continue
        if row.parameters.keys() != wanted.keys():
            yield _problem(row, "has other parameters", f"参数应为 {'、'.join(wanted)}", sorted(wanted))
        elif any(not low <= row.parameters[name] <= high for name, (low, high) in wanted.items()):
            yield _problem(row, "has a parameter out of range", "参数超出范围", sorted(wanted))
        elif row.rule == PANEL and row.parameters["outside"] > row.parameters["persons"]:
            yield _problem(row, "asks for more outsiders than persons", "外部人数多于总人数", sorted(wanted))
        elif row.rule == ADMINISTERED_BY and not _is_place_change(policy, row, today):
            yield _problem(
                row, "names no division, is narrowed, or is not for today", "区划代码有误、限定了范围或生效日不是当日",
                sorted(wanted),
            )  # fmt: skip


def _is_place_change(policy: Policy, row: PolicyRow, today: datetime.date) -> bool:
    lengths = {len(str(row.parameters[name])) for name in ("division", "by") if row.parameters[name]}
    return (
        lengths <= {6, 9, 12}
        and row.fund is None
        and row.level is None
        and policy.effective_on <= today
        and row.parameters["division"] != row.parameters["by"]
    )


def places_named(policy: Policy) -> Iterator[str]:
    """The divisions whose place the rows of `policy` settle, and those that they are given to."""
    for row in policy.rows:
        if row.rule == ADMINISTERED_BY:
            yield _division(row.parameters["division"])
            yield _division(row.parameters["by"])


def take_rulings(register: Register, policy: Policy) -> None:
    """The register holds the rows of `policy` that bear on rights, and those of no earlier version of it."""
    before = register.rulings.get(policy.id)
    rows = tuple(row for row in policy.rows if row.rule in PARAMETERS)
    if rows:
        register.put(register.rulings, policy.id, policy)
    elif before is not None:
        register.drop(register.rulings, policy.id)
    if before is None and not any(row.rule == ADMINISTERED_BY for row in rows):
        return
    for division in tuple(register.administered):
        register.drop(register.administered, division)
    for ruling in register.rulings.values():
        for row in ruling.rows:
            if row.rule == ADMINISTERED_BY:
                division, by = (_division(row.parameters[name]) for name in ("division", "by"))
                register.put(register.administered, division, by)


def is_over(register: Register, jurisdiction: str, division: str) -> bool:
    """Whether authority over `jurisdiction` extends to `division`: by prefix, unless a policy gave the place elsewhere."""
    listed = [one for one in register.administered if covers(one, division)]
    if not listed:
        return covers(jurisdiction, division)
    zone = max(listed, key=lambda one: len(jurisdiction_prefix(one)))
    inside = jurisdiction_prefix(jurisdiction).startswith(jurisdiction_prefix(zone))
    return covers(jurisdiction, division) if inside else covers(jurisdiction, register.administered[zone])


def approvers_asked(
    register: Register, submission: Submission, *, today: datetime.date, past: PastEvents | None
) -> int:
    """How many approvers the events of `submission` need together; one that reverses another counts like the other."""
    rows = [row for row in _in_force(register, submission.header.party, today) if row.rule == APPROVAL_TIER]
    counted = _counted(register, APPROVAL_TIER, submission, past) if rows else ()
    asked = (
        row.parameters["approvers"]
        for row in rows
        if _total(_concerned(register, row, counted)) >= row.parameters["amount_from"]
    )
    return max(asked, default=0)


def large_asked(
    register: Register, submission: Submission, *, today: datetime.date, past: PastEvents | None
) -> Large | None:
    """What in `submission` exceeds the lowest amount above which is signed offline, or None; summed like for approvers."""
    rows = [row for row in _in_force(register, submission.header.party, today) if row.rule == OFFLINE_ABOVE]
    counted = _counted(register, OFFLINE_ABOVE, submission, past) if rows else ()
    for row in sorted(rows, key=lambda one: one.parameters["amount"]):
        concerned, limit = _concerned(register, row, counted), row.parameters["amount"]
        if _total(concerned) > limit:
            lines = [str(getattr(one, "line", None) or getattr(one, "id", "")) for one in concerned]
            return Large(amount=_total(concerned), limit=limit, lines=tuple(dict.fromkeys(lines)))
    return None


def panel_asked(register: Register, submission: Submission, *, today: datetime.date) -> tuple[int, int]:
    """How many persons of a panel the events of `submission` need, and how many of them from outside the unit."""
    if not _may_ask(PANEL, submission):
        return 0, 0
    rows = [
        row
        for row in _in_force(register, submission.header.party, today)
        if row.rule == PANEL and _concerns(register, row, submission)
    ]
    return (
        max((row.parameters["persons"] for row in rows), default=0),
        max((row.parameters["outside"] for row in rows), default=0),
    )


def _may_ask(rule: Rule, submission: Submission) -> bool:
    """Whether an event of `submission` is of a kind on which a policy may ask for more by `rule`."""
    one_of_each = {type(event): event for event in submission.events}
    return any(rule in asked_by_rule(kind_of(event)) for event in one_of_each.values())


def _in_force(register: Register, party: str, today: datetime.date) -> Iterator[PolicyRow]:
    """Rows on rights that bind `party` on business day `today`."""
    own = register.parties.get(party)
    for policy in register.rulings.values():
        author = register.parties.get(register.authors.get(("policy", policy.id), ""))
        if own is None or author is None or policy.effective_on > today:
            continue
        if is_over(register, author.division, own.division):
            yield from (row for row in policy.rows if row.level in {None, own.level})


def _counted(
    register: Register, rule: Rule, submission: Submission, past: PastEvents | None
) -> Sequence[AnyEvent]:
    """The events of `submission` whose amounts count by `rule`, or what they reverse."""
    if not (_may_ask(rule, submission) or Correction in set(map(type, submission.events))):
        return ()
    judged = (_undone(register, event, past) for event in submission.events)
    return [event for event in judged if event is not None and rule in asked_by_rule(kind_of(event))]


def _concerned(register: Register, row: PolicyRow, counted: Sequence[AnyEvent]) -> Sequence[AnyEvent]:
    """Those of `counted` that are of the fund to which `row` is narrowed, if it is."""
    return counted if row.fund is None else [event for event in counted if _fund(register, event) == row.fund]


def _total(events: Sequence[AnyEvent]) -> int:
    return sum(getattr(event, "amount", 0) for event in events)


def _fund(register: Register, event: AnyEvent) -> str | None:
    match event:
        case Allocation() if event.fund is not None:
            return event.fund
        case Allocation() | Disbursement():
            line = register.lines.get(getattr(event, "parent", None) or event.line)
            return None if line is None else line.fund
        case MatchingPledge():
            return event.fund
        case _:
            return None


def _concerns(register: Register, row: PolicyRow, submission: Submission) -> bool:
    """Whether a project that the submission accepts lives on the fund to which `row` is narrowed, if it is."""
    if row.fund is None:
        return True
    accepted = (event.project for event in submission.events if isinstance(event, Acceptance))
    known = (register.projects.get(project) for project in accepted)
    return any(project is not None and row.fund in project.funds for project in known)


def _undone(register: Register, event: AnyEvent, past: PastEvents | None) -> AnyEvent | None:
    if not isinstance(event, Correction):
        return event
    original = None if past is None else register.event_named(event.event, past)
    return None if original is None else original.event


def _division(number: int) -> str:
    return f"{number:06d}"


def _problem(row: PolicyRow, en: str, zh: str, wanted: list[str]) -> Problem:
    return Problem(
        code="policy-row",
        check="form",
        place=f"rows.{row.id}",
        message_en=f"a row of rule {row.rule} {en}",
        message_zh=f"规则 {row.rule} 的条款：{zh}",
        remedy_en=f"give {', '.join(wanted)} as spec §3.11 says",
        remedy_zh=f"请按规范 §3.11 填写 {'、'.join(wanted)}",
    )
