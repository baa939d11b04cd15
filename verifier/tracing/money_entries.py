# SPDX-License-Identifier: Apache-2.0
"""Entries behind amounts: what a finding or a trace says of the report or bank line at a position."""

import datetime
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.errors import ProgrammerError
from verifier.basis.findings import Evidence
from verifier.workspace import Workspace


class EntryTold(NamedTuple):
    """A report, bank line or statement: position, stable name, leaf hash, kind, business day, and what it says.

    `account` and `other` are where the money left and where it went (for a bank line: its account and the counterparty).
    """

    seq: int
    name: str
    leaf: bytes
    kind: str
    day: int
    amount: int
    account: str | None
    other: str | None
    payee: str | None
    line: str | None
    purpose: str | None
    declared_seq: int | None

    @property
    def evidence(self) -> Evidence:
        """Name, position and leaf hash."""
        return Evidence(name=self.name, seq=self.seq, leaf=self.leaf.hex())

    @property
    def poster(self) -> str:
        """The party that posted it."""
        return self.name.partition("/")[0]

    @property
    def on(self) -> datetime.date:
        """Its business date."""
        return datetime.date.fromordinal(self.day)


_REPORT: Final = """
    SELECT seq, name, leaf, kind, occurred, amount, coalesce(from_sub, from_account), coalesce(to_sub, to_account), payee,
        line,
        coalesce(economic, functional), declared_seq
    FROM report WHERE seq = ?"""
_LINE: Final = """
    SELECT seq, name, leaf, 'movement', day, amount, coalesce(holder, account), counterparty, NULL, NULL, NULL, NULL
    FROM bank_line WHERE seq = ?"""
_STATEMENT: Final = """
    SELECT seq, name, leaf, 'balance', first_day, closing, account, NULL, NULL, NULL, NULL, NULL
    FROM statement WHERE seq = ?"""
_OTHER_LINE: Final = """
    SELECT seq, name, leaf, 'movement', day, amount, account, counterparty, NULL, NULL, NULL, NULL
    FROM other_line WHERE seq = ?"""
_CLOSED: Final = "SELECT closed_day FROM statement WHERE seq = ?"
_LINE_CLOSED: Final = """
    SELECT s.closed_day FROM bank_line b JOIN statement s ON s.account = b.account AND s.statement = b.statement
    WHERE b.seq = ? AND s.void = 0"""
_CREDITS: Final = """
    SELECT m.seq FROM movement m CROSS JOIN report r ON r.seq = m.part
    WHERE m.account = ? AND m.side = 2 AND r.credit_fund = ? AND m.day <= ?
    ORDER BY m.day DESC, m.rowid DESC LIMIT ?"""  # walks the index of days backwards and stops


class MoneyEntries:
    """Looks entries up in the tables of closed books."""

    def __init__(self, workspace: Workspace) -> None:
        """Over `workspace`; statements are indexed here."""
        self._workspace = workspace
        workspace.run("CREATE INDEX IF NOT EXISTS statement_name ON statement (account, statement)")

    def entry(self, seq: int) -> EntryTold:
        """The report, bank line or statement at `seq`.

        Raises:
            ProgrammerError: there is none; positions come from the same tables.
        """
        for sql in (_REPORT, _LINE, _STATEMENT, _OTHER_LINE):
            found = self._workspace.look_up(EntryTold, sql, (seq,))
            if found is not None:
                return found
        raise ProgrammerError(f"entry {seq} is no report, bank line or statement of these books")

    def decidable_on(self, entry: EntryTold) -> datetime.date:
        """The first business date on which `entry` could decide anything (semantics O10).

        A bank line moves its account once its statement is closed, a report on its own date.
        """
        if entry.kind not in {"movement", "balance"}:
            return entry.on
        sql = _LINE_CLOSED if entry.kind == "movement" else _CLOSED
        closed = self._workspace.look_up(int, sql, (entry.seq,))
        return entry.on if closed is None else datetime.date.fromordinal(max(closed, entry.day))

    def credits_before(self, account: str, fund: str, day: int, *, most: int) -> Iterator[EntryTold]:
        """The last credits of `fund` into `account` up to `day` (an ordinal), the latest first, at most `most`."""
        found = self._workspace.rows(int, _CREDITS, (account, fund, day, most))
        return (self.entry(seq) for seq in dict.fromkeys(found))
