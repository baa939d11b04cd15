# SPDX-License-Identifier: Apache-2.0
"""F03 下达滞后: an indicator that a finance bureau received and did not pass on within its days.

Basis: 预算法 (2018) art. 52 (a province passes central transfers on within 30 days of receipt; direct funds: 30 days of
the document, 财办〔2021〕9号); 处罚处分条例 (Decree 427) art. 6(3). Below the province the pack borrows the 60 days of
art. 52, by convention; funds and policy events say otherwise where they do.

Due is the line minus permitted own use minus recalls on or before the due day (semantics O9). It is met by children
of the line and by disbursements from it. Own use is a line for a project that the bureau itself or a unit directly
under it runs, and the share `own_use` (per mille) that a policy allows. A split to oneself passes nothing on. What a
child gives back is to be passed on anew, from that day.

Arithmetic on signed facts: trigger and fulfilment are authority entries (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Return
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Terms
from verifier.duties.duty import Duty, Fact, Filed, Found, Untimed
from verifier.duties.filing import returned, terms_for
from verifier.language import Told
from verifier.matters.family import Placed
from verifier.obligations.case import Case, evidence
from verifier.obligations.obligation_findings import days_told, doubts_told, obligation_finding, state_told
from verifier.obligations.records import Lowering, Obligation, Opening, Payment
from verifier.obligations.standing import LineFacts
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F03",
    version=1,
    title=Told(zh="下达滞后", en="Delayed passing-on"),
    basis=Told(
        zh="《预算法》（2018年修正）第五十二条；《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第三项",
        en="Budget Law (as amended 2018), art. 52; State Council Decree 427 (rev. 2011), art. 6(3)",
    ),
    subject=("event that started the clock", "duty", "event whose obligation a return opened anew"),
    severity="yellow",
    tier="T0",
)

_PER_MILLE: Final = 1_000


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What `posted` says of passing on; the matter is the line with those that its holder split to itself."""
    match posted.event:
        case Allocation() as event:
            yield from _allocated(posted, event, case)
        case Disbursement() as event:
            line = case.standing.lines[event.line]
            own = case.standing.owner(event.to_account) == line.holder
            yield _fulfilled(posted, event.amount, line.group, case, account=event.from_account, own=own)
        case _:
            yield from returned(posted, case)


DUTY: Final = Duty(name="pass_on", rule=RULE, kinds=(Allocation, Disbursement, Return), file=file, daily=True)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """One finding for each receipt of authority that was not passed on in full by its due day."""
    for one in found.obligations:
        if one.breached:
            yield obligation_finding(
                case, RULE, DUTY.name, one, explanation=_explain(case, one), clears_if=_clears(case, one)
            )


def _allocated(posted: PostedEvent, event: Allocation, case: Case) -> Iterator[Placed[Fact]]:
    line = case.standing.lines[event.line]
    parent = case.standing.lines.get(line.parent or "")
    passes = parent is not None and parent.group != line.group
    if event.goes_down:
        if parent is not None and passes:
            yield _fulfilled(posted, event.amount, parent.group, case, own=line.holder == parent.holder)
        if parent is None or passes:
            yield from _received(posted, event, line, case)
        return
    if parent is None or passes:
        lowering = Lowering(
            entry=evidence(posted),
            on=event.occurred_on,
            recorded=case.recorded_on(posted),
            amount=event.amount,
            group=line.group,
        )
        yield Placed(matter=line.group, said=Filed(act=lowering))
    if parent is not None and passes:
        yield from _received(posted, event, parent, case)


def _received(posted: PostedEvent, event: Allocation, line: LineFacts, case: Case) -> Iterator[Placed[Fact]]:
    """The holder of `line` has `event.amount` to pass on from now."""
    standing = case.standing
    if not standing.is_finance(line.holder) or standing.owns_project(line.holder, line.project):
        return
    match terms_for(RULE, line, posted, case):
        case Untimed() as untimed:
            yield Placed(matter=line.group, said=untimed)
        case Terms() as terms:
            own_use = event.amount * min(max(terms.number("own_use"), 0), _PER_MILLE) // _PER_MILLE
            if own_use == event.amount:
                return
            opening = Opening(
                entry=evidence(posted),
                on=event.occurred_on,
                recorded=case.recorded_on(posted),
                who=line.holder,
                amount=event.amount - own_use,
                terms=case.terms.number(terms),
                group=line.group,
                fund=line.fund,
                line=line.id,
                own_act=posted.party == event.actor,
            )
            yield Placed(matter=line.group, said=Filed(act=opening))
        case None:
            pass


def _fulfilled(
    posted: PostedEvent, amount: int, group: str, case: Case, *, account: str | None = None, own: bool
) -> Placed[Fact]:
    paid = Payment(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=amount,
        group=group,
        banked=account is not None,
        account=account,
    )
    return Placed(matter=group, said=Filed(act=paid, own=own))


def _explain(case: Case, one: Obligation) -> Told:
    who, days, state, doubts = (
        case.party(one.opening.who),
        days_told(one),
        state_told(case, one),
        doubts_told(one),
    )
    asked, back, done, unmet = (
        case.money(amount) for amount in (one.amount, one.lowered, one.in_time, one.unmet_at_due)
    )
    less = (f" − 到期前收回 {back.zh}", f" − {back.en} taken back") if one.lowered else ("", "")
    line = one.opening.line
    return Told(
        zh=f"{who.zh}于 {one.start} 收到指标 {line} 须下达 {asked.zh}，不迟于 {one.due}（{days.zh}）。"
        f"该日终了未下达 {unmet.zh}（{asked.zh}{less[0]} − 按期下达或支付 {done.zh}）；{state.zh}。{doubts.zh}",
        en=f"{who.en} received {asked.en} to pass on from line {line} on {one.start}, due by {one.due} ({days.en}). "
        f"At the end of that day {unmet.en} was not passed on ({asked.en}{less[1]} − {done.en} passed on or paid in "
        f"time); {state.en}.{doubts.en}",
    )


def _clears(case: Case, one: Obligation) -> Told:
    unmet = case.money(one.unmet_at_due)
    return Told(
        zh=f"{one.due} 或之前下达或支付{unmet.zh}的文件；或批准本级使用、分期下达、延期的文件；或对错误登记的冲正",
        en=f"a document that passed on or paid {unmet.en} on or before {one.due}; or one that permits own use, "
        f"instalments or a later day for it; or the correction of a wrong record",
    )
