# SPDX-License-Identifier: Apache-2.0
"""Where a report stands in an account that no bank line bears out (semantics T2, R2, R3).

| the account on the report's day | the other side | the report |
|---|---|---|
| covered | – | is pending and moves nothing; after five working days that is a finding |
| not covered | borne out by its bank | moves the account on the other side's date |
| not covered | pending at its bank | moves nothing here either |
| not covered | not covered, or no custodian | moves the account on its effective date: reported only |

The effective date is `occurred_on`, but the recorded date when the ledger took the report in more than `late_days` working
days afterwards, unless genesis says `historical`. What a bank line bears out in part counts as
that part; the rest is a finding (R1).
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.reconciliation.coverage import NOT_COVERED, Coverage
from verifier.reconciliation.money_facts import CREDIT, DEBIT
from verifier.reconciliation.pairing import Windows
from verifier.workspace import Workspace

Standing = Literal["booked", "unfed", "pending", "refuted"]
"""Borne out; no statement could; the line may still come; the statements are there and the line is not."""

_TABLES: Final = (
    "CREATE TABLE outcome (seq INTEGER PRIMARY KEY, standing TEXT, day INTEGER, booked INTEGER, rest TEXT)",
    """CREATE TABLE movement (account TEXT, day INTEGER, statement TEXT, line_no INTEGER, seq INTEGER, side INTEGER,
        part INTEGER, amount INTEGER, bank INTEGER)""",
)

_REPORTS: Final = """
    SELECT r.seq, r.amount, r.from_account, r.to_account, r.keeps, r.occurred, r.recorded, d.amount, d.day, c.amount, c.day
    FROM report r
    LEFT JOIN placed d ON d.seq = r.seq AND d.side = 1
    LEFT JOIN placed c ON c.seq = r.seq AND c.side = 2
    WHERE r.void = 0 ORDER BY r.seq"""


_INSIDE: Final = """
    SELECT s.side, r.from_account, r.occurred, r.seq, r.amount
    FROM report r JOIN (SELECT 1 AS side UNION ALL SELECT 2) s
    WHERE r.inside AND r.void = 0 AND (r.debit_fund IS NOT r.credit_fund OR r.undoes OR r.outside)
    ORDER BY r.seq, s.side"""
"""Moves inside a pool that change whose money it is: they need no line, and both sides count (T5)."""


class _Report(NamedTuple):
    seq: int
    amount: int
    from_account: str | None
    to_account: str | None
    keeps: int
    occurred: int
    recorded: int
    debit_amount: int | None
    debit_day: int | None
    credit_amount: int | None
    credit_day: int | None


class _Side(NamedTuple):
    """One kept side of a report: its account, how much its bank bore out, and on which day."""

    side: int
    account: str
    booked: int
    day: int | None


class Placing:
    """Completes a `MatchingRun`: every report gets a standing, every account its movements in order."""

    def __init__(
        self,
        workspace: Workspace,
        coverage: dict[str, Coverage],
        numbers: WorkdayNumbers,
        *,
        as_of: int,
        historical: bool,
        windows: Windows,
    ) -> None:
        """Ready to run after `MatchingRun.run`; `as_of` is an ordinal."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._coverage = coverage
        self._numbers = numbers
        self._as_of = as_of
        self._historical = historical
        self._windows = windows
        self._moves = workspace.batch("INSERT INTO staging VALUES (?, ?, '', 0, ?, ?, ?, ?, 0)")
        self._outcomes = workspace.batch("INSERT INTO outcome VALUES (?, ?, ?, ?, ?)")
        self._mismatches = workspace.batch("INSERT INTO mismatch VALUES ('pending', ?, ?, NULL, ?, ?, ?)")

    def run(self) -> None:
        """`outcome` and `movement` are complete; the scratch tables of the run are gone."""
        for report in self._workspace.rows(_Report, _REPORTS):
            self._outcomes.add(report.seq, *self._place(report))
        for side, account, occurred, seq, amount in self._workspace.rows(lambda *row: row, _INSIDE):
            if occurred <= self._as_of:
                self._moves.add(account, occurred, seq, side, seq, amount)
        self._workspace.run("""
            INSERT INTO movement
            SELECT account, day, statement, line_no, seq, side, coalesce(part, 0), amount, bank FROM staging
            ORDER BY 1, 2, 3, 4, 5, 6, 7""")  # rowids then stand in the order of T2
        self._workspace.run("CREATE INDEX movement_day ON movement (account, day)")
        for table in ("staging", "rest"):
            self._workspace.run(f"DROP TABLE {table}")

    def _place(self, report: _Report) -> tuple[Standing, int | None, int, Standing]:
        """The row of `outcome`: standing, date, amount that every fed side bore out, and how the rest stands."""
        sides = list(_sides(report))
        effective = self._effective(report)
        standings = {one.side: self._standing(one, report.occurred, effective) for one in sides}
        overall = _overall(standings.values())
        days = [one.day for one in sides if one.day is not None]
        for one in sides:
            if standings[one.side] == "refuted":
                self._note(report, one, effective)
            elif standings[one.side] == "unfed" and overall in {"booked", "unfed"}:
                self._move(report, one, max(days, default=effective))
        day = max(days, default=None)
        booked = min((one.booked for one in sides if one.day is not None), default=0)
        return overall, day, booked, self._waiting(effective if day is None else day)

    def _waiting(self, day: int) -> Standing:
        return "refuted" if self._numbers.apart(day, self._as_of) > self._windows.report_days else "pending"

    def _standing(self, one: _Side, occurred: int, effective: int) -> Standing:
        if one.booked:
            return "booked"
        covers = self._coverage.get(one.account, NOT_COVERED).covers
        if not covers(occurred) and not covers(effective):
            return "unfed"
        return self._waiting(effective)

    def _effective(self, report: _Report) -> int:
        late = (
            not self._historical
            and self._numbers.apart(report.occurred, report.recorded) > self._windows.late_days
        )
        return report.recorded if late else report.occurred

    def _move(self, report: _Report, one: _Side, day: int) -> None:
        """Reported only, on `day`, as much as the other side's bank bore out where it has one.

        On a day that the account's own bank covers the report would be pending, and moves nothing.
        """
        if day <= self._as_of and not self._coverage.get(one.account, NOT_COVERED).covers(day):
            amount = max(report.debit_amount or 0, report.credit_amount or 0) or report.amount
            self._moves.add(one.account, day, report.seq, one.side, report.seq, amount)

    def _note(self, report: _Report, one: _Side, day: int) -> None:
        days = self._numbers.apart(day, self._as_of)
        self._mismatches.add(one.account, one.side, report.seq, report.amount, days)


def _sides(report: _Report) -> Iterator[_Side]:
    if report.keeps & DEBIT and report.from_account is not None:
        yield _Side(DEBIT, report.from_account, report.debit_amount or 0, report.debit_day)
    if report.keeps & CREDIT and report.to_account is not None:
        yield _Side(CREDIT, report.to_account, report.credit_amount or 0, report.credit_day)


def _overall(standings: Iterable[Standing]) -> Standing:
    """The worst that any side's bank says; what no bank could say leaves it to the other side."""
    said = set(standings)
    order: tuple[Standing, ...] = ("refuted", "pending", "booked", "unfed")
    return next((one for one in order if one in said), "unfed")
