# SPDX-License-Identifier: Apache-2.0
"""The rows of the books that the judgement of some accounts rests on, cut out of open books and loaded into others.

Those of reports that touch the accounts, of their bank lines and statements; of what returns among these reports undo,
and of payments that are told twice; of what reversed any of them. The other side of a report may lie elsewhere: what its
bank says of it is told separately (`verifier.tracing.money_books.Foreign`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from verifier.sharding.pieces import Row
from verifier.workspace import Workspace

_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS cut_from ON report (from_account, bank_ref, amount)",
    "CREATE INDEX IF NOT EXISTS cut_to ON report (to_account)",
    "CREATE INDEX IF NOT EXISTS cut_name ON report (name)",
    "CREATE INDEX IF NOT EXISTS cut_line ON bank_line (account)",
    "CREATE INDEX IF NOT EXISTS cut_statement ON statement (account)",
)
_OWN: Final = "CREATE TABLE IF NOT EXISTS cut_own (account TEXT PRIMARY KEY) WITHOUT ROWID"
_SEQS: Final = "CREATE TABLE IF NOT EXISTS cut_seq (seq INTEGER PRIMARY KEY)"
_TOUCHING: Final = """
    INSERT OR IGNORE INTO cut_seq
    SELECT r.seq FROM cut_own o JOIN report r ON r.from_account = o.account
    UNION SELECT r.seq FROM cut_own o JOIN report r ON r.to_account = o.account"""
_UNDONE: Final = """
    INSERT OR IGNORE INTO cut_seq
    SELECT o.seq FROM cut_seq s JOIN report r ON r.seq = s.seq JOIN report o ON o.name = r.original"""
_TOLD_TWICE: Final = """
    INSERT OR IGNORE INTO cut_seq
    SELECT o.seq FROM cut_seq s JOIN report r ON r.seq = s.seq
        JOIN report o ON o.from_account = r.from_account AND o.bank_ref = r.bank_ref AND o.amount = r.amount"""
_CUT: Final[Mapping[str, str]] = {
    "report": "SELECT r.* FROM cut_seq s JOIN report r ON r.seq = s.seq ORDER BY r.seq",
    "bank_line": "SELECT b.* FROM cut_own o JOIN bank_line b ON b.account = o.account ORDER BY b.seq",
    "statement": "SELECT t.* FROM cut_own o JOIN statement t ON t.account = o.account ORDER BY t.seq",
    "paper": "SELECT * FROM paper ORDER BY seq",  # few, and they may name findings
    "wanted": "SELECT DISTINCT r.original FROM cut_seq s JOIN report r ON r.seq = s.seq WHERE r.original IS NOT NULL",
    "reversed": """
        SELECT v.* FROM cut_seq s JOIN report r ON r.seq = s.seq JOIN reversed v ON v.name = r.name
        UNION SELECT v.* FROM paper p JOIN reversed v ON v.name = p.name
        UNION SELECT v.* FROM cut_own o JOIN bank_line b ON b.account = o.account JOIN reversed v ON v.name = b.name
        UNION SELECT v.* FROM cut_own o JOIN statement t ON t.account = o.account JOIN reversed v ON v.name = t.name""",
}
_ACCOUNTS: Final = """
    SELECT from_account FROM report WHERE keeps & 1 OR inside UNION SELECT to_account FROM report WHERE keeps & 2
    UNION SELECT account FROM bank_line UNION SELECT account FROM statement ORDER BY 1"""


class AccountRows:
    """Cuts rows out of books that are still open."""

    def __init__(self, workspace: Workspace) -> None:
        """Over the tables of `verifier.reconciliation.fact_tables` in `workspace`, which are indexed here."""
        for sql in (*_INDEXES, _OWN, _SEQS):
            workspace.run(sql)
        self._workspace = workspace

    def accounts(self) -> list[str]:
        """Every custodian account that money moved in or that has a statement, in order."""
        return list(self._workspace.rows(str, _ACCOUNTS))

    def cut(self, accounts: Iterable[str]) -> Iterator[tuple[str, Iterator[Row]]]:
        """Table by table the rows for `accounts`; each is read before the next is asked for."""
        self._workspace.run("DELETE FROM cut_own")
        self._workspace.run("DELETE FROM cut_seq")
        self._workspace.write("INSERT OR IGNORE INTO cut_own VALUES (?)", ((one,) for one in accounts))
        for sql in (_TOUCHING, _UNDONE, _TOLD_TWICE):
            self._workspace.run(sql)
        for table, sql in _CUT.items():
            yield table, self._workspace.rows(_as_row, sql)


def load(workspace: Workspace, tables: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """The open books of `workspace` hold the rows of `tables`, those that `AccountRows` cuts."""
    for table in _CUT:
        rows = tables.get(table)
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            workspace.write(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - names of our own


def _as_row(*columns: Any) -> Row:  # noqa: ANN401 - columns of any table
    return columns
