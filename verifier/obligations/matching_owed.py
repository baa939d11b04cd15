# SPDX-License-Identifier: Apache-2.0
"""Matching money that is still to come on the as-of date, before the due day of its term and after it (semantics M1)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.fund_terms import MatchingAmount
from verifier.basis.rulepack import Addressee
from verifier.obligations.case import Case
from verifier.obligations.matching_demands import Owed, lawful_demands
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.matching_need import MatchingAccount, owed_by, read_matching
from verifier.obligations.matching_waivers import ByRule, excused
from verifier.obligations.records import State, days_before, running

_TEN_THOUSAND: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingOwed:
    """`party` owes `missing` of `need` for `fund` by `due`; minor units, as of the day of the judgement.

    `started` is the position of the first entry of the base, the money that asks for the match; `state` is ``open``,
    ``due_soon`` from the day `soon_from` on, ``overdue``, or ``met``.
    """

    party: str
    fund: str
    need: int
    missing: int
    due: datetime.date
    soon_from: datetime.date
    state: State
    started: int


def matching_owed(case: Case, facts: MatchingFacts, rule: str, *, soon_by: str) -> Iterator[MatchingOwed]:
    """What each party owes by each lawful term with a due day, met or not, sorted by fund, term and party.

    By the parameters of `rule`; `soon_by` is the rule that says how many days before its day something is due soon. A term
    without a due day asks for money in proportion, on any day: only findings speak of it. Shortages within the tolerance
    count as met.
    """
    for fund_id, fund in sorted(case.standing.funds.items()):
        for name, demand in lawful_demands(fund):
            if demand.due_on is None:
                continue
            for owed in owed_by(case, facts, fund_id, name, demand):
                found = _standing(case, facts, owed, rule, soon_by)
                if found is not None:
                    yield found


def _standing(case: Case, facts: MatchingFacts, owed: Owed, rule: str, soon_by: str) -> MatchingOwed | None:
    """How what is `owed` stands at the as-of date; None while nothing asks for it yet, or where a paper lifted it."""
    addressee = Addressee(fund=owed.fund, level=case.standing.level(owed.party))
    terms = case.book.terms(rule, addressee, case.as_of)
    soon = case.book.terms(soon_by, addressee, case.as_of).number("soon")
    dates = case.dates(terms.number("late_days"))
    papers = excused(case, facts, owed, ByRule(rule, terms), dates)
    owed = papers.owed
    account = read_matching(case, facts, owed, dates, terms.number("match_return_days"))
    started = _started(facts, account)
    if owed.due is None or started is None or papers.waived or papers.lapsed:
        return None
    tally = account.firm(case.as_of, gone=case.as_of)
    soon_from = days_before(owed.due, soon)
    short = tally.gap * _TEN_THOUSAND > tally.need * terms.number("match_tol")
    return MatchingOwed(
        party=owed.party,
        fund=owed.fund,
        need=tally.need,
        missing=tally.gap,
        due=owed.due,
        soon_from=soon_from,
        state=running(case.as_of, soon_from=soon_from, due=owed.due) if short else "met",
        started=started,
    )


def _started(facts: MatchingFacts, account: MatchingAccount) -> int | None:
    """The position of what asks for the match: the first entry of the base, or the fund where a party owes without one."""
    if account.base.first is not None:
        return account.base.first.seq
    named = isinstance(account.owed.term, MatchingAmount) and account.owed.term.party is not None
    entry = facts.fund_entries.get(account.owed.fund)
    return entry.seq if named and entry is not None else None
