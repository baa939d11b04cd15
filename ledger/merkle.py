# SPDX-License-Identifier: Apache-2.0
"""Building Merkle trees and their proofs: RFC 9162 §2.1. Checking is the business of `ledger.proofs`.

Every hash that is ever stored stands over a *complete* subtree: node (level, position) covers the leaves
[position·2^level, (position + 1)·2^level) and, once written, never changes. Roots and proofs of any size are
folded from such nodes.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple, Protocol, Self

from ledger.errors import FormatError, ProgrammerError
from ledger.hashing import EMPTY_ROOT, HASH_SIZE, NODE_PREFIX, node_hash

_SIZE_BYTES: Final = 8


class CompactRange:
    """The right edge of a growing tree: the hash of each complete subtree that `size` splits into.

    It holds at most log2(size) + 1 hashes, enough to append and to give the root, and not enough for proofs.
    Two ranges fed the same leaves are equal in every respect.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, *, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Begin with the empty tree, or with the hashes of a tree of `size` leaves, largest subtree first."""
        self._size = size
        self._peaks = list(peaks)
        _demand(size >= 0, f"a tree has no size {size}")
        _demand(len(self._peaks) == size.bit_count(), f"{len(self._peaks)} hashes for {size} leaves")

    @property
    def size(self) -> int:
        """How many leaves were appended."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees that `size` splits into, largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one 32-byte leaf hash at the right; `size` is one more. The caller vouches for its length."""
        peaks = self._peaks
        bits = self._size
        while bits & 1:
            leaf = node_hash(peaks.pop(), leaf)
            bits >>= 1
        peaks.append(leaf)
        self._size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append each leaf hash in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Return the root over everything appended (RFC 9162 §2.1.1); the empty tree has `EMPTY_ROOT`."""
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT

    def copy(self) -> Self:
        """Return an independent range with the same leaves, to try an append and throw it away."""
        return type(self)(size=self._size, peaks=self._peaks)

    def serialise(self) -> bytes:
        """Return the state as bytes: size (8 bytes, big-endian) ‖ the hashes, largest subtree first."""
        return self._size.to_bytes(_SIZE_BYTES, "big") + b"".join(self._peaks)

    @classmethod
    def restore(cls, state: bytes) -> Self:
        """Return the range that `serialise` wrote.

        The bytes are not proved by being read: compare `root()` with a root you trust before appending.

        Raises:
            FormatError: the length is not the one that the size demands.
        """
        size = int.from_bytes(state[:_SIZE_BYTES], "big")
        if len(state) != _SIZE_BYTES + HASH_SIZE * size.bit_count():
            raise FormatError(
                code="merkle.bad-range",
                place="saved tree state",
                message_en=f"{len(state)} bytes cannot hold the edge of a tree of {size} entries",
                message_zh=f"{len(state)} 字节不可能是 {size} 条记录的树边缘",
                remedy_en="Delete the saved state and verify from the beginning.",
                remedy_zh="请删除保存的状态并从头验证。",
            )
        return cls(
            size=size,
            peaks=(state[at : at + HASH_SIZE] for at in range(_SIZE_BYTES, len(state), HASH_SIZE)),
        )


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root (RFC 9162 §2.1.1) over the 32-byte leaf hashes in order; for leaves that fit into memory.

    Level by level, a last hash without a neighbour going up as it is: twice as fast as growing a `CompactRange`.
    """
    row = list(leaves)
    while len(row) > 1:
        alone = row[-1:] if len(row) & 1 else []
        pairs = zip(row[::2], row[1::2], strict=False)
        # `node_hash`, written out: a call of it for each pair is a third of the time.
        row = [sha256(NODE_PREFIX + left + right).digest() for left, right in pairs] + alone
    return row[0] if row else EMPTY_ROOT


class Node(NamedTuple):
    """The place of a stored hash: it stands over the leaves [position·2^level, (position + 1)·2^level)."""

    level: int
    position: int


