# SPDX-License-Identifier: Apache-2.0
"""A1 验收超期: a milestone not accepted within the days that the fund sets.

Basis: the fund's own rule of acceptance (`fund.acceptance`), days after the milestone's due date; the shortest where
several funds of the project set one. Owed by the unit of the project, by the version of the project that stands. Met by
an acceptance with verdict pass that names the milestone, also one that names a contract beside it.

That an acceptance is missing may mean that it was not reported: indicated (semantics P7). One that did not pass, in time,
leaves open whether the work was late or the unit: undecidable.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from ledger.kinds.fact import Acceptance
from ledger.kinds.fund_terms import AcceptanceRule
from ledger.kinds.registry import Fund, Milestone, Project
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.duties.duty import Duty, Fact, Filed, Filings, Found, Superseded, Tried
from verifier.duties.sums import Sums
from verifier.duties.telling import counted, days_of, lead_of, period_told
from verifier.language import Told
from verifier.matters.family import Matter, Placed, key_of
from verifier.matters.lead import finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Obligation, Opening, Payment
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="A1",
    version=1,
    title=Told(zh="验收超期", en="Late acceptance"),
    basis=Told(zh="资金管理办法的验收条款", en="the fund's own rule of acceptance"),
    subject=("project", "milestone"),
    severity="yellow",
    tier="T0",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Milestones of each version of a project, and acceptances that name one."""
    match posted.event:
        case Project() as event:
            yield Placed(matter=event.id, said=Superseded())
            rules = list(_rules(event, case))
            if rules:
                fund, rule = min(rules, key=lambda one: (one[1].days, one[0].id))
                terms = _terms(fund, rule, posted, event, case)
                for milestone in event.milestones:
                    yield _due(posted, event, milestone, case, (fund.id, terms))
        case Acceptance() as event if event.milestone is not None:
            group = key_of(event.project, event.milestone)
            if event.verdict == "pass":
                yield _accepted(posted, event.project, group, case)
            else:
                yield Placed(matter=event.project, said=Tried(group=group))
        case _:
            pass


def _subject(opening: Opening) -> tuple[str, ...]:
    return opening.line, opening.named or ""


def _read(matter: Matter[Fact], filings: Filings) -> Filings:
    """The milestones of the last version, each begun by the event that first named it."""
    last = max((one.entry.seq for one in matter.facts if isinstance(one.said, Superseded)), default=0)
    first: dict[str, Opening] = {}
    for one, act in filings:
        if not isinstance(act, Opening):
            yield one, act
            continue
        begun = first.setdefault(act.group, act)
        if one.entry.seq == last:
            yield one, msgspec.structs.replace(act, entry=begun.entry, recorded=begun.recorded)


DUTY: Final = Duty(
    name="accept",
    rule=RULE,
    kinds=(Acceptance, Project),
    file=file,
    subject=_subject,
    read=_read,
    counted=True,
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """One finding for each milestone that was not accepted by its day."""
    tried = {
        (one.said.group, one.on)
        for one in found.matter.facts
        if isinstance(one.said, Tried) and one.reversed_on is None
    }
    for one in found.obligations:
        if one.breached:
            failed = any(group == one.opening.group and on <= one.due for group, on in tried)
            yield _finding(case, found, one, failed=failed)


def _rules(event: Project, case: Case) -> Iterator[tuple[Fund, AcceptanceRule]]:
    for name in event.funds:
        fund = case.standing.funds.get(name)
        if fund is not None and fund.acceptance is not None:
            yield fund, fund.acceptance


def _terms(fund: Fund, rule: AcceptanceRule, posted: PostedEvent, event: Project, case: Case) -> Terms:
    level = case.standing.level(event.unit)
    terms = case.book.terms(RULE.id, Addressee(fund=fund.id, level=level), posted.event.occurred_on)
    made = days_of(terms, rule.days, rule.unit)
    basis = Told(zh=rule.basis, en=rule.basis)
    sources = tuple(sorted({*terms.sources, f"fund {fund.id}/{fund.version}"}))
    return replace(made, basis=basis, status="ledger", row=fund.id, sources=sources)


def _due(
    posted: PostedEvent, event: Project, milestone: Milestone, case: Case, by: tuple[str, Terms]
) -> Placed[Fact]:
    fund, terms = by
    opening = Opening(
        entry=evidence(posted),
        on=milestone.due_on,
        recorded=case.recorded_on(posted),
        who=event.unit,
        amount=1,
        terms=case.terms.number(terms),
        group=key_of(event.id, milestone.id),
        fund=fund,
        line=event.id,
        own_act=posted.party == event.unit,
        named=milestone.id,
        carries="all",
    )
    return Placed(matter=event.id, said=Filed(act=opening))


def _accepted(posted: PostedEvent, project: str, group: str, case: Case) -> Placed[Fact]:
    met = Payment(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=1,
        group=group,
        banked=False,
        carries=True,
    )
    return Placed(matter=project, said=Filed(act=met))


def _finding(case: Case, found: Found, one: Obligation, *, failed: bool) -> Finding:
    unit, opening = case.party(one.opening.who), one.opening
    days = period_told(one)
    now = Told(zh="至今未通过验收", en="It is not accepted now")
    if one.met_on is not None and not one.outstanding:
        now = Told(zh=f"于 {one.met_on} 通过验收", en=f"It was accepted on {one.met_on}")
    doubt = Told(zh="", en="")
    if failed:
        doubt = Told(
            zh="期内曾验收未通过，现有数据不能判定是任务未完成还是验收拖延。",
            en=" An acceptance in that time did not pass: whether work or acceptance was late cannot be decided.",
        )
    lead = lead_of(
        case,
        RULE,
        found,
        Sums(obligations=(one,)),
        provable=False,
        explanation=Told(
            zh=f"项目 {opening.line} 的任务节点 {opening.named} 于 {one.start} 到期，{unit.zh}应在其后 {days.zh}内、"
            f"即不迟于 {one.due} 验收；该日终了未通过验收。{now.zh}。{doubt.zh}",
            en=f"Milestone {opening.named} of project {opening.line} was due on {one.start}; {unit.en} had to accept it "
            f"within {days.en}, by {one.due}. At the end of that day it was not accepted. "
            f"{now.en}.{doubt.en}",
        ),
        clears_if=Told(
            zh=f"{one.due} 或之前通过验收的文件；任务延期的项目变更；准予延期验收的文件；或对错误登记的冲正",
            en=f"the acceptance of {one.due} or before; a new version of the project that moves the milestone; leave for a "
            f"later acceptance; or the correction of a wrong record",
        ),
    )
    told = replace(counted(lead), subject=(opening.line, opening.named or ""))
    return finding_of(case, RULE, replace(told, finding_class="undecidable") if failed else told)
