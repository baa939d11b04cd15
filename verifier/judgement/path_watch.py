# SPDX-License-Identifier: Apache-2.0
"""The rules that follow money over several accounts: they need all books at once and look at nothing else.

Where accounts were dealt out to several hands nobody holds all books; then they are closed here, once more and whole.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding
from verifier.judgement.money_watch import closing_terms
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent
from verifier.rules import return_to_origin
from verifier.tracing.homecoming import Homecomings, may_return
from verifier.tracing.money_books import MoneyBooks


class PathWatch:
    """F22 over the hops of closed books."""

    def __init__(self, case: Case, books: MoneyBooks) -> None:
        """Over `books`, which somebody else fills."""
        self.rules: Final = (return_to_origin.RULE,)
        self._case = case
        self._books = books

    def take(self, posted: PostedEvent) -> None:
        """Nothing: the books take it."""

    def findings(self) -> Iterator[Finding]:
        """What came back to where it came from."""
        if not may_return(self._books):
            return
        if not self._books.closed:
            self._books.close(closing_terms(self._case))
        homes = Homecomings(self._books)
        yield from return_to_origin.judge(self._case, self._books, homes)

    def gaps(self) -> Iterator[Gap]:
        """None: suppliers owe nobody their bank lines."""
        return iter(())
