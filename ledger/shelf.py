# SPDX-License-Identifier: Apache-2.0
"""Tables that grow with entries and stay small in memory: settled records lie on a shelf and are read through it.

A shelf holds bytes by table and key, outside memory, for as long as its owner works. It is filled by whoever folds a log
and holds nothing that the log does not give again.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar, overload

import msgspec

HELD_MAX: Final = 2_000
"""Records of one table that wait in memory until they are put away together."""


class Shelf(Protocol):
    """Records as bytes, by table and key. Whoever uses one sees to it that only one thread does at a time.

    After a failure of `put` nothing of it is there, or the shelf is of no use to anybody any longer.

    Raises from every method:
        EnvironmentFault: what lies under it cannot be read or written.
    """

    def get(self, table: str, key: bytes) -> bytes | None:
        """The record put under `key` last, or None."""

    def put(self, table: str, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Each record lies under its key; None takes away what lay there."""

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its record, in the order of the keys; nothing may be put meanwhile."""


class Gone(Enum):
    """What is held in the place of a record that was deleted and may still lie on the shelf."""

    GONE = 0


K = TypeVar("K")
V = TypeVar("V")


class ShelvedTable(Generic[K, V]):
    """A table of records that msgspec encodes, most of them on a shelf; a plain table where there is no shelf.

    `held` are the changes since it was last put away, and the only part that changes until `put_away`: whoever restores
    `held` restores the table.
    """

    __slots__ = ("_key", "_name", "_record", "_shelf", "_shelved", "held")
    __hash__ = None  # type: ignore[assignment]  # it changes

    def __init__(self, name: str, key: type[K], record: type[V], *, shelf: Shelf | None = None) -> None:
        """Table `name` of `record` by `key`, with what lies on `shelf` under that name."""
        self.held: dict[K, V | Gone] = {}
        self._name = name
        self._key = key
        self._record = record
        self._shelf = shelf
        self._shelved = shelf is not None and next(shelf.rows(name), None) is not None

    def put_away(self, *, most: int = 0) -> None:
        """At most `most` changes are held, all others lie on the shelf. After a failure the table is as it was.

        Raises:
            EnvironmentFault: the shelf cannot be written.
        """
        if self._shelf is None or len(self.held) <= most:
            return
        self._shelf.put(self._name, ((_encoded(key), _row(record)) for key, record in self.held.items()))
        self._shelved = True
        self.held.clear()

    @overload
    def get(self, key: K) -> V | None: ...
    @overload
    def get(self, key: K, default: V) -> V: ...
    def get(self, key: K, default: V | None = None) -> V | None:
        """The record under `key`, or `default`."""
        found = self._find(key)
        return default if found is Gone.GONE else found

    def items(self) -> Iterator[tuple[K, V]]:
        """Every key with its record; nothing may be put away meanwhile."""
        for key, record in self.held.items():
            if record is not Gone.GONE:
                yield key, record
        if self._shelf is None or not self._shelved:
            return
        for data, row in self._shelf.rows(self._name):
            key = msgspec.json.decode(data, type=self._key)
            if key not in self.held:
                yield key, msgspec.json.decode(row, type=self._record)

    def __getitem__(self, key: K) -> V:
        found = self._find(key)
        if found is Gone.GONE:
            raise KeyError(key)
        return found

    def __setitem__(self, key: K, record: V) -> None:
        self.held[key] = record

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self.held[key] = Gone.GONE

    def __contains__(self, key: K) -> bool:
        return self._find(key) is not Gone.GONE

    def __eq__(self, other: object) -> bool:  # type: ignore[explicit-override]
        return isinstance(other, ShelvedTable) and dict(self.items()) == dict(other.items())

    def _find(self, key: K) -> V | Gone:
        found = self.held.get(key)
        if found is not None:
            return found
        if self._shelf is None or not self._shelved:
            return Gone.GONE
        data = self._shelf.get(self._name, _encoded(key))
        return Gone.GONE if data is None else msgspec.json.decode(data, type=self._record)


def _encoded(value: object) -> bytes:
    """JSON, which has no largest integer: sums over many entries may outgrow 64 bits."""
    return msgspec.json.encode(value)


def _row(record: object) -> bytes | None:
    return None if record is Gone.GONE else _encoded(record)
