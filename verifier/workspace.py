# SPDX-License-Identifier: Apache-2.0
"""Scratch tables on disk, so that verification and judgement need memory for open state and never for entries.

A workspace is one temporary SQLite file that nobody else opens. It holds nothing that cannot be computed again, hence
no journal and no synchronising; closing it removes the file. A run that is put down copies it out, and one that is taken
up again begins with the copy. Each module owns its tables and their SQL; this one owns how rows go in (in batches) and
come out (through cursors, as typed rows).
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, TypeVar

from ledger.scratch_shelf import scratch_fault

Value = int | str | bytes | None
"""What a column holds; integers within 64 bits, so amounts are summed in Python, never in SQL."""

CACHE_KIB: Final = 4_096
"""Page cache of the file, and what one sorter may hold; the rest stays on disk.

SQLite fills a cache as tables grow and sorts in runs of its size, so a large one looks like memory that grows with the
ledger up to a million entries, and gains no time: the operating system caches the same pages.
"""

BATCH_ROWS: Final = 2_000

_PRAGMAS: Final = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA temp_store = FILE",  # sorting must not take memory either
)

RowT = TypeVar("RowT")


class Workspace:
    """An open workspace; a context manager that removes its file. Owned by one thread.

    Raises from every method:
        EnvironmentFault: the disk is full or the file cannot be used.
    """

    def __init__(
        self, folder: Path | None = None, *, cache_kib: int = CACHE_KIB, begin: BinaryIO | None = None
    ) -> None:
        """A new workspace in a temporary folder, made inside `folder` when given.

        It is empty, or holds what `copy_to` wrote: the rest of the stream `begin`.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="fundtrace-", dir=folder)
        self._batches: list[Batch] = []
        self._file = Path(self._folder.name) / "work.sqlite"
        with _told(self._folder.name):
            if begin is not None:
                with self._file.open("xb") as sink:
                    shutil.copyfileobj(begin, sink)
            self._connection = sqlite3.connect(self._file, isolation_level=None)
            for pragma in (*_PRAGMAS, f"PRAGMA cache_size = -{cache_kib}"):
                self._connection.execute(pragma)
            self._connection.execute("BEGIN")

    def __enter__(self) -> Self:
        """The workspace itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; its file is gone."""
        self.close()

    def close(self) -> None:
        """Close and remove the file; rows not yet read are lost."""
        self._connection.close()
        self._folder.cleanup()

    def copy_to(self, sink: BinaryIO) -> None:
        """Write every row so far to `sink`, from which another workspace may begin; this one goes on."""
        self.flush()
        with _told(self._folder.name):
            self._connection.execute("COMMIT")
            with self._file.open("rb") as source:
                shutil.copyfileobj(source, sink)
            self._connection.execute("BEGIN")

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Execute one statement (a table, an index, an update) after all batches; the number of rows changed."""
        self.flush()
        with _told(self._folder.name):
            return self._connection.execute(sql, values).rowcount

    def batch(self, sql: str, *, rows: int = BATCH_ROWS) -> "Batch":
        """A buffer of rows for the INSERT or UPDATE statement `sql`, written `rows` at a time."""
        made = Batch(self.write, sql, rows)
        self._batches.append(made)
        return made

    def flush(self) -> None:
        """Every row added to a batch so far can be read."""
        for batch in self._batches:
            batch.flush()

    def rows(self, make: Callable[..., RowT], sql: str, values: Sequence[Value] = ()) -> Iterator[RowT]:
        """Rows of the query as ``make(*columns)``, read one by one.

        Tables it reads must not be written while it is being read.
        """
        self.flush()
        with _told(self._folder.name):
            cursor = self._connection.execute(sql, values)
        return self._each(make, cursor)

    def look_up(self, make: Callable[..., RowT], sql: str, values: Sequence[Value] = ()) -> RowT | None:
        """The first row of the query, or None; rows still in a batch are not seen, so that looking up stays cheap."""
        try:  # not through `_told`: called for every bank line, and a context manager costs more than the look-up
            found = self._connection.execute(sql, values).fetchone()
        except sqlite3.OperationalError as error:
            raise scratch_fault(self._folder.name, error) from error
        return None if found is None else make(*found)

    def _each(self, make: Callable[..., RowT], cursor: sqlite3.Cursor) -> Iterator[RowT]:
        with _told(self._folder.name):
            for row in cursor:
                yield make(*row)

    def write(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Execute `sql` once for each row, at once."""
        with _told(self._folder.name):
            self._connection.executemany(sql, rows)


class Batch:
    """Rows on their way into a table; the workspace writes the rest of them before anything is read."""

    __slots__ = ("_limit", "_rows", "_sql", "_write")

    def __init__(self, write: Callable[[str, Iterable[Sequence[Value]]], None], sql: str, limit: int) -> None:
        """An empty batch that hands at most `limit` rows at a time to `write`."""
        self._write = write
        self._sql = sql
        self._limit = limit
        self._rows: list[Sequence[Value]] = []

    def add(self, *row: Value) -> None:
        """One more row, in the order of the statement's placeholders."""
        self._rows.append(row)
        if len(self._rows) >= self._limit:
            self.flush()

    def flush(self) -> None:
        """All rows added so far are written."""
        if self._rows:
            rows, self._rows = self._rows, []
            self._write(self._sql, rows)


@contextlib.contextmanager
def _told(folder: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise scratch_fault(folder, error) from error
