# SPDX-License-Identifier: Apache-2.0
"""F04 滞拨: an approved claim that is not paid within its days.

Basis: 预算法 (2018) art. 57 (timely and full payment by budget and progress); 处罚处分条例 (Decree 427) arts. 5(2), 6(3).
Default of 30 calendar days from approval: convention, after 保障中小企业款项支付条例 (Decree 802) art. 9; funds and
policy events say otherwise where they do.

Arithmetic on signed facts: the approval is the debtor's own admission, the payment an authority entry (semantics P7);
proved as `verifier.obligations.obligation_findings` says.
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Claim, Return
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Terms
from verifier.duties.duty import Duty, Fact, Filed, Found, Untimed
from verifier.duties.filing import returned, terms_for
from verifier.language import Told
from verifier.matters.family import Placed
from verifier.obligations.case import Case, evidence
from verifier.obligations.obligation_findings import days_told, doubts_told, obligation_finding, state_told
from verifier.obligations.records import Ending, Obligation, Opening, Payment, Traits
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F04",
    version=1,
    title=Told(zh="滞拨", en="Delayed disbursement"),
    basis=Told(
        zh="《预算法》（2018年修正）第五十七条；《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第五条第二项、第六条第三项",
        en="Budget Law (as amended 2018), art. 57; State Council Decree 427 (rev. 2011), arts. 5(2), 6(3)",
    ),
    subject=("event that started the clock", "duty", "event whose obligation a return opened anew"),
    severity="yellow",
    tier="T0",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What `posted` says of claims; the matter is the line on which a claim is approved."""
    match posted.event:
        case Claim() as event if event.action == "approve":
            yield from _approved(posted, event, case)
        case Claim() as event:  # a submission that is reversed withdraws the claim
            ending = Ending(
                entry=evidence(posted),
                on=event.occurred_on,
                recorded=case.recorded_on(posted),
                named=event.claim,
                if_reversed=event.action == "submit",
            )
            yield Placed(about=_called(event.claim), said=Filed(act=ending))
        case Disbursement() as event:
            paid = Filed(act=_payment(posted, event, case))
            if event.claim is None:
                yield Placed(matter=event.line, said=paid)
            else:  # wherever that claim was approved
                yield Placed(about=_called(event.claim), said=paid)
        case _:
            yield from returned(posted, case)


DUTY: Final = Duty(name="pay", rule=RULE, kinds=(Claim, Disbursement, Return), file=file, daily=True)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """One finding for each approved claim, or part returned, that was not paid in full by its due day."""
    for one in found.obligations:
        if one.breached:
            yield obligation_finding(
                case, RULE, DUTY.name, one, explanation=_explain(case, one), clears_if=_clears(case, one)
            )


def _called(claim: str) -> str:
    """By this a claim is found; no event has such a name."""
    return f"claim {claim}"


def _approved(posted: PostedEvent, event: Claim, case: Case) -> Iterator[Placed[Fact]]:
    line = case.standing.lines[event.line or ""]
    match terms_for(RULE, line, posted, case):
        case Untimed() as untimed:
            yield Placed(matter=line.id, said=untimed)
        case Terms() as terms:
            opening = Opening(
                entry=evidence(posted),
                on=event.occurred_on,
                recorded=case.recorded_on(posted),
                who=line.holder,
                amount=event.amount or 0,
                terms=case.terms.number(terms),
                group=line.id,
                fund=line.fund,
                line=line.id,
                own_act=posted.party == line.holder,
                named=event.claim,
                traits=Traits(project=event.project, contract=event.contract, payee=event.payee),
            )
            yield Placed(matter=line.id, called=_called(event.claim), said=Filed(act=opening))
        case None:
            pass


def _payment(posted: PostedEvent, event: Disbursement, case: Case) -> Payment:
    return Payment(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=event.amount,
        group=event.line,
        banked=True,
        account=event.from_account,
        named=event.claim,
        traits=Traits(project=event.project, contract=event.contract, payee=event.payee),
    )


def _explain(case: Case, one: Obligation) -> Told:
    who, days, state, doubts = (
        case.party(one.opening.who),
        days_told(one),
        state_told(case, one),
        doubts_told(one),
    )
    asked, paid, unmet = (case.money(amount) for amount in (one.amount, one.in_time, one.unmet_at_due))
    claim = one.opening.named
    zh = f"请款 {claim} 于 {one.start} 获批 {asked.zh}（指标 {one.opening.line}）"
    en = f"claim {claim} was approved for {asked.en} on {one.start} (line {one.opening.line})"
    if one.opening.reopens is not None:
        zh = f"请款 {claim} 的付款 {asked.zh} 于 {one.start} 退回，须重新支付（指标 {one.opening.line}）"
        en = f"{asked.en} paid for claim {claim} came back on {one.start} and is owed anew (line {one.opening.line})"
    return Told(
        zh=f"{zh}，{who.zh}应不迟于 {one.due} 付清（{days.zh}）。"
        f"该日终了未付 {unmet.zh}（{asked.zh} − 按期支付 {paid.zh}）；{state.zh}。{doubts.zh}",
        en=f"{en[0].upper()}{en[1:]}; {who.en} had to pay by {one.due} ({days.en}). "
        f"At the end of that day {unmet.en} was unpaid ({asked.en} − {paid.en} paid in time); {state.en}.{doubts.en}",
    )


def _clears(case: Case, one: Obligation) -> Told:
    unmet = case.money(one.unmet_at_due)
    return Told(
        zh=f"{one.due} 或之前支付{unmet.zh}的拨付及银行流水；或当日及之前退回请款、准予延期的文件；或对错误登记的冲正",
        en=f"a disbursement, borne out by the bank, of {unmet.en} on or before {one.due}; or a return of the claim or "
        f"a waiver dated on or before that day; or the correction of a wrong record",
    )
