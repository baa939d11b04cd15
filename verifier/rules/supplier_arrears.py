# SPDX-License-Identifier: Apache-2.0
"""F29 拖欠企业款: accepted work or goods not paid within the days.

Basis: 保障中小企业款项支付条例 (Decree 802) arts. 9, 10: 30 days from acceptance, at most 60 where the contract says so (a
policy row for the fund); art. 17: interest of 0.05 % a day where none is agreed. Audits and internal steps are no excuse.

Owed is the value accepted on a registered contract, never more in all than its net amount less retention; what was paid
before counts, advances too. Payments are disbursements that name the contract and end with the supplier, and uses that name
it. Interest = Σ amount · days late · 5 / 10,000, floored once. Nothing in the ledger tells the size of a firm, or what is
disputed: indicated (semantics P7).
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange
from ledger.kinds.fact import Acceptance, Return, Use
from ledger.kinds.registry import CUSTODIAN_CLASSES
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Agreed, Changed, Duty, Fact, Filed, Filings, Found
from verifier.duties.filing import returned
from verifier.duties.sums import Sums
from verifier.duties.telling import lead_of
from verifier.language import Told
from verifier.matters.family import Matter, Placed
from verifier.matters.lead import finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Obligation, Opening, Payment
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F29",
    version=1,
    title=Told(zh="拖欠企业款", en="Arrears to suppliers"),
    basis=Told(
        zh="《保障中小企业款项支付条例》（国务院令第802号，2025年6月1日起施行）第九条、第十条、第十七条",
        en="SME Payment Regulations (State Council Decree 802, in force 2025-06-01), arts. 9, 10, 17",
    ),
    subject=("contract",),
    severity="orange",
    tier="T1",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What was agreed, accepted and paid, by contract."""
    match posted.event:
        case Contract() as event:
            yield Placed(matter=one_spelling(event.id), said=_agreed(event))
        case ContractChange() as event if event.amount is not None:
            by = event.amount if event.direction == "increase" else -event.amount
            yield Placed(matter=one_spelling(event.contract), said=Changed(by=by))
        case Acceptance() as event if event.contract is not None and event.verdict != "fail":
            yield _accepted(posted, event, case)
        case (Disbursement() | Use()) as event if event.contract is not None:
            yield from _paid(posted, event, case)
        case _:
            yield from returned(posted, case)


def _subject(opening: Opening) -> tuple[str, ...]:
    return (opening.group,)


def _read(matter: Matter[Fact], filings: Filings) -> Filings:
    """Openings in the order of the log for what was accepted, as far as the contract goes; none without a contract."""
    agreed = _contract(matter)
    cap = 0 if agreed is None else _net(matter, agreed) - agreed.retention
    accepted = 0
    for one, act in filings:
        if not isinstance(act, Opening):
            yield one, act
        elif agreed is not None:
            part = min(_value(act, agreed, cap - accepted), cap - accepted)
            accepted += part if one.reversed_on is None else 0
            if part > 0:
                yield one, msgspec.structs.replace(act, amount=part)


DUTY: Final = Duty(
    name="pay_supplier",
    rule=RULE,
    kinds=(Acceptance, Contract, ContractChange, Disbursement, Return, Use),
    file=file,
    daily=True,
    subject=_subject,
    read=_read,
)


def judge(case: Case, found: Found) -> Iterator[Finding | Gap]:
    """At most one finding: the contract, with what was accepted on it and not paid in time."""
    late = [one for one in found.obligations if one.breached]
    if late:
        yield _finding(case, found, Sums(obligations=late))
    agreed = _contract(found.matter)
    unknown = [] if agreed is None else [one for one in _acceptances(found.matter) if _unknown(one, agreed)]
    if unknown:
        reason = Told(
            zh="验收未注明金额，合同也未约定该节点的金额",
            en="an acceptance names no value, and the contract no amount for its stage",
        )
        yield Gap(rule=RULE.id, reason=reason, count=len(unknown))


def _agreed(event: Contract) -> Agreed:
    return Agreed(
        amount=event.amount,
        supplier=event.supplier,
        retention=event.retention or 0,
        until=event.retention_until,
        stages={one.id: one.amount for one in event.milestones if one.amount is not None},
    )


def _accepted(posted: PostedEvent, event: Acceptance, case: Case) -> Placed[Fact]:
    """An opening for the value that it names, 0 where it names none."""
    contract, project = one_spelling(event.contract or ""), case.standing.projects.get(event.project)
    unit = posted.party if project is None else project.unit
    fund = project.funds[0] if project is not None else ""
    addressee = Addressee(fund=fund, level=case.standing.level(unit))
    opening = Opening(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        who=unit,
        amount=event.value or 0,
        terms=case.terms.number(case.book.terms(RULE.id, addressee, event.occurred_on)),
        group=contract,
        fund=fund,
        line=event.project,
        own_act=posted.party == unit,
        named=f"{event.verdict} {event.milestone or ''}",
        carries="all",
    )
    return Placed(matter=contract, said=Filed(act=opening))


