# SPDX-License-Identifier: Apache-2.0
"""F01 挤占挪用（超范围）: a payment that declares a class outside the scope of the fund it is paid from.

Basis: 预算法 (2018) art. 93(5), 处罚处分条例 (Decree 427) art. 6(2). Scope is what the fund's registration allows in the
version in force at the payment: functional class prefixes, economic class prefixes, economic classes denied. The class
may be declared by the payment or by the use that tells it again (semantics T22).

Diverted by admission (T13): the payment up to what the account owed the fund, in all three amounts, with or without bank
statements; where the fund's money never entered the account's record, the whole payment, since its payer says that the
fund paid it. A paper that approves this use on or before the payment makes it proper; a later one closes the finding as
exempt (`verifier.reconciliation.approvals`).

Arithmetic on a signed admission: proved when the poster is whose act it is (semantics P7).
"""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule, Severity, Step
from verifier.language import Told
from verifier.matters.correcting import as_corrected
from verifier.obligations.case import Case
from verifier.reconciliation.approvals import Approval
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import EntryTold, MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, bounded, fund_told, money_finding
from verifier.tracing.shortages import Admission
from verifier.tracing.trace_tables import FoundAdmission

RULE: Final = Rule(
    id="F01",
    version=1,
    title=Told(zh="超范围使用专项资金", en="Earmarked money used outside its scope"),
    basis=Told(
        zh="《预算法》（2018年修正）第九十三条第五项；《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第二项",
        en="Budget Law (as amended 2018), art. 93(5); State Council Decree 427 (rev. 2011), art. 6(2)",
    ),
    subject=("fund", "account", "payment out of scope"),
    severity="red",
    tier="T0",
)


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each payment out of scope that took money of the fund."""
    entries = MoneyEntries(books.workspace)
    for found in books.traced.admissions():
        yield _finding(case, books, entries, found)
    for found in books.traced.admissions(corrected=True):
        closed = _finding(case, books, entries, found)
        yield as_corrected(closed, books.corrections.of(found.account, (one.name for one in closed.evidence)))


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, found: FoundAdmission) -> Finding:
    admission = found.admission
    payment = entries.entry(admission.payment.report)
    declared = payment if payment.declared_seq is None else entries.entry(payment.declared_seq)
    line = entries.entry(admission.payment.seq)
    on = datetime.date.fromordinal(admission.payment.day)
    approval = books.approvals.of_report(payment.seq)
    step = Step(
        event=payment.name,
        amount=bounded(admission.amount),
        on=on,
        from_=found.account,
        to=payment.other,
        flags=("OUT_OF_SCOPE",),
    )
    lead = Lead(
        subject=(admission.fund, found.account, payment.name),
        finding_class="proved" if _own_act(case, found.account, payment) else "indicated",
        severity=_severity(admission, approval),
        explanation=_explain(case, found, payment, declared, approval),
        clears_if=Told(
            zh="付款当日或之前批准该用途的文件；或将款项按原渠道退回的凭证；或对错误登记科目的冲正",
            en="a document that approved this use on or before the payment; or proof that the money went back the way it "
            "came; or the correction of a wrongly recorded class",
        ),
        account=found.account,
        subs=() if payment.account in {None, found.account} else (payment.account or "",),
        fund=admission.fund,
        line=payment.line,
        amount_min=admission.amount,
        amount=admission.amount,
        amount_max=admission.amount,
        restored=admission.restored,
        first=payment,
        decisive=payment,
        decisive_on=max(payment.on, declared.on),
        evidence=(declared.evidence, line.evidence, *(() if approval is None else (approval.evidence,))),
        paths=((step,),),
        figures={"payment": payment.amount},
        marks=frozenset() if admission.payment.bank else frozenset({"reported_only"}),
        state=None if approval is None else "exempt",
        settled=approval is not None,
    )
    return money_finding(case, books, RULE, lead)


def _severity(admission: Admission, approval: Approval | None) -> Severity:
    if approval is not None:
        return "yellow"
    return "orange" if admission.restored == admission.amount else "red"


def _own_act(case: Case, account: str, payment: EntryTold) -> bool:
    """Whether the poster is whose act it is: the holder of the line that pays, or the owner of the account."""
    if payment.kind == "disbursement":
        line = case.standing.lines.get(payment.line or "")
        return line is not None and payment.poster == line.holder
    return payment.poster == case.standing.owner(payment.account or account)


def _explain(
    case: Case, found: FoundAdmission, payment: EntryTold, declared: EntryTold, approval: Approval | None
) -> Told:
    admission = found.admission
    account, fund = account_told(case, found.account), fund_told(case, admission.fund)
    paid, taken, back = (
        case.money(bounded(value)) for value in (payment.amount, admission.amount, admission.restored)
    )
    code = declared.purpose or payment.purpose or "?"
    zh_back = f"其中已退回 {back.zh}。" if admission.restored else ""
    en_back = f" {back.en} of it came back." if admission.restored else ""
    if approval is not None:
        day = datetime.date.fromordinal(approval.day)
        zh_back += f"{day} 事后由 {approval.document} 批准，予以豁免。"
        en_back += f" {approval.document} approved it afterwards, on {day}: exempt."
    return Told(
        zh=f"{account.zh} 于 {payment.on} 支付 {paid.zh}，自行登记为资金{fund.zh}、科目 {code}，"
        f"不在该资金允许的科目范围内；占用该资金 {taken.zh}。{zh_back}",
        en=f"{account.en} paid {paid.en} on {payment.on}, declared as money of fund {fund.en} and class {code}, which "
        f"lies outside what the fund allows; it took {taken.en} of the fund.{en_back}",
    )
