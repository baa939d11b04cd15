# SPDX-License-Identifier: Apache-2.0
"""Where a log registers what a pack leans on: keys, parties, changes of its own keys, and who may act for whom."""

from collections.abc import Iterator
from typing import Final, Protocol

from ledger.entry import EventEntry, HeaderEntry, parse_entry
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation
from ledger.kinds.registry import Key, Party

_MARKS: Final = tuple(
    f'"kind":"{kind}"'.encode() for kind in ("key", "party", "log_key", "administrator", "deputation")
)
_HEADER: Final = b'{"header":'


class Registry(Protocol):
    """Where registrations stand in a log."""

    def key(self, key: str, *, before: int) -> int | None:
        """Position of the last registration of `key` below `before`, or None."""
        ...

    def party(self, party: str, *, before: int) -> int | None:
        """Position of the last version of `party` below `before`, or None."""
        ...

    def log_keys(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of the log's own keys below `before`, in order."""
        ...

    def administrators(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of administrators below `before`, in order."""
        ...

    def deputations(self, party: str, *, before: int) -> tuple[int, ...]:
        """Positions of all deputations below `before` that `party` granted or ended, in order."""
        ...


class ScannedRegistry:
    """Registrations found by reading entries in order; for logs without an index."""

    def __init__(self, entries: Iterator[bytes]) -> None:
        """Read `entries` from position 0 on, and keep positions only."""
        self._keys: dict[str, list[int]] = {}
        self._parties: dict[str, list[int]] = {}
        self._log_keys: list[int] = []
        self._administrators: list[int] = []
        self._deputations: dict[str, list[int]] = {}
        header = b""
        for seq, data in enumerate(entries):
            if data.startswith(_HEADER):
                header = data
            if any(mark in data for mark in _MARKS):
                self._take(seq, data, header)

    def key(self, key: str, *, before: int) -> int | None:
        """Position of the last registration of `key` below `before`, or None."""
        return max((seq for seq in self._keys.get(key, ()) if seq < before), default=None)

    def party(self, party: str, *, before: int) -> int | None:
        """Position of the last version of `party` below `before`, or None."""
        return max((seq for seq in self._parties.get(party, ()) if seq < before), default=None)

    def log_keys(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of the log's own keys below `before`, in order."""
        return tuple(seq for seq in self._log_keys if seq < before)

    def administrators(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of administrators below `before`, in order."""
        return tuple(seq for seq in self._administrators if seq < before)

    def deputations(self, party: str, *, before: int) -> tuple[int, ...]:
        """Positions of all deputations below `before` that `party` granted or ended, in order."""
        return tuple(seq for seq in self._deputations.get(party, ()) if seq < before)

    def _take(self, seq: int, data: bytes, header: bytes) -> None:
        entry = parse_entry(data, place=f"entry {seq}")
        match entry:
            case EventEntry(event=Key(action="register") as event):
                self._keys.setdefault(event.key, []).append(seq)
            case EventEntry(event=Party() as event):
                self._parties.setdefault(event.id, []).append(seq)
            case EventEntry(event=LogKeyChange()):
                self._log_keys.append(seq)
            case EventEntry(event=AdministratorChange()):
                self._administrators.append(seq)
            case EventEntry(event=Deputation()):
                head = parse_entry(header, place=f"header of entry {seq}")
                if isinstance(head, HeaderEntry):
                    self._deputations.setdefault(head.header.party, []).append(seq)
            case _:
                pass
