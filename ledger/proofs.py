# SPDX-License-Identifier: Apache-2.0
"""Checking Merkle proofs, and nothing else: RFC 9162 §2.1.3.2 and §2.1.4.2.

It shares no code with `ledger.merkle`, which builds proofs: a mistake in one is then caught by the other.
"""

from collections.abc import Sequence
from typing import NoReturn

from ledger.errors import ProofError
from ledger.hashing import HASH_SIZE, node_hash

_MAX_SIZE = 1 << 63


def check_inclusion(*, index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Return only if `path` proves that leaf hash `leaf` is at `index` among the `size` leaves of `root`.

    All hashes are 32 bytes, the path begins beside the leaf (RFC 9162 §2.1.3.2).

    Raises:
        ProofError: it does not prove that, for whatever reason; the code says which.
    """
    if not 0 <= index < size < _MAX_SIZE:
        _refuse(
            "index-range",
            f"there is no entry {index} in a tree of {size}",
            f"规模 {size} 的树中没有第 {index} 条",
        )
    _check_hashes(leaf, root, *path)
    at, last, hash_ = index, size - 1, leaf
    for sibling in path:
        if not last:
            _refuse("too-long", "the path is longer than the tree is high", "证明路径长于树高")
        if at & 1 or at == last:
            hash_ = node_hash(sibling, hash_)
            at, last = _climb(at, last)
        else:
            hash_ = node_hash(hash_, sibling)
        at, last = at >> 1, last >> 1
    if last:
        _refuse("too-short", "the path ends below the root", "证明路径未达树根")
    if hash_ != root:
        _refuse("wrong-root", "the path leads to another root", "证明路径指向另一个树根")


def check_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Return only if `path` proves that the tree of `new_size` begins with all of the tree of `old_size`.

    Equal sizes are proved by equal roots and an empty path. A tree of no leaves begins every tree, so that a
    proof from size 0 says nothing and is refused, whatever it holds (RFC 9162 §2.1.4.1 asks for 0 < m).

    Raises:
        ProofError: it does not prove that, for whatever reason; the code says which.
    """
    if not 0 < old_size <= new_size < _MAX_SIZE:
        _refuse(
            "size-range",
            f"no proof can lead from size {old_size} to size {new_size}",
            f"不存在由规模 {old_size} 到 {new_size} 的证明",
        )
    if old_size == new_size:
        if path:
            _refuse("too-long", "equal sizes take an empty path", "规模相同时证明路径应为空")
        if old_root != new_root:
            _refuse("wrong-root", "two roots for one size", "同一规模出现两个树根")
        return
    _check_hashes(old_root, new_root, *path)
    if not path:
        _refuse("too-short", "the path is empty", "证明路径为空")
    whole = old_size & (old_size - 1) == 0
    old_hash, new_hash = _grow(old_size - 1, new_size - 1, [old_root, *path] if whole else path)
    if old_hash != old_root:
        _refuse("wrong-old-root", "the path does not hold the earlier root", "证明路径不含先前的树根")
    if new_hash != new_root:
        _refuse("wrong-root", "the path leads to another root", "证明路径指向另一个树根")


def _grow(at: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Fold the steps into the old and the new root at once; the first is the largest subtree they share."""
    while at & 1:
        at, last = at >> 1, last >> 1
    old_hash = new_hash = steps[0]
    for sibling in steps[1:]:
        if not last:
            _refuse("too-long", "the path is longer than the tree is high", "证明路径长于树高")
        if at & 1 or at == last:
            old_hash, new_hash = node_hash(sibling, old_hash), node_hash(sibling, new_hash)
            at, last = _climb(at, last)
        else:
            new_hash = node_hash(new_hash, sibling)
        at, last = at >> 1, last >> 1
    if last:
        _refuse("too-short", "the path ends below the root", "证明路径未达树根")
    return old_hash, new_hash


def _climb(at: int, last: int) -> tuple[int, int]:
    """Skip the levels at which the right edge has no sibling, so that `at` is a right child or the root."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _check_hashes(*hashes: bytes) -> None:
    if any(len(hash_) != HASH_SIZE for hash_ in hashes):
        _refuse("bad-hash", "a hash in it does not have 32 bytes", "其中有哈希值不是 32 字节")


def _refuse(reason: str, message_en: str, message_zh: str) -> NoReturn:
    raise ProofError(
        code=f"proof.{reason}", place="Merkle proof", message_en=message_en, message_zh=message_zh
    )
