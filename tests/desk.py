# SPDX-License-Identifier: Apache-2.0
"""A posting desk in memory: admits submissions one after another and remembers the past, for tests of what may stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ledger import posting
from ledger.errors import EnvironmentFault
from ledger.first_entry import found
from ledger.kinds.bank import BankBalance, Movement
from ledger.past_events import BankLine, KnownEvent
from ledger.register import Register
from ledger.submission import event_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ledger.problems import Problem
    from ledger.submission import Submission
    from tests.worlds import World


@dataclass(slots=True)
class Memory:
    """`ledger.register.PastEvents` in dictionaries."""

    events: dict[str, KnownEvent] = field(default_factory=dict)
    submissions: dict[tuple[str, str], int] = field(default_factory=dict)
    lines: dict[tuple[str, str, int], int] = field(default_factory=dict)
    refs: dict[tuple[str, str, str], BankLine] = field(default_factory=dict)

    def find(self, name: str) -> KnownEvent | None:
        """The event of that name."""
        return self.events.get(name)

    def submission(self, party: str, identifier: str) -> int | None:
        """Where its header stands."""
        return self.submissions.get((party, identifier))

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Where that bank line stands."""
        return self.lines.get((account, statement, line_no))

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line with that reference."""
        return self.refs.get((account, direction, bank_ref))


@dataclass(slots=True)
class MemoryShelf:
    """`ledger.shelf.Shelf` in a dictionary; with `full` it takes nothing more."""

    records: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    full: bool = False

    def get(self, table: str, key: bytes) -> bytes | None:
        """The record under `key`."""
        return self.records.get((table, key))

    def put(self, table: str, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Each record is there, or gone."""
        if self.full:
            raise EnvironmentFault(
                code="full", place="shelf", message_en="full", message_zh="已满", remedy_en="x", remedy_zh="x"
            )
        for key, record in rows:
            if record is None:
                self.records.pop((table, key), None)
            else:
                self.records[table, key] = record

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """Every record, by key."""
        return ((key, record) for (name, key), record in sorted(self.records.items()) if name == table)


@dataclass(slots=True)
class Desk:
    """A founded register with its memory; `post` says what is wrong, nothing = it stands, settled unless told otherwise."""

    register: Register
    past: Memory = field(default_factory=Memory)
    size: int = 1
    settles: bool = True

    def post(self, submission: Submission, *, recorded: str | None = None) -> tuple[Problem, ...]:
        """Admit `submission`, recorded when it was signed unless told otherwise."""
        problems = posting.admit(
            self.register,
            submission,
            seq=self.size,
            recorded=recorded or submission.header.signed_at,
            past=self.past,
        )
        if not problems:
            self.size += 1 + len(submission.events)
        if not problems and self.settles:
            self.remember(submission, end=self.size)
            self.register.settle()
        return problems

    def must(self, submission: Submission) -> str:
        """Post `submission`, which must stand; the name of its first event."""
        problems = self.post(submission)
        if problems:
            raise RuntimeError([problem.told_en() for problem in problems])
        return event_name(submission.header, 0)

    def remember(self, submission: Submission, *, end: int) -> None:
        """Past events are those of `submission` too, which ends before position `end` and is not settled yet."""
        header = submission.header
        self.past.submissions[header.party, header.id] = end - 1 - len(submission.events)
        for index, event in enumerate(submission.events):
            name = event_name(header, index)
            known = self.register.pending_events[name]
            self.past.events[name] = known
            if isinstance(event, Movement):
                self.past.lines[event.account, event.statement, event.line_no] = known.seq
                if event.bank_ref is not None:
                    line = BankLine(seq=known.seq, amount=event.amount)
                    self.past.refs.setdefault((event.account, event.direction, event.bank_ref), line)
            if isinstance(event, BankBalance):
                self.past.lines[event.account, event.statement, 0] = known.seq


def codes(problems: tuple[Problem, ...]) -> list[str]:
    """The codes of the problems."""
    return [problem.code for problem in problems]


def open_desk(world: World, register: Register | None = None) -> Desk:
    """A desk on which the opening of `world` stands, with `register` if one is given."""
    register = register or Register()
    found(register, world.genesis_entry)
    desk = Desk(register)
    for submission in world.opening():
        problems = desk.post(submission)
        if problems:
            raise RuntimeError([problem.told_en() for problem in problems])
    return desk
