# SPDX-License-Identifier: Apache-2.0
"""Accounts whose statements stopped: 45 days after the end of the newest one, whatever became of it."""

from __future__ import annotations

import datetime

import pytest

from ledger.kinds.registry import Account
from verifier.reconciliation.coverage import NOT_COVERED, Coverage, Statement, coverage_of
from verifier.reconciliation.stopped_statements import stopped_statements

LAST = datetime.date(2026, 1, 31)
ACCOUNTS = {
    name: Account(
        occurred_on=datetime.date(2026, 1, 5), id=name, owner="OWNER", bank="BANK", account_class="special"
    )
    for name in ("A", "B")
}


def covered(last: datetime.date, *, lines: int = 1) -> Coverage:
    """The coverage of one statement that ends on `last`; it has one line, and is closed if it says so."""
    day = last.toordinal()
    return coverage_of([Statement("A", "S", 2, day - 30, day, 10, 20, lines, 1, 1, 1, 0, 10, day, day)])


@pytest.mark.parametrize(("days", "told"), [(45, False), (46, True)])
@pytest.mark.parametrize("lines", [1, 2], ids=["closed", "not closed"])
def test_silence_begins_after_45_days(days: int, told: bool, lines: int) -> None:
    """A statement that does not close is a statement all the same."""
    as_of = LAST + datetime.timedelta(days=days)
    found = list(stopped_statements({"A": covered(LAST, lines=lines)}, ACCOUNTS, as_of))
    assert [(one.account, one.owner, one.bank, one.last) for one in found] == (
        [("A", "OWNER", "BANK", LAST)] if told else []
    )


def test_accounts_that_never_had_statements_are_not_told() -> None:
    """Nor any that nobody registered."""
    late = LAST + datetime.timedelta(days=400)
    coverage = {"B": NOT_COVERED, "A": covered(LAST), "STRANGE": covered(LAST)}
    assert [one.account for one in stopped_statements(coverage, ACCOUNTS, late)] == ["A"]
