# SPDX-License-Identifier: Apache-2.0
"""A live database as a source for the verifier, which knows nothing of databases (entry point `fundtrace.sources`)."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Engine

from ledger.errors import InputError, MissingError
from ledger.store.anchors import anchor_file
from ledger.store.engine import open_engine, reading
from ledger.store.log_key_changes import log_keys_of
from ledger.store.log_reader import LogReader
from ledger.store.publication import NEWEST
from ledger.store.schema import check
from ledger.tiles import parse_tile_path

_ENTRIES_AT_ONCE: Final = 4_096
"""Entries read in one transaction: a long one would keep SQLite from tidying up its write-ahead log."""


class LiveSource:
    """`verifier.reading.sources.Source` over the log in a database, at the checkpoint it had when it was opened."""

    __slots__ = ("_engine", "_note", "_size")

    def __init__(self, engine: Engine) -> None:
        """Read through `engine`, which is disposed of by `close`.

        Raises:
            MissingError: there is no checkpoint, so this is no log.
            EnvironmentFault: the database failed, or its tables are of another version.
        """
        check(engine)
        with reading(engine) as connection:
            head = NEWEST.shown(connection)
        if head is None:
            raise MissingError(
                code="source.no-ledger",
                place="--db",
                message_en="the database holds no ledger",
                message_zh="数据库中没有账本",
                remedy_en="Create one with fundtrace init, or give the right --db.",
                remedy_zh="请用 fundtrace init 建账，或给出正确的 --db。",
            )
        self._engine = engine
        self._size, self._note = head.size, head.note

    @property
    def size(self) -> int:
        """How many entries the checkpoint covers."""
        return self._size

    def checkpoint(self) -> bytes:
        """Return the signed note, always the same one."""
        return self._note

    def policy(self) -> str | None:
        """Return the policy that the log publishes, or None where entry 0 cannot be read."""
        try:
            with reading(self._engine) as connection:
                keys = log_keys_of(connection, size=self._size)
        except InputError:
            return None
        return NEWEST.policy(keys) if keys.ever else None

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of entries [start, stop); it ends early where the database lacks one."""
        for low in range(start, stop, _ENTRIES_AT_ONCE):
            with reading(self._engine) as connection:
                yield from LogReader(connection).entries(low, min(low + _ENTRIES_AT_ONCE, stop))

    def fetch(self, path: str) -> bytes:
        """Return the bytes of a tile by its path below the log.

        Raises:
            FormatError: no path of a tile.
            MissingError: the log does not have it.
            EnvironmentFault: the database failed.
        """
        with reading(self._engine) as connection:
            return LogReader(connection).tile(parse_tile_path(path))

    def anchor(self, path: str) -> bytes:
        """Return the bytes of a file below ``anchor/``.

        Raises:
            MissingError: the log does not have it.
            EnvironmentFault: the database failed.
        """
        with reading(self._engine) as connection:
            return anchor_file(connection, path, up_to=self._size)

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()


def open_live(url: str) -> LiveSource:
    """Return the log in the database at `url`, at its present checkpoint.

    Raises:
        InputError: `url` names no database, or there is no log in it.
        EnvironmentFault: the file is missing, or the database failed.
    """
    engine = open_engine(url)
    try:
        return LiveSource(engine)
    except BaseException:
        engine.dispose()
        raise
