# SPDX-License-Identifier: Apache-2.0
"""Look-ups into a log that is being replayed offline: `ledger.register.PastEvents` over a workspace.

Only positions are kept, on disk; an earlier event is read again from the source, which has its bytes.
"""

from collections.abc import Callable
from typing import Final

from ledger.entry import EventEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.vocabulary import AnyEvent
from ledger.past_events import BankLine, KnownEvent
from verifier.workspace import Workspace

PENDING_MAX: Final = 5_000
STATEMENTS_MAX: Final = 5_000
"""Statements whose highest line is kept in memory; of the others it is looked up."""

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS submission (
        party TEXT, id TEXT, seq INTEGER, events INTEGER, PRIMARY KEY (party, id)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS statement_line (
        account TEXT, statement TEXT, line INTEGER, seq INTEGER, PRIMARY KEY (account, statement, line)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS bank_reference (
        account TEXT, direction TEXT, bank_ref TEXT, seq INTEGER, PRIMARY KEY (account, direction, bank_ref)
    ) WITHOUT ROWID""",
)

SubmissionKey = tuple[str, str]
LineKey = tuple[str, str, int]
ReferenceKey = tuple[str, str, str]


def _or_none(line: int | None) -> int | None:
    return line


def _pair(seq: int, events: int) -> tuple[int, int]:
    return seq, events


class PastEntries:
    """What was noted so far of a log, by name; satisfies `ledger.register.PastEvents`.

    `entry_at` gives the bytes of the entry at a position that was noted. Where an id was noted twice (a broken
    ledger), the first stands.
    """

    def __init__(self, workspace: Workspace, entry_at: Callable[[int], bytes]) -> None:
        """What the tables in `workspace` hold is noted already; where there are none, they are made empty."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._entry_at = entry_at
        self._submissions: dict[SubmissionKey, tuple[int, int]] = {}
        self._lines: dict[LineKey, int] = {}
        self._references: dict[ReferenceKey, int] = {}
        self._highest: dict[tuple[str, str], int] = {}

    def note_submission(self, party: str, identifier: str, *, seq: int, events: int) -> None:
        """Submission (`party`, `identifier`) has its header entry at `seq`, followed by `events` event entries."""
        self._submissions.setdefault((party, identifier), (seq, events))
        self._write_when_full()

    def note_event(self, seq: int, event: AnyEvent) -> None:
        """The event at `seq`, so that bank lines are found by statement and by reference; others need no note."""
        match event:
            case Movement():
                self._note_line((event.account, event.statement, event.line_no), seq)
                if event.bank_ref is not None:
                    self._references.setdefault((event.account, event.direction, event.bank_ref), seq)
            case BankBalance():
                self._note_line((event.account, event.statement, 0), seq)
            case _:
                return
        self._write_when_full()

    def seq_of(self, name: str) -> int | None:
        """Position of the event with stable name `name`, or None."""
        party, _, rest = name.partition("/")
        identifier, _, index = rest.partition("/")
        found = self._submission(party, identifier)
        if found is None or not index.isdecimal() or int(index) >= found[1]:
            return None
        return found[0] + 1 + int(index)

    def find(self, name: str) -> KnownEvent | None:
        """The event with stable name `name`, or None; read again from the source."""
        seq = self.seq_of(name)
        if seq is None:
            return None
        found = parse_entry(self._entry_at(seq), place=f"entry {seq}")
        if not isinstance(found, EventEntry):
            return None  # of a kind that only a newer version knows
        return KnownEvent(seq=seq, recorded=found.recorded, party=name.partition("/")[0], event=found.event)

    def submission(self, party: str, identifier: str) -> int | None:
        """Position of the header entry of submission (`party`, `identifier`), or None."""
        found = self._submission(party, identifier)
        return None if found is None else found[0]

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Position of that bank line, or None; line 0 is the closing balance of the statement."""
        if line_no > self._highest_of(account, statement):
            return None  # statements are posted line by line; most lines need no look-up
        key = (account, statement, line_no)
        sql = "SELECT seq FROM statement_line WHERE account = ? AND statement = ? AND line = ?"
        return self._first(self._workspace.look_up(int, sql, key), self._lines.get(key))

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line of the account with that direction and reference, or None; its amount is read again."""
        key = (account, direction, bank_ref)
        sql = "SELECT seq FROM bank_reference WHERE account = ? AND direction = ? AND bank_ref = ?"
        seq = self._first(self._workspace.look_up(int, sql, key), self._references.get(key))
        if seq is None:
            return None
        found = parse_entry(self._entry_at(seq), place=f"entry {seq}")
        if not isinstance(found, EventEntry) or not isinstance(found.event, Movement):
            raise ProgrammerError(f"entry {seq} was noted as a bank line, which it is not")
        return BankLine(seq=seq, amount=found.event.amount)

    def _note_line(self, key: LineKey, seq: int) -> None:
        account, statement, line = key
        self._lines.setdefault(key, seq)
        if line > self._highest_of(account, statement):
            self._highest[account, statement] = line

    def _highest_of(self, account: str, statement: str) -> int:
        """The highest line noted of that statement, 0 for its balance, −1 if none was."""
        known = self._highest.get((account, statement))
        if known is not None:
            return known
        if len(self._highest) >= STATEMENTS_MAX:
            self.write()
            self._highest.clear()
        sql = "SELECT max(line) FROM statement_line WHERE account = ? AND statement = ?"
        found = self._workspace.look_up(_or_none, sql, (account, statement))
        self._highest[account, statement] = highest = -1 if found is None else found
        return highest

    def _submission(self, party: str, identifier: str) -> tuple[int, int] | None:
        key = (party, identifier)
        sql = "SELECT seq, events FROM submission WHERE party = ? AND id = ?"
        written = self._workspace.look_up(_pair, sql, key)
        return self._submissions.get(key) if written is None else written

    @staticmethod
    def _first(written: int | None, pending: int | None) -> int | None:
        return pending if written is None else written

    def _write_when_full(self) -> None:
        if len(self._submissions) + len(self._lines) + len(self._references) >= PENDING_MAX:
            self.write()

    def write(self) -> None:
        """Everything noted so far is in the tables."""
        write = self._workspace.write
        submissions = [(*key, *found) for key, found in self._submissions.items()]
        write("INSERT OR IGNORE INTO submission VALUES (?, ?, ?, ?)", submissions)
        lines = [(*key, seq) for key, seq in self._lines.items()]
        write("INSERT OR IGNORE INTO statement_line VALUES (?, ?, ?, ?)", lines)
        references = [(*key, seq) for key, seq in self._references.items()]
        write("INSERT OR IGNORE INTO bank_reference VALUES (?, ?, ?, ?)", references)
        self._submissions.clear()
        self._lines.clear()
        self._references.clear()
