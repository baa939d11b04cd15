# SPDX-License-Identifier: Apache-2.0
"""A backup put back into an empty database, in one transaction: all of the ledger or nothing of it (spec §11.4).

What a restart finds: before the commit an empty database, into which the same backup is restored again; after it the whole
ledger, which a second run recognises and leaves as it is. Nothing is signed here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

import msgspec
from sqlalchemy import Connection, Engine, Table, func, select

from ledger.backup import FORMAT, BackupEnd, BackupHead
from ledger.entry import ENTRY_BYTES_MAX
from ledger.errors import EnvironmentFault, FormatError
from ledger.hashing import leaf_hash
from ledger.reindexing import AT_ONCE, Rebuilt
from ledger.store.bulk_insert import insert_rows
from ledger.store.disclosures import take_back
from ledger.store.engine import holding_lock, shown
from ledger.store.kept_rows import KEPT, ROW_BYTES_MAX, parse_row
from ledger.store.log_reader import LogReader
from ledger.store.schema import prepare
from ledger.store.tables import DISCLOSURE, LOG

Progress = Callable[[int, int], None]
_HEAD_BYTES_MAX: Final = 1_024


class Lines(Protocol):
    """A stream of lines, such as a buffered reader."""

    def readline(self, limit: int, /) -> bytes:
        """The next line with its line end, cut after `limit` bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The ledger that stands in the database now; `before` says that it stood there already."""

    head: BackupHead
    before: bool


def restore_backup(
    engine: Engine, lines: Lines, *, place: str, progress: Progress = lambda _done, _all: None
) -> Restored:
    """The database holds the ledger of the backup in `lines`, with its indexes made anew.

    Raises:
        FormatError: the backup is not in the one spelling, or its entries are not those of its root.
        ProofError: as `ledger.sealed_file.SealedReader`.
        EnvironmentFault: something else is in the database, or it failed; it is as before.
    """
    head = _read_head(lines, place)
    prepare(engine)
    with holding_lock(engine) as connection:
        if _stands(connection, head):
            return Restored(head=head, before=True)
        _refuse_occupied(connection, shown(engine))
        _read_entries(connection, lines, head, place, progress)
        _read_rows(connection, lines, place)
        newest = LogReader(connection).head()
        if newest is None or (newest.size, newest.root.hex()) != (head.size, head.root):
            _refuse(place, "its newest checkpoint is not the one over its entries", "最新检查点与条目不符")
        _point_of_no_return(connection)
    return Restored(head=head, before=False)


def _point_of_no_return(connection: Connection) -> None:
    connection.commit()


def _stands(connection: Connection, head: BackupHead) -> bool:
    """Whether the database holds this very ledger at this very size."""
    reader = LogReader(connection)
    stored, first = reader.head(), reader.entry(0)
    if stored is None or first is None:
        return False
    told = (leaf_hash(first).hex(), stored.root.hex(), stored.size)
    return told == (head.genesis, head.root, head.size)


def _refuse_occupied(connection: Connection, place: str) -> None:
    for table in (LOG, *KEPT):
        if connection.execute(select(func.count()).select_from(table)).scalar():
            raise EnvironmentFault(
                code="restore.occupied",
                place=place,
                message_en=f"the database is not empty: table {table.name} has rows",
                message_zh=f"数据库不为空：数据表 {table.name} 已有内容",
                remedy_en="Restore into an empty database; nothing is ever written over.",
                remedy_zh="请恢复到空数据库；不会覆盖任何内容。",
            )


def _read_head(lines: Lines, place: str) -> BackupHead:
    line = _line(lines, _HEAD_BYTES_MAX, place)
    try:
        head = msgspec.json.decode(line, type=BackupHead)
    except ValueError as error:  # msgspec's own errors are of this kind
        raise _malformed(place, "its first line is none of a backup", "首行不是备份的首行") from error
    if head.format != FORMAT or head.line != line or head.size < 1:
        _refuse(place, "its first line is none of a backup", "首行不是备份的首行")
    return head


def _read_entries(
    connection: Connection, lines: Lines, head: BackupHead, place: str, progress: Progress
) -> None:
    rebuilt = Rebuilt(connection)
    rows: list[tuple[Any, ...]] = []
    for seq in range(head.size):
        data = _line(lines, ENTRY_BYTES_MAX, f"{place}, entry {seq}")
        rows.append(rebuilt.take(data))
        if len(rows) == AT_ONCE or seq + 1 == head.size:
            insert_rows(connection, LOG, rows)
            rows.clear()
        progress(seq + 1, head.size)
    rebuilt.rest()
    if rebuilt.edge.root().hex() != head.root:
        _refuse(place, "its entries are not those of its root", "条目与其根哈希不符")


def _read_rows(connection: Connection, lines: Lines, place: str) -> None:
    count = 0
    table: Table | None = None
    held: list[tuple[Any, ...]] = []
    while (end := _end_in(line := _line(lines, ROW_BYTES_MAX, f"{place}, row {count}"))) is None:
        found, row = parse_row(line, place=f"{place}, row {count}")
        if table is not None and (found is not table or len(held) == AT_ONCE):
            _store(connection, table, held, place)
            held.clear()
        table = found
        held.append(row)
        count += 1
    if table is not None:
        _store(connection, table, held, place)
    if end.rows != count or lines.readline(1):
        _refuse(place, "its last line does not count its rows", "末行与行数不符")


def _store(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], place: str) -> None:
    """The rows stand in their table; a disclosure only if it opens what its event commits to, and nothing erased it."""
    if table is not DISCLOSURE:
        insert_rows(connection, table, rows)
        return
    _, left = take_back(connection, ((row[0], row[-1]) for row in rows))
    if left:
        _refuse(place, "a disclosure opens nothing, or what was erased", "披露内容与承诺不符，或已被删除")


def _end_in(line: bytes) -> BackupEnd | None:
    try:
        end = msgspec.json.decode(line, type=BackupEnd)
    except ValueError:
        return None
    return end if end.line == line else None


def _line(lines: Lines, limit: int, place: str) -> bytes:
    line = lines.readline(limit + 1)
    if not line.endswith(b"\n"):
        _refuse(
            place, "the backup ends here, or the line is longer than it may be", "备份在此中断，或该行过长"
        )
    return line[:-1]


def _refuse(place: str, en: str, zh: str) -> NoReturn:
    raise _malformed(place, en, zh)


def _malformed(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="backup.format",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Take another copy of the backup; the database is as before.",
        remedy_zh="请使用备份的其他副本；数据库保持原样。",
    )
