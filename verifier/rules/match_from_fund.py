# SPDX-License-Identifier: Apache-2.0
"""M4 以专项资金充抵配套: matching money paid out of the money of the very fund that it should match.

Basis: 处罚处分条例 (Decree 427) art. 6(2): diversion. What the payer's account could not have paid otherwise is certain:
the part by which the payment left it short of what it owed the fund (LIBR on the payer, semantics M4). The shortage is
F02's, and the same payment counts once in headlines. Beyond that, first in, first out says from which lots the payment
came, over at most `hops` hops back; where at least `fifo_share` per cent were the fund's own, that is indicated. In
treasury and zero-balance accounts, where all money of a government lies together by law, the order of lots says nothing of
whose it was, and only the shortage counts.

Undecidable where the payer's opening balance or its statements are missing, so that the shortage is not resolved.
"""

import datetime
from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.basis.findings import Finding, FindingClass, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.matching_facts import MatchingFacts, ReportedMatch
from verifier.tracing.hop_steps import walked_steps
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, fund_told, money_finding
from verifier.tracing.walk import Walked, Walker
from verifier.tracing.walk_records import WalkCaps

RULE: Final = Rule(
    id="M4",
    version=1,
    title=Told(zh="以专项资金充抵配套", en="Match paid out of the same fund"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第二项",
        en="Regulations on Penalties for Fiscal Offences (State Council Decree 427, rev. 2011), art. 6(2)",
    ),
    subject=("fund", "matching receipt"),
    severity="orange",
    tier="T1",
)

POOLED: Final = frozenset({"treasury_single", "zero_balance"})
"""Classes of accounts in which all money of a government lies together."""

PATHS_MAX: Final = 20
"""Most ways that a finding shows; its sums need all of them."""

_PER_CENT: Final = 100


class _Loss(NamedTuple):
    """What the payment made the payer's account short of: by the stated order, for certain, and whether it is resolved."""

    amount: int = 0
    certain: int = 0
    proved: bool = False
    resolved: bool = True


def judge(case: Case, books: MoneyBooks, facts: MatchingFacts) -> Iterator[Finding]:
    """One finding for each receipt that was paid out of money of its own fund."""
    entries, walker = MoneyEntries(books.workspace), Walker(books)
    losses = _losses(books)
    for match in list(facts.reported()):
        if match.payer_account is None or not books.tables.keeps(match.payer_account):
            continue
        loss = losses.get((match.payer_account, match.fund, match.seq), _Loss())
        on = datetime.date.fromordinal(match.day)
        terms = case.book.terms(RULE.id, Addressee(fund=match.fund), on)
        caps = WalkCaps(depth=terms.number("hops"))
        drawn = (
            []
            if _pooled(case, match)
            else [
                piece
                for piece in walker.walk(
                    walker.hops("report = ? AND out_rank IS NOT NULL", (match.seq,)), "backward", caps
                )
                if _of_fund(piece, match)
            ]
        )
        traced = sum(piece.amount for piece in drawn)
        if loss.amount or traced * _PER_CENT >= match.amount * terms.number("fifo_share") > 0:
            yield _finding(case, books, entries, match, loss, drawn)


def _pooled(case: Case, match: ReportedMatch) -> bool:
    account = case.standing.accounts.get(match.payer_account or "")
    return account is not None and account.account_class in POOLED


def _losses(books: MoneyBooks) -> dict[tuple[str, str, int], _Loss]:
    """By account, fund and report what a payment made short; of what is certain the part that is no other payment's."""
    found: dict[tuple[str, str, int], _Loss] = {}
    for account, _, short in books.traced.shortages():
        for loss in short.losses:
            slack = short.amount - short.amount_min
            certain = max(0, loss.amount - slack) if short.resolved else 0
            firm = min(certain, max(0, loss.amount - (short.amount - short.proved)))
            found[account, short.fund, loss.entry.report] = _Loss(
                loss.amount, certain, firm > 0, short.resolved
            )
    return found


def _of_fund(piece: Walked, match: ReportedMatch) -> bool:
    """Whether the piece had come as the fund's own money, and not as match, before it was paid."""
    return any(span.hop.fund == match.fund and span.hop.source != "match" for span in piece.spans[:-1])


def _class(loss: _Loss) -> FindingClass:
    if not loss.resolved:
        return "undecidable"
    return "proved" if loss.proved else "indicated"


def _finding(
    case: Case,
    books: MoneyBooks,
    entries: MoneyEntries,
    match: ReportedMatch,
    loss: _Loss,
    drawn: list[Walked],
) -> Finding:
    entry, kind = entries.entry(match.seq), _class(loss)
    traced = sum(piece.amount for piece in drawn)
    shown = sorted(drawn, key=lambda piece: -piece.amount)[:PATHS_MAX]
    told = [entries.entry(span.hop.seq) for piece in shown for span in piece.spans]
    lead = Lead(
        subject=(match.fund, entry.name),
        finding_class=kind,
        severity={"proved": "red", "indicated": "orange"}.get(kind, "yellow"),  # type: ignore[arg-type]
        explanation=_explain(case, match, loss, traced),
        clears_if=Told(
            zh="证明付款账户当日另有足以支付配套的本级预算或自有资金的银行流水；或补交缺失的对账单",
            en="bank lines which show that the payer's account held enough of its own budget or own money on that day; or "
            "the statements that are missing",
        ),
        account=match.payer_account or "",
        fund=match.fund,
        amount_min=loss.certain,
        amount=max(loss.amount, traced),
        amount_max=match.amount,
        restored=0,
        first=entry,
        decisive=entry,
        decisive_on=max(entries.decidable_on(one) for one in (entry, *told)),
        evidence=[one.evidence for one in told],
        paths=tuple(tuple(walked_steps(entries, piece)) for piece in shown),
        figures={
            "match": match.amount,
            "short": loss.amount,
            "certain": loss.certain,
            "first_in_first_out": traced,
        },
        marks=frozenset({"unresolved"}) if kind == "undecidable" else frozenset(),
    )
    return money_finding(case, books, RULE, lead)


def _explain(case: Case, match: ReportedMatch, loss: _Loss, traced: int) -> Told:
    account, fund = account_told(case, match.payer_account or ""), fund_told(case, match.fund)
    whole, short, certain, drawn = (
        case.money(amount) for amount in (match.amount, loss.amount, loss.certain, traced)
    )
    on = datetime.date.fromordinal(match.day)
    return Told(
        zh=f"{account.zh} 于 {on} 为资金{fund.zh}支付配套 {whole.zh}：付款后该账户为该资金应保留的款项短少 {short.zh}，"
        f"其中必然来自该资金的至少 {certain.zh}；按先进先出追溯，有 {drawn.zh} 来自该资金本身。",
        en=f"On {on} {account.en} paid {whole.en} of match for fund {fund.en}: that left it {short.en} short of what it "
        f"owed that fund, {certain.en} for certain; by first in, first out {drawn.en} of it had come from the fund.",
    )
