# SPDX-License-Identifier: Apache-2.0
"""A duty as a family of rules: events become acts of a matter, the acts obligations, and breached obligations findings.

    DUTY = Duty(name="pay", rule=RULE, kinds=(Claim, Disbursement, Return), file=file)
    FAMILY = duty_family(DUTY, (RULE, judge))

`file` says who owes what from when, and what meets, lowers or ends it (`verifier.obligations.records`). Corrections need no
filing: the engine is told the day on which an event was taken back (semantics O12). Nor do waivers (O6): the case keeps
them, since they may name a finding.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.kinds.form import Event
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Placed, Said
from verifier.obligations.case import Case
from verifier.obligations.docket import Docket
from verifier.obligations.obligation_findings import finding_of
from verifier.obligations.records import Act, Obligation
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

_DAY: Final = datetime.timedelta(days=1)
_LEVELS_ZH: Final[dict[str, str]] = {
    "centre": "中央",
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡镇",
    "project": "项目",
    "payee": "收款",
}


class Filed(Said, frozen=True, kw_only=True):
    """An act of the matter."""

    act: Act


class Untimed(Said, frozen=True, kw_only=True):
    """Something that would be owed, by a party of `level`, for which nothing says how many days there are."""

    level: str


Fact = Filed | Untimed
Filing = Callable[[PostedEvent, Case], Iterable[Placed[Fact]]]
Judge = Callable[[Case, Sequence[Obligation]], Iterable[Finding | Gap]]
"""What a rule makes of the obligations of one matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One kind of duty: `name` is part of the subject of its findings, `rule` the one whose parameters it reads.

    `daily` says that findings of what is overdue count days up to the as-of date, so that they change every day.
    """

    name: str
    rule: Rule
    kinds: tuple[type[Event], ...]
    file: Filing
    daily: bool = False

    def obligations(self, matter: Matter[Fact], case: Case) -> list[Obligation]:
        """The obligations of `matter` as they stand at the as-of date."""
        docket = Docket(case.terms.numbered, case.waivers)
        for one in matter.facts:
            if isinstance(one.said, Filed):
                docket.add(one.said.act, reversed_on=one.reversed_on)
        late_days = case.book.terms(self.rule.id, Addressee(fund=""), case.as_of).number("late_days")
        return list(docket.obligations(case.dates(late_days), finding_of(case, self.rule, self.name)))

    def wake(self, matter: Matter[Fact], case: Case) -> datetime.date | None:
        """The next day on which an obligation of the matter may stand otherwise though nothing happens."""
        days = [day for one in self.obligations(matter, case) for day in self._turns(one, case)]
        return min(days, default=None)

    def _turns(self, one: Obligation, case: Case) -> Iterator[datetime.date]:
        tomorrow = case.as_of + _DAY
        if one.shaken == "pending" or (self.daily and one.state == "overdue"):
            yield tomorrow
        elif one.state in {"open", "due_soon"}:
            yield max(tomorrow, one.due + _DAY)
        elif one.state == "overdue":
            for name in ("red_overdue", "kept_days"):
                turn = _after(one.due, one.terms.number(name) + 1)
                if turn is not None and turn > case.as_of:
                    yield turn


def duty_family(duty: Duty, *judges: tuple[Rule, Judge]) -> Family[Fact]:
    """The rules of `judges` over the obligations of `duty`, matter by matter."""

    def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
        found = duty.obligations(matter, case)
        for _, one in judges:
            yield from one(case, found)
        yield from _untimed(duty, matter)

    return Family(
        name=duty.name,
        rules=tuple(rule for rule, _ in judges),
        kinds=duty.kinds,
        said=Fact,
        note=duty.file,
        judge=judge,
        wake=duty.wake,
        tells_corrections=True,
    )


def _untimed(duty: Duty, matter: Matter[Fact]) -> Iterator[Gap]:
    """What is due some day, and nothing says when."""
    for one in matter.facts:
        if isinstance(one.said, Untimed):
            level = one.said.level
            reason = Told(
                zh=f"规则包、规则事件和资金文件均未规定{_LEVELS_ZH.get(level, '未登记级次的')}单位的期限",
                en=f"neither pack, policy nor fund sets a time limit for a party of level {level or 'unknown'}",
            )
            yield Gap(rule=duty.rule.id, reason=reason, count=1)


def _after(day: datetime.date, days: int) -> datetime.date | None:
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:  # a policy may say any number
        return None
