# SPDX-License-Identifier: Apache-2.0
"""I3: the entries, the published hash tiles and the root in the checkpoint agree; and if not, which of them is wrong.

A tile that contradicts an entry is proved from the checkpoint: if it holds, the entry was altered; if not, the tile may
be the one, and the root over all entries decides at the end.
"""

from collections.abc import Sequence

from ledger.checkpoint import Checkpoint
from ledger.errors import InputError, MissingError
from ledger.hashing import HASH_SIZE
from ledger.merkle import Node
from ledger.tile_reader import TileReader
from ledger.tiles import TILE_WIDTH, Tile
from verifier.integrity.tile_rows import TileRows
from verifier.integrity.verdict import Checklist, told_of
from verifier.language import Told
from verifier.reading.sources import Source


class TileCheck:
    """I3 over one walk; `rows` is the tree over the entries seen so far."""

    __slots__ = ("_checklist", "_checkpoint", "_leaf_faults", "_source", "_upper_faults", "rows")

    def __init__(
        self, source: Source, checkpoint: Checkpoint, checklist: Checklist, *, rows: TileRows | None = None
    ) -> None:
        """Compare what `source` publishes with its entries and with `checkpoint`, from the edge of `rows` on."""
        self.rows = rows or TileRows()
        self._source = source
        self._checkpoint = checkpoint
        self._checklist = checklist
        self._leaf_faults: list[tuple[int, Told]] = []
        self._upper_faults: list[tuple[int, Told]] = []

    @property
    def has_faults(self) -> bool:
        """Whether a tile was found to contradict its entries; whose fault that is shows at the end."""
        return bool(self._leaf_faults or self._upper_faults)

    def altered(self, leaves: Sequence[bytes]) -> int | None:
        """The first of the entries hashing to `leaves`, the next ones, that is provably not under the checkpoint."""
        first, tile = self.rows.size, self._next_tile()
        row = self._rest(tile)
        at = None if row is None else _difference(b"".join(leaves), row[: len(leaves) * HASH_SIZE])
        return None if at is None else self._which(first + at, leaves[at], tile)

    def published(self) -> list[bytes] | None:
        """The leaf hashes that the next tile holds, unproved; None if it cannot be had."""
        row = self._rest(self._next_tile())
        return None if row is None else [row[at : at + HASH_SIZE] for at in range(0, len(row), HASH_SIZE)]

    def add(self, leaves: Sequence[bytes]) -> None:
        """Take in `leaves`, and compare the tiles above them that have become full."""
        for tile, row in self.rows.add(leaves):
            self._compare_upper(tile, row)

    def conclude(self) -> None:
        """After all entries: the partial tiles are compared, and the root decides whose fault a contradiction is."""
        for tile, row in self.rows.partial():
            self._compare_upper(tile, row)
        root = self.rows.root()
        if root == self._checkpoint.root:
            for position, reason in (*self._leaf_faults, *self._upper_faults):
                self._checklist.broke("I3", position, _only_tiles(reason), cut=self._checkpoint.size)
        elif self._leaf_faults:
            for position, reason in self._leaf_faults:
                self._checklist.broke("I3", position, reason)
        elif not self._checklist.is_broken("I3"):
            reason = Told(
                en=f"the entries hash to the root {root.hex()}, the checkpoint says {self._checkpoint.root.hex()}",
                zh=f"条目的树根为 {root.hex()}，检查点为 {self._checkpoint.root.hex()}",
            )
            self._checklist.broke("I3", None, reason)

    def cut_short(self, position: int, reason: Told) -> None:
        """The source holds no entry at `position`, though the checkpoint promises it."""
        size = self._checkpoint.size
        told = Told(
            en=f"entry {position} of {size:,} is missing: {reason.en}",
            zh=f"共应有 {size:,} 条，缺第 {position} 条：{reason.zh}",
        )
        self._checklist.broke("I3", position, told)

    def _next_tile(self) -> Tile:
        number = self.rows.size // TILE_WIDTH
        return Tile(
            level=0, number=number, width=min(TILE_WIDTH, self._checkpoint.size - number * TILE_WIDTH)
        )

    def _rest(self, tile: Tile) -> bytes | None:
        """The hashes of `tile`, the next one, from the first entry on that is not in `rows` yet."""
        row = self._row(tile, self.rows.size, self._leaf_faults)
        return None if row is None else row[self.rows.size % TILE_WIDTH * HASH_SIZE :]

    def _which(self, seq: int, leaf: bytes, tile: Tile) -> int | None:
        """`seq` if the checkpoint proves its hash in the tile, so the entry was altered; None if the tile may be wrong."""
        reader = TileReader(self._source.fetch, size=self._checkpoint.size, root=self._checkpoint.root)
        try:
            (proved,) = reader.read_hashes([Node(0, seq)])
        except InputError:
            proved = leaf
        if proved == leaf:
            reason = Told(
                en=f"entry {seq} and its hash in {tile.path} differ",
                zh=f"第 {seq} 条与 {tile.path} 中的哈希不符",
            )
            self._leaf_faults.append((seq, reason))
            return None
        reason = Told(
            en=f"entry {seq} was altered: it hashes to {leaf.hex()}, the checkpoint covers {proved.hex()}",
            zh=f"第 {seq} 条被改动：其哈希为 {leaf.hex()}，检查点所含为 {proved.hex()}",
        )
        self._checklist.broke("I3", seq, reason)
        return seq

    def _compare_upper(self, tile: Tile, row: bytes) -> None:
        if not tile.level:
            return  # compared entry by entry already
        below = TILE_WIDTH**tile.level
        published = self._row(tile, tile.number * TILE_WIDTH * below, self._upper_faults)
        at = None if published is None else _difference(row, published)
        if at is not None:
            reason = Told(
                en=f"hash {at} in {tile.path} is not that over its entries",
                zh=f"{tile.path} 的第 {at} 个哈希与其条目不符",
            )
            self._upper_faults.append(((tile.number * TILE_WIDTH + at) * below, reason))

    def _row(self, tile: Tile, position: int, faults: list[tuple[int, Told]]) -> bytes | None:
        """The hashes of a tile; None, added to `faults` at `position`, when they cannot be had."""
        try:
            found, row = self._read(tile)
        except InputError as error:
            faults.append((position, told_of(error)))
            return None
        if len(row) != found.width * HASH_SIZE:
            reason = Told(
                en=f"{found.path} has {len(row)} bytes instead of {found.width * HASH_SIZE}",
                zh=f"{found.path} 应为 {found.width * HASH_SIZE} 字节，实为 {len(row)} 字节",
            )
            faults.append((position, reason))
            return None
        return row[: tile.width * HASH_SIZE]

    def _read(self, tile: Tile) -> tuple[Tile, bytes]:
        """The tile, or the full one once the source has dropped the partial one."""
        try:
            return tile, self._source.fetch(tile.path)
        except MissingError:
            if tile.width == TILE_WIDTH:
                raise
            full = Tile(level=tile.level, number=tile.number)
            return full, self._source.fetch(full.path)


def _difference(one: bytes, other: bytes) -> int | None:
    """The number of the first hash in which two rows differ."""
    if one == other:
        return None
    hashes = range(0, max(len(one), len(other)), HASH_SIZE)
    return next(at // HASH_SIZE for at in hashes if one[at : at + HASH_SIZE] != other[at : at + HASH_SIZE])


def _only_tiles(reason: Told) -> Told:
    return Told(
        en=f"{reason.en}; the entries themselves agree with the checkpoint",
        zh=f"{reason.zh}；条目本身与检查点一致",
    )
