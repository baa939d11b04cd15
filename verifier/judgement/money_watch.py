# SPDX-License-Identifier: Apache-2.0
"""All rules about where money went, at work on one case: they share one set of books."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.records import NoFeeds
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent
from verifier.reconciliation.coverage import NOT_COVERED
from verifier.reconciliation.pairing import DEFAULT, Windows
from verifier.rules import (
    bank_mismatch,
    entitlement_shortage,
    out_of_scope,
    restitution_excess,
    statement_gap,
    tag_in_doubt,
    unconfirmed_report,
    unreferenced_return,
)
from verifier.tracing.interest import GENERAL_INTEREST, InterestRule
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.reconciling import ClosingTerms

Judge = Callable[[Case, MoneyBooks], Iterator[Finding]]

WINDOWS_RULE: Final = "R1"
"""The rule of the pack whose parameters are the windows of reconciliation."""
WINDOWS: Final = ("match_days", "date_days", "report_days", "report_grace_wd", "late_days")


INTEREST_RULE: Final = "T16"
"""The rule of the pack whose parameter `to_fund` says whether untagged interest follows the fund."""

JUDGES: Final[tuple[tuple[Rule, Judge], ...]] = (
    (out_of_scope.RULE, out_of_scope.judge),
    (entitlement_shortage.RULE, entitlement_shortage.judge),
    (tag_in_doubt.RULE, tag_in_doubt.judge),
    (bank_mismatch.RULE, bank_mismatch.judge),
    (unconfirmed_report.RULE, unconfirmed_report.judge),
    (unreferenced_return.RULE, unreferenced_return.judge),
    (restitution_excess.RULE, restitution_excess.judge),
    (statement_gap.RULE, statement_gap.judge),
)
"""The rules that read the books, with what each makes of them."""


class MoneyWatch:
    """Closes the books before anything is found, so it stands before every watch that asks the bank for dates."""

    def __init__(self, case: Case) -> None:
        """Empty books in the workspace of `case`."""
        self.rules: Final = tuple(rule for rule, _ in JUDGES)
        self.books: Final = MoneyBooks(
            case.workspace, case.genesis, as_of=case.as_of, genesis_hash=case.genesis_hash
        )
        self._case = case

    def take(self, posted: PostedEvent) -> None:
        """The books after `posted`."""
        self.books.take(posted)

    def findings(self) -> Iterator[Finding]:
        """Close the books, let the case know what the bank says unless it was told otherwise, and judge."""
        self.books.close(closing_terms(self._case))
        self.books.keep_corrected()
        if isinstance(self._case.bank, NoFeeds):
            self._case.bank = self.books.bank()
        return found_in(self.books, self._case)

    def gaps(self) -> Iterator[Gap]:
        """Accounts that hold earmarked money and have no statements."""
        return gaps_in(self.books)


def found_in(books: MoneyBooks, case: Case) -> Iterator[Finding]:
    """What the rules make of closed books."""
    for _, judge in JUDGES:
        yield from judge(case, books)


def gaps_in(books: MoneyBooks) -> Iterator[Gap]:
    """Accounts that hold earmarked money and have no statements: what is not reported there, nobody can see."""
    blind = sum(1 for _ in blind_accounts(books))
    if blind:
        yield blind_gap(blind)


def blind_accounts(books: MoneyBooks) -> Iterator[str]:
    """The accounts of closed books that hold earmarked money and have no closed bank statement."""
    coverage = books.coverage
    return (one for one in books.traced.keepers() if not coverage.get(one, NOT_COVERED).stretches)


def blind_gap(count: int) -> Gap:
    """That `count` accounts are blind."""
    reason = Told(
        zh="存有专项资金的账户没有完整的银行对账单，未报告的支出无从得知",
        en="an account holds earmarked money and has no closed bank statement: unreported spending cannot be seen",
    )
    return Gap(rule=entitlement_shortage.RULE.id, reason=reason, count=count)


def closing_terms(case: Case) -> ClosingTerms:
    """By what the books of `case` are closed."""
    return ClosingTerms(
        windows_of(case), case.tracing, case.book.rows_of(out_of_scope.RULE.id), interest_of(case)
    )


def interest_of(case: Case) -> InterestRule:
    """From which day on the pack and the policies give untagged interest to which funds (T16)."""
    told: list[tuple[int, frozenset[str]]] = []
    for day in case.book.changes_of(INTEREST_RULE):
        terms = {
            fund: case.book.terms(INTEREST_RULE, Addressee(fund=fund), day) for fund in case.standing.funds
        }
        told.append(
            (day.toordinal(), frozenset(fund for fund, one in terms.items() if one.number("to_fund")))
        )
    return tuple(told) if any(funds for _, funds in told) else GENERAL_INTEREST


def windows_of(case: Case) -> Windows:
    """The windows that the pack and the policies in force at the as-of date set; defaults for the rest."""
    terms = case.book.terms(WINDOWS_RULE, Addressee(fund=""), case.as_of)
    numbers = {name: terms.get(name) for name in WINDOWS}
    said = {name: number for name, number in numbers.items() if number is not None}
    return replace(DEFAULT, **said, windows_from=", ".join(terms.sources))
