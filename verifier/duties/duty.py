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
from typing import Final, NamedTuple

import msgspec

from ledger.kinds.form import Event
from verifier.basis.findings import Finding, Rule, finding_id
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said
from verifier.obligations.case import Case
from verifier.obligations.docket import Docket
from verifier.obligations.obligation_findings import finding_of
from verifier.obligations.records import Act, Obligation, Opening, Payment, Return
from verifier.obligations.waiving import FindingOf
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
    """An act of the matter.

    `same` is set on payments: what tells that a use is a disbursement told again (semantics T22); `use` that it is one.
    `own` says that by it the debtor gave to itself.
    """

    act: Act
    same: str | None = None
    use: bool = False
    own: bool = False


class Untimed(Said, frozen=True, kw_only=True):
    """Something that would be owed, by a party of `level`, for which nothing says how many days there are."""

    level: str


class Held(Said, frozen=True, kw_only=True):
    """`amount` is lawfully kept until `until`, without end where that is None: retention under a contract (质保金)."""

    amount: int
    until: datetime.date | None


class Agreed(Said, frozen=True, kw_only=True):
    """A contract for `amount`; `retention` of it may be held back until `until`. What stages pay, as far as agreed."""

    amount: int
    supplier: str
    retention: int = 0
    until: datetime.date | None = None
    stages: dict[str, int] = msgspec.field(default_factory=dict)


class Changed(Said, frozen=True, kw_only=True):
    """The contract comes to `by` more, or less where that is negative."""

    by: int


class Settled(Said, frozen=True, kw_only=True):
    """The contract was settled at `amount`."""

    amount: int


class Superseded(Said, frozen=True, kw_only=True):
    """What earlier versions of the thing opened is opened by this one alone from now on."""


class Tried(Said, frozen=True, kw_only=True):
    """What is owed in `group` was tried, and failed."""

    group: str


class Unjudged(Said, frozen=True, kw_only=True):
    """Something may be owed, and for `reason` nobody can say."""

    reason: Told


Fact = Filed | Untimed | Held | Agreed | Changed | Settled | Superseded | Tried | Unjudged
Filings = Iterable[tuple[Noted[Fact], Act]]
Filing = Callable[[PostedEvent, Case], Iterable[Placed[Fact]]]
Subject = Callable[[Opening], tuple[str, ...]]
"""What tells the finding about the obligation of an opening apart."""


class Found(NamedTuple):
    """The obligations of one matter."""

    matter: Matter[Fact]
    obligations: Sequence[Obligation]


Turns = Callable[[Matter[Fact], Case], Iterable[datetime.date]]
"""Days after the as-of date on which a rule looks at a matter again though no obligation of it turns."""

