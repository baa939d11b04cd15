# SPDX-License-Identifier: Apache-2.0
"""What an appender keeps in memory between flushes, and how it catches up with the log.

Catching up is the one way to reach a state: at the start, after entries that another process appended, and after a
failure. It folds stored bytes through the very checks that admitted them, and compares the tree with the checkpoint,
so that nobody appends to a log that contradicts itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from sqlalchemy import Connection

from ledger.draft import Draft
from ledger.entry import EventEntry, HeaderEntry, event_of, parse_entry
from ledger.errors import EnvironmentFault, InputError
from ledger.first_entry import found
from ledger.hashing import NO_PREVIOUS, leaf_hash
from ledger.log_keys import open_own_checkpoint
from ledger.posting import admit
from ledger.register import Register
from ledger.scratch_shelf import ScratchShelf
from ledger.store.edge import Edge
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.past import StoredPast
from ledger.submission import Submission


def _shelved_register() -> Register:
    return Register(shelf=ScratchShelf())


@dataclass(slots=True, kw_only=True)
class OpenState:
    """The register and the edge of the tree at one head; `size` entries are folded. Owned by one thread at a time.

    What the register puts away lies in a scratch file, which goes with the state.
    """

    register: Register = field(default_factory=_shelved_register)
    edge: Edge = field(default_factory=Edge)
    head: StoredCheckpoint | None = None
    last_leaf: bytes = NO_PREVIOUS

    @property
    def size(self) -> int:
        """How many entries are folded."""
        return self.edge.size

    def catch_up(self, connection: Connection) -> StoredCheckpoint:
        """Fold every entry committed since, and return the head; afterwards the state is that of the head.

        On any exception the state is half folded and must be thrown away.

        Raises:
            EnvironmentFault: there is no ledger, the log is shorter than before, or it contradicts itself.
        """
        reader = LogReader(connection)
        head = reader.head()
        if head is None:
            _refuse("no-ledger", "the database holds no ledger yet", "数据库中尚无账本")
        if head.size < self.size:
            _refuse("cut", f"the log has {head.size} entries, it had {self.size}", "日志比先前短")
        if head.size > self.size:
            try:
                self._fold(connection, head)
                self._check_head(head)
            except InputError as error:
                _refuse("damaged", str(error), error.told_zh(), error)
        self.head = head
        return head

    def advance(self, draft: Draft, head: StoredCheckpoint) -> None:
        """Take over what a committed flush stored; the changes of the register are final.

        Raises:
            EnvironmentFault: the scratch file is full; the state is that of `head` all the same.
        """
        self.edge, self.last_leaf, self.head = draft.edge, draft.last_leaf, head
        self.register.settle()

    def _check_head(self, head: StoredCheckpoint) -> None:
        """The checkpoint is signed by a key of this log and commits to the very entries that were folded."""
        genesis = self.register.genesis
        signed = open_own_checkpoint(head.note, self.register.current_log_keys, origin=genesis.origin)
        if (signed.size, signed.root) != (self.size, self.edge.root()):
            _refuse(
                "root", f"the first {head.size} entries are not those of its checkpoint", "条目与检查点不符"
            )

    def _fold(self, connection: Connection, head: StoredCheckpoint) -> None:
        past = StoredPast(connection, before=self.size, folding=True)
        entries = self._chained(LogReader(connection).entries(self.size, head.size))
        if not self.size:
            found(self.register, next(entries, b""))
            self.register.settle()
        while (data := next(entries, None)) is not None:
            past.before = self.size - 1
            self._fold_submission(data, entries, past)
        if self.size != head.size:
            _refuse("short", f"only {self.size} of {head.size} entries are there", "条目缺失")

    def _chained(self, entries: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the entries, each added to the edge."""
        for data in entries:
            self.last_leaf = leaf_hash(data)
            self.edge.append(self.last_leaf)
            yield data

    def _fold_submission(self, data: bytes, entries: Iterator[bytes], past: StoredPast) -> None:
        """Take in the submission whose header entry has just been read, and the events after it."""
        seq = self.size - 1
        header = parse_entry(data, place=f"entry {seq}")
        if not isinstance(header, HeaderEntry):
            _refuse("no-header", f"entry {seq} is not a header entry", f"第 {seq} 条不是提交头")
        events = []
        for data_of_event in entries:
            event = parse_entry(data_of_event, place=f"entry {self.size - 1}")
            if not isinstance(event, EventEntry):
                _refuse(
                    "no-event",
                    f"entry {self.size - 1} is no event known here",
                    f"第 {self.size - 1} 条不可识别",
                )
            events.append(event)
            if len(events) == header.header.count:
                break
        submission = Submission(
            header=header.header,
            signatures=header.signatures,
            events=tuple(one.event for one in events),
            event_bytes=tuple(event_of(one) for one in events),
        )
        problems = admit(
            self.register, submission, seq=seq, recorded=header.recorded, past=past, signatures=False
        )
        if problems:
            told = problems[0]
            _refuse(
                "contradiction",
                f"submission at entry {seq}: {told.told_en()}",
                f"第 {seq} 条：{told.told_zh()}",
            )
        self.register.settle()


def _refuse(reason: str, en: str, zh: str, cause: Exception | None = None) -> NoReturn:
    raise EnvironmentFault(
        code=f"ledger.{reason}",
        place="stored log",
        message_en=en,
        message_zh=zh,
        remedy_en="Post nothing; run fundtrace verify on this database and compare with the last export or backup.",
        remedy_zh="请停止登记，对该数据库运行 fundtrace verify，并与最近的导出或备份比对。",
    ) from cause
