# SPDX-License-Identifier: Apache-2.0
"""Accounts whose bank statements stopped: they are silent, which never reads as clean."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.kinds.registry import Account
from verifier.basis.rulepack import Addressee, RuleBook
from verifier.basis.working_days import DAYS_MAX
from verifier.reconciliation.coverage import Coverage

STATEMENTS_STOPPED: Final = "statements_stopped"
"""The row of packs and policies that says in `days`, calendar days, when statements have stopped."""

DAYS: Final = 45
"""Where no row says it. Convention: banks close a month's statement within two weeks of its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedStatements:
    """The newest statement of `account` ends on `last`, longer ago than statements may be away."""

    account: str
    owner: str
    bank: str
    last: datetime.date


def stopped_after(book: RuleBook, as_of: datetime.date) -> datetime.timedelta:
    """How long after the end of its newest statement an account's statements have stopped, by the rows in force."""
    days = book.terms(STATEMENTS_STOPPED, Addressee(fund=""), as_of).get("days")
    return datetime.timedelta(days=DAYS if days is None else min(days, DAYS_MAX))


def last_statement_day(covered: Coverage, as_of: datetime.date, *, closed: bool) -> datetime.date | None:
    """The last day until `as_of` that a statement tells of, whatever became of it or a `closed` one; None if none does."""
    chains = [(one.first_day, one.last_day) for one in covered.stretches]
    if not closed:
        chains += [(one.first_day, one.last_day) for one in covered.open_balances + covered.aside]
    until = as_of.toordinal()
    ends = [min(last, until) for first, last in chains if first <= until]
    return datetime.date.fromordinal(max(ends)) if ends else None


def stopped_statements(
    coverage: Mapping[str, Coverage],
    accounts: Mapping[str, Account],
    as_of: datetime.date,
    after: datetime.timedelta,
) -> Iterator[StoppedStatements]:
    """Every registered account that had statements and has had none for longer than `after` on `as_of`, sorted by id.

    Accounts that never had one are not told: nobody can tell from the ledger whether one was promised.
    """
    for account, covered in sorted(coverage.items()):
        last = last_statement_day(covered, as_of, closed=False)
        registered = accounts.get(account)
        if registered is not None and last is not None and as_of - last > after:
            yield StoppedStatements(
                account=account, owner=registered.owner, bank=registered.bank or "", last=last
            )
