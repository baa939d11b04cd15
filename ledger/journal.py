# SPDX-License-Identifier: Apache-2.0
"""Changes of tables that can be taken back, so that a refused submission or a failed commit leaves no trace."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ledger.errors import ProgrammerError
from ledger.shelf import ShelvedTable

_ABSENT: Final = object()

K = TypeVar("K")
V = TypeVar("V")
Table = dict[K, V] | ShelvedTable[K, V]


@dataclass
class Journal:
    """What tables held before each change, oldest first; every change of a table goes through `put` and `drop`."""

    _changes: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)

    def put(self, table: Table[K, V], key: K, value: V) -> None:
        """Set `table[key]`, so that `rollback` can undo it."""
        self._note(table, key)
        table[key] = value

    def put_new(self, table: dict[K, V], rows: dict[K, V]) -> None:
        """Set `table[key]` for every key of `rows`, none of which it has, so that `rollback` can undo it.

        Raises:
            ProgrammerError: it has one of them; nothing is set.
        """
        if not table.keys().isdisjoint(rows):
            raise ProgrammerError("a table has one of its new keys already")
        self._changes.extend([(table, key, _ABSENT) for key in rows])
        table.update(rows)

    def drop(self, table: Table[K, V], key: K) -> None:
        """Delete `table[key]`, undoable.

        Raises:
            KeyError: it is not there.
        """
        self._note(table, key)
        del table[key]

    def mark(self) -> int:
        """A point to which `rollback` can return, good until `forget`."""
        return len(self._changes)

    def rollback(self, mark: int) -> None:
        """Undo every change since `mark`."""
        while len(self._changes) > mark:
            table, key, before = self._changes.pop()
            if before is _ABSENT:
                del table[key]
            else:
                table[key] = before

    def compact(self) -> None:
        """Only mark 0 stays good; memory is then that of the keys changed since, however often they were."""
        first: dict[tuple[int, Any], tuple[dict[Any, Any], Any, Any]] = {}
        for change in self._changes:
            first.setdefault((id(change[0]), change[1]), change)
        self._changes[:] = first.values()

    def forget(self) -> None:
        """All changes so far are final."""
        self._changes.clear()

    def _note(self, table: Table[K, V], key: K) -> None:
        # What lies on a shelf does not change before `forget`, so restoring what is held restores the table.
        held: dict[Any, Any] = table.held if isinstance(table, ShelvedTable) else table
        self._changes.append((held, key, held.get(key, _ABSENT)))
