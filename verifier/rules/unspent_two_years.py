# SPDX-License-Identifier: Apache-2.0
"""F10 结转两年未收回: an indicator not used up by the end of the following year, and not taken back.

Basis: 预算法 (2018) art. 42, 实施条例 (Decree 729) art. 50: carried-over money not used up by the end of the next year is
surplus, which is taken back. Government funds with limits of their own and works budgeted anew have a paper: a `waiver`.

Used is what was paid from the line or went on to another line; what a line carries over keeps the year of its top line.
What comes back later is surplus from that day. Arithmetic on authority entries: proved (semantics P7).
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Return
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Duty, Fact, Filed, Found
from verifier.duties.filing import returned
from verifier.duties.sums import Sums
from verifier.language import Told
from verifier.matters.family import Placed
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Lowering, Opening, Payment
from verifier.obligations.standing import LineFacts
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F10",
    version=1,
    title=Told(zh="结转两年未收回", en="Carried over for two years and not taken back"),
    basis=Told(
        zh="《预算法》（2018年修正）第四十二条；《预算法实施条例》（国务院令第729号）第五十条",
        en="Budget Law (as amended 2018), art. 42; its Implementing Regulations (State Council Decree 729), art. 50",
    ),
    subject=("line",),
    severity="orange",
    tier="T0",
)
_YEARS_MAX: Final = 1_000


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What each line gets, gives on, pays and gives back."""
    match posted.event:
        case Allocation() as event:
            yield from _allocated(posted, event, case)
        case Disbursement() as event:
            yield _gone(posted, event.amount, event.line, case, account=event.from_account)
        case _:
            yield from returned(posted, case)


def _subject(opening: Opening) -> tuple[str, ...]:
    return (opening.line,)


DUTY: Final = Duty(
    name="use_up", rule=RULE, kinds=(Allocation, Disbursement, Return), file=file, subject=_subject
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """At most one finding: the line, with what of it was neither used nor taken back."""
    breached = [one for one in found.obligations if one.breached]
    if breached:
        yield _finding(case, found, Sums(obligations=breached))


def _allocated(posted: PostedEvent, event: Allocation, case: Case) -> Iterator[Placed[Fact]]:
    line = case.standing.lines[event.line]
    parent = case.standing.lines.get(line.parent or "")
    if event.goes_down:
        yield _come(posted, event.amount, line, case)
        if parent is not None:
            yield _gone(posted, event.amount, parent.id, case)
        return
    lowering = Lowering(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=event.amount,
        group=line.id,
    )
    yield Placed(matter=line.id, said=Filed(act=lowering))
    if parent is not None:
        yield _come(posted, event.amount, parent, case)


def _come(posted: PostedEvent, amount: int, line: LineFacts, case: Case) -> Placed[Fact]:
    addressee = Addressee(fund=line.fund, level=case.standing.level(line.holder), direct=line.direct)
    terms = case.book.terms(RULE.id, addressee, posted.event.occurred_on)
    years = min(max(terms.number("years"), 0), _YEARS_MAX)
    opening = Opening(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        who=line.holder,
        amount=amount,
        terms=case.terms.number(terms),
        group=line.id,
        fund=line.fund,
        line=line.id,
        own_act=True,
        due_on=datetime.date(line.year + years, 12, 31),
        carries="all",
    )
    return Placed(matter=line.id, said=Filed(act=opening))


def _gone(
    posted: PostedEvent, amount: int, line: str, case: Case, *, account: str | None = None
) -> Placed[Fact]:
    paid = Payment(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=amount,
        group=line,
        banked=account is not None,
        account=account,
        carries=True,
    )
    return Placed(matter=line, said=Filed(act=paid))


def _finding(case: Case, found: Found, sums: Sums) -> Finding:
    oldest, doubt = sums.oldest, sums.doubts()
    line, fund, who = oldest.opening.line, oldest.opening.fund, case.party(oldest.opening.who)
    entries = {one.name: one for one in found.matter.facts}
    asked, back, used, unmet, left = (
        case.money(amount)
        for amount in (sums.asked, sums.lowered, sums.in_time, sums.unmet, sums.outstanding)
    )
    lead = Lead(
        subject=(line,),
        finding_class=sums.class_of(provable=True),
        severity="orange" if sums.outstanding else "yellow",
        explanation=Told(
            zh=f"{who.zh}持有的指标 {line}（资金 {fund}）应不迟于 {oldest.due} 用完。该日终了仍有 {unmet.zh} "
            f"既未使用也未收回（指标 {asked.zh} − 收回 {back.zh} − 支付、下达或结转 {used.zh}）；"
            f"至今仍有 {left.zh}。{doubt.zh}",
            en=f"Line {line} of fund {fund}, held by {who.en}, was to be used up by {oldest.due}. At the end of that day "
            f"{unmet.en} was neither used nor taken back ({asked.en} − {back.en} taken back − {used.en} paid, passed on "
            f"or carried over); {left.en} is left now.{doubt.en}",
        ),
        clears_if=Told(
            zh=f"{oldest.due} 或之前支付、下达或收回的文件；跨年继续安排或另有使用期限的文件；或对错误登记的冲正",
            en=f"papers by which it was paid, passed on or taken back on or before {oldest.due}; one that budgeted it anew "
            f"or gives the fund a longer time; or the correction of a wrong record",
        ),
        terms=oldest.terms,
        first=entries[min(sums.obligations, key=lambda one: one.opening.entry.seq).opening.entry.name],
        decisive=entries[oldest.opening.entry.name],
        decisive_on=min(one.known_on for one in sums.obligations),
        evidence=sums.evidence,
        fund=fund,
        line=line,
        parties=[oldest.opening.who, case.standing.lines[line].giver],
        amount_min=sums.surely,
        amount=sums.unmet,
        outstanding=sums.outstanding,
        due=oldest.due,
        state=sums.state,
        figures={
            "authorised": sums.asked,
            "taken_back": sums.lowered,
            "used": sums.in_time,
            "left": sums.outstanding,
        },
        marks=sums.marks,
    )
    return finding_of(case, RULE, lead)
