# SPDX-License-Identifier: Apache-2.0
"""F08 虚假配套: matching money that came in and went back almost whole to who paid it.

Basis: 处罚处分条例 (Decree 427) arts. 6(1), 7(1). Of each matching receipt that moved money, what went back to the payer
or to parties related to it within `match_return_days` is followed over at most `hops` hops (semantics M3), in any of
their accounts. Payments of grants are none of it, and a referenced refund of what was paid too much is no finding. False
when at least `false_share` per cent went back; the shortage that follows is F06's, and the same bank line counts once
in headlines.

Indicated; proved as far as signed statements of the accounts between show that what went back was this money and could be
no other (LIBR, as for F22).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.basis.findings import Finding, FindingClass, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.matching_facts import BackRow, MatchingFacts, ReportedMatch
from verifier.tracing.forced import Statements, forced
from verifier.tracing.homecoming import Homecomings, Journey, Manners, Reach, Trip
from verifier.tracing.hop_steps import trip_steps
from verifier.tracing.hops import Hop
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, fund_told, money_finding

RULE: Final = Rule(
    id="F08",
    version=1,
    title=Told(zh="虚假配套", en="False matching"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第一项、第七条第一项",
        en="Regulations on Penalties for Fiscal Offences (State Council Decree 427, rev. 2011), arts. 6(1), 7(1)",
    ),
    subject=("fund", "matching receipt"),
    severity="orange",
    tier="T1",
)

TREASURY: Final = frozenset({"treasury_single", "zero_balance"})
PATHS_MAX: Final = 20
"""Most ways back that a finding shows; its sums need all of them."""

_STRAIGHT: Final = 2
_PER_CENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    match: ReportedMatch
    terms: Terms
    journey: Journey


def judge(case: Case, books: MoneyBooks, homes: Homecomings, facts: MatchingFacts) -> Iterator[Finding]:
    """One finding for each receipt that went back almost whole; `facts` know afterwards what went back over others."""
    entries, statements = MoneyEntries(books.workspace), Statements(books)
    for match in list(facts.reported()):
        on = datetime.date.fromordinal(match.day)
        terms = case.book.terms(RULE.id, Addressee(fund=match.fund), on)
        reach = Reach(terms.number("match_return_days"), terms.number("hops"))
        journey = homes.of(match.seq, reach, _manners(case, match))
        if not journey.back:
            continue
        homes.accept(journey)
        for row in _roundabout(entries, statements, match, journey):
            facts.note_return(match.account, row)
        if journey.back * _PER_CENT >= journey.paid * terms.number("false_share"):
            seen = _Seen(match=match, terms=terms, journey=journey)
            yield _finding(case, books, entries, seen, forced(statements, journey.trips))


def _manners(case: Case, match: ReportedMatch) -> Manners:
    home = case.standing.related(match.payer)
    if match.giver is not None:
        home |= case.standing.related(match.giver)

    def is_home(hop: Hop) -> bool:
        place = hop.to_place or ""
        party = case.standing.owner(hop.taker)
        return (party or place.removeprefix("party ")) in home

    def is_passable(hop: Hop) -> bool:
        ends = [case.standing.accounts.get(one or "") for one in (hop.giver, hop.taker)]
        clearing = all(one is not None and one.account_class in TREASURY for one in ends)
        others = hop.fund is not None and (hop.source != "match" or hop.fund != match.fund)
        return not (clearing or others or hop.refers)

    return Manners(is_home, is_passable)


def _roundabout(
    entries: MoneyEntries, statements: Statements, match: ReportedMatch, journey: Journey
) -> Iterator[BackRow]:
    """What came home over others, as F06 counts what went back; what must have is as certain as a refund that says so."""
    trips = [trip for trip in journey.trips if len(trip.hops) > _STRAIGHT]
    certain = forced(statements, trips)
    for trip in trips:
        sure = min(certain, trip.amount)
        certain -= sure
        for amount, fund in ((sure, match.fund), (trip.amount - sure, None)):
            if amount:
                yield _row(entries, match, trip)._replace(amount=amount, fund=fund)


def _row(entries: MoneyEntries, match: ReportedMatch, trip: Trip) -> BackRow:
    last = trip.hops[-1]
    entry = entries.entry(last.in_seq or last.seq)
    day = last.in_day or last.day
    return BackRow(match.payer, day, day, entry.seq, entry.name, entry.leaf.hex(), trip.amount, None, None, 1)


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, seen: _Seen, least: int) -> Finding:
    match, journey = seen.match, seen.journey
    first = entries.entry(match.seq)
    last = max((trip.hops[-1] for trip in journey.trips), key=lambda hop: (hop.day, hop.seq))
    decisive = entries.entry(last.in_seq or last.seq)
    kind: FindingClass = "proved" if least else "indicated"
    told = [entries.entry(hop.seq) for trip in journey.trips[:PATHS_MAX] for hop in trip.hops]
    lead = Lead(
        subject=(match.fund, first.name),
        finding_class=kind,
        severity="red" if least else "orange",
        explanation=_explain(case, seen, least),
        clears_if=Told(
            zh="证明退回款项另有合法来由的凭证；或证明其为多配资金的退回，并登记为该笔配套到位的退回；"
            "或证明收款人与配套单位无关",
            en="papers that show another lawful reason for what went back; or proof that it was the refund of match paid "
            "too much, posted as a return of this receipt; or that who got it is not related to the payer",
        ),
        account=match.account,
        fund=match.fund,
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
            "received": journey.paid,
            "returned": journey.back,
            "forced": least,
            "ways": len(journey.trips),
            "hops": max(len(trip.hops) for trip in journey.trips),
            "days": last.day - journey.payment[0].day,
        },
    )
    return money_finding(case, books, RULE, lead)


def _explain(case: Case, seen: _Seen, least: int) -> Told:
    match, journey = seen.match, seen.journey
    account, fund, payer = (
        account_told(case, match.account),
        fund_told(case, match.fund),
        case.party(match.payer),
    )
    came, back, certain = (case.money(amount) for amount in (journey.paid, journey.back, least))
    on, share = datetime.date.fromordinal(match.day), journey.back * _PER_CENT // journey.paid
    days = max(trip.hops[-1].day for trip in journey.trips) - journey.payment[0].day
    return Told(
        zh=f"{payer.zh} 于 {on} 为资金{fund.zh}配套 {came.zh}，到位于{account.zh}；其后 {days} 日内有 {back.zh}"
        f"（{share}%）可能回到配套单位或其关联方；其中按各账户的最低中间余额，至少 {certain.zh} 为该笔配套。",
        en=f"On {on} {payer.en} matched fund {fund.en} with {came.en} in {account.en}; within {days} days {back.en} "
        f"({share} %) may have gone back to it or to related parties. By the lowest intermediate balances of the accounts "
        f"between, at least {certain.en} was this match.",
    )
