# SPDX-License-Identifier: Apache-2.0
"""Accounts whose statements stopped: so many days after the end of the newest one, whatever became of it."""

from __future__ import annotations

import datetime

import pytest
from msgspec.structs import replace

from ledger.kinds.registry import Account, Policy
from tests.scenarios.language import scenario
from verifier.basis.rulepack import PACKS, RuleBook, load_pack
from verifier.reconciliation.coverage import NOT_COVERED, Coverage, Statement, coverage_of
from verifier.reconciliation.stopped_statements import (
    DAYS,
    last_statement_day,
    stopped_after,
    stopped_statements,
)

AFTER = datetime.timedelta(days=DAYS)
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
    found = list(stopped_statements({"A": covered(LAST, lines=lines)}, ACCOUNTS, as_of, AFTER))
    assert [(one.account, one.owner, one.bank, one.last) for one in found] == (
        [("A", "OWNER", "BANK", LAST)] if told else []
    )


def test_accounts_that_never_had_statements_are_not_told() -> None:
    """Nor any that nobody registered."""
    late = LAST + datetime.timedelta(days=400)
    coverage = {"B": NOT_COVERED, "A": covered(LAST), "STRANGE": covered(LAST)}
    assert [one.account for one in stopped_statements(coverage, ACCOUNTS, late, AFTER)] == ["A"]


@pytest.mark.parametrize("pack", PACKS)
def test_the_days_are_those_of_the_rows_in_force(pack: str) -> None:
    """A policy moves them from its effective day on; where no row says any, they are 45 as in the packs that ship."""
    book = RuleBook(load_pack(pack))
    assert stopped_after(book, LAST) == AFTER
    (posted,) = scenario(
        "2026-01-05 policy P effective_on=2026-02-01\n  row a statements_stopped days=20 unit=calendar"
    ).events
    assert isinstance(posted.event, Policy)
    book.adopt(posted.event)
    assert stopped_after(book, LAST) == AFTER
    assert stopped_after(book, datetime.date(2026, 2, 1)).days == 20
    assert stopped_after(RuleBook(replace(book.pack, rows=())), LAST) == AFTER


@pytest.mark.parametrize(("lines", "closed"), [(1, LAST), (2, None)])
def test_books_go_by_closed_statements(lines: int, closed: datetime.date | None) -> None:
    """And by no day after the one on which they are read."""
    found = covered(LAST, lines=lines)
    assert last_statement_day(found, LAST, closed=True) == closed
    assert last_statement_day(found, LAST, closed=False) == LAST
    earlier = datetime.date(2026, 1, 10)
    assert last_statement_day(found, earlier, closed=False) == earlier
    assert last_statement_day(found, datetime.date(2025, 12, 31), closed=False) is None
