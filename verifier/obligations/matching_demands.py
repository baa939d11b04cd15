# SPDX-License-Identifier: Apache-2.0
"""What a fund demands in matching money (配套): ratios of a base, fixed amounts, and what a party owes by them (M1)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ledger.kinds.fund_terms import MatchingAmount
from ledger.kinds.registry import Fund, MatchingTerm

Demand = MatchingTerm | MatchingAmount
"""What a fund demands: a ratio of a base, or a fixed amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A demand on `party` by the one called `name` of `fund`, checked at the end of `day`: its due day, or as of (M1).

    `due` is the due day that counts, papers that moved it considered; nothing is asked up to `free_until`.
    """

    fund: str
    name: str
    term: Demand
    party: str
    day: datetime.date
    due: datetime.date | None
    free_until: datetime.date | None = None

    @property
    def subject(self) -> tuple[str, str, str]:
        """What tells this demand from all others."""
        return (self.fund, self.name, self.party)

    @property
    def base(self) -> Literal["allocated", "disbursed"]:
        """On what it is reckoned; a fixed amount is owed by whoever was given something."""
        return self.term.base if isinstance(self.term, MatchingTerm) else "allocated"

    @property
    def parameters(self) -> dict[str, int | str]:
        """The numbers of the demand, as findings name them."""
        return numbers_of(self.term)

    def need(self, base: int) -> int:
        """How much is owed on `base` (M1): rounded down; a fixed amount in full, by a level only if it was given money."""
        match self.term:
            case MatchingTerm():
                return base * self.term.num // self.term.den
            case MatchingAmount():
                return self.term.amount if base or self.term.party is not None else 0

    def put_off(self, until: datetime.date) -> "Owed":
        """The demand due on `until` instead; where it names no due day, not asked for up to then."""
        if self.due is None:
            return replace(self, free_until=until)
        return replace(self, due=until, day=until)


def numbers_of(demand: Demand) -> dict[str, int | str]:
    """The numbers of a demand, as findings name them."""
    match demand:
        case MatchingTerm():
            return {"num": demand.num, "den": demand.den, "base": demand.base}
        case MatchingAmount():
            return {"fixed": demand.amount}


def lawful_demands(fund: Fund) -> Iterator[tuple[str, Demand]]:
    """What `fund` demands on a basis that it names, each with its name in findings."""
    for name, demand in demands_of(fund):
        if demand.basis is not None:
            yield name, demand


def demands_of(fund: Fund) -> Iterator[tuple[str, Demand]]:
    """All that `fund` demands; a ratio of nothing demands nothing."""
    for index, term in enumerate(fund.matching):
        if term.num:
            yield f"term {index}", term
    for index, amount in enumerate(fund.matching_amounts):
        yield f"amount {index}", amount
