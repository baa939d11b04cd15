# SPDX-License-Identifier: Apache-2.0
"""Whether matching money is short on the day of the check, and how well that is known (semantics M1, M3)."""

import datetime
from dataclasses import dataclass, replace
from typing import Final

from ledger.kinds.registry import CUSTODIAN_CLASSES
from verifier.basis.findings import FindingClass
from verifier.basis.rulepack import Addressee, Terms
from verifier.obligations.case import Case
from verifier.obligations.matching_demands import Owed
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.matching_need import MatchingAccount, Receipt, Tally, read_matching
from verifier.obligations.matching_waivers import ByRule, Excused, excused

_TEN_THOUSAND: Final = 10_000
_PER_CENT: Final = 100
_DAY: Final = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A shortfall: the account, its tallies on the day of the check and at the as-of date, and the rule's parameters."""

    account: MatchingAccount
    terms: Terms
    then: Tally
    now: Tally
    sure: int
    covered: bool
    papers: Excused

    @property
    def owed(self) -> Owed:
        """The demand."""
        return self.account.owed

    @property
    def counted(self) -> list[Receipt]:
        """Receipts that count on the day of the check."""
        return [one for one in self.account.receipts if one.on <= self.owed.day and not one.pending]

    @property
    def pending(self) -> int:
        """What was reported for that day and the bank may still bear out."""
        return sum(
            one.amount for one in self.account.receipts if one.pending and one.claimed <= self.owed.day
        )

    @property
    def false_receipts(self) -> int:
        """Receipts of which at least `false_share` per cent went back."""
        share = self.terms.number("false_share")
        gone = [sum(one.back.values()) * _PER_CENT >= one.amount * share for one in self.counted if one.back]
        return sum(gone)

    def exceeds(self, gap: int, need: int) -> bool:
        """Whether `gap` is more than the tolerance of `need`."""
        return gap * _TEN_THOUSAND > need * self.terms.number("match_tol")

    @property
    def outstanding(self) -> int:
        """What is missing at the as-of date; nothing where a later paper lifted it (O6)."""
        return 0 if self.papers.lapsed else self.now.gap

    @property
    def state(self) -> str:
        """How it stands at the as-of date."""
        if self.papers.lapsed:
            return "lapsed"
        return "short" if self.exceeds(self.now.gap, self.now.need) else "met_late"

    @property
    def finding_class(self) -> FindingClass:
        """How well the shortage is known (DESIGN §6)."""
        then = self.then
        if self.pending and not self.exceeds(max(0, then.gap - self.pending), then.need):
            return "undecidable"
        firm = self.exceeds(self.sure, then.need) and self.account.base.own_acts and self.covered
        if self.papers.shaken:
            return "indicated"
        return "proved" if firm and all(one.banked for one in self.counted) else "indicated"

    def known_on(self, as_of: datetime.date) -> datetime.date:
        """The first day from which on the shortage was known without a break until the as-of date."""
        due = self.owed.due
        since: datetime.date | None = None
        for day in [one for one in self.account.turning_days() if one <= as_of]:
            if due is None:
                tally = self.account.firm(day, gone=day, known=day)
            else:
                tally = self.account.firm(due, gone=day, known=day)
            if not (tally.gap and self.exceeds(tally.gap, tally.need)):
                since = None
            elif since is None:
                since = day
        first = since or as_of
        return first if due is None else max(first, due + _DAY)


def check(case: Case, facts: MatchingFacts, owed: Owed, rule: str) -> Shortfall | None:
    """The shortfall of what is `owed`, by the parameters of `rule` and papers that put it off or lift it (O6).

    None if there is none, if it was waived in time, or if the due day is not over.
    """
    level = case.standing.level(owed.party)
    terms = case.book.terms(rule, Addressee(fund=owed.fund, level=level), case.as_of)
    dates = case.dates(terms.number("late_days"))
    papers = excused(case, facts, owed, ByRule(rule, terms), dates)
    owed = papers.owed
    begun = max((day for day in (owed.due, owed.free_until) if day is not None), default=None)
    if papers.waived or (begun is not None and case.as_of <= begun):
        return None
    account = read_matching(case, facts, owed, dates, terms.number("match_return_days"))
    then = account.firm(owed.day, gone=case.as_of)
    short = Shortfall(
        account=account,
        terms=terms,
        then=then,
        now=account.firm(case.as_of, gone=case.as_of),
        sure=account.generous(owed.day).gap,
        covered=False,
        papers=papers,
    )
    if not (then.gap and short.exceeds(then.gap, then.need)):
        return None
    return replace(short, covered=_is_covered(case, facts, account))


def _is_covered(case: Case, facts: MatchingFacts, account: MatchingAccount) -> bool:
    """Whether every account in which the money could have landed is covered, from the first of the base to the check.

    What a party owes without a base it owes since the fund was registered.
    """
    first, owed = account.base.first, account.owed
    day = facts.fund_day(owed.fund) if first is None else first.day
    if day is None:
        return False
    start = datetime.date.fromordinal(day)
    accounts = _landing_accounts(case, account)
    return bool(accounts) and all(case.bank.covers(one, start, owed.day) for one in accounts)


def _landing_accounts(case: Case, account: MatchingAccount) -> list[str]:
    """Where matching money was reported, and accounts dedicated to the fund; failing those, all the party keeps."""
    owed, standing = account.owed, case.standing
    units = {party.id for party in standing.parties.values() if party.parent == owed.party} | {owed.party}
    kept = {one.id: one for one in standing.accounts.values() if one.account_class in CUSTODIAN_CLASSES}
    found = {one.account for one in account.receipts}
    found |= {one.id for one in kept.values() if one.fund == owed.fund and one.owner in units}
    return sorted(found or {one.id for one in kept.values() if one.owner == owed.party})
