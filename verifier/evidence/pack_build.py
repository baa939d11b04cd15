# SPDX-License-Identifier: Apache-2.0
"""Putting an entry's whole evidence together, from any log (spec §2.13).

The pack is checked before it is handed out: a log that lies cannot be packed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from ledger.entry import (
    Entry,
    EventEntry,
    ForeignEntry,
    GenesisEntry,
    HeaderEntry,
    event_within,
    parse_entry,
)
from ledger.errors import LimitError, MissingError, ProofError
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import Override
from ledger.kinds.registry import Key, Party
from ledger.merkle import MemoryHashes, Tree
from ledger.receipt import Receipt, format_receipt
from verifier.evidence.pack import Pack, format_pack
from verifier.evidence.pack_check import check_pack
from verifier.integrity.trust import Trust

NOTHING_BROUGHT: Final = Trust()
EVENTS_MAX: Final = 100_000
"""Events of the largest submission there is (spec §3)."""
_MARKS: Final = (b'"kind":"key"', b'"kind":"party"', b'"kind":"log_key"')


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What a pack is built from: entries by position, proofs under the root that `checkpoint` signs over `size` entries.

    `entries` yields those from one position up to another. The path of an event to its submission's root takes a look at
    every event of that submission, of `events_max` at most; the tiles of the log are over entries and of no help.
    """

    read: Callable[[int], bytes]
    entries: Callable[[int, int], Iterable[bytes]]
    tree: Tree
    size: int
    checkpoint: bytes
    policy: bytes | None = None
    stamp: bytes | None = None
    events_max: int = EVENTS_MAX


def build_pack(log: Log, registry: Registry, subject: int) -> bytes:
    """The evidence for entry `subject`.

    Raises:
        MissingError: the log does not reach that far, or lacks a registration.
        LimitError: a submission with more events than the log lets a pack read.
        ProofError, SignatureError: the log does not hold what the pack would have to show.
    """
    if subject >= log.size:
        raise _beyond(subject)
    building = _Building(log=log, registry=registry, entries={}, paths={})
    building.take(subject)
    pack = Pack(
        subject=subject,
        checkpoint=log.checkpoint,
        entries=building.entries,
        receipts={seq: building.receipt(seq) for seq in building.entries},
        paths=building.paths,
        policy=log.policy,
        stamp=log.stamp,
    )
    check_pack(pack, NOTHING_BROUGHT)
    return format_pack(pack)


