# SPDX-License-Identifier: Apache-2.0
"""What everybody who judges a shard is told of the whole: the ledger, the dates, the registers, the rules in force.

It goes to processes of this program only, as a pickle, and never comes from outside.
"""

import pickle
from dataclasses import dataclass, field, fields
from typing import Any, Final

from ledger.kinds.registry import Account, Calendar, Fund
from verifier.obligations.case import Case
from verifier.obligations.records import BankDates, NoFeeds
from verifier.reconciliation.coverage import Coverage
from verifier.reconciliation.fact_tables import FactTables
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.reconciling import ClosingTerms
from verifier.workspace import Workspace

_ONES_OWN: Final = frozenset({"workspace", "bank"})
"""Parts of a case that everybody has of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """The case without workspace and bank; both coverages are empty until every account's statements were read."""

    case_parts: dict[str, Any]
    accounts: dict[str, Account]
    funds: dict[str, Fund]
    line_funds: dict[str, str]
    calendars: list[Calendar]
    closing: ClosingTerms
    coverage: dict[str, Coverage] = field(default_factory=dict)
    coverage_before: dict[str, Coverage] = field(default_factory=dict)

    def case(self, workspace: Workspace, bank: BankDates | None = None) -> Case:
        """The case in `workspace`, as the whole has it after its last event."""
        return Case(workspace=workspace, bank=bank or NoFeeds(), **self.case_parts)

    def open_books(self, case: Case) -> MoneyBooks:
        """Books without rows, with the registers of the whole."""
        books = MoneyBooks(case.workspace, case.genesis, as_of=case.as_of, genesis_hash=case.genesis_hash)
        books.tables.accounts.update(self.accounts)
        books.tables.pools.refresh()
        books.tables.funds.update(self.funds)
        books.tables.line_funds.update(self.line_funds)
        books.tables.calendars.extend(self.calendars)
        return books


def brief(case: Case, tables: FactTables, closing: ClosingTerms) -> Briefing:
    """The briefing of `case` after its last event; `tables` are those of its books."""
    parts = {one.name: getattr(case, one.name) for one in fields(case)}
    return Briefing(
        case_parts={name: part for name, part in parts.items() if name not in _ONES_OWN},
        accounts=tables.accounts,
        funds=tables.funds,
        line_funds=tables.line_funds,
        calendars=tables.calendars,
        closing=closing,
    )


def sealed(briefing: Briefing) -> bytes:
    """The bytes that another process of this run opens with `opened`."""
    return pickle.dumps(briefing, protocol=5)


def opened(data: bytes) -> Briefing:
    """The briefing that this run sealed."""
    made = pickle.loads(data)  # noqa: S301 - made by `sealed` in this very run
    if not isinstance(made, Briefing):
        raise TypeError("not a briefing of this run")
    return made
