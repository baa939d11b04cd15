# SPDX-License-Identifier: Apache-2.0
"""Integrity of the bytes, whatever they say: one walk over all entries in order.

I1  The bytes of every entry are the canonical form of an entry and within its limits; so are those of an event inside
    that only a newer program understands.
I2  Entry n says that it is entry n, names the leaf hash of entry n − 1, and is recorded no earlier than it.
I3  The source holds as many entries as the checkpoint promises; the hash tiles of every level are those that the
    entries hash to; the root over all of them is the one in the checkpoint (`verifier.integrity.tile_check`).
I4  The checkpoint is signed by whom it should be (`verifier.integrity.trust`).
I5  What was verified before is still there: the same genesis, no fewer entries, the same first ones
    (`verifier.integrity.memory`).

A source that holds hash tiles and no entry at all, such as the public export of a restricted ledger, is not broken: I3 to
I5 are checked on the hashes, and the rest is said to be out of reach.

No step stops another: the walk goes on to the end of the log, but hands out entries only up to the first broken one.
Nothing here reads a file, a network or a clock; bytes come from a `verifier.reading.sources.Source`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import msgspec

from ledger.checkpoint import Checkpoint
from ledger.entry import NO_PREVIOUS, Entry, ForeignEntry, parse_entry, reread_entry
from ledger.errors import InputError, MissingError
from ledger.tiles import TILE_WIDTH
from verifier.integrity.memory import Memory
from verifier.integrity.state import SavedState
from verifier.integrity.tile_check import TileCheck
from verifier.integrity.tile_rows import TileRows
from verifier.integrity.verdict import Checklist, told_of
from verifier.integrity.workers import Read, Workers
from verifier.language import Told
from verifier.reading.sources import Source

Progress = Callable[[int, int], None]
"""Called with the number of entries read and the number there are."""

SOURCE_ENDS: Final = Told(en="the source ends here", zh="来源到此为止")
WITHHELD: Final = Told(
    en="the source holds no entries, only their hashes; ask for an auditor's export",
    zh="来源只有哈希而没有条目；请索取审计用导出",
)


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that passed I1 to I3: position, leaf hash, bytes, and what they say."""

    seq: int
    leaf: bytes
    data: bytes
    entry: Entry | ForeignEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """Where a walk stands: behind the entries of `rows`, the last of them with leaf hash `previous` (hex).

    One that goes on from here reads them all the same, unless it `skips` them.
    """

    rows: TileRows
    previous: str = NO_PREVIOUS
    recorded: str = ""
    genesis_hash: str | None = None
    skips: bool = False


