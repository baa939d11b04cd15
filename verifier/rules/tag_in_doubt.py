# SPDX-License-Identifier: Apache-2.0
"""T12 资金归属存疑: a payment told as a fund's money, which something else in the ledger contradicts.

Semantics T12: a tag is the payer's own claim. Where another report of the same payment names another fund, or the project
that it names is not one of the fund's, the whole payment may have been another purpose: amount and maximum are the payment,
the minimum is what the fund would be short for certain, had the payment not been its own (zero where money enough is left).

Judgement on contradicting reports: indicated, never proved (semantics P7).
"""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule, Step
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import EntryTold, MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, bounded, fund_told, money_finding
from verifier.tracing.tags_in_doubt import DoubtedTag, StruckTags, doubted_tags

RULE: Final = Rule(
    id="T12",
    version=1,
    title=Told(zh="资金归属存疑", en="Tag of a payment in doubt"),
    basis=Told(
        zh="《会计法》第十七条：账证相符；本系统归属规则 T12",
        en="Accounting Law, art. 17: books agree with vouchers; rule T12 on tags",
    ),
    subject=("fund", "account", "payment"),
    severity="orange",
    tier="T0",
)


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each payment that moved money and whose tag is in doubt."""
    entries = MoneyEntries(books.workspace)
    struck = StruckTags(books.traces())
    for tag in doubted_tags(books.workspace):
        yield _finding(case, entries, books, tag, struck.extra_shortage(tag))


def _finding(case: Case, entries: MoneyEntries, books: MoneyBooks, tag: DoubtedTag, least: int) -> Finding:
    payment = entries.entry(tag.report)
    other = None if tag.other is None else entries.entry(tag.other)
    line = entries.entry(tag.entry or tag.report)
    amount, back = tag.amount or 0, min(tag.returned or 0, tag.amount or 0)
    step = Step(
        event=payment.name,
        amount=bounded(amount),
        on=line.on,
        from_=tag.account,
        to=payment.other,
        flags=("TAG_IN_DOUBT",),
    )
    lead = Lead(
        subject=(tag.fund, tag.account, payment.name),
        finding_class="indicated",
        severity="yellow" if back == amount else "orange",
        explanation=_explain(case, tag, payment, other, least),
        clears_if=Told(
            zh="证明该笔支出属于该资金的凭证（合同、验收、项目批复）；或冲正登记有误的一方",
            en="vouchers which show that the payment was the fund's (contract, acceptance, approval of the project); or "
            "the correction of whichever report is wrong",
        ),
        account=tag.account,
        fund=tag.fund,
        line=payment.line,
        amount_min=min(least, amount),
        amount=amount,
        amount_max=amount,
        restored=back,
        first=payment,
        decisive=payment if other is None or other.seq < payment.seq else other,
        decisive_on=_decisive_on(payment, other),
        evidence=(payment.evidence, line.evidence, *(() if other is None else (other.evidence,))),
        paths=((step,),),
        figures={"payment": payment.amount, "short_without_tag": bounded(least)},
        marks=frozenset() if tag.bank else frozenset({"reported_only"}),
    )
    return money_finding(case, books, RULE, lead)


def _decisive_on(payment: EntryTold, other: EntryTold | None) -> datetime.date:
    return payment.on if other is None else max(payment.on, other.on)


def _explain(case: Case, tag: DoubtedTag, payment: EntryTold, other: EntryTold | None, least: int) -> Told:
    account, fund = account_told(case, tag.account), fund_told(case, tag.fund)
    amount, short = case.money(bounded(tag.amount or 0)), case.money(bounded(least))
    why = _reason(tag, other)
    return Told(
        zh=f"{account.zh} 于 {payment.on} 支付 {amount.zh}，登记为资金{fund.zh}（{payment.name}）；{why.zh}"
        f"若该笔不属于该资金，则账户至少缺该资金 {short.zh}，至多为该笔全额。",
        en=f"{account.en} paid {amount.en} on {payment.on} as money of fund {fund.en} ({payment.name}); {why.en} If it was "
        f"not the fund's, the account is short of at least {short.en} of it, at most of the whole payment.",
    )


def _reason(tag: DoubtedTag, other: EntryTold | None) -> Told:
    name = "?" if other is None else other.name
    match tag.reason:
        case "told_twice":
            return Told(
                zh=f"同一笔支付在 {name} 中登记为另一资金。",
                en=f"{name} tells the same payment as another fund's.",
            )
        case "one_paper":
            return Told(
                zh=f"{name} 以同一凭证、同一金额登记为另一资金，银行只有一笔。",
                en=f"{name} tells the same paper and amount as another fund's, and the bank has one such line.",
            )
        case "project":
            return Told(
                zh="所注明的项目在当时的登记中不由该资金安排。",
                en="the project that it names was not registered as one of this fund.",
            )
