# SPDX-License-Identifier: Apache-2.0
"""Merkle proofs (spec §2.2; RFC 9162 §2.1.3, §2.1.4) in trees whose leaf n is the entry `entry n`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.hashing import EMPTY_ROOT, leaf_hash
from ledger.merkle import MemoryHashes, Tree
from tests.vectors.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAVES = [leaf_hash(f"entry {n}".encode()) for n in range(70_000)]
TREE = Tree(MemoryHashes(LEAVES[:1_100]))
Proof = dict[str, Any]


def inclusion(index: int, size: int) -> Proof:
    """The proof that leaf `index` is in the tree of `size`."""
    path = [one.hex() for one in TREE.inclusion_path(index, size)]
    leaf, root = LEAVES[index].hex(), TREE.root(size).hex()
    return {"index": str(index), "size": str(size), "leaf": leaf, "path": path, "root": root}


def consistency(old: int, new: int) -> Proof:
    """The proof that the tree of `new` begins with the tree of `old`."""
    path = [one.hex() for one in TREE.consistency_path(old, new)]
    roots = {"old_root": TREE.root(old).hex(), "new_root": TREE.root(new).hex()}
    return {"old_size": str(old), "new_size": str(new), "path": path, **roots}


def flipped(text: str) -> str:
    """The last bit of a hash in hex changed."""
    return text[:-1] + f"{int(text[-1], 16) ^ 1:x}"


def _path(change: Callable[[list[str]], list[str]], proof: Proof) -> Proof:
    return {**proof, "path": change(list(proof["path"]))}


def _inclusion_refused() -> dict[str, tuple[Proof, str]]:
    good = inclusion(6, 11)
    return {
        "flipped-bit-in-leaf": ({**good, "leaf": flipped(good["leaf"])}, "another leaf"),
        "flipped-bit-in-path": (_path(lambda path: [*path[:1], flipped(path[1]), *path[2:]], good), "another sibling"),
        "flipped-bit-in-root": ({**good, "root": flipped(good["root"])}, "another root"),
        "leaf-of-the-next-entry": ({**good, "leaf": LEAVES[7].hex()}, "the entry beside it"),
        "wrong-index": ({**good, "index": "7"}, "the place beside it"),
        "index-beyond-size": ({**good, "index": "11"}, "no such place"),
        "size-of-a-higher-tree": ({**good, "size": "17"}, "a tree of another height, its root kept"),
        "size-beyond-63-bits": ({**good, "size": str(2**63 + 11)}, "a size that no log has"),
        "size-0": ({**good, "size": "0", "index": "0", "path": [], "root": EMPTY_ROOT.hex()}, "the empty tree"),
        "first-hash-missing": (_path(lambda path: path[1:], good), "the sibling of the leaf is missing"),
        "truncated-path": (_path(lambda path: path[:-1], good), "it ends below the root"),
        "path-too-long": (_path(lambda path: [*path, good["root"]], good), "it goes beyond the root"),
        "swapped-hashes": (_path(lambda path: [path[1], path[0], *path[2:]], good), "another order"),
        "reversed-path": (_path(lambda path: path[::-1], good), "from the root down"),
        "hash-twice": (_path(lambda path: [path[0], *path], good), "a sibling stands twice"),
        "hash-of-31-bytes": (_path(lambda path: [path[0][:-2], *path[1:]], good), "a hash is too short"),
        "leaf-of-33-bytes": ({**good, "leaf": good["leaf"] + "00"}, "a hash is too long"),
        "another-tree": ({**good, "root": TREE.root(10).hex()}, "the root of the tree before"),
        "node-for-a-leaf": (
            {**good, "index": "3", "size": "6", "leaf": TREE.inclusion_path(0, 8)[1].hex()}, "an inner node as leaf",
        ),
        "single-leaf-with-a-path": (_path(lambda _: [LEAVES[0].hex()], inclusion(0, 1)), "a tree of one has no siblings"),
    }  # fmt: skip


def _consistency_refused() -> dict[str, tuple[Proof, str]]:
    good, whole = consistency(6, 11), consistency(8, 11)
    return {
        "flipped-bit-in-old-root": ({**good, "old_root": flipped(good["old_root"])}, "another earlier root"),
        "flipped-bit-in-new-root": ({**good, "new_root": flipped(good["new_root"])}, "another later root"),
        "flipped-bit-in-path": (_path(lambda path: [flipped(path[0]), *path[1:]], good), "another hash"),
        "flipped-bit-in-last-hash": (_path(lambda path: [*path[:-1], flipped(path[-1])], good), "another hash"),
        "roots-swapped": ({**good, "old_root": good["new_root"], "new_root": good["old_root"]}, "later for earlier"),
        "sizes-swapped": ({**good, "old_size": "11", "new_size": "6"}, "a log does not shrink"),
        "old-size-one-less": ({**good, "old_size": "5"}, "the beginning of another size"),
        "new-size-of-a-higher-tree": ({**good, "new_size": "17"}, "a tree of another height, its root kept"),
        "size-beyond-63-bits": ({**good, "new_size": str(2**63 + 11)}, "a size that no log has"),
        "from-size-0": ({**good, "old_size": "0", "old_root": EMPTY_ROOT.hex(), "path": []}, "it would show nothing"),
        "empty-path": (_path(lambda _: [], good), "sizes differ, so there is something to show"),
        "truncated-path": (_path(lambda path: path[:-1], good), "it ends below the root"),
        "first-hash-missing": (_path(lambda path: path[1:], good), "the shared subtree is missing"),
        "path-too-long": (_path(lambda path: [*path, good["new_root"]], good), "it goes beyond the root"),
        "swapped-hashes": (_path(lambda path: [path[1], path[0], *path[2:]], good), "another order"),
        "hash-of-31-bytes": (_path(lambda path: [path[0][:-2], *path[1:]], good), "a hash is too short"),
        "whole-subtree-given-twice": (_path(lambda path: [whole["old_root"], *path], whole), "its root is known already"),
        "equal-sizes-other-root": ({**consistency(11, 11), "new_root": flipped(good["new_root"])}, "a fork"),
        "equal-sizes-with-a-path": (_path(lambda _: [good["new_root"]], consistency(11, 11)), "nothing to show"),
        "another-tree": ({**good, "new_root": TREE.root(10).hex()}, "the root of the tree before"),
    }  # fmt: skip


INCLUDED = {
    "happy-path": (6, 11), "first": (0, 11), "last": (10, 11), "single-leaf": (0, 1), "left-of-two": (0, 2),
    "full-tree": (5, 8), "right-edge-alone": (8, 9), "beyond-a-tile": (300, 1_025), "last-of-a-tile": (255, 256),
}  # fmt: skip
EXTENDED = {
    "happy-path": (6, 11), "one-to-two": (1, 2), "whole-subtree": (8, 11), "equal-sizes": (11, 11), "one-more": (10, 11),
    "full-to-full": (4, 8), "beyond-a-tile": (257, 1_025), "tile-to-tiles": (256, 1_024), "odd-to-odd": (7, 15),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """Every vector of `inclusion` and `consistency`; hashes in hex, numbers as text."""
    for name, (index, size) in INCLUDED.items():
        yield Case(
            format="inclusion",
            name=name,
            about=f"leaf {index} of {size}",
            input=inclusion(index, size),
            accepted={},
        )
    for name, (old, new) in EXTENDED.items():
        yield Case(
            format="consistency",
            name=name,
            about=f"from {old} to {new}",
            input=consistency(old, new),
            accepted={},
        )
    for format_, refused in (("inclusion", _inclusion_refused()), ("consistency", _consistency_refused())):
        for name, (proof, about) in refused.items():
            yield Case(format=format_, name=name, about=about, input=proof, refused="proof")
