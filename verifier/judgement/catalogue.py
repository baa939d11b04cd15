# SPDX-License-Identifier: Apache-2.0
"""The rules that a judgement runs; adding a rule is one file under `verifier.rules` and a few lines here."""

from collections.abc import Iterator
from typing import Any, Final

from verifier.basis.findings import Finding
from verifier.judgement import list_family, work_family
from verifier.judgement.duty_families import DUTY_FAMILIES
from verifier.judgement.flow_families import FLOW_FAMILIES
from verifier.judgement.money_watch import MoneyWatch
from verifier.judgement.path_watch import PathWatch
from verifier.matters.family import Family
from verifier.matters.watch import MatterWatch
from verifier.obligations.case import Case
from verifier.obligations.line_excess import LineExcess
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.overrides import Overrides
from verifier.obligations.watch import Gap, Watch
from verifier.posted import PostedEvent
from verifier.rules import (
    emergency_override,
    funded_twice,
    invoice_reused,
    matching_demand,
    matching_shortfall,
    over_limit,
    refunded_next_year,
    split_purchases,
    voucher_missing,
)


class MatchingWatch:
    """F06 and F07 over the same facts."""

    def __init__(self, case: Case) -> None:
        """Nothing taken yet."""
        self.rules: Final = (matching_shortfall.RULE, matching_demand.RULE)
        self._case = case
        self.facts: Final = MatchingFacts(case.workspace)

    def take(self, posted: PostedEvent) -> None:
        """Note what bears on matching money."""
        self.facts.take(posted, self._case)

    def findings(self) -> Iterator[Finding]:
        """Shortfalls, and demands without lawful basis."""
        self.facts.ready()
        yield from matching_shortfall.judge(self._case, self.facts)
        yield from matching_demand.judge(self._case, self.facts)

    def gaps(self) -> Iterator[Gap]:
        """None: what bank lines leave open is a finding of its own class."""
        return iter(())


class OverLimitWatch:
    """F32, which has something to see only where the ledger records what is over the limit."""

    def __init__(self, case: Case) -> None:
        """Nothing taken yet."""
        self.rules: Final = (over_limit.RULE,)
        self._case = case
        self._lines = LineExcess(case.workspace) if case.genesis.ceilings == "flag" else None

    def take(self, posted: PostedEvent) -> None:
        """Follow the lines."""
        if self._lines is not None:
            self._lines.take(posted)

    def findings(self) -> Iterator[Finding]:
        """One for each time a line was overdrawn."""
        return iter(()) if self._lines is None else over_limit.judge(self._case, self._lines)

    def gaps(self) -> Iterator[Gap]:
        """None."""
        return iter(())


class OverrideWatch:
    """K1, over the overrides that were declared."""

    def __init__(self, case: Case) -> None:
        """Nothing taken yet."""
        self.rules: Final = (emergency_override.RULE,)
        self._case = case
        self._overrides = Overrides()

    def take(self, posted: PostedEvent) -> None:
        """Follow keys and overrides."""
        self._overrides.take(posted)

    def findings(self) -> Iterator[Finding]:
        """One for each override."""
        return emergency_override.judge(self._case, self._overrides)

    def gaps(self) -> Iterator[Gap]:
        """None."""
        return iter(())


FAMILIES: Final[tuple[Family[Any], ...]] = (
    *DUTY_FAMILIES,
    *FLOW_FAMILIES,
    invoice_reused.FAMILY,
    refunded_next_year.FAMILY,
    work_family.FAMILY,
    list_family.FAMILY,
    split_purchases.FAMILY,
    funded_twice.FAMILY,
    voucher_missing.FAMILY,
)
"""Rules that judge matter by matter (`verifier.matters.family`)."""


def watches_of(case: Case) -> tuple[Watch, ...]:
    """Every rule at work on `case`; the books first, since they let the case know what the bank says."""
    money, matching = MoneyWatch(case), MatchingWatch(case)
    return (
        money,
        PathWatch(case, money.books, matching.facts),
        matching,
        OverLimitWatch(case),
        OverrideWatch(case),
        MatterWatch(case, FAMILIES),
    )
