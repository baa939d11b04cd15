# SPDX-License-Identifier: Apache-2.0
"""F22 资金回流: earmarked money paid to a supplier comes back to who paid it, or to somebody related to it.

Basis: 处罚处分条例 (Decree 427) art. 9(2). From each payment that declares a fund, made to somebody who is neither the
payer nor related to it, money is followed over bank lines and reports (semantics P4): within `return_days`, over at most
`hops` hops, and at least `share` per cent of it back with the payer or a party registered as related to it, whether in a
public account or not.

What is left alone: what came back as a `return` into an account of the payer, as over-payments and bonds do; wages; and
treasury accounts, whose receipts are taxes and clearing. Refunds of bonds that a payer makes are returns too, and start
nothing.

That money could have come back this way is an indication. Proved as far as signed statements show that each intermediary
held too little else to have paid it otherwise (LIBR on the intermediaries).
"""

import datetime
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from verifier.basis.findings import Finding, FindingClass, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.forced import Statements, forced
from verifier.tracing.homecoming import Homecomings, Journey, Manners, Reach
from verifier.tracing.hop_steps import trip_steps
from verifier.tracing.hops import Hop
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, fund_told, money_finding

RULE: Final = Rule(
    id="F22",
    version=1,
    title=Told(zh="资金回流", en="Money that comes back to its payer"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第九条第二项",
        en="Regulations on Penalties for Fiscal Offences (State Council Decree 427, rev. 2011), art. 9(2)",
    ),
    subject=("fund", "payment that came back"),
    severity="orange",
    tier="T1",
)

TREASURY: Final = frozenset({"treasury_single", "zero_balance"})
NO_SUPPLIERS: Final = TREASURY | {"special", "unit_real", "township", "wage"}
"""Classes into which a payment is no payment to a supplier."""

PATHS_MAX: Final = 20
"""Most ways home that a finding shows; its sums need all of them."""

_PER_CENT: Final = 100

_STARTS: Final = """
    SELECT p.* FROM hop p
    WHERE p.fund IS NOT NULL AND p.report > 0 AND p.kind IN ('disbursement', 'use', 'transfer')
        AND p.from_place IN (SELECT place FROM kept_place) AND EXISTS (SELECT 1 FROM hop q WHERE q.from_place = p.to_place)
    ORDER BY p.report, p.id"""


def judge(case: Case, books: MoneyBooks, homes: Homecomings) -> Iterator[Finding]:
    """One finding for each payment of which enough came back."""
    entries, statements = MoneyEntries(books.workspace), Statements(books)
    starts = list(books.workspace.rows(Hop, _STARTS))
    for report, group in groupby(starts, key=attrgetter("report")):
        payment = next(group)
        payer = case.standing.owner(payment.giver)
        if payer is None or not _outside(case, payer, payment):
            continue
        terms = case.book.terms(
            RULE.id, Addressee(fund=payment.fund or ""), datetime.date.fromordinal(payment.day)
        )
        reach = Reach(terms.number("return_days"), terms.number("hops"))
        journey = homes.of(report, reach, _manners(case, payer))
        if journey.back * _PER_CENT < journey.paid * terms.number("share") or not journey.back:
            continue
        homes.accept(journey)
        yield _finding(case, books, entries, journey, forced(statements, journey.trips))


def _outside(case: Case, payer: str, payment: Hop) -> bool:
    """Whether `payment` went to somebody who is neither the payer nor related to it, and may be a supplier."""
    account = case.standing.accounts.get(payment.taker or "")
    if account is not None and account.account_class in NO_SUPPLIERS:
        return False
    return _party(case, payment) not in case.standing.related(payer)


def _party(case: Case, hop: Hop) -> str | None:
    """Who got the money of `hop`."""
    owner = case.standing.owner(hop.taker)
    place = hop.to_place or ""
    return (
        owner if owner is not None else place.removeprefix("party ") if place.startswith("party ") else None
    )


def _manners(case: Case, payer: str) -> Manners:
    home = case.standing.related(payer)

    def is_home(hop: Hop) -> bool:
        account = case.standing.accounts.get(hop.taker or "")
        treasury = account is not None and account.account_class in TREASURY
        return _party(case, hop) in home and not treasury

    def is_passable(hop: Hop) -> bool:
        classes = {
            found.account_class
            for found in (case.standing.accounts.get(one or "") for one in (hop.giver, hop.taker))
            if found is not None
        }
        given_back = hop.kind in {"return", "restitution"} and case.standing.owner(hop.taker) == payer
        return not given_back and not classes & (TREASURY | {"wage"})

    return Manners(is_home, is_passable)


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, journey: Journey, least: int) -> Finding:
    payment = journey.payment[0]
    first = entries.entry(payment.report)
    last = max((trip.hops[-1] for trip in journey.trips), key=lambda hop: (hop.day, hop.seq))
    decisive = entries.entry(last.in_seq or last.seq)
    kind: FindingClass = "proved" if least else "indicated"
    told = [entries.entry(hop.seq) for trip in journey.trips[:PATHS_MAX] for hop in trip.hops]
    lead = Lead(
        subject=(payment.fund or "", first.name),
        finding_class=kind,
        severity="red" if least else "orange",
        explanation=_explain(case, journey, least),
        clears_if=Told(
            zh="证明收回的款项另有合法来由的合同、发票或还款凭证；或证明其为保证金、超付款的退回，并按退回登记；"
            "或证明收款人与付款单位无关",
            en="contracts, invoices or loan papers that show another lawful reason for what came back; or proof that it is "
            "the refund of a bond or over-payment, posted as a return; or that who got it is not related to the payer",
        ),
        account=payment.giver or "",
        fund=payment.fund,
        line=payment.line,
        amount_min=least,
        amount=journey.back,
        amount_max=journey.back,
        restored=0,
        first=first,
        decisive=decisive,
        decisive_on=max(entries.decidable_on(one) for one in (*told, decisive)),
        evidence=[one.evidence for one in told],
        paths=tuple(trip_steps(entries, trip) for trip in journey.trips[:PATHS_MAX]),
        figures={
            "paid": journey.paid,
            "back": journey.back,
            "forced": least,
            "ways": len(journey.trips),
            "hops": max(len(trip.hops) for trip in journey.trips),
            "days": last.day - payment.day,
        },
    )
    return money_finding(case, books, RULE, lead)


def _explain(case: Case, journey: Journey, least: int) -> Told:
    payment = journey.payment[0]
    account, fund = account_told(case, payment.giver or ""), fund_told(case, payment.fund or "")
    payee = case.party(_party(case, payment) or "?")
    paid, back, certain = (case.money(amount) for amount in (journey.paid, journey.back, least))
    days = max(trip.hops[-1].day for trip in journey.trips) - payment.day
    on = datetime.date.fromordinal(payment.day)
    ways, share = len(journey.trips), journey.back * _PER_CENT // journey.paid
    return Told(
        zh=f"{account.zh} 于 {on} 以资金{fund.zh}支付 {payee.zh} {paid.zh}，其后 {days} 日内经 {ways} 条路径有 "
        f"{back.zh} 可能回到付款单位或其关联方（占 {share}%）；"
        f"其中按各经手账户的最低中间余额，至少 {certain.zh} 为该笔款项。",
        en=f"On {on} {account.en} paid {payee.en} {paid.en} of fund {fund.en}; within {days} days {back.en} of it "
        f"({share} %) could come back to the payer or a related party, by {ways} ways. By the lowest intermediate balances "
        f"of the accounts between, at least {certain.en} was this money.",
    )