def _paid(posted: PostedEvent, event: Disbursement | Use, case: Case) -> Iterator[Placed[Fact]]:
    """A payment that ends with somebody; cash into an account that keeps public money has not ended yet."""
    found = case.standing.accounts.get(event.to_account or "")
    if found is not None and found.account_class in CUSTODIAN_CLASSES:
        return
    contract = one_spelling(event.contract or "")
    paid = Payment(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=event.amount,
        group=contract,
        banked=True,
        account=event.from_account,
        carries=True,
    )
    same = None if event.bank_ref is None else f"{event.bank_ref}/{event.amount}/{event.from_account}"
    yield Placed(matter=contract, said=Filed(act=paid, same=same, use=isinstance(event, Use)))


def _contract(matter: Matter[Fact]) -> Agreed | None:
    said = [one.said for one in matter.facts if isinstance(one.said, Agreed) and one.reversed_on is None]
    return said[-1] if said else None


def _net(matter: Matter[Fact], agreed: Agreed) -> int:
    standing = (one.said for one in matter.facts if one.reversed_on is None)
    return agreed.amount + sum(said.by for said in standing if isinstance(said, Changed))


def _acceptances(matter: Matter[Fact]) -> Iterator[Opening]:
    for one in matter.facts:
        if isinstance(one.said, Filed) and isinstance(one.said.act, Opening) and one.reversed_on is None:
            yield one.said.act


def _value(act: Opening, agreed: Agreed, rest: int) -> int:
    """What was accepted: the value named, else what the stage pays, else all the rest where the whole passed."""
    if act.amount:
        return act.amount
    verdict, _, stage = (act.named or "").partition(" ")
    if verdict != "pass":
        return 0
    return agreed.stages.get(stage, 0) if stage else rest


def _unknown(act: Opening, agreed: Agreed) -> bool:
    verdict, _, stage = (act.named or "").partition(" ")
    return not act.amount and (verdict != "pass" or bool(stage and stage not in agreed.stages))


def _interest(case: Case, sums: Sums) -> int:
    """On what was paid late, for its days, and on what is open, up to the as-of date; floored once."""
    terms = sums.oldest.terms
    weighed = sum(_weighed(one, case.as_of) for one in sums.obligations)
    return weighed * terms.number("interest_num") // max(1, terms.number("interest_den"))


def _weighed(one: Obligation, as_of: datetime.date) -> int:
    """Minor units times days late; of payments that are not shown nothing, so never too much."""
    until = min(as_of, one.accrues_until or as_of)
    paid = sum(part.amount * max(0, (min(part.on, until) - one.due).days) for part in one.fulfilments)
    return paid + one.outstanding * max(0, (until - one.due).days)


def _finding(case: Case, found: Found, sums: Sums) -> Finding:
    agreed, oldest = _contract(found.matter), sums.oldest
    supplier = "" if agreed is None else agreed.supplier
    unit, firm, contract = case.party(oldest.opening.who), case.party(supplier), found.matter.key
    asked, paid, unmet, left = (
        case.money(amount) for amount in (sums.asked, sums.in_time, sums.unmet, sums.outstanding)
    )
    interest = case.money(_interest(case, sums))
    num, den = oldest.terms.number("interest_num"), max(1, oldest.terms.number("interest_den"))
    lead = lead_of(
        case,
        RULE,
        found,
        sums,
        provable=False,
        explanation=Told(
            zh=f"合同 {contract} 已验收 {asked.zh}，{unit.zh}最早应于 {oldest.due} 前向{firm.zh}付清。到期未付 {unmet.zh}"
            f"（验收 {asked.zh} − 到期前已付 {paid.zh}）；至今未付 {left.zh}。"
            f"逾期利息按日 {num}/{den} 计，为 {interest.zh}。",
            en=f"{asked.en} was accepted on contract {contract}; {unit.en} had to pay {firm.en} from {oldest.due} on. "
            f"{unmet.en} was unpaid on its day ({asked.en} accepted − {paid.en} paid by then); {left.en} is unpaid now. "
            f"Interest runs at {num}/{den} a day and comes to {interest.en}.",
        ),
        clears_if=Told(
            zh="到期前付款的凭证及银行流水；合同约定更长付款期限（不超过六十日）、收款方非中小企业或款项有争议的文件；或对错误登记的冲正",
            en="records of payment in time, borne out by the bank; papers that agree a longer time (60 days at most), that "
            "show a firm that is not small, or a dispute; or the correction of a wrong record",
        ),
    )
    figures = {"accepted": sums.asked, "paid_in_time": sums.in_time, "interest": _interest(case, sums)}
    parties = [one for one in (oldest.opening.who, supplier) if one]
    return finding_of(case, RULE, replace(lead, subject=(contract,), parties=parties, figures=figures))
