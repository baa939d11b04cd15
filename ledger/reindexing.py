# SPDX-License-Identifier: Apache-2.0
"""The index tables of a ledger made anew from the bytes of its log; nothing that they said before is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NoReturn, assert_never

from sqlalchemy import Connection, Engine, delete

from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.errors import EnvironmentFault, InputError
from ledger.hashing import leaf_hash
from ledger.store.edge import Edge
from ledger.store.engine import holding_lock
from ledger.store.index_rows import IndexRows
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.log_writer import LogRow, write_tiles
from ledger.store.tables import INDEXES

AT_ONCE: Final = 4_096
"""Entries between two writes of rows, which is all that memory holds."""

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Rebuilt:
    """The indexes over the entries given to `take`, which come in order from the first; `rest` writes what is left."""

    connection: Connection
    edge: Edge = field(default_factory=Edge)
    rows: IndexRows = field(default_factory=IndexRows)

    def take(self, data: bytes) -> LogRow:
        """Add what is looked up of the next entry, and return its row of the log.

        Raises:
            FormatError: it is no entry.
        """
        seq, leaf = self.edge.size, leaf_hash(data)
        self.edge.append(leaf)
        entry, submission = parse_entry(data, place=f"entry {seq}"), seq
        match entry:
            case GenesisEntry():
                pass
            case HeaderEntry():
                self.rows.take_header(entry.header, seq=seq)
            case EventEntry():
                self.rows.take_event(entry.event, seq=seq, recorded=entry.recorded)
                submission = entry.submission
            case ForeignEntry():  # nothing is looked up of kinds that this program does not know
                submission = entry.submission
            case _:
                assert_never(entry)
        if self.edge.size % AT_ONCE == 0:
            self.rest()
        return LogRow(seq=seq, leaf=leaf, data=data, submission=submission)

    def rest(self) -> None:
        """Write the rows gathered so far; nothing is committed."""
        write_tiles(self.connection, self.edge.take_finished())
        self.rows.write(self.connection)


def reindex(engine: Engine, *, progress: Progress = lambda _done, _all: None) -> int:
    """Return the number of entries whose index rows were made anew, all in one transaction under the ledger lock.

    Until it commits everybody reads the old indexes; whatever fails leaves them.

    Raises:
        EnvironmentFault: there is no ledger, its entries are not those of its newest checkpoint, or the database failed.
    """
    with holding_lock(engine) as connection:
        head = LogReader(connection).head()
        if head is None:
            _refuse("no-ledger", "the database holds no ledger yet", "数据库中尚无账本")
        for table in INDEXES:
            connection.execute(delete(table))
        try:
            _rebuild(connection, head, progress)
        except InputError as error:
            _refuse("damaged", str(error), error.told_zh(), error)
        connection.commit()
    return head.size


def _rebuild(connection: Connection, head: StoredCheckpoint, progress: Progress) -> None:
    reader, rebuilt = LogReader(connection), Rebuilt(connection)
    for data in reader.entries(0, head.size):
        rebuilt.take(data)
        progress(rebuilt.edge.size, head.size)
    rebuilt.rest()
    # Read back as an appender would: the last, unfinished tile comes from the leaf hashes stored beside the entries.
    roots = {rebuilt.edge.root(), reader.edge(rebuilt.edge.size).root()}
    if rebuilt.edge.size != head.size or roots != {head.root}:
        _refuse("root", f"the first {head.size} entries are not those of its checkpoint", "条目与检查点不符")


def _refuse(reason: str, en: str, zh: str, cause: Exception | None = None) -> NoReturn:
    raise EnvironmentFault(
        code=f"ledger.{reason}",
        place="stored log",
        message_en=en,
        message_zh=zh,
        remedy_en="The indexes are as before. Verify this database, and restore the ledger from a backup or an export.",
        remedy_zh="索引保持原样。请验证该数据库，并从备份或导出恢复账本。",
    ) from cause
