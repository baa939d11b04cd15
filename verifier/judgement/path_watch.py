# SPDX-License-Identifier: Apache-2.0
"""The rules that follow money over several accounts: they need all books at once and look at nothing else.

Where accounts were dealt out to several hands nobody holds all books; then they are closed here, once more and whole.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding
from verifier.judgement.money_watch import closing_terms
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent
from verifier.rules import false_matching, match_from_fund, return_to_origin
from verifier.tracing.homecoming import Homecomings, may_return
from verifier.tracing.money_books import MoneyBooks


class PathWatch:
    """F08, F22 and M4 over the hops of closed books; F06 learns from it what match went back over others."""

    def __init__(self, case: Case, books: MoneyBooks, matching: MatchingFacts) -> None:
        """Over `books` and `matching`, which others fill."""
        self.rules: Final = (false_matching.RULE, return_to_origin.RULE, match_from_fund.RULE)
        self._case = case
        self._books = books
        self._matching = matching
        self._cut: dict[str, int] = {}

    def take(self, posted: PostedEvent) -> None:
        """Nothing: the books take it."""

    def findings(self) -> Iterator[Finding]:
        """Match first, since what it brought back is spoken for; then all other payments."""
        matched = next(self._matching.reported(), None) is not None
        if not matched and not may_return(self._books):
            return
        if not self._books.closed:
            self._books.close(closing_terms(self._case))
        homes = Homecomings(self._books)
        if matched:
            yield from false_matching.judge(self._case, self._books, homes, self._matching)
            self._cut[false_matching.RULE.id] = homes.cut
            yield from match_from_fund.judge(self._case, self._books, self._matching)
        before = homes.cut
        yield from return_to_origin.judge(self._case, self._books, homes)
        self._cut[return_to_origin.RULE.id] = homes.cut - before

    def gaps(self) -> Iterator[Gap]:
        """Payments whose ways were too many to follow; suppliers owe nobody their bank lines, which is no gap."""
        reason = Told(
            zh="收款方其后的收付过多，未能全部追踪是否回流",
            en="the payee's later payments are too many to follow all ways back",
        )
        for rule, count in sorted(self._cut.items()):
            if count:
                yield Gap(rule=rule, reason=reason, count=count)
