# SPDX-License-Identifier: Apache-2.0
"""What comes back from a shard as rows: findings, gaps, and what banks say of reports; and what it is made of again."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from verifier.language import Told
from verifier.obligations.records import Booking
from verifier.obligations.watch import Gap
from verifier.reconciliation.bank_record import Outcome, parts_of
from verifier.reconciliation.coverage import NOT_COVERED, Coverage


class GapRow(NamedTuple):
    """A gap as plain columns."""

    rule: str
    zh: str
    en: str
    times: int


def told_gap(gap: Gap) -> GapRow:
    """The row of `gap`."""
    return GapRow(gap.rule, gap.reason.zh, gap.reason.en, gap.count)


def gap_from(row: GapRow) -> Gap:
    """The gap that `row` tells."""
    return Gap(rule=row.rule, reason=Told(zh=row.zh, en=row.en), count=row.times)


class ToldBank:
    """What banks say of the reports that somebody was told of; satisfies `verifier.obligations.records.BankDates`."""

    def __init__(self, outcome: Callable[[str], Outcome | None], coverage: Mapping[str, Coverage]) -> None:
        """`outcome` is that of a report by its stable name; None for one that touches no custodian account."""
        self._outcome = outcome
        self._coverage = coverage

    def bookings(self, name: str, amount: int) -> Sequence[Booking]:
        """The parts of the report, which sum to its `amount`, in a fixed order."""
        return parts_of(self._outcome(name), amount)

    def covers(self, account: str, first: datetime.date, last: datetime.date) -> bool:
        """Whether closed statements of `account` cover every day from `first` to `last` (T2)."""
        return self._coverage.get(account, NOT_COVERED).covers_all(first.toordinal(), last.toordinal())
