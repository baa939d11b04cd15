# SPDX-License-Identifier: Apache-2.0
"""Reconciliation of a whole ledger over the tables: bank lines lend their place, reports their purpose (R1 to R3).

Leaves in the workspace
- `movement`: what moved each account, in its order (T2): on covered days the pieces of bank lines with the report that
  tells each, elsewhere the reports themselves;
- `outcome`: of each report, whether and when the bank bore it out;
- `mismatch`: what did not fit (R1, R2), for the rules to show.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from ledger.amount import AMOUNT_MAX
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.reconciliation.coverage import NOT_COVERED, Coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.money_facts import DEBIT
from verifier.reconciliation.pairing import BankLine, Told, Windows, fill, pair_up
from verifier.workspace import Batch, Workspace

_TABLES: Final = (
    """CREATE TABLE staging (account TEXT, day INTEGER, statement TEXT, line_no INTEGER, seq INTEGER, side INTEGER,
        part INTEGER, amount INTEGER, bank INTEGER)""",
    """CREATE TABLE rest (account TEXT, side INTEGER, is_report INTEGER, day INTEGER, statement TEXT, line_no INTEGER,
        seq INTEGER, amount INTEGER, other TEXT, has_ref INTEGER, value_day INTEGER, funds TEXT, members TEXT)""",
    """CREATE TABLE placed (seq INTEGER, side INTEGER, amount INTEGER, day INTEGER, PRIMARY KEY (seq, side))
        WITHOUT ROWID""",
    """CREATE TABLE mismatch (kind TEXT, account TEXT, side INTEGER, line_seq INTEGER, report_seq INTEGER,
        amount INTEGER, days INTEGER)""",
)

_KEYED: Final = """
    SELECT account, side, bank_ref AS key, 0 AS is_report, day, statement, line_no, seq, amount, counterparty AS other,
        bank_ref IS NOT NULL AS has_ref, value_day, '' AS funds, '' AS members
    FROM bank_line WHERE void = 0 AND day <= ?
    UNION ALL
    SELECT from_account, 1, coalesce(bank_ref, voucher), 1, occurred, '', 0, seq, amount, to_account,
        bank_ref IS NOT NULL, 0, coalesce(debit_fund, ''), ''
    FROM report WHERE void = 0 AND keeps & 1
    UNION ALL
    SELECT to_account, 2, coalesce(bank_ref, voucher), 1, occurred, '', 0, seq, amount, from_account,
        bank_ref IS NOT NULL, 0, coalesce(credit_fund, ''), ''
    FROM report WHERE void = 0 AND keeps & 2
    ORDER BY account, side, key, is_report, day, statement, line_no, seq"""

_RESTING: Final = """
    SELECT account, side, NULL, is_report, day, statement, line_no, seq, amount, other, has_ref, value_day, funds, members
    FROM rest ORDER BY account, side, amount, day, is_report, statement, line_no, seq"""


class _Row(NamedTuple):
    """A bank line or one side of a report, with the key of pass 1 or the members of pass 2."""

    account: str
    side: int
    key: str | None
    is_report: int
    day: int
    statement: str
    line_no: int
    seq: int
    amount: int
    other: str | None
    has_ref: int
    value_day: int
    funds: str
    members: str

    def line(self) -> BankLine:
        """The row as a bank line."""
        order = (self.day, self.statement, self.line_no)
        return BankLine(self.seq, order, self.amount, self.other, bool(self.has_ref), self.value_day)

    def told(self) -> Told:
        """The row as a payment."""
        numbers = [int(word) for word in self.members.split()] or [self.seq, self.amount]
        members = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        funds = tuple(self.funds.split(","))
        return Told(self.seq, self.day, self.amount, self.other, bool(self.has_ref), funds, members)


class MatchingRun:
    """Both passes over every account; `run` once, then `placing` places what no bank line bore out."""

    def __init__(
        self,
        workspace: Workspace,
        coverage: dict[str, Coverage],
        numbers: WorkdayNumbers,
        *,
        as_of: int,
        windows: Windows,
    ) -> None:
        """Ready to run over the linked tables; `as_of` is an ordinal."""
        for table in _TABLES:
            workspace.run(table)
        self.doubts = Doubts()
        self._workspace = workspace
        self._coverage = coverage
        self._numbers = numbers
        self._as_of = as_of
        self._windows = windows
        self._moves: Batch = workspace.batch("INSERT INTO staging VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self._rests = workspace.batch("INSERT INTO rest VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self._placed = workspace.batch("INSERT INTO placed VALUES (?, ?, ?, ?)")
        self._mismatches = workspace.batch("INSERT INTO mismatch VALUES (?, ?, ?, ?, ?, ?, ?)")

    def run(self) -> None:
        """Every bank line stands in `staging` if its account moves by it, every matched report in `placed`."""
        keyed = self._workspace.rows(_Row, _KEYED, (self._as_of,))
        for (account, side, key), group in groupby(keyed, key=lambda row: row[:3]):
            rows = (row for row in group if row.is_report or self._tells(account, row.day, row.statement))
            if key is None:
                for row in rows:
                    self._keep_for_pass_2(row)
            else:
                self._pass_1(account, side, list(rows))
        self._workspace.run("CREATE INDEX resting ON rest (account, side, amount, day, is_report)")
        for account, side, rests in self._chunks():
            self._pass_2(account, side, rests)

    def _tells(self, account: str, day: int, statement: str) -> bool:
        """Whether a line is to be believed: not one of a statement that another one, covering its day, contradicts."""
        found = self._coverage.get(account, NOT_COVERED)
        return statement in found.counted or not found.covers(day)

    def _pass_1(self, account: str, side: int, rows: list[_Row]) -> None:
        lines = [row.line() for row in rows if not row.is_report]
        reports = [row for row in rows if row.is_report]
        if not lines or not reports:
            self._keep_group(rows)
            return
        done = fill(lines, [row.told() for row in reports], self._numbers.apart)
        booked: dict[int, tuple[int, int]] = {}
        for piece in done.pieces:
            self._move(account, side, piece.line, piece.amount, piece.report)
            before, _ = booked.get(piece.report, (0, 0))
            booked[piece.report] = (before + piece.amount, piece.line.day)
            if piece.apart > self._windows.date_days:
                self._mismatch("date", account, side, piece.line.seq, piece.report, piece.amount, piece.apart)
        for report, (amount, day) in booked.items():
            self._placed.add(report, side, amount, day)
        for line in done.lines:
            self._unreported(account, side, line)
            self._mismatch("line_rest", account, side, line.seq, None, line.amount, 0)
        for report, amount in done.reports:
            self._mismatch("report_rest", account, side, lines[0].seq, report, amount, 0)

    def _keep_group(self, rows: list[_Row]) -> None:
        """For pass 2: lines one by one; reports with one voucher and no bank reference as one payment."""
        if not rows or not rows[0].is_report or rows[0].has_ref or len(rows) == 1:
            for row in rows:
                self._keep_for_pass_2(row)
            return
        others = {row.other for row in rows}
        joined = rows[0]._replace(
            amount=sum(row.amount for row in rows),
            other=others.pop() if len(others) == 1 else None,
            funds=",".join(sorted({row.funds for row in rows})),
            members=" ".join(f"{row.seq} {row.amount}" for row in rows),
        )
        if joined.amount <= AMOUNT_MAX:  # else no line can be it
            self._keep_for_pass_2(joined)

    def _keep_for_pass_2(self, row: _Row) -> None:
        self._rests.add(*row[:2], *row[3:])

    def _chunks(self) -> Iterator[tuple[str, int, list[_Row]]]:
        """Rows of one amount that could reach one another: a longer pause than pass 2 bridges cuts."""
        chunk: list[_Row] = []
        for row in self._workspace.rows(_Row, _RESTING):
            last = chunk[-1] if chunk else None
            if last is not None and (
                (last.account, last.side, last.amount) != (row.account, row.side, row.amount)
                or self._numbers.apart(last.day, row.day) > self._windows.match_days
            ):
                yield last.account, last.side, chunk
                chunk = []
            chunk.append(row)
        if chunk:
            yield chunk[0].account, chunk[0].side, chunk

    def _pass_2(self, account: str, side: int, rows: list[_Row]) -> None:
        lines = [row.line() for row in rows if not row.is_report]
        told = [row.told() for row in rows if row.is_report]
        pairs, lines_left, _ = pair_up(lines, told, self._numbers.number, days=self._windows.match_days)
        for pair in pairs:
            for seq, amount in pair.told.members:
                self._move(account, side, pair.line, amount, seq)
                self._placed.add(seq, side, amount, pair.line.day)
            if pair.shaky:
                self.doubts.note_shaky(account, filter(None, pair.shaky), pair.line.day)
        for line in lines_left:
            self._unreported(account, side, line)

    def _unreported(self, account: str, side: int, line: BankLine) -> None:
        """What nobody reports is general money (R1); a debit may still be reported for a while (R2)."""
        if not self._covered(account, line.day):
            return
        self._move(account, side, line, line.amount, None)
        if side != DEBIT:
            return
        if self._numbers.apart(line.value_day, self._as_of) <= self._windows.report_grace_wd:
            self.doubts.note_unreported(account, line.day)

    def _move(self, account: str, side: int, line: BankLine, amount: int, report: int | None) -> None:
        if self._covered(account, line.day):
            self._moves.add(account, *line.order, line.seq, side, report, amount, 1)
        else:
            self._moves.add(account, line.day, "", 0, report, side, report, amount, 0)

    def _covered(self, account: str, day: int) -> bool:
        return self._coverage.get(account, NOT_COVERED).covers(day)

    def _mismatch(  # noqa: PLR0913, PLR0917 - one row of the table
        self, kind: str, account: str, side: int, line: int, report: int | None, amount: int, days: int
    ) -> None:
        self._mismatches.add(kind, account, side, line, report, amount, days)
