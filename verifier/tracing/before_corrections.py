# SPDX-License-Identifier: Apache-2.0
"""The accounts that corrections touched, as they would stand had nothing been corrected (semantics T18).

A finding that stands there and no longer stands in the books was corrected; it stays listed. What was posted in the place
of a reversed event is left out there: a line or statement of the same number; a report of the same kind, accounts and
business date that came after the correction, one for one. Only the touched accounts are booked again: of the other side of
their reports it is known how far its bank bore them out.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from verifier.reconciliation.coverage import NOT_COVERED, Coverage, read_coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.fact_links import link_facts
from verifier.reconciliation.fact_tables import FactTables
from verifier.tracing.reconciling import Reconciling
from verifier.workspace import Workspace

PlacedRow = tuple[int, int, int, int]
"""What a bank line bore out: position of the report, side, amount, day (an ordinal)."""

_COPIES: Final = (
    (
        "report",
        """WITH own AS (
            SELECT * FROM report WHERE from_account IN (SELECT account FROM touched)
                OR to_account IN (SELECT account FROM touched))
        SELECT * FROM own
        UNION SELECT o.* FROM own r JOIN report o ON o.name = r.original
        UNION SELECT o.* FROM own r JOIN report o
            ON o.from_account = r.from_account AND o.bank_ref = r.bank_ref AND o.amount = r.amount
        ORDER BY seq""",  # with what returns among them undo, and with the other telling of a payment told twice
    ),
    ("bank_line", "SELECT * FROM bank_line WHERE account IN (SELECT account FROM touched)"),
    ("statement", "SELECT * FROM statement WHERE account IN (SELECT account FROM touched)"),
    ("wanted", "SELECT * FROM wanted"),
    ("paper", "SELECT * FROM paper"),
)
_REVERSED_REPORTS: Final = """
    SELECT r.kind, r.from_account, r.to_account, r.occurred, v.correction_seq
    FROM report r JOIN reversed v ON v.name = r.name WHERE r.void = 1 ORDER BY v.correction_seq"""
_IN_PLACE: Final = """
    SELECT seq FROM report WHERE kind = ? AND from_account IS ? AND to_account IS ? AND occurred = ? AND seq > ?
        AND seq NOT IN (SELECT seq FROM replacing) ORDER BY seq LIMIT 1"""
_NOT_AGAIN: Final = (
    "UPDATE report SET void = 0",
    """UPDATE bank_line SET void = seq NOT IN (
        SELECT min(seq) FROM bank_line GROUP BY account, statement, line_no)""",
    "UPDATE statement SET void = seq NOT IN (SELECT min(seq) FROM statement GROUP BY account, statement)",
)
_SIDE: Final = "CASE p.side WHEN 1 THEN r.from_account ELSE r.to_account END"
_PLACED: Final = f"""
    SELECT p.seq, p.side, p.amount, p.day, {_SIDE} FROM placed p JOIN report r ON r.seq = p.seq ORDER BY p.seq, p.side"""  # noqa: S608 - text of our own


class Uncorrected(NamedTuple):
    """Matched tables without corrections; `coverage` is that of the touched accounts, each of which is named there."""

    workspace: Workspace
    coverage: dict[str, Coverage]
    doubts: Doubts

    def placed(self) -> Iterator[PlacedRow]:
        """What bank lines of touched accounts bore out."""
        return (row[:4] for row in self.workspace.rows(_placed, _PLACED) if row[4] in self.coverage)


@contextlib.contextmanager
def uncorrected(
    books: FactTables, coverage: dict[str, Coverage], way: Reconciling, *, own: frozenset[str] | None = None
) -> Iterator[Uncorrected]:
    """The accounts of linked `books` that corrections touched, among them those that are `own` if given."""
    with Workspace() as workspace:
        tables = FactTables(workspace, as_of=books.as_of, time_zone=books.time_zone)
        _copy(books, tables)
        link_facts(tables)
        again = read_coverage(workspace)
        touched = books.workspace.rows(str, "SELECT DISTINCT account FROM touched ORDER BY account")
        found = {one: again.get(one, NOT_COVERED) for one in touched if own is None or one in own}
        way.approve(workspace)
        doubts = way.match(workspace, {**coverage, **found})
        yield Uncorrected(workspace, found, doubts)


def untouched(books: FactTables, touched: Iterable[str]) -> Iterator[PlacedRow]:
    """What bank lines bore out in accounts other than those `touched`, as it stands in matched `books`."""
    others = frozenset(touched)
    return (row[:4] for row in books.workspace.rows(_placed, _PLACED) if row[4] not in others)


def _copy(books: FactTables, into: FactTables) -> None:
    source, target = books.workspace, into.workspace
    into.accounts.update(books.accounts)
    into.funds.update(books.funds)
    for table, sql in _COPIES:
        batch = None
        for row in source.rows(_columns, sql):
            if batch is None:
                marks = ", ".join("?" * len(row))
                batch = target.batch(f"INSERT INTO {table} VALUES ({marks})")  # noqa: S608 - names of our own
            batch.add(*row)
    for sql in _NOT_AGAIN:
        target.run(sql)
    _leave_out_replacements(source, target)


def _leave_out_replacements(source: Workspace, target: Workspace) -> None:
    source.run("CREATE INDEX alike ON report (kind, from_account, to_account, occurred, seq)")
    source.run("CREATE TABLE replacing (seq INTEGER PRIMARY KEY)")
    for reversed_ in list(source.rows(_columns, _REVERSED_REPORTS)):
        seq = source.look_up(int, _IN_PLACE, reversed_)
        if seq is not None:
            source.run("INSERT INTO replacing VALUES (?)", (seq,))
            target.run("UPDATE report SET void = 1 WHERE seq = ?", (seq,))


def _columns(*row: int | str | bytes | None) -> tuple[int | str | bytes | None, ...]:
    return row


def _placed(seq: int, side: int, amount: int, day: int, account: str) -> tuple[int, int, int, int, str]:
    return seq, side, amount, day, account
