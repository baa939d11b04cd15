# SPDX-License-Identifier: Apache-2.0
"""F35 数据不真实、补录: movements of money that were recorded long after the date they bear.

Basis: the category "incomplete, untrue data" of provincial supervision platforms, convention, unverified. A report
recorded more than `late_wd` working days after its business date is late, orange; after more than `late_red_wd` red.
What one party recorded late on one day is one finding. Days off never count, so that what piles up over a holiday is
not late. Rows imported from a file are given `batch_wd` instead: such sheets come once a month.

Historical ledgers were written long afterwards and say nothing about it: not judged. Bank statements are no reports. That
reports and bank disagree is R1 and R2, and not said here again.

Both dates are the ledger's own; arithmetic, proved, but at most indicated where a year has no adopted calendar (O5).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Interest, MatchingReceipt, Restitution, Return, Transfer, Use
from ledger.kinds.registry import Fund
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.basis.working_days import Due
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F35",
    version=1,
    title=Told(zh="数据不真实、补录", en="Recorded long afterwards"),
    basis=Told(
        zh="省级预算监督平台“数据不完整、不真实”类（惯例，未经核实）",
        en='Category "incomplete, untrue data" of provincial supervision platforms (convention, unverified)',
    ),
    subject=("party", "day of recording"),
    severity="orange",
    tier="T0",
)

_HISTORICAL: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="历史账本事后补建，登记日期不能说明是否及时",
        en="a historical ledger was written afterwards: its dates of recording do not tell what was late",
    ),
    count=1,
)


class Recorded(Said, frozen=True, kw_only=True):
    """`amount` moved and was recorded later than it is dated; `imported` from a row of a file."""

    amount: int
    imported: bool
    fund: str | None
    accounts: tuple[str, ...]


class Afterwards(Said, frozen=True, kw_only=True):
    """The ledger is historical and has a fund."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    entry: Noted[Recorded | Afterwards]
    said: Recorded
    due: Due
    red: bool

    @property
    def days(self) -> int:
        """Calendar days after the last day in time."""
        return (self.entry.recorded_on - self.due.on).days


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Recorded | Afterwards]]:
    """Reports recorded after their date, by who recorded them and when."""
    event = posted.event
    if isinstance(event, Fund):
        if case.genesis.historical:
            yield Placed(matter="historical", said=Afterwards())
        return
    recorded_on = case.recorded_on(posted)
    if recorded_on <= event.occurred_on or (isinstance(event, Allocation) and event.source is not None):
        return
    amount: int = getattr(event, "amount", 0)
    accounts = (getattr(event, name, None) for name in ("from_account", "account"))
    yield Placed(
        matter=key_of(posted.party, str(recorded_on)),
        said=Recorded(
            amount=amount,
            imported=event.provenance is not None,
            fund=_fund(posted, case),
            accounts=tuple(one for one in accounts if one is not None),
        ),
    )


def judge(matter: Matter[Recorded | Afterwards], case: Case) -> Iterator[Finding | Gap]:
    """At most one finding: what the party recorded late on that day."""
    if matter.key == "historical":
        yield _HISTORICAL
        return
    if not matter.facts:
        return
    terms = case.book.terms(RULE.id, Addressee(fund=""), matter.facts[0].recorded_on)
    late = [one for fact in matter.facts for one in _late(fact, terms, case)]
    if late:
        yield _finding(case, late, terms)


KINDS: Final = (Allocation, Disbursement, Transfer, Use, Interest, Return, MatchingReceipt, Restitution, Fund)
FAMILY: Final = Family(
    name="late_record",
    rules=(RULE,),
    kinds=KINDS,
    said=Recorded | Afterwards,
    note=note,
    judge=judge,
)


def _fund(posted: PostedEvent, case: Case) -> str | None:
    match posted.event:
        case (Disbursement() | Use()) as event:
            return case.fund_of(event)
        case Allocation() as event:
            return event.fund or case.fund_of_line(event.line)
        case Transfer(tag=tag) | Interest(tag=tag) | Return(tag=tag):
            return None if tag is None else tag.fund
        case MatchingReceipt(fund=fund):
            return fund
        case Restitution(line=line):
            return case.fund_of_line(line)
        case _:
            return None


def _late(fact: Noted[Recorded | Afterwards], terms: Terms, case: Case) -> Iterator[_Late]:
    if not isinstance(fact.said, Recorded):
        return
    allowed = terms.number("batch_wd" if fact.said.imported else "late_wd")
    due = case.calendar.period(fact.on, allowed, "working")
    if fact.recorded_on > due.on:
        red = max(terms.number("late_red_wd"), allowed)
        after = case.calendar.period(fact.on, red, "working")
        yield _Late(entry=fact, said=fact.said, due=due, red=fact.recorded_on > after.on)


def _finding(case: Case, late: list[_Late], terms: Terms) -> Finding:
    first, worst = late[0], max(late, key=lambda one: one.days)
    amount = sum(one.said.amount for one in late)
    party, on = first.entry.party, first.entry.recorded_on
    who, total = case.party(party), case.money(amount)
    funds = {one.said.fund for one in late}
    provisional = any(one.due.provisional for one in late)
    lead = Lead(
        subject=(party, str(on)),
        finding_class="indicated" if provisional else "proved",
        severity="red" if any(one.red for one in late) else "orange",
        explanation=Told(
            zh=f"{who.zh} 于 {on} 登记了 {len(late)} 笔早先日期的资金业务，共 {total.zh}；最早应于 "
            f"{worst.due.on} 前登记的一笔（业务日期 {worst.entry.on}）晚了 {worst.days} 天。",
            en=f"On {on} {who.en} recorded {len(late)} movements of money of earlier dates, {total.en} in all; the latest, "
            f"dated {worst.entry.on}, was to be recorded by {worst.due.on} and is {worst.days} days late.",
        ),
        clears_if=Told(
            zh="证明补录原因的当时凭证；或此前已冲正、由本笔替代的原登记",
            en="papers of the time that show why it was recorded late; or the earlier record, corrected since, which it "
            "replaces",
        ),
        terms=terms,
        first=first.entry,
        decisive=worst.entry,
        evidence=[one.entry.entry for one in late],
        fund=next(iter(funds)) if len(funds) == 1 else None,
        parties=(party,),
        accounts=[account for one in late for account in one.said.accounts],
        amount_min=0 if provisional else amount,
        amount=amount,
        amount_max=amount,
        due=None,
        calendars=[name for one in late for name in one.due.calendars],
        figures={"days_late": worst.days, "events": len(late)},
        marks=("provisional",) if provisional else (),
    )
    return finding_of(case, RULE, lead)
