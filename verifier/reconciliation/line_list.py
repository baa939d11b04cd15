# SPDX-License-Identifier: Apache-2.0
"""What became of each bank line and of each report, as a list for whoever has to run after the rest (对账, R1 to R3).

Reads the tables of closed books; nothing is paired here.
"""

import datetime
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal, NamedTuple

import msgspec

from verifier.reconciliation.coverage import NOT_COVERED, Coverage
from verifier.reconciliation.money_facts import DEBIT
from verifier.workspace import Workspace

LineStanding = Literal["matched", "partly", "unmatched", "not_counted"]
"""Reported whole, in part, not at all; not counted: its statement is not closed, or shares a day with an earlier one."""

ReportStanding = Literal["pending", "unconfirmed"]
"""The bank line may still come; the statements are there and the line is not."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A report that a line bears out, by stable name, and how much of the line it tells."""

    name: str
    kind: str
    amount: int


class ListedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bank line with the reports that tell it. Amounts in minor units; `open` is what no report tells."""

    name: str
    account: str
    statement: str
    line_no: int
    booked_on: datetime.date
    direction: Literal["credit", "debit"]
    amount: int
    bank_ref: str | None
    standing: LineStanding
    open: int
    reports: tuple[Told, ...]


class ListedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report of which no bank line is known although its account has statements."""

    name: str
    kind: str
    occurred_on: datetime.date
    from_account: str | None
    to_account: str | None
    amount: int
    bank_ref: str | None
    standing: ReportStanding


class LineList(msgspec.Struct, frozen=True, kw_only=True):
    """Lines in the order of the bank, account by account; reports in the order of the log."""

    as_of: datetime.date
    lines: tuple[ListedLine, ...]
    reports: tuple[ListedReport, ...]

    def count(self, *standings: LineStanding) -> int:
        """How many lines stand so."""
        return sum(line.standing in standings for line in self.lines)


_LINES: Final = """
    SELECT l.seq, l.name, l.account, l.statement, l.line_no, l.day, l.side, l.amount, l.bank_ref, m.amount, r.name, r.kind
    FROM bank_line l
    LEFT JOIN movement m ON m.account = l.account AND m.day = l.day AND m.bank AND m.seq = l.seq AND m.part > 0
    LEFT JOIN report r ON r.seq = m.part
    WHERE l.void = 0 AND l.day <= ?3 AND (?1 IS NULL OR l.account = ?1)
        AND (?2 IS NULL OR l.statement = ?2)
    ORDER BY l.account, l.day, l.statement, l.line_no, l.seq, r.seq"""

_REPORTS: Final = """
    SELECT r.name, r.kind, r.occurred, r.from_account, r.to_account, r.amount, r.bank_ref, o.standing
    FROM report r JOIN outcome o ON o.seq = r.seq
    WHERE o.standing IN ('pending', 'refuted')
        AND (?1 IS NULL OR ?1 IN (r.from_account, r.to_account))
    ORDER BY r.seq"""


class _Row(NamedTuple):
    seq: int
    name: str
    account: str
    statement: str
    line_no: int
    day: int
    side: int
    amount: int
    bank_ref: str | None
    part: int | None
    report: str | None
    kind: str | None


def list_lines(
    workspace: Workspace,
    coverage: dict[str, Coverage],
    *,
    as_of: datetime.date,
    account: str | None = None,
    statement: str | None = None,
) -> LineList:
    """The list over the tables of closed books, of all accounts and statements or of those asked for."""
    rows = workspace.rows(_Row, _LINES, (account, statement, as_of.toordinal()))
    return LineList(
        as_of=as_of,
        lines=tuple(_line(list(group), coverage) for _, group in groupby(rows, key=attrgetter("seq"))),
        reports=tuple(_reports(workspace, account)),
    )


def _line(rows: list[_Row], coverage: dict[str, Coverage]) -> ListedLine:
    first = rows[0]
    told = tuple(
        Told(name=row.report, kind=row.kind or "", amount=row.part)
        for row in rows
        if row.report is not None and row.part is not None
    )
    rest = first.amount - sum(one.amount for one in told)
    return ListedLine(
        name=first.name,
        account=first.account,
        statement=first.statement,
        line_no=first.line_no,
        booked_on=datetime.date.fromordinal(first.day),
        direction="debit" if first.side == DEBIT else "credit",
        amount=first.amount,
        bank_ref=first.bank_ref,
        standing=_standing(first, rest, coverage.get(first.account, NOT_COVERED)),
        open=rest,
        reports=told,
    )


def _standing(line: _Row, rest: int, coverage: Coverage) -> LineStanding:
    if line.statement not in coverage.counted:
        return "not_counted"
    if rest == 0:
        return "matched"
    return "unmatched" if rest == line.amount else "partly"


def _reports(workspace: Workspace, account: str | None) -> Iterator[ListedReport]:
    for row in workspace.rows(_Report, _REPORTS, (account,)):
        yield ListedReport(
            name=row.name,
            kind=row.kind,
            occurred_on=datetime.date.fromordinal(row.occurred),
            from_account=row.from_account,
            to_account=row.to_account,
            amount=row.amount,
            bank_ref=row.bank_ref,
            standing="pending" if row.standing == "pending" else "unconfirmed",
        )


class _Report(NamedTuple):
    name: str
    kind: str
    occurred: int
    from_account: str | None
    to_account: str | None
    amount: int
    bank_ref: str | None
    standing: str
