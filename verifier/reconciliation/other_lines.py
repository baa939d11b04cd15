# SPDX-License-Identifier: Apache-2.0
"""Bank lines and statements of accounts that are no custodians: suppliers, persons, wages (semantics T1).

No fund is owed anything there, so nothing is reconciled and nothing can be short. They say where money went on, which rules
about paths ask for, and how much else an account held meanwhile.
"""

from typing import Final

from ledger.kinds.bank import BankBalance, Movement
from verifier.posted import PostedEvent
from verifier.reconciliation.money_facts import CREDIT, DEBIT
from verifier.workspace import Workspace

_TABLES: Final = (
    """CREATE TABLE other_line (
        seq INTEGER PRIMARY KEY, name TEXT, leaf BLOB, account TEXT, day INTEGER, statement TEXT, line_no INTEGER,
        side INTEGER, amount INTEGER, counterparty TEXT, bank_ref TEXT, void INTEGER DEFAULT 0)""",
    """CREATE TABLE other_statement (
        seq INTEGER PRIMARY KEY, name TEXT, account TEXT, statement TEXT, first_day INTEGER, last_day INTEGER,
        opening INTEGER, closing INTEGER, lines INTEGER, void INTEGER DEFAULT 0)""",
)


class OtherLines:
    """Filled in log order; corrections are applied when the books are closed."""

    def __init__(self, workspace: Workspace) -> None:
        """Empty tables in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._lines = workspace.batch(
            "INSERT INTO other_line (seq, name, leaf, account, day, statement, line_no, side, amount, counterparty, "
            "bank_ref) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._statements = workspace.batch(
            "INSERT INTO other_statement (seq, name, account, statement, first_day, last_day, opening, closing, lines) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )

    def take_line(self, posted: PostedEvent, event: Movement) -> None:
        """A line of such an account."""
        self._lines.add(
            posted.seq,
            posted.name,
            posted.leaf,
            event.account,
            event.occurred_on.toordinal(),
            event.statement,
            event.line_no,
            DEBIT if event.direction == "debit" else CREDIT,
            event.amount,
            event.counterparty,
            event.bank_ref,
        )

    def take_statement(self, posted: PostedEvent, event: BankBalance) -> None:
        """A statement of such an account."""
        self._statements.add(
            posted.seq,
            posted.name,
            event.account,
            event.statement,
            event.from_on.toordinal(),
            event.to_on.toordinal(),
            event.opening,
            event.closing,
            event.lines,
        )

    def close(self) -> None:
        """What a correction reversed counts no more; the table `reversed` is complete."""
        self._workspace.run("UPDATE other_line SET void = 1 WHERE name IN (SELECT name FROM reversed)")
        self._workspace.run("UPDATE other_statement SET void = 1 WHERE name IN (SELECT name FROM reversed)")
