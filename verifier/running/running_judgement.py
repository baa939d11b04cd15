# SPDX-License-Identifier: Apache-2.0
"""A judgement that goes on with the log: take entries, settle, read; nothing is judged again that nothing touched.

    running = RunningJudgement(case)
    for posted in events:
        running.take(posted)
    running.settle(as_of)          # new entries and fallen due dates, nothing else
    for line in running.lines(): …

Of what it judges, accounts and matters, it says the same as `verifier.judgement.run.Judgement` over the same entries as of
the same date, byte by byte; a sweep is a call of `settle` with a later date. Rules that look at the whole ledger at once
(`verifier.judgement.catalogue`) are not among it.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Waiver
from ledger.kinds.control import Correction
from verifier.basis.findings import Finding
from verifier.judgement.catalogue import FAMILIES
from verifier.judgement.money_watch import MoneyWatch
from verifier.judgement.run import row_of
from verifier.matters.judging import judge_matter, wakes_on
from verifier.matters.watch import MatterWatch
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent
from verifier.running.kept import Kept
from verifier.running.running_books import RunningBooks
from verifier.running.touched import Touched, changes_everything, index, reversed_since, touched_accounts

_ACCOUNT: Final = "account "
_MATTER: Final = "matter "


class RunningJudgement:
    """Owns the workspace of its case; `as_of` and `known_by` of the case follow the log."""

    def __init__(self, case: Case) -> None:
        """Nothing taken yet; the case is as of the day before anything was recorded."""
        self.case: Final = case
        self._money = MoneyWatch(case)
        self._money.books.tables.as_of = datetime.date.max  # whatever is recorded is dated until then
        self._matters = MatterWatch(case, FAMILIES)
        self._families = {family.name: family for family in FAMILIES}
        self._books = RunningBooks(case, self._money.books.tables)
        self._kept = Kept(case.workspace)
        self._touched = Touched()
        self._papers: dict[str, str] = {}
        self._settled = -1
        index(case.workspace)

    @property
    def rules(self) -> frozenset[str]:
        """Ids of the rules that are judged here."""
        return frozenset(rule.id for watch in (self._money, self._matters) for rule in watch.rules)

    def take(self, posted: PostedEvent) -> None:
        """The next event of the log, dated not later than it was recorded; nothing is judged yet."""
        self.case.known_by = posted.seq
        self.case.as_of = max(self.case.as_of, self.case.recorded_on(posted))
        if not self.case.take(posted):
            return
        self._money.take(posted)
        self._matters.take(posted)
        self._touched.everything |= changes_everything(posted)
        match posted.event:
            case Waiver() as waiver:
                self._papers[posted.name] = waiver.event or waiver.finding or ""
                self._touch_paper(posted.name)
            case Correction() as correction if correction.event in self._papers:
                self._touch_paper(correction.event)
            case _:
                pass

    def settle(self, as_of: datetime.date | None = None) -> None:
        """What was taken since, and what fell due until `as_of` (the last recorded date if absent), is judged."""
        if as_of is not None:
            self.case.as_of = max(self.case.as_of, as_of)
        touched, since = self._touched, self._settled
        self._touched, self._settled = Touched(), self.case.known_by
        touched.matters |= self._matters.shelves.place_new(since)
        touched.accounts |= touched_accounts(self.case.workspace, since)
        self._wake(touched)
        if touched.everything:
            touched.accounts |= self._books.accounts()
            touched.matters |= self._matters.shelves.all_matters()
        corrected = list(reversed_since(self.case.workspace, since))
        for judged in self._books.judge(touched.accounts, corrected):
            self._kept.replace(_ACCOUNT + judged.home, judged.findings, judged.gaps, judged.wake)
        self.case.bank = self._books.bank()
        for name in self._books.changed:
            touched.matters |= self._matters.shelves.of_event(name)
        for family, matter in sorted(touched.matters):
            self.judge_matter(family, matter)

    def lines(self) -> Iterator[bytes]:
        """The findings as JCS lines as of the date settled last, sorted by (rule, id)."""
        return self._kept.lines(self.case.as_of, self.case.known_by)

    def gaps(self) -> list[Gap]:
        """What could not be judged."""
        return self._kept.gaps()

    def _touch_paper(self, name: str) -> None:
        """What the paper `name` is about, an event or a finding, is to be judged again."""
        about = self._papers[name]
        self._touched.matters |= self._matters.shelves.of_event(about)
        self._touch(self._touched, self._kept.owners_of(about))

    def _wake(self, touched: Touched) -> None:
        self._touch(touched, self._kept.due(self.case.as_of))

    @staticmethod
    def _touch(touched: Touched, owners: set[str]) -> None:
        for owner in owners:
            if owner.startswith(_ACCOUNT):
                touched.accounts.add(owner.removeprefix(_ACCOUNT))
            else:
                family, _, matter = owner.removeprefix(_MATTER).partition(" ")
                touched.matters.add((family, matter))

    def judge_matter(self, name: str, matter: str) -> None:
        """What is found in the `matter` of the family called `name` is kept in place of what was."""
        family, rows = self._families[name], self._matters.shelves.facts(name, matter)
        told = list(judge_matter(family, matter, rows, self.case))
        findings = [row_of(one) for one in told if isinstance(one, Finding)]
        gaps = [one for one in told if isinstance(one, Gap)]
        wake = wakes_on(family, matter, rows, self.case)
        self._kept.replace(f"{_MATTER}{name} {matter}", findings, gaps, wake)
