# SPDX-License-Identifier: Apache-2.0
"""A backup: the log byte for byte, and what cannot be rebuilt from it, as lines of one stream (spec §11).

Indexes are left out because `ledger.reindexing` makes them anew; sessions and drafts because they are about people at work:
who comes back signs in again, and a draft is prepared again. Keys are in no database and in no backup.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine

from ledger.entry import parse_entry
from ledger.errors import EnvironmentFault, InputError
from ledger.hashing import leaf_hash
from ledger.kinds.form import Record
from ledger.merkle import CompactRange
from ledger.store.engine import is_sqlite, reading, shown
from ledger.store.kept_rows import kept_lines
from ledger.store.log_reader import LogReader, StoredCheckpoint

FORMAT: Final = "fundtrace/backup/v1"

Progress = Callable[[int, int], None]
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class BackupHead(Record, frozen=True, kw_only=True):
    """The first line: the format, the ledger by the leaf hash of its genesis, how many entries follow, and their root."""

    format: str
    genesis: str
    root: str
    size: int

    @property
    def line(self) -> bytes:
        """Its canonical JSON."""
        return _ENCODER.encode(self)


class BackupEnd(Record, frozen=True, kw_only=True):
    """The last line: how many rows stand between the entries and it."""

    rows: int

    @property
    def line(self) -> bytes:
        """Its canonical JSON."""
        return _ENCODER.encode(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a backup holds."""

    head: BackupHead
    rows: int


def write_backup(
    engine: Engine, write: Callable[[bytes], object], *, progress: Progress = lambda _done, _all: None
) -> Written:
    """Hand every line of a backup, with its line end, to `write`; all of it is of one moment, and memory stays flat.

    Raises:
        EnvironmentFault: there is no ledger, its entries are not those of its newest checkpoint, or the database failed.
    """
    one_moment = engine if is_sqlite(engine) else engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(one_moment) as connection:
        head = LogReader(connection).head()
        first = LogReader(connection).entry(0)
        if head is None or first is None:
            raise _no_ledger(shown(engine))
        told = BackupHead(format=FORMAT, genesis=leaf_hash(first).hex(), root=head.root.hex(), size=head.size)
        write(told.line + b"\n")
        for number, data in enumerate(_proved(connection, head, shown(engine)), start=1):
            write(data + b"\n")
            progress(number, head.size)
        rows = 0
        for line in kept_lines(connection):
            write(line + b"\n")
            rows += 1
    write(BackupEnd(rows=rows).line + b"\n")
    return Written(head=told, rows=rows)


def _proved(connection: Connection, head: StoredCheckpoint, place: str) -> Iterator[bytes]:
    """The entries of `head`; the last is followed by an error unless they are those that it covers."""
    tree = CompactRange()
    for data in LogReader(connection).entries(0, head.size):
        try:
            parse_entry(data, place=f"entry {tree.size}")
        except InputError as error:
            raise _damaged(place, str(error), error.told_zh()) from error
        tree.append(leaf_hash(data))
        yield data
    if (tree.size, tree.root()) != (head.size, head.root):
        raise _damaged(
            place, f"the first {head.size} entries are not those of its checkpoint", "条目与检查点不符"
        )


def _no_ledger(place: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="backup.no-ledger",
        place=place,
        message_en="the database holds no ledger",
        message_zh="数据库中没有账本",
        remedy_en="Check the address.",
        remedy_zh="请核对地址。",
    )


def _damaged(place: str, en: str, zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="backup.damaged",
        place=place,
        message_en=f"the ledger is damaged, and a backup of it would be: {en}",
        message_zh=f"账本已损坏，备份亦将损坏：{zh}",
        remedy_en="Keep the backups you have. Run fundtrace verify on this database.",
        remedy_zh="请保留已有备份，并对该数据库运行 fundtrace verify。",
    )
