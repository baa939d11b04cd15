# SPDX-License-Identifier: Apache-2.0
"""From a payment that speaks against itself to the lead: amounts net of returns, and papers that allow or exempt it.

A `waiver` of the fund that names the payment and the row of the rule, or the finding, and sets no new day, makes the
payment proper where it counts on or before its date, and closes the finding as exempt where it counts later. It counts from
its business date, or from its recording where that came more than `late_days` working days afterwards (semantics T2, T13,
O6).
"""

import datetime
from dataclasses import dataclass

from verifier.basis.findings import Finding, FindingClass, Rule, Severity, finding_id
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.records import Waiving
from verifier.payments.payment import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTell:
    """What speaks against a payment; of a class that is not proved nothing is sure to be wrong."""

    text: Told
    clears_if: Told
    finding_class: FindingClass = "indicated"
    severity: Severity = "orange"


def terms_of(case: Case, rule: Rule, payment: Payment) -> Terms:
    """What `rule` asks of `payment`."""
    said = payment.said
    to = Addressee(fund=said.fund, level=case.standing.level(said.payer), direct=said.direct)
    return case.book.terms(rule.id, to, payment.entry.on)


def payment_finding(case: Case, rule: Rule, payment: Payment, tell: PaymentTell) -> Finding | None:
    """The finding of `rule` about `payment`; None where a paper in time allows it."""
    said, terms, subject = payment.said, terms_of(case, rule, payment), (payment.entry.name,)
    papers = _papers(case, rule, payment, terms)
    if any(on <= payment.entry.on for on, _ in papers):
        return None
    exempt = bool(papers)
    names = "、".join(paper.document for _, paper in papers)
    later = Told(
        zh=f"其后有批准文件 {names}。" if exempt else "",
        en=f" A paper approved it later: {names.replace('、', ', ')}." if exempt else "",
    )
    lead = Lead(
        subject=subject,
        finding_class=tell.finding_class,
        severity="blue" if exempt else tell.severity,
        explanation=Told(zh=tell.text.zh + later.zh, en=tell.text.en + later.en),
        clears_if=tell.clears_if,
        terms=terms,
        first=payment.entry,
        decisive=payment.entry,
        evidence=[*(one.entry for one in payment.told), *(paper.entry for _, paper in papers)],
        fund=said.fund,
        line=said.line,
        parties=[one for one in (said.payer, said.payee) if one],
        accounts=[said.account],
        amount_min=said.amount if tell.finding_class == "proved" else 0,
        amount=said.amount,
        amount_max=said.amount,
        restored=payment.back,
        outstanding=0 if exempt else payment.left,
        state="exempt" if exempt else None,
    )
    return finding_of(case, rule, lead)


def _papers(case: Case, rule: Rule, payment: Payment, terms: Terms) -> list[tuple[datetime.date, Waiving]]:
    about = (
        *(one.name for one in payment.told),
        finding_id(case.genesis_hash, rule.id, (payment.entry.name,)),
    )
    meant = (
        paper
        for paper in case.waivers.about(*about)
        if paper.fund == payment.said.fund and paper.until is None and paper.row in {None, terms.row}
    )
    late_days = terms.number("late_days")
    return sorted(
        (
            (paper.on if paper.recorded <= case.calendar.add(paper.on, late_days) else paper.recorded, paper)
            for paper in meant
        ),
        key=lambda one: (one[0], one[1].entry.seq),
    )


def about(case: Case, payment: Payment) -> Told:
    """Who paid what to whom, and what came back, as findings begin."""
    said, on = payment.said, payment.entry.on
    payer, payee = case.party(said.payer), case.party(said.payee or "?")
    paid, back = case.money(said.amount), case.money(payment.back)
    returned = Told(
        zh=f"，已退回 {back.zh}" if payment.back else "", en=f" ({back.en} came back)" if payment.back else ""
    )
    return Told(
        zh=f"{payer.zh} 于 {on} 以资金 {said.fund} 付给 {payee.zh} {paid.zh}{returned.zh}",
        en=f"On {on} {payer.en} paid {payee.en} {paid.en} of fund {said.fund}{returned.en}",
    )
