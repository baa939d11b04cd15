# SPDX-License-Identifier: Apache-2.0
"""A shelf on disk: one temporary SQLite file of this process, for records that a fold of the log gives again."""

import contextlib
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from typing import Final

from ledger.errors import EnvironmentFault

CACHE_KIB: Final = 2_048
"""Page cache; the rest stays on disk."""

_PLACE: Final = "temporary folder"


class ScratchShelf:
    """`ledger.shelf.Shelf` in a file without a name, which SQLite removes even if the process is killed.

    The file lives as long as the shelf. Any thread may use it, one at a time.
    """

    def __init__(self) -> None:
        """An empty shelf in the temporary folder.

        Raises:
            EnvironmentFault: there is no room for it.
        """
        with _told():
            database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            weakref.finalize(self, database.close)
            database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            database.execute(
                "CREATE TABLE record (name TEXT, key BLOB, record BLOB, PRIMARY KEY (name, key)) WITHOUT ROWID"
            )
        self._database = database

    def get(self, table: str, key: bytes) -> bytes | None:
        """The record put under `key` last, or None."""
        sql = "SELECT record FROM record WHERE name = ? AND key = ?"
        try:  # not through `_told`: a context manager costs as much as the look-up
            found = self._database.execute(sql, (table, key)).fetchone()
        except sqlite3.OperationalError as error:
            raise scratch_fault(_PLACE, error) from error
        return None if found is None else found[0]

    def put(self, table: str, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Each record lies under its key; None takes away what lay there. After a failure all is as before."""
        with _told(), self._transaction():
            written = ((table, *row) for row in rows)
            self._database.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", written)

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its record, in the order of the keys; nothing may be put meanwhile."""
        sql = "SELECT key, record FROM record WHERE name = ? AND record IS NOT NULL ORDER BY key"
        with _told():
            yield from self._database.execute(sql, (table,))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # a full disk has ended it already
                self._database.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise scratch_fault(_PLACE, error) from error


def scratch_fault(place: str, error: Exception) -> EnvironmentFault:
    """What to tell of `error`, met in a scratch file at `place`."""
    return EnvironmentFault(
        code="workspace",
        place=place,
        message_en=f"the scratch file cannot be used: {error}",
        message_zh=f"临时文件无法使用：{error}",
        remedy_en="Free disk space there, or point TMPDIR at a larger disk, and run again.",
        remedy_zh="请释放磁盘空间，或将 TMPDIR 指向更大的磁盘后重试。",
    )