Judge = Callable[[Case, Found], Iterable[Finding | Gap]]
"""What a rule makes of the obligations of one matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One kind of duty: `name` is part of the subject of its findings, `rule` the one whose parameters it reads.

    `counted` says that it is no matter of money: what is owed is one thing.
    `daily` says that findings of what is overdue count days up to the as-of date, so that they change every day.
    """

    name: str
    rule: Rule
    kinds: tuple[type[Event], ...]
    file: Filing
    daily: bool = False
    counted: bool = False
    subject: Subject | None = None
    read: Callable[[Matter[Fact], Filings], Filings] | None = None
    """What the acts come to in the light of the other facts of the matter, where these change them."""

    def obligations(self, matter: Matter[Fact], case: Case) -> list[Obligation]:
        """The obligations of `matter` as they stand at the as-of date."""
        docket = Docket(case.terms.numbered, case.waivers)
        acts = _acts(matter)
        for one, act in acts if self.read is None else self.read(matter, acts):
            docket.add(act, reversed_on=one.reversed_on)
        late_days = case.book.terms(self.rule.id, Addressee(fund=""), case.as_of).number("late_days")
        return list(docket.obligations(case.dates(late_days), self._finding_of(case)))

    def _finding_of(self, case: Case) -> FindingOf:
        subject = self.subject
        if subject is None:
            return finding_of(case, self.rule, self.name)
        return lambda opening: finding_id(case.genesis_hash, self.rule.id, subject(opening))

    def wake(self, matter: Matter[Fact], case: Case) -> datetime.date | None:
        """The next day on which an obligation of the matter may stand otherwise though nothing happens."""
        days = [day for one in self.obligations(matter, case) for day in self._turns(one, case)]
        days += [day for one in matter.facts for day in (*_released(one, case), *_begun(one, case))]
        return min(days, default=None)

    def _turns(self, one: Obligation, case: Case) -> Iterator[datetime.date]:
        tomorrow = case.as_of + _DAY
        if one.shaken == "pending" or (self.daily and one.state == "overdue"):
            yield tomorrow
        elif one.state in {"open", "due_soon"}:
            yield max(tomorrow, one.due + _DAY)
        elif one.state == "overdue":
            turns = [_after(one.due, one.terms.number(name) + 1) for name in ("red_overdue",)]
            turns += [_after(one.start, one.terms.number(name) + 1) for name in ("orange_days", "red_days")]
            yield from (turn for turn in turns if turn is not None and turn > case.as_of)


def duty_family(duty: Duty, *judges: tuple[Rule, Judge], turns: Turns | None = None) -> Family[Fact]:
    """The rules of `judges` over the obligations of `duty`, matter by matter; `turns` are further days to look again."""

    def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
        found = Found(matter, duty.obligations(matter, case))
        for _, one in judges:
            yield from one(case, found)
        yield from _untimed(duty, matter)

    def wake(matter: Matter[Fact], case: Case) -> datetime.date | None:
        days = [duty.wake(matter, case), *(() if turns is None else turns(matter, case))]
        return min((day for day in days if day is not None), default=None)

    return Family(
        name=duty.name,
        rules=tuple(rule for rule, _ in judges),
        kinds=duty.kinds,
        said=Fact,
        note=duty.file,
        judge=judge,
        wake=wake,
        tells_corrections=True,
    )


def _begun(one: Noted[Fact], case: Case) -> Iterator[datetime.date]:
    """The day on which something begins to be owed, if that is still to come."""
    if isinstance(one.said, Filed) and isinstance(one.said.act, Opening) and one.said.act.on > case.as_of:
        yield one.said.act.on


def _released(one: Noted[Fact], case: Case) -> Iterator[datetime.date]:
    """The day after the one until which something may be held, if that is still to come."""
    if isinstance(one.said, Held) and one.said.until is not None and one.said.until >= case.as_of:
        yield one.said.until + _DAY


def _acts(matter: Matter[Fact]) -> Iterator[tuple[Noted[Fact], Act]]:
    """The acts of the matter, a use left out that tells a disbursement again.

    Money that an opening brought and that goes back leaves again: it is paid, not owed anew (T17).
    """
    filed = [(one, one.said) for one in matter.facts if isinstance(one.said, Filed)]
    ordered = {said.same for _, said in filed if said.same is not None and not said.use}
    brought = {one.name: said.act for one, said in filed if isinstance(said.act, Opening) and said.act.banked}
    for one, said in filed:
        if said.use and said.same in ordered:
            continue
        act = said.act
        if isinstance(act, Return) and act.undoes in brought:
            act = _given_back(act, brought[act.undoes].group)
        yield one, act


def _given_back(act: Return, group: str) -> Payment:
    return Payment(
        entry=act.entry,
        on=act.on,
        recorded=act.recorded,
        amount=act.amount,
        group=group,
        banked=True,
        carries=True,
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
        elif isinstance(one.said, Unjudged):
            yield Gap(rule=duty.rule.id, reason=one.said.reason, count=1)


def _after(day: datetime.date, days: int) -> datetime.date | None:
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:  # a policy may say any number
        return None
