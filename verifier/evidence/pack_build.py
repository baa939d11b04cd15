# SPDX-License-Identifier: Apache-2.0
"""Putting the whole evidence of an entry together, or of the entries that a finding rests on, from any log (spec §2.13).

The pack is checked before it is handed out: a log that lies cannot be packed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

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
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.vocabulary import AnyEvent
from ledger.merkle import MemoryHashes, Tree
from ledger.receipt import Receipt, format_receipt
from verifier.evidence.pack import Pack, format_pack, parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.evidence.pack_rights import lends
from verifier.evidence.registrations import Registry
from verifier.integrity.trust import Trust

NOTHING_BROUGHT: Final = Trust()
EVENTS_MAX: Final = 100_000
"""Events of the largest submission there is (spec §3)."""


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
        LimitError: a submission with more events than the log lets a pack read, or more evidence than a pack may hold.
        ProofError, SignatureError: the log does not hold what the pack would have to show.
    """
    data = format_pack(gathered(log, registry, (subject,)))
    check_pack(parse_pack(data), NOTHING_BROUGHT)
    return data


def gathered(log: Log, registry: Registry, subjects: Sequence[int], *, finding: bytes | None = None) -> Pack:
    """The evidence for the entries at `subjects`, one at least, not checked yet.

    Raises:
        MissingError, LimitError, ProofError: as `build_pack`.
    """
    building = _Building(log=log, registry=registry, entries={}, paths={}, trees={})
    for subject in subjects:
        if subject >= log.size:
            raise _beyond(subject)
        building.take(subject)
    first, *others = subjects
    return Pack(
        subject=first,
        others=tuple(others),
        finding=finding,
        checkpoint=log.checkpoint,
        entries=building.entries,
        receipts={seq: building.receipt(seq) for seq in building.entries},
        paths=building.paths,
        policy=log.policy,
        stamp=log.stamp,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Building:
    """The parts so far."""

    log: Log
    registry: Registry
    entries: dict[int, bytes]
    paths: dict[int, tuple[bytes, ...]]
    trees: dict[int, Tree]

    def take(self, subject: int) -> None:
        genesis = self._add(0)
        log_keys = self.registry.log_keys(before=self.log.size)
        for seq in log_keys:
            self._with_own_header(seq)
        entry = self._add(subject)
        head = self._with_header(entry) if isinstance(entry, EventEntry | ForeignEntry) else entry
        last = head.seq + head.header.count if isinstance(head, HeaderEntry) else 0
        if not isinstance(genesis, GenesisEntry):
            return
        administrators = self._administrators(genesis.genesis, before=max((last, *log_keys)) + 1)
        if isinstance(head, HeaderEntry):
            for seq in self._override(head):
                self._with_own_header(seq)
            self._registrations(head, administrators)

    def _administrators(self, genesis: Genesis, *, before: int) -> frozenset[str]:
        """Ids of all administrators there were below `before`; every change of them there is taken in."""
        changes = [self._with_own_header(seq) for seq in self.registry.administrators(before=before)]
        named = {one.id for one in changes if isinstance(one, AdministratorChange)}
        return frozenset(named | {one.id for one in genesis.administrators})

    def _override(self, head: HeaderEntry) -> Iterator[int]:
        """The override by which two leaders signed `head`, and the first event that it covers, if they did."""
        first = parse_entry(self.log.read(head.seq + 1), place=f"entry {head.seq + 1}")
        if isinstance(first, EventEntry) and isinstance(first.event, Override) and head.header.count > 1:
            yield from (head.seq + 1, head.seq + 2)

    def receipt(self, seq: int) -> bytes:
        path = tuple(self.log.tree.inclusion_path(seq, self.log.size))
        return format_receipt(Receipt(index=seq, path=path, checkpoint=self.log.checkpoint))

    def _registrations(self, head: HeaderEntry, administrators: frozenset[str]) -> None:
        """Where the party of `head` and the keys that signed it are registered, and who lent them roles, is taken in."""
        holder = head.header.party
        if holder in administrators:
            return
        party = self.registry.party(holder, before=head.seq)
        if party is None:
            raise _unregistered(holder)
        self._with_own_header(party)
        for key in sorted({one.key for one in head.signatures}):
            self._with_own_header(self._registered(key, head.seq))
        for seq in self._grants(head):
            granted = self._with_own_header(seq)
            if isinstance(granted, Deputation):
                self._with_own_header(self._registered(granted.principal or "", head.seq))
            above = self._header_above(seq)
            if above is not None:
                self._registrations(above, administrators)

    def _registered(self, key: str, before: int) -> int:
        found = self.registry.key(key, before=before)
        if found is None:
            raise _unregistered(key)
        return found

    def _grants(self, head: HeaderEntry) -> Sequence[int]:
        """Positions of the deputations under which `head` was signed, as far as nobody had ended them."""
        granted: dict[str, int] = {}
        for seq in self.registry.deputations(head.header.party, before=head.seq):
            entry = parse_entry(self.log.read(seq), place=f"entry {seq}")
            event = entry.event if isinstance(entry, EventEntry) else None
            if isinstance(event, Deputation):
                granted.pop(event.id, None)
                if lends(event, head):
                    granted[event.id] = seq
        return tuple(granted.values())

    def _header_above(self, seq: int) -> HeaderEntry | None:
        event = parse_entry(self.log.read(seq), place=f"entry {seq}")
        head = self._add(event.submission) if isinstance(event, EventEntry) else None
        return head if isinstance(head, HeaderEntry) else None

    def _with_own_header(self, seq: int) -> AnyEvent | None:
        """The event at `seq`, taken in with its header; None if it is none."""
        event = self._add(seq)
        if isinstance(event, EventEntry):
            self._with_header(event)
            return event.event
        return None

    def _with_header(self, event: EventEntry | ForeignEntry) -> Entry | ForeignEntry:
        """The header of `event`, both taken in, with the path between them."""
        head = self._add(event.submission)
        if isinstance(head, HeaderEntry) and event.seq not in self.paths:
            count = head.header.count
            if count > self.log.events_max:
                raise _too_many(head.seq, count, self.log.events_max)
            self.paths[event.seq] = tuple(self._tree(head.seq, count).inclusion_path(event.index, count))
        return head

    def _tree(self, head: int, count: int) -> Tree:
        """The tree over the events of the submission at `head`."""
        if head not in self.trees:
            hashes = MemoryHashes(self._event_hashes(head + 1, count))
            if hashes.size != count:
                raise _no_event(head + 1 + hashes.size)
            self.trees[head] = Tree(hashes)
        return self.trees[head]

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
