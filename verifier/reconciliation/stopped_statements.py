# SPDX-License-Identifier: Apache-2.0
"""Accounts whose bank statements stopped: they are silent, which never reads as clean."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.kinds.registry import Account
from verifier.reconciliation.coverage import Coverage

STOPPED_AFTER: Final = datetime.timedelta(days=45)
"""Convention: banks close a month's statement within two weeks of its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedStatements:
    """The newest statement of `account` ends on `last`, longer ago than `STOPPED_AFTER`."""

    account: str
    owner: str
    bank: str
    last: datetime.date


def stopped_statements(
    coverage: Mapping[str, Coverage], accounts: Mapping[str, Account], as_of: datetime.date
) -> Iterator[StoppedStatements]:
    """Every registered account that had statements and has none for the time before `as_of`, sorted by id.

    Accounts that never had one are not told: nobody can tell from the ledger whether one was promised.
    """
    for account, covered in sorted(coverage.items()):
        ends = [one.last_day for one in covered.stretches]
        ends += [one.last_day for one in covered.open_balances + covered.aside]
        registered = accounts.get(account)
        if registered is None or not ends:
            continue
        last = datetime.date.fromordinal(max(ends))
        if as_of - last > STOPPED_AFTER:
            yield StoppedStatements(
                account=account, owner=registered.owner, bank=registered.bank or "", last=last
            )