class ScannedRegistry:
    """Registrations found by reading entries in order; for logs without an index."""

    def __init__(self, entries: Iterator[bytes]) -> None:
        """Read `entries` from position 0 on, and keep positions only."""
        self._keys: dict[str, list[int]] = {}
        self._parties: dict[str, list[int]] = {}
        self._log_keys: list[int] = []
        for seq, data in enumerate(entries):
            if any(mark in data for mark in _MARKS):
                self._take(seq, data)

    def key(self, key: str, *, before: int) -> int | None:
        """Position of the last registration of `key` below `before`, or None."""
        return max((seq for seq in self._keys.get(key, ()) if seq < before), default=None)

    def party(self, party: str, *, before: int) -> int | None:
        """Position of the last version of `party` below `before`, or None."""
        return max((seq for seq in self._parties.get(party, ()) if seq < before), default=None)

    def log_keys(self, *, before: int) -> tuple[int, ...]:
        """Positions of all changes of the log's own keys below `before`, in order."""
        return tuple(seq for seq in self._log_keys if seq < before)

    def _take(self, seq: int, data: bytes) -> None:
        entry = parse_entry(data, place=f"entry {seq}")
        match entry:
            case EventEntry(event=Key(action="register") as event):
                self._keys.setdefault(event.key, []).append(seq)
            case EventEntry(event=Party() as event):
                self._parties.setdefault(event.id, []).append(seq)
            case EventEntry(event=LogKeyChange()):
                self._log_keys.append(seq)
            case _:
                pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Building:
    """The parts so far."""

    log: Log
    registry: Registry
    entries: dict[int, bytes]
    paths: dict[int, tuple[bytes, ...]]

    def take(self, subject: int) -> None:
        genesis = self._add(0)
        for seq in self.registry.log_keys(before=self.log.size):
            self._with_own_header(seq)
        entry = self._add(subject)
        head = self._with_header(entry) if isinstance(entry, EventEntry | ForeignEntry) else entry
        if not isinstance(head, HeaderEntry) or not isinstance(genesis, GenesisEntry):
            return
        for seq in self._override(head):
            self._with_own_header(seq)
        new = {entry.event.key} if isinstance(entry, EventEntry) and isinstance(entry.event, Key) else set()
        for seq in self._registrations(genesis.genesis, head, new):
            self._with_own_header(seq)

    def _override(self, head: HeaderEntry) -> Iterator[int]:
        """The override by which two leaders signed `head`, and the first event that it covers, if they did."""
        first = parse_entry(self.log.read(head.seq + 1), place=f"entry {head.seq + 1}")
        if isinstance(first, EventEntry) and isinstance(first.event, Override) and head.header.count > 1:
            yield from (head.seq + 1, head.seq + 2)

    def receipt(self, seq: int) -> bytes:
        path = tuple(self.log.tree.inclusion_path(seq, self.log.size))
        return format_receipt(Receipt(index=seq, path=path, checkpoint=self.log.checkpoint))

    def _registrations(self, genesis: Genesis, head: HeaderEntry, new: set[str]) -> Iterator[int]:
        """Where the party of `head` and the keys that signed it are registered; administrators are in the genesis."""
        if head.header.party in {one.id for one in genesis.administrators}:
            return
        party = self.registry.party(head.header.party, before=head.seq)
        if party is None:
            raise _unregistered(head.header.party)
        yield party
        for key in sorted({one.key for one in head.signatures} - new):
            seq = self.registry.key(key, before=head.seq)
            if seq is None:
                raise _unregistered(key)
            yield seq

    def _with_own_header(self, seq: int) -> None:
        event = self._add(seq)
        if isinstance(event, EventEntry):
            self._with_header(event)

    def _with_header(self, event: EventEntry | ForeignEntry) -> Entry | ForeignEntry:
        """The header of `event`, both taken in, with the path between them."""
        head = self._add(event.submission)
        if isinstance(head, HeaderEntry) and event.seq not in self.paths:
            count = head.header.count
            if count > self.log.events_max:
                raise _too_many(head.seq, count, self.log.events_max)
            hashes = MemoryHashes(self._event_hashes(head.seq + 1, count))
            if hashes.size != count:
                raise _no_event(head.seq + 1 + hashes.size)
            self.paths[event.seq] = tuple(Tree(hashes).inclusion_path(event.index, count))
        return head

    def _event_hashes(self, first: int, count: int) -> Iterator[bytes]:
        """Of each event of a submission; what is cut out is not parsed, since the finished pack is checked as a whole."""
        for seq, data in enumerate(islice(self.log.entries(first, first + count), count), first):
            try:
                yield leaf_hash(event_within(data))
            except ValueError as error:
                raise _no_event(seq) from error

    def _add(self, seq: int) -> Entry | ForeignEntry:
        self.entries[seq] = data = self.log.read(seq)
        return parse_entry(data, place=f"entry {seq}")


def _no_event(seq: int) -> ProofError:
    return ProofError(
        code="pack.submission",
        place=f"entry {seq}",
        message_en="an event of the submission should stand here",
        message_zh="此处应为该提交的事件",
    )


def _too_many(seq: int, count: int, most: int) -> LimitError:
    return LimitError(
        code="pack.too-many-events",
        place=f"entry {seq}",
        message_en=f"its submission has {count:,} events, all needed for the path of one; here at most {most:,} are read",
        message_zh=f"该提交含 {count:,} 个事件，证明其一须读取全部；此处至多读取 {most:,} 个",
        remedy_en="Make the pack from an export: fundtrace verify SOURCE --entry N --pack FILE. The receipt is there.",
        remedy_zh="请由导出副本制作：fundtrace verify SOURCE --entry N --pack FILE。回执仍可照常获取。",
    )


def _beyond(seq: int) -> MissingError:
    return MissingError(
        code="pack.beyond",
        place=f"entry {seq}",
        message_en="the checkpoint does not cover this entry yet",
        message_zh="检查点尚未包含该条目",
        remedy_en="Ask for a position below the size of the checkpoint.",
        remedy_zh="请给出小于检查点规模的序号。",
    )


def _unregistered(what: str) -> MissingError:
    return MissingError(
        code="pack.unregistered",
        place=what[:80],
        message_en="the log holds no earlier registration of it",
        message_zh="账本此前没有其登记",
    )
