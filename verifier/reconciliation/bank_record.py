# SPDX-License-Identifier: Apache-2.0
"""What the bank says of reports, by stable name, for whoever puts dates on payments (semantics O1, R3)."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from verifier.obligations.records import Booking, Unsettled
from verifier.reconciliation.coverage import NOT_COVERED, Coverage
from verifier.reconciliation.placing import Standing
from verifier.workspace import Workspace

_OUTCOME: Final = """
    SELECT outcome.standing, outcome.day, outcome.booked, outcome.rest
    FROM report LEFT JOIN same_payment ON same_payment.use_seq = report.seq
    JOIN outcome ON outcome.seq = coalesce(same_payment.pay_seq, report.seq) WHERE report.name = ?"""


class Outcome(NamedTuple):
    """What placing left of a report: how it stands, on which day (an ordinal), how much is booked, how the rest stands."""

    standing: Standing
    day: int | None
    booked: int
    rest: Standing


class BankRecord:
    """What the bank booked, over the tables of a finished `placing.Placing`.

    Satisfies `verifier.obligations.records.BankDates`.
    """

    def __init__(self, workspace: Workspace, coverage: Mapping[str, Coverage]) -> None:
        """Ready to be asked; names are indexed here."""
        self._workspace = workspace
        self._coverage = coverage
        workspace.run("CREATE INDEX IF NOT EXISTS report_name ON report (name)")
        workspace.run("CREATE INDEX IF NOT EXISTS same_use ON same_payment (use_seq)")

    def bookings(self, name: str, amount: int) -> Sequence[Booking]:
        """The parts of the report with stable name `name`, which sum to its `amount`, in a fixed order.

        A report of money that touches no custodian account is ``unfed``; a part beyond what the bank bore out stands
        as the rest of the report does; a use that tells a direct payment again is booked as that payment (T22).
        """
        return parts_of(self._workspace.look_up(Outcome, _OUTCOME, (name,)), amount)

    def covers(self, account: str, first: datetime.date, last: datetime.date) -> bool:
        """Whether closed statements of `account` cover every day from `first` to `last` (T2)."""
        found = self._coverage.get(account, NOT_COVERED)
        return found.covers_all(first.toordinal(), last.toordinal())


def parts_of(outcome: Outcome | None, amount: int) -> Sequence[Booking]:
    """The parts of a report of `amount` by its outcome; None for a report that touches no custodian account."""
    if outcome is None or outcome.standing != "booked" or outcome.day is None:
        return (Booking(amount, "unfed" if outcome is None else _unsettled(outcome.standing)),)
    parts = [Booking(min(outcome.booked, amount), datetime.date.fromordinal(outcome.day))]
    if outcome.booked < amount:
        parts.append(Booking(amount - outcome.booked, _unsettled(outcome.rest)))
    return parts


def _unsettled(standing: Standing) -> Unsettled:
    match standing:
        case "pending" | "refuted":
            return standing
        case _:
            return "unfed"