class HashReader(Protocol):
    """Storage of node hashes, or a guard before it that proves them first (`ledger.tiles.TileReader`)."""

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Return the 32-byte hash of each node, in the order asked; raise rather than return too few."""
        ...


class MemoryHashes:
    """All node hashes of a growing tree in memory, 64 bytes a leaf: for tests and small exports."""

    __slots__ = ("_levels",)

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Hold the tree over the given 32-byte leaf hashes."""
        self._levels: list[bytearray] = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves were appended."""
        return len(self._levels[0]) // HASH_SIZE

    def append(self, leaf: bytes) -> None:
        """Add one 32-byte leaf hash and every node that it completes."""
        place = self.size
        level = 0
        while True:
            row = self._levels[level]
            row += leaf
            if not place & 1:
                return
            leaf = node_hash(bytes(row[-2 * HASH_SIZE : -HASH_SIZE]), leaf)
            place >>= 1
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        """Return the hash of each node, in the order asked.

        Raises:
            ProgrammerError: a node that the tree does not have yet.
        """
        return [self._hash(node) for node in nodes]

    def _hash(self, node: Node) -> bytes:
        start = node.position * HASH_SIZE
        row = self._levels[node.level] if 0 <= node.level < len(self._levels) else b""
        if not 0 <= start < len(row):
            raise ProgrammerError(f"no hash at {node} in a tree of {self.size} leaves")
        return bytes(row[start : start + HASH_SIZE])


class Tree:
    """Roots and proofs at any size, from the stored hashes of one growing tree."""

    __slots__ = ("_hashes",)

    def __init__(self, hashes: HashReader) -> None:
        """Answer from `hashes`, which must hold every node of the sizes asked for."""
        self._hashes = hashes

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves (RFC 9162 §2.1.1)."""
        _demand(size >= 0, f"a tree has no size {size}")
        return self._fold_ranges([(0, size)])[0] if size else EMPTY_ROOT

    def inclusion_path(self, index: int, size: int) -> list[bytes]:
        """Return the proof that leaf `index` is among `size` leaves, leaf side first (RFC 9162 §2.1.3.1)."""
        _demand(0 <= index < size, f"no leaf {index} in a tree of {size} leaves")
        return self._fold_ranges(list(_aside(index, size))[::-1])

    def consistency_path(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the first `old` of `new` leaves are an earlier tree (RFC 9162 §2.1.4.1).

        Equal sizes need no proof and get the empty one. A tree of no leaves is the beginning of every tree,
        which proves nothing: it has no proof and is refused.
        """
        _demand(0 < old <= new, f"no consistency proof from size {old} to size {new}")
        return self._fold_ranges(list(_between(old, new))[::-1])

    def _fold_ranges(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the subtree hash of each leaf range, reading all stored hashes in one call."""
        covers = [list(_cover(low, high)) for low, high in ranges]
        hashes = iter(self._hashes.read_hashes([node for cover in covers for node in cover]))
        return [_fold([next(hashes) for _ in cover]) for cover in covers]


def _fold(peaks: Sequence[bytes]) -> bytes:
    """Join complete subtrees, largest first, into the hash over all of them."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _split(width: int) -> int:
    """Return the largest power of two below `width`, which is at least 2 (RFC 9162 §2.1.1)."""
    return 1 << ((width - 1).bit_length() - 1)


def _cover(low: int, high: int) -> Iterator[Node]:
    """Yield the complete subtrees that make up the leaves [low, high), largest first."""
    while low < high:
        level = (high - low).bit_length() - 1
        yield Node(level, low >> level)
        low += 1 << level


def _aside(index: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the leaf ranges not taken on the way from the root down to leaf `index`."""
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            yield middle, high
            high = middle
        else:
            yield low, middle
            low = middle


def _between(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Yield the leaf ranges of a consistency proof from the root down to the edge of the old tree."""
    low, high = 0, new
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            yield middle, high
            high = middle
        else:
            yield low, middle
            low = middle
    if low:
        yield low, high


def _demand(condition: bool, message: str) -> None:  # noqa: FBT001 - a guard reads as `_demand(what must hold, …)`
    if not condition:
        raise ProgrammerError(message)
