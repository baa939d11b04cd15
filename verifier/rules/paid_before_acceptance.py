# SPDX-License-Identifier: Apache-2.0
"""F17 先付款后验收: paid on a contract before what was paid for had been accepted.

Acceptance comes first where the contract says how much may be paid before it, where the payment names a milestone, and
where the fund has a rule of acceptance; services without milestones are paid by the period and are left out of the last.
An acceptance counts with verdict pass, of the milestone, of the contract or of the whole project, on or before the day of
the payment. The advance (预付款) is excluded: as the contract caps it, else by the share of the pack. So is retention: what
is left to pay once the contract is accepted. Payments that tell others again do not count (T22); referenced returns lower
nothing (P2).

Signed dates decide: where the acceptance came later, the unit's own date of it makes the finding proved. Where none came,
an acceptance may lie outside the ledger: indicated. One recorded long after its date counts from its recording, which is
indicated too (T2). A partial acceptance before the payment does not tell what was accepted: undecidable. Basis: 政府采购法
art. 41, the contract (semantics P7).
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from verifier.basis.findings import Finding, FindingClass, Mark, Rule, Severity
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.settling import Dates, Reported, effective
from verifier.works.final_payments import Payment
from verifier.works.project_file import ContractFile, ProjectFile, Stated
from verifier.works.work_facts import Accepted, Fact

RULE: Final = Rule(
    id="F17",
    version=1,
    title=Told(zh="先付款后验收", en="Paid before acceptance"),
    basis=Told(
        zh="《中华人民共和国政府采购法》（2014年修正）第四十一条；合同约定",
        en="Government Procurement Law of the PRC (as amended 2014), art. 41; the contract",
    ),
    subject=("contract",),
    severity="orange",
    tier="T0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Early:
    """A payment before acceptance: `later` by the signed date of an acceptance that came, `partial` if one came in part."""

    payment: Payment
    later: bool
    partial: bool

    @property
    def amount(self) -> int:
        """What was paid, whatever came back (P2)."""
        return self.payment.said.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """What was paid early beyond the advance.

    `least` is what acceptances that came later admit, `sure` leaves out what may have been accepted in part.
    """

    least: int
    sure: int
    most: int
    advance: int
    early: tuple[_Early, ...]

    @property
    def judged(self) -> tuple[FindingClass, Severity, tuple[Mark, ...]]:
        """Class, colour and marks."""
        if self.least:
            return "proved", RULE.severity, ()
        if self.sure:
            return "indicated", "yellow", ()
        return "undecidable", "yellow", ("unresolved",)


def judge(file: ProjectFile, case: Case) -> Iterator[Finding]:
    """One finding for each contract on which more than the advance was paid before acceptance."""
    for contract in file.contracts:
        if contract.payments:
            first = contract.payments[0].entry
            terms = case.book.terms(RULE.id, Addressee(fund=contract.fund or ""), first.on)
            sums = _sums(contract, file.stages, terms, case.dates(terms.number("late_days")))
            if sums.most:
                yield _finding(case, contract, terms, sums)


def _sums(contract: ContractFile, stages: frozenset[str], terms: Terms, dates: Dates) -> _Sums:
    agreed = contract.agreed.said
    cap = agreed.advance_cap
    advance = contract.net * terms.number("advance_pct") // 100 if cap is None else cap
    known = stages | {one.id for one in agreed.stages}
    early = tuple(_early(contract, known, dates))

    def beyond(counted: Iterable[_Early]) -> int:
        return max(0, sum(one.amount for one in counted) - advance)

    return _Sums(
        least=beyond(one for one in early if one.later),
        sure=beyond(one for one in early if not one.partial),
        most=beyond(early),
        advance=advance,
        early=early,
    )


def _early(contract: ContractFile, stages: frozenset[str], dates: Dates) -> Iterator[_Early]:
    for one in contract.payments:
        milestone = one.said.milestone if one.said.milestone in stages else None
        if not (milestone or _asked(contract, one)):
            continue
        about = [
            had for had in contract.accepted if milestone is None or had.said.milestone in {milestone, None}
        ]
        passed = [had for had in about if had.said.verdict == "pass"]
        if any(_counts_on(had.entry, dates) <= one.entry.on for had in passed):
            continue
        signed = any(had.on <= one.entry.on for had in passed)
        partial = any(had.said.verdict == "partial" and had.on <= one.entry.on for had in about)
        yield _Early(payment=one, later=bool(passed) and not signed and not partial, partial=partial)


def _asked(contract: ContractFile, payment: Payment) -> bool:
    """Whether the contract, or the fund that pays, asks for acceptance first."""
    agreed = contract.agreed.said
    periodic = agreed.category == "services" and not agreed.stages
    return agreed.advance_cap is not None or (payment.said.accepts and not periodic)


def _counts_on(acceptance: Noted[Fact], dates: Dates) -> datetime.date:
    report = Reported(name=acceptance.name, amount=0, on=acceptance.on, recorded=acceptance.recorded_on)
    return effective(report, dates).on


def _decisive(sums: _Sums) -> Noted[Fact]:
    """The payment by which more than the advance was paid."""
    paid = 0
    for one in sums.early:
        paid += one.amount
        if paid > sums.advance:
            return one.payment.entry
    return sums.early[-1].payment.entry


def _finding(case: Case, contract: ContractFile, terms: Terms, sums: _Sums) -> Finding:
    decisive, (finding_class, severity, marks) = _decisive(sums), sums.judged
    total = sum(one.amount for one in sums.early)
    amount = sums.sure or sums.most
    passed = [one for one in contract.accepted if one.said.verdict == "pass"]
    lead = Lead(
        subject=(contract.id,),
        finding_class=finding_class,
        severity=severity,
        explanation=_explanation(case, contract, sums, (total, amount), passed),
        clears_if=Told(
            zh="付款当日及以前的验收单；或约定预付更多、无须先验收的合同条款；或对错误登记的冲正",
            en="the acceptance, dated no later than the payment; or the term of the contract that lets more be paid in "
            "advance; or the correction of a wrong record",
        ),
        terms=terms,
        first=contract.agreed.entry,
        decisive=decisive,
        evidence=[
            *(one.payment.entry.entry for one in sums.early),
            *(one.entry.entry for one in contract.accepted),
        ],
        fund=contract.fund,
        parties=(decisive.party, contract.agreed.said.supplier),
        accounts=[one.payment.said.account for one in sums.early],
        amount_min=sums.least,
        amount=amount,
        amount_max=sums.most,
        figures={"paid_early": total, "advance": sums.advance, "early": amount},
        marks=marks,
    )
    return finding_of(case, RULE, lead)


def _explanation(
    case: Case, contract: ContractFile, sums: _Sums, amounts: tuple[int, int], passed: list[Stated[Accepted]]
) -> Told:
    total, amount = (case.money(one) for one in amounts)
    advance, count = case.money(sums.advance), len(sums.early)
    when = min((one.on for one in passed), default=None)
    unsure = sums.judged[0] == "undecidable"
    zh = f"合同 {contract.id}（项目 {contract.project}）有 {count} 笔付款共 {total.zh} 早于验收，扣除预付款 {advance.zh}，"
    en = f"{count} payments of {total.en} on contract {contract.id} (project {contract.project}) came before acceptance; "
    zh, en = f"{zh}先付 {amount.zh}。", f"{en}less the advance of {advance.en}, that is {amount.en}."
    if when is None:
        zh, en = f"{zh}账本中尚无验收合格的记录。", f"{en} The ledger holds no acceptance yet."
    else:
        zh, en = f"{zh}最早的合格验收在 {when}。", f"{en} The first acceptance is of {when}."
    if unsure:
        zh += "付款前有部分验收，所验收的是否即所付的，现有数据不能判定。"
        en += " Part had been accepted before; whether it is what was paid for cannot be decided."
    return Told(zh=zh, en=en)
