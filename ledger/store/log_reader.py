# SPDX-License-Identifier: Apache-2.0
"""Reading the stored log: entries, checkpoints, tiles. Positions below a checkpoint's size never change."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, Select, select

from ledger.errors import MissingError
from ledger.hashing import HASH_SIZE
from ledger.store.edge import Edge
from ledger.store.tables import CHECKPOINT, LOG, SUBMISSION, TILE
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, encode_bundle

READ_ROWS: Final = TILE_WIDTH
"""Entries fetched at a time: at most 16 MiB, since an entry has at most 64 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A signed checkpoint as stored: entries it covers, root, note bytes, instant recorded in its last entry."""

    size: int
    root: bytes
    note: bytes
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubmission:
    """Where a submission stands: header entry, number of events after it, SHA-256 of its canonical header."""

    seq: int
    events: int
    header_hash: bytes


class LogReader:
    """The log behind one connection, as its transaction sees it."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        """Read through `connection`, which stays the caller's."""
        self._connection = connection

    def head(self) -> StoredCheckpoint | None:
        """Return the checkpoint over everything committed; None before the ledger is founded."""
        found = self._connection.execute(
            select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
        ).first()
        return None if found is None else _checkpoint(found)

    def checkpoint_over(self, seq: int) -> StoredCheckpoint | None:
        """Return the first checkpoint that covers entry `seq`: the one its poster was answered with."""
        covering = select(CHECKPOINT).where(CHECKPOINT.c.size > seq).order_by(CHECKPOINT.c.size).limit(1)
        found = self._connection.execute(covering).first()
        return None if found is None else _checkpoint(found)

    def checkpoint_of(self, size: int) -> StoredCheckpoint | None:
        """Return the checkpoint over exactly `size` entries, if one was ever signed."""
        found = self._connection.execute(select(CHECKPOINT).where(CHECKPOINT.c.size == size)).first()
        return None if found is None else _checkpoint(found)

    def submission(self, party: str, identifier: str) -> StoredSubmission | None:
        """Return where submission (`party`, `identifier`) stands, or None."""
        named = select(SUBMISSION).where(SUBMISSION.c.party == party, SUBMISSION.c.id == identifier)
        found = self._connection.execute(named).first()
        if found is None:
            return None
        return StoredSubmission(seq=found.seq, events=found.events, header_hash=found.header_hash)

    def entry(self, seq: int) -> bytes | None:
        """Return the bytes of entry `seq`, or None beyond the end."""
        found = self._connection.execute(select(LOG.c.bytes).where(LOG.c.seq == seq)).scalar()
        return None if found is None else _as_bytes(found)

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of the entries [start, stop), fewer if the log ends before; memory stays flat."""
        for low in range(start, stop, READ_ROWS):
            wanted = _range(select(LOG.c.bytes), low, min(low + READ_ROWS, stop))
            yield from map(_as_bytes, self._connection.execute(wanted).scalars())

    def tile(self, tile: Tile) -> bytes:
        """Return the bytes of a hash tile or an entry bundle, full or partial.

        Raises:
            MissingError: the log is not long enough to have it.
        """
        if tile.level is None:
            first = tile.number * TILE_WIDTH
            parts = list(self.entries(first, first + tile.width))
            found = encode_bundle(parts) if len(parts) == tile.width else None
        elif tile.width == TILE_WIDTH:
            found = self._full_tile(tile.level, tile.number)
        else:
            found = self._row(tile.level, tile.number, tile.width)
            found = found if len(found) == tile.width * HASH_SIZE else None
        if found is None:
            raise MissingError(
                code="store.no-tile",
                place=tile.path,
                message_en="the log is not long enough to have this tile",
                message_zh="日志长度不足，尚无此瓦片",
                remedy_en="Ask for tiles of the size that the checkpoint states.",
                remedy_zh="请按检查点所载规模请求瓦片。",
            )
        return found

    def edge(self, size: int) -> Edge:
        """Return the right edge of the tree over the first `size` entries, to append to."""
        partial: dict[int, bytes] = {}
        level, rest = 0, size
        while rest:
            width = rest % TILE_WIDTH
            if width:
                partial[level] = self._row(level, rest >> TILE_HEIGHT, width)
            level, rest = level + 1, rest >> TILE_HEIGHT
        return Edge(size=size, partial=partial)

    def _full_tile(self, level: int, number: int) -> bytes | None:
        named = select(TILE.c.hashes).where(TILE.c.level == level, TILE.c.number == number)
        return self._connection.execute(named).scalar()

    def _row(self, level: int, number: int, width: int) -> bytes:
        """Return up to `width` hashes of an unfinished tile: the leaves, or the roots of the tiles below."""
        first = number * TILE_WIDTH
        if level == 0:
            wanted: Select[bytes] = _range(select(LOG.c.leaf), first, first + width)
        else:
            below = (TILE.c.level == level - 1, TILE.c.number >= first, TILE.c.number < first + width)
            wanted = select(TILE.c.root).where(*below).order_by(TILE.c.number)
        return b"".join(self._connection.execute(wanted).scalars())


def _as_bytes(value: object) -> bytes:
    """SQLite keeps text in a column of bytes when somebody put it there; it is judged like any other bytes."""
    return value if isinstance(value, bytes) else str(value).encode()


def _range(columns: Select[bytes], start: int, stop: int) -> Select[bytes]:
    return columns.where(LOG.c.seq >= start, LOG.c.seq < stop).order_by(LOG.c.seq)


def _checkpoint(row: Row[int, bytes, bytes, str]) -> StoredCheckpoint:
    return StoredCheckpoint(size=row.size, root=row.root, note=row.note, recorded=row.recorded)
