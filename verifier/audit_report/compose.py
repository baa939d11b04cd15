# SPDX-License-Identifier: Apache-2.0
"""An audit as a report: findings joined with what auditors made of them, summed up by rule, fund and place."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ledger.errors import ProgrammerError
from verifier import verdict_text
from verifier.audit_report.records import (
    FORM,
    DifferenceTold,
    GapTold,
    Head,
    OtherCase,
    OwnRules,
    Report,
    Reported,
    RuleTold,
    Sums,
)
from verifier.audit_report.sums import Weighed, sums_of, weighed
from verifier.basis.findings import Finding
from verifier.casework.at_risk import Stake, amount_at_risk
from verifier.casework.life_cycle import AMOUNTS, LifeCycles, about, newest
from verifier.casework.payments import Payments, Piece
from verifier.casework.steps import StepTaken
from verifier.judgement.audit import Audit
from verifier.judgement.difference_text import Compared, brought_told, closing_difference
from verifier.judgement.differences import Difference
from verifier.judgement.run import Judgement
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.money_findings import fund_told

_ALL = Told(zh="合计（同一笔付款只计一次）", en="All (every payment counted once)")
_NO_FUND = Told(zh="未指明资金", en="no single fund")
_NO_PLACE = Told(zh="未登记地区", en="no registered place")
_DIVISION = 6
"""Digits of a division down to the county (GB/T 2260)."""


@dataclass(slots=True, kw_only=True)
class _Groups:
    """Findings so far, by what they are summed up by."""

    every: list[Weighed] = field(default_factory=list)
    rules: defaultdict[str, list[Weighed]] = field(default_factory=lambda: defaultdict(list))
    funds: defaultdict[str, list[Weighed]] = field(default_factory=lambda: defaultdict(list))
    places: defaultdict[str, list[Weighed]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Reported, weight: Weighed) -> None:
        self.every.append(weight)
        self.rules[one.finding.rule].append(weight)
        self.funds[one.finding.fund or ""].append(weight)
        self.places[one.place].append(weight)


def compose(audit: Audit, checkpoint: bytes, recorded: str, own: Compared | None = None) -> Report:
    """The report on `audit`, whose judgement is still open; `checkpoint` is the source's note.

    `recorded` is the instant of the last entry judged, `own` the judgement beside that by the ledger's own rules.

    Raises:
        ProgrammerError: nothing of the ledger could be judged.
    """
    judgement = audit.judgement
    if judgement is None:
        raise ProgrammerError("nothing was judged, so there is nothing to report")
    case, cycles = judgement.case, LifeCycles(judgement.casebook, judgement.case.as_of)
    titles = {rule.id: rule.title for rule in judgement.rules}
    payments, groups = Payments(case.workspace), _Groups()
    reported: list[Reported] = []
    for finding in judgement.findings():
        one = _reported(case, cycles, finding, titles)
        groups.add(one, weighed(finding, one.life, payments))
        reported.append(one)
    beyond = dict(cycles.beyond(one.finding.id for one in reported))
    return Report(
        form=FORM,
        head=_head(audit, judgement, checkpoint, recorded),
        total=sums_of("", _ALL, groups.every, [_unfound(*one) for one in beyond.items()]),
        states=dict(sorted(Counter(one.life.state for one in reported).items())),
        by_rule=_sums(groups.rules, lambda rule: titles[rule]),
        by_fund=_sums(groups.funds, lambda fund: fund_told(case, fund) if fund else _NO_FUND),
        by_place=_sums(groups.places, lambda place: _place_told(case, place)),
        findings=tuple(reported),
        other_cases=tuple(_other(*one) for one in beyond.items()),
        gaps=tuple(GapTold(rule=gap.rule, reason=gap.reason, times=gap.count) for gap in judgement.gaps),
        rules=tuple(_rules(judgement)),
        own_rules=None if own is None else _own_rules(own),
    )


def _reported(case: Case, cycles: LifeCycles, finding: Finding, titles: Mapping[str, Told]) -> Reported:
    party = case.standing.parties.get(finding.parties[0]) if finding.parties else None
    return Reported(
        finding=finding,
        title=titles[finding.rule],
        life=cycles.of(finding),
        at_risk=amount_at_risk(finding),
        place="" if party is None else party.division[:_DIVISION],
        parties=tuple(case.party(one) for one in finding.parties),
        fund=None if finding.fund is None else fund_told(case, finding.fund),
    )


def _sums(groups: Mapping[str, list[Weighed]], title: Callable[[str], Told]) -> tuple[Sums, ...]:
    return tuple(sums_of(key, title(key), found) for key, found in sorted(groups.items()))


def _place_told(case: Case, place: str) -> Told:
    """The division by its code and the finance bureau there, the highest where a division has several."""
    if not place:
        return _NO_PLACE
    bureaus = sorted(
        one.id
        for one in case.standing.parties.values()
        if one.division[:_DIVISION] == place and case.standing.is_finance(one.id)
    )
    if not bureaus:
        return Told(zh=place, en=place)
    name = case.party(bureaus[0])
    return Told(zh=f"{place} {name.zh}", en=f"{place} {name.en}")


def _unfound(case: str, steps: tuple[StepTaken, ...]) -> Weighed:
    """What a case about no finding of the report states: it stands for itself, by the finding that it names."""
    key = about(steps) or case
    stated = {name: newest(steps, name) or 0 for name in AMOUNTS}
    stakes = {name: Stake(None, (Piece(key, amount),)) for name, amount in stated.items() if amount}
    return Weighed(counts=frozenset(), stakes=stakes)


def _other(case: str, steps: tuple[StepTaken, ...]) -> OtherCase:
    return OtherCase(case=case, state=steps[-1].state, steps=steps, finding=about(steps))


def _own_rules(compared: Compared) -> OwnRules:
    return OwnRules(
        brought=tuple(brought_told(compared.after)),
        closing=closing_difference(compared),
        differences=tuple(_difference(one) for one in compared.differences()),
    )


def _difference(one: Difference) -> DifferenceTold:
    return DifferenceTold(
        change=one.change,
        rule=one.finding.rule,
        id=one.finding.id,
        explanation=one.finding.explanation,
        fields=one.fields,
        before=None if one.before is None else one.before.amount,
        after=None if one.after is None else one.after.amount,
    )


def _rules(judgement: Judgement) -> Iterator[RuleTold]:
    for rule in judgement.rules:
        yield RuleTold(
            id=rule.id, version=rule.version, title=rule.title, basis=rule.basis, tier=rule.tier, severity=rule.severity
        )  # fmt: skip


def _head(audit: Audit, judgement: Judgement, checkpoint: bytes, recorded: str) -> Head:
    verdict, case = audit.verdict, judgement.case
    pack = case.book.pack
    return Head(
        origin=case.genesis.origin,
        name=case.genesis.name,
        genesis=case.genesis_hash,
        currency=case.genesis.currency,
        demo=case.genesis.demo,
        size=verdict.size or 0,
        root=verdict.root or "",
        checkpoint=checkpoint.decode("utf-8", "replace"),
        verdict=verdict_text.sentence(verdict),
        exit_code=audit.exit_code,
        good_prefix=verdict.good_prefix,
        as_of=case.as_of,
        known_by=case.known_by,
        recorded=recorded,
        pack=pack.name,
        pack_title=pack.title,
        calendars=dict(case.calendar.adopted()),
        tracing=case.tracing,
        marks=(*verdict.marks, *verdict.notes),
        notices=tuple(_notice(one.policy, one.row, one.rule, one.what) for one in case.book.notices),
    )


def _notice(policy: str, row: str, rule: str, what: Told) -> Told:
    return Told(zh=f"{policy}#{row} {rule}：{what.zh}", en=f"{policy}#{row} {rule}: {what.en}")