class Walk:
    """One walk over a log, to be exhausted once; then it knows the genesis and the edge of the tree."""

    def __init__(
        self,
        source: Source,
        checkpoint: Checkpoint,
        checklist: Checklist,
        *,
        state: SavedState | None,
        progress: Progress,
        footing: Footing | None = None,
    ) -> None:
        """Walk what `source` holds up to the size of `checkpoint`; what is found goes to `checklist`.

        Entries below `footing` were judged before: they are hashed and compared again and not handed out, or not read
        at all if it `skips` them.
        """
        begun = footing or Footing(rows=TileRows())
        self._source = source
        self._size = checkpoint.size
        self._checklist = checklist
        self._tiles = TileCheck(source, checkpoint, checklist, rows=begun.rows if begun.skips else TileRows())
        self._memory = Memory(state)
        self._progress = progress
        self._judged = begun.rows.size
        self._first = self._tiles.rows.size
        self._taken: list[bytes] = []
        self._previous = begun.previous
        self._recorded = begun.recorded
        self.genesis_hash = begun.genesis_hash
        """Leaf hash of entry 0 in hex, once it was read."""
        self.sound = True
        """Whether no entry was broken so far and none is missing."""

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees that the entries read split into, largest first."""
        return self._tiles.rows.peaks()

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all was found wrong so far."""
        return self.sound and not self._tiles.has_faults

    def footing(self, size: int) -> Footing:
        """Where the walk stands, behind the `size` entries handed out so far."""
        rows = self._tiles.rows.copy()
        for _tile in rows.add(self._taken[: size - rows.size] if size > rows.size else ()):
            pass  # compared when the walk itself gets there
        return Footing(
            rows=rows, previous=self._previous, recorded=self._recorded, genesis_hash=self.genesis_hash
        )

    def entries(self, workers: Workers) -> Iterator[Walked]:
        """Every entry up to the first broken one; behind it the walk goes on without handing out."""
        yield from self._walk_entries(workers)
        self._memory.conclude(
            self._checklist, genesis=self.genesis_hash, size=self._size, read=self._tiles.rows.size
        )

    def _walk_entries(self, workers: Workers) -> Iterator[Walked]:
        for (first, datas, lack, _), digest in workers.digests(self._reads()):
            if lack is not None and not self._holds_any(datas, first):
                self.sound = False
                self._walk_hashes()
                break
            self._taken = leaves = digest.leaves
            altered = self._tiles.altered(leaves)
            for seq, (data, leaf) in enumerate(zip(datas, leaves, strict=True), first):
                self.sound = self.sound and seq != altered
                if seq < self._judged:
                    continue
                walked = self._judge(seq, data, leaf, plain=digest.plain)
                if self.sound and walked is not None:
                    yield walked
            self._take_in(leaves)
            if lack is not None:
                self.sound = False
                self._tiles.cut_short(first + len(datas), lack)
                break
        else:
            self._tiles.conclude()

    def _bundles(self) -> Iterator[tuple[int, int]]:
        """First entry and number of entries of each bundle still to come, the first of them from the footing on."""
        first = self._tiles.rows.size
        while first < self._size:
            width = min(TILE_WIDTH - first % TILE_WIDTH, self._size - first)
            yield first, width
            first += width

    def _holds_any(self, datas: list[bytes], first: int) -> bool:
        """Whether the source holds an entry at all, when the bundle from `first` on gave only `datas`."""
        if datas or first > self._first:
            return True
        try:
            return next(iter(self._source.entries(self._size - 1, self._size)), None) is not None
        except MissingError:
            return False
        except InputError:
            return True

    def _walk_hashes(self) -> None:
        """I3 and I5 on the leaf hashes in the tiles of level 0."""
        self._checklist.incomplete = WITHHELD
        for number in ("I1", "I2", "I6", "I7", "I8", "I9"):
            self._checklist.halt(number, None, WITHHELD)
        for first, _width in self._bundles():
            leaves = self._tiles.published()
            if leaves is None:
                self._tiles.cut_short(first, SOURCE_ENDS)
                return
            if first == 0:
                self.genesis_hash = leaves[0].hex()
            self._take_in(leaves)
        self._tiles.conclude()

    def _reads(self) -> Iterator[Read]:
        """The entries of each bundle, up to the first that cannot be read whole."""
        for first, width in self._bundles():
            read = self._read(first, width)
            yield read
            if read.lack is not None:
                return

    def _read(self, first: int, width: int) -> Read:
        """The entries of one bundle as far as they can be read, and why not further."""
        datas: list[bytes] = []
        try:
            for data in islice(self._source.entries(first, first + width), width):
                datas.append(data)  # noqa: PERF402 - what was read before an error is kept
        except InputError as error:
            return Read(first, datas, told_of(error))
        lack = None if len(datas) == width else SOURCE_ENDS
        return Read(first, datas, lack, judged=first + width <= self._judged)

    def _take_in(self, leaves: list[bytes]) -> None:
        self._memory.pass_leaves(self._tiles.rows, leaves)
        self._tiles.add(leaves)
        self._memory.pass_edge(self._tiles.rows)
        self._progress(self._tiles.rows.size, self._size)

    def _judge(self, seq: int, data: bytes, leaf: bytes, *, plain: bool) -> Walked | None:
        """I1 and I2 of one entry; None if either is broken. One that is `plain` was read strictly by a worker."""
        previous, self._previous = self._previous, leaf.hex()
        if seq == 0:
            self.genesis_hash = self._previous
        try:
            entry = reread_entry(data) if plain else parse_entry(data, place=f"entry {seq}")
        except InputError as error:
            self.sound = False
            self._checklist.broke("I1", seq, told_of(error))
            reason = Told(en=f"entry {seq} cannot be read", zh=f"第 {seq} 条无法读取")
            self._checklist.halt("I2", seq, reason)
            return None
        reason_or_none = _chain_fault(entry, seq, previous=previous, recorded=self._recorded)
        self._recorded = max(entry.recorded, self._recorded)
        if reason_or_none is not None:
            self.sound = False
            self._checklist.broke("I2", seq, reason_or_none)
            return None
        return Walked(seq=seq, leaf=leaf, data=data, entry=entry)


def _chain_fault(entry: Entry | ForeignEntry, seq: int, *, previous: str, recorded: str) -> Told | None:
    if entry.seq != seq:
        return Told(
            en=f"the entry at position {seq} says it is entry {entry.seq}",
            zh=f"位置 {seq} 上的条目自称第 {entry.seq} 条",
        )
    if entry.prev != previous:
        return Told(
            en=f"entry {seq} follows an entry with hash {entry.prev}, the one before it has {previous}",
            zh=f"第 {seq} 条所接条目的哈希为 {entry.prev}，其前一条为 {previous}",
        )
    if entry.recorded < recorded:
        return Told(
            en=f"entry {seq} is recorded at {entry.recorded}, before {recorded}",
            zh=f"第 {seq} 条的入账时刻 {entry.recorded} 早于 {recorded}",
        )
    return None
