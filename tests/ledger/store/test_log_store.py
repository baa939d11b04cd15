# SPDX-License-Identifier: Apache-2.0
"""What is written is read back byte for byte, and the stored tree is the tree of RFC 9162 at every size."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MissingError
from ledger.hashing import leaf_hash
from ledger.merkle import root_of
from ledger.store.edge import Edge
from ledger.store.engine import holding_lock, open_engine, reading
from ledger.store.index_rows import BankReferenceRow, IndexRows, StatementLineRow, SubmissionRow
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.store.log_writer import Addition, LogRow, write
from ledger.store.schema import prepare
from ledger.tile_reader import TileReader
from ledger.tiles import bundles_of, parse_tile_path, tile_path, tiles_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

INSTANT = "2026-01-05T01:00:00.000Z"


def entry(seq: int) -> bytes:
    """Bytes of any length for position `seq`."""
    return b"entry %d " % seq + b"x" * (seq % 7)


def leaf(seq: int) -> bytes:
    """Their leaf hash."""
    return leaf_hash(entry(seq))


def addition(edge: Edge, stop: int) -> Addition:
    """Everything that a flush up to `stop` entries stores; `edge` has grown by it."""
    start = edge.size
    rows = [LogRow(seq=seq, leaf=leaf(seq), data=entry(seq), submission=start) for seq in range(start, stop)]
    edge.extend(row.leaf for row in rows)
    return Addition(
        entries=rows,
        tiles=edge.take_finished(),
        indexes=IndexRows(
            submissions=[
                SubmissionRow("party", f"s-{start}", start, stop - start, sha256(b"header").digest())
            ],
            statement_lines=[StatementLineRow("account", "2026-01", start, start)],
            bank_references=[BankReferenceRow("account", "credit", "参考", start)],
        ),
        checkpoint=StoredCheckpoint(size=stop, root=edge.root(), note=b"note %d" % stop, recorded=INSTANT),
    )


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """An empty prepared SQLite database."""
    engine = open_engine(str(tmp_path / "a.db"), create=True)
    prepare(engine)
    yield engine
    engine.dispose()


def check_round_trip(engine: Engine, sizes: list[int]) -> None:
    """Flushes up to each size are read back whole, with every tile and the edge."""
    edge = Edge()
    for size in sizes:
        with holding_lock(engine) as connection:
            edge = LogReader(connection).edge(edge.size)
            write(connection, addition(edge, size))
            connection.commit()
    last = sizes[-1]
    with reading(engine) as connection:
        reader = LogReader(connection)
        head = reader.head()
        assert head is not None
        assert (head.size, head.note, head.root) == (last, b"note %d" % last, edge.root())
        assert list(reader.entries(0, last + 9)) == [entry(seq) for seq in range(last)]
        for size in sizes:
            root = root_of(leaf(seq) for seq in range(size))
            checkpoint = reader.checkpoint_of(size)
            assert checkpoint is not None
            assert checkpoint.root == root
            proved = TileReader(lambda path: reader.tile(parse_tile_path(path)), size=size, root=root)
            for bundle in bundles_of(size):
                assert proved.read_entries(bundle.number)
            for tile in tiles_of(size):
                assert len(reader.tile(tile)) == 32 * tile.width


def test_round_trip_on_sqlite(sqlite: Engine) -> None:
    """Across tile edges, with flushes of one entry and of many tiles."""
    check_round_trip(sqlite, [1, 2, 255, 256, 257, 1000, 1024, 66_000])


@pytest.mark.postgres
def test_round_trip_on_postgresql(postgres_url: str) -> None:
    """The same through COPY."""
    engine = open_engine(postgres_url)
    prepare(engine)
    check_round_trip(engine, [1, 2, 255, 256, 257, 1000, 66_000])
    engine.dispose()


def test_checkpoint_over_an_entry_is_the_first_that_covers_it(sqlite: Engine) -> None:
    """It is the one that the poster of that entry was answered with."""
    edge = Edge()
    with holding_lock(sqlite) as connection:
        for size in (1, 5, 9):
            write(connection, addition(edge, size))
        reader = LogReader(connection)
        found = [reader.checkpoint_over(seq) for seq in (0, 1, 4, 5, 8, 9)]
    assert [None if one is None else one.size for one in found] == [1, 5, 5, 9, 9, None]


def test_look_ups_of_what_is_not_there(sqlite: Engine) -> None:
    """An empty log has no head, entry, submission or tile."""
    with reading(sqlite) as connection:
        reader = LogReader(connection)
        assert reader.head() is None
        assert reader.entry(0) is None
        assert reader.submission("party", "s") is None
        for path in (
            tile_path(level=0, number=0),
            tile_path(level=1, number=0, width=1),
            "tile/entries/000.p/1",
        ):
            with pytest.raises(MissingError, match="not long enough"):
                reader.tile(parse_tile_path(path))


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_the_edge_is_the_tree(steps: list[int]) -> None:
    """However a tree grows, its edge has the root of RFC 9162, and finished tiles come once and in order."""
    edge = Edge()
    tiles = []
    for step in steps:
        trial = edge.copy()
        trial.extend(leaf(seq) for seq in range(edge.size, edge.size + step))
        tiles += trial.take_finished()
        edge = trial
    leaves = [leaf(seq) for seq in range(edge.size)]
    assert edge.root() == root_of(leaves)
    assert [tile.number for tile in tiles] == list(range(edge.size // 256))
    assert b"".join(tile.hashes for tile in tiles) == b"".join(leaves[: edge.size // 256 * 256])


def test_a_copied_edge_leaves_the_original_alone() -> None:
    """What a failed flush appended is not in the edge it was copied from."""
    edge = Edge()
    edge.extend(leaf(seq) for seq in range(300))
    before = edge.root()
    edge.copy().extend(leaf(seq) for seq in range(300))
    assert (edge.size, edge.root()) == (300, before)
