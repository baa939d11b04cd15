# SPDX-License-Identifier: Apache-2.0
"""Building and checking inclusion proofs over an exported log, from its tiles as any reader would."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.hashing import hash_from_hex, node_hash
from ledger.merkle import Node, Tree
from ledger.note import parse_note
from ledger.proofs import check_inclusion
from ledger.tile_reader import TileReader

PROOFS: Final = 2_000
"""At seeded positions, so that tiles are fetched, proved and cached as they come."""

_ANY: Final = hash_from_hex("00" * 32, place="bench")


def head_of(export: Path) -> Checkpoint:
    """What the checkpoint of an export folder says, believed as it is."""
    return parse_checkpoint(parse_note((export / "checkpoint").read_bytes()).text)


def build_and_check(export: Path, *, clock_ns: Callable[[], int]) -> tuple[int, int, int]:
    """Nanoseconds of building `PROOFS` proofs, of checking them, and of as many bare hashes as their paths are long."""
    head = head_of(export)
    reader = TileReader(lambda path: (export / path).read_bytes(), size=head.size, root=head.root)
    tree, rng = Tree(reader), random.Random(1)  # noqa: S311 - positions to measure at
    positions = [rng.randrange(head.size) for _ in range(PROOFS)]
    begun = clock_ns()
    paths = [tree.inclusion_path(position, head.size) for position in positions]
    built = clock_ns()
    leaves = reader.read_hashes([Node(0, position) for position in positions])
    fetched = clock_ns()
    for position, leaf, path in zip(positions, leaves, paths, strict=True):
        check_inclusion(index=position, size=head.size, leaf=leaf, path=path, root=head.root)
    checked = clock_ns()
    for path in paths:
        for one in path:
            node_hash(_ANY, one)
    return built - begun, checked - fetched, clock_ns() - checked
