# SPDX-License-Identifier: Apache-2.0
"""Units that posted nothing in the period of books, and accounts whose statements do not reach its end (spec §12.8)."""

import datetime
from collections.abc import Iterator, Mapping, Sequence

from ledger.kinds.registry import Account
from verifier.reconciliation.coverage import NOT_COVERED, Coverage
from verifier.reconciliation.stopped_statements import last_statement_day
from verifier.statement.period import Span
from verifier.statement.records import Quiet


def quiet_units(
    units: Sequence[str], last_posted: Mapping[str, datetime.date], span: Span, as_of: datetime.date
) -> Iterator[Quiet]:
    """When each of `units` last posted; silent if not since the period began."""
    for unit in units:
        last = last_posted.get(unit)
        silent = last is None or last < span.first
        yield Quiet(kind="unit", id=unit, owner=unit, last=last, days=_days(last, as_of), silent=silent)


def quiet_accounts(
    accounts: Sequence[Account],
    coverage: Mapping[str, Coverage],
    span: Span,
    as_of: datetime.date,
    *,
    stopped_after: datetime.timedelta,
) -> Iterator[Quiet]:
    """Until which day each of `accounts` has closed statements; silent if that is before the end of the period.

    Of a period that is not over nobody has statements to the day yet: there they have stopped, or not, as anywhere.
    """
    reached = as_of if as_of == span.last else as_of - stopped_after
    for one in accounts:
        last = last_statement_day(coverage.get(one.id, NOT_COVERED), as_of, closed=True)
        silent = last is None or last < reached
        yield Quiet(
            kind="account", id=one.id, owner=one.owner, last=last, days=_days(last, as_of), silent=silent
        )


def _days(last: datetime.date | None, as_of: datetime.date) -> int | None:
    return None if last is None else (as_of - last).days
