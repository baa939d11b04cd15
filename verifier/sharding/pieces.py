# SPDX-License-Identifier: Apache-2.0
"""What travels between the one who deals out and those who judge: some rows of one table, for one shard."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

ROWS_MAX: Final = 1_000
"""Most rows in one piece."""

Row = Sequence[Any]

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[tuple[Any, ...]])


class Piece(NamedTuple):
    """Some rows of `table` for `shard`, in their order; `payload` is MessagePack, so that any engine can carry it."""

    shard: int
    table: str
    payload: bytes

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows."""
        return _DECODER.decode(self.payload)


def pieces(shard: int, table: str, rows: Iterable[Row]) -> Iterator[Piece]:
    """`rows` of `table` for `shard`, in as many pieces as it takes."""
    waiting: list[Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) >= ROWS_MAX:
            yield Piece(shard, table, _ENCODER.encode(waiting))
            waiting = []
    if waiting:
        yield Piece(shard, table, _ENCODER.encode(waiting))


def by_table(given: Iterable[Piece]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of `given`, table by table, in the order of the pieces."""
    tables: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for piece in given:
        tables[piece.table].extend(piece.rows())
    return tables


def shard_of(key: str, shards: int) -> int:
    """The shard, from 0 to `shards` - 1, that `key` belongs to: the same in every process and version."""
    return zlib.crc32(key.encode()) % shards
