# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of lines run again over a prefix, event by event, with what each event changed.

It is the ledger's own (`ledger.effects`, `ledger.lines`). Past events that returns and corrections refer to wait on disk.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger import effects
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return
from ledger.kinds.registry import Account, Fund, Party
from ledger.kinds.vocabulary import AnyEvent, event_bytes, parse_event
from ledger.open_records import Line
from ledger.past_events import BankLine, KnownEvent
from ledger.register import Register
from verifier.posted import PostedEvent
from verifier.workspace import Workspace
from verifier.workspace_shelf import WorkspaceShelf

_RECENT_MAX: Final = 2_000
_REGISTRY: Final = (Party, Account, Fund)
BEARING: Final[tuple[type[AnyEvent], ...]] = (Allocation, Disbursement, Return, Movement, Correction)
"""Kinds that bear on lines."""

_TABLES: Final = (
    "CREATE TABLE line_past (name TEXT PRIMARY KEY, seq INTEGER, recorded TEXT, event BLOB) WITHOUT ROWID",
    """CREATE TABLE line_reference (account TEXT, direction TEXT, bank_ref TEXT, seq INTEGER, amount INTEGER,
        PRIMARY KEY (account, direction, bank_ref)) WITHOUT ROWID""",
)


class LineChange(NamedTuple):
    """A line before an event, None if the event opened it, and after."""

    before: Line | None
    after: Line


class LineFold:
    """Folds a prefix; `register` holds parties, accounts, funds and lines as they stand."""

    def __init__(self, workspace: Workspace, *, also: tuple[type[AnyEvent], ...] = ()) -> None:
        """No line yet; scratch tables in `workspace`. Events of the kinds `also` are kept for `past` as well."""
        for table in _TABLES:
            workspace.run(table)
        self._lines = _Lines()
        self._kinds = (*_REGISTRY, *BEARING, *also)
        self.register = Register(lines=self._lines, shelf=WorkspaceShelf(workspace, "line_register"))
        self.past = _Past(workspace)

    def take(self, posted: PostedEvent) -> Iterator[LineChange]:
        """The lines after `posted`, and each that it changed, by id; to be exhausted."""
        if not isinstance(posted.event, self._kinds):
            return
        known = KnownEvent(seq=posted.seq, recorded=posted.recorded, party=posted.party, event=posted.event)
        for _problem in effects.take_in(self.register, known, name=posted.name, past=self.past):
            pass  # what was posted stands; what is beyond a line shows in the line
        self.register.settle()
        self.past.note(posted.name, known)
        for line, before in sorted(self._lines.changed.items()):
            yield LineChange(before, self._lines[line])
        self._lines.changed.clear()


class _Lines(dict[str, Line]):
    """Lines by id that remember what they were before the current event, None for a new one."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[str, Line | None] = {}

    def __setitem__(self, key: str, value: Line) -> None:  # type: ignore[explicit-override]
        self.changed.setdefault(key, self.get(key))
        super().__setitem__(key, value)


class _Past:
    """Look-ups of the arithmetic (`ledger.register.PastEvents`) into events of the kinds that bear on lines."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._recent: dict[str, KnownEvent] = {}
        self._references: dict[tuple[str, str, str], BankLine] = {}

    def note(self, name: str, known: KnownEvent) -> None:
        """The event can be found by name, a bank line also by its reference; of two with one reference the first."""
        event = known.event
        if isinstance(event, _REGISTRY):
            return
        self._recent[name] = known
        if isinstance(event, Movement) and event.bank_ref is not None:
            key = (event.account, event.direction, event.bank_ref)
            if self.bank_line(*key) is None:
                self._references[key] = BankLine(seq=known.seq, amount=event.amount)
        if len(self._recent) >= _RECENT_MAX:
            self._write()

    def find(self, name: str) -> KnownEvent | None:
        """The event `name`, or None if there is none that bears on lines."""
        if name in self._recent:
            return self._recent[name]
        sql = "SELECT seq, recorded, event FROM line_past WHERE name = ?"
        found = self._workspace.look_up(_row, sql, (name,))
        if found is None:
            return None
        seq, recorded, data = found
        event = parse_event(data, place=name)
        return KnownEvent(seq=seq, recorded=recorded, party=name.partition("/")[0], event=event)

    def submission(self, party: str, identifier: str) -> int | None:  # noqa: ARG002 - never asked by the arithmetic
        """None: submissions are not kept."""
        return None

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:  # noqa: ARG002 - as above
        """None: statement lines are not kept."""
        return None

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line with that reference, or None."""
        key = (account, direction, bank_ref)
        if key in self._references:
            return self._references[key]
        sql = "SELECT seq, amount FROM line_reference WHERE account = ? AND direction = ? AND bank_ref = ?"
        return self._workspace.look_up(_line, sql, key)

    def _write(self) -> None:
        events = [(name, one.seq, one.recorded, event_bytes(one.event)) for name, one in self._recent.items()]
        self._workspace.write("INSERT OR IGNORE INTO line_past VALUES (?, ?, ?, ?)", events)
        references = [(*key, one.seq, one.amount) for key, one in self._references.items()]
        self._workspace.write("INSERT OR IGNORE INTO line_reference VALUES (?, ?, ?, ?, ?)", references)
        self._recent.clear()
        self._references.clear()


def _line(seq: int, amount: int) -> BankLine:
    return BankLine(seq=seq, amount=amount)


def _row(seq: int, recorded: str, event: bytes) -> tuple[int, str, bytes]:
    return seq, recorded, event
