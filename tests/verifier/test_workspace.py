# SPDX-License-Identifier: Apache-2.0
"""Scratch tables: rows go in in batches and come out typed; the file is gone afterwards."""

from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.errors import EnvironmentFault
from verifier.workspace import CACHE_KIB, Workspace


class Row(NamedTuple):
    """One row of the test table."""

    name: str
    amount: int


def test_rows_come_back_typed_and_in_the_order_asked_for(tmp_path: Path) -> None:
    """A batch is readable before it is full."""
    with Workspace(tmp_path) as workspace:
        workspace.run("CREATE TABLE t (name TEXT, amount INTEGER)")
        batch = workspace.batch("INSERT INTO t VALUES (?, ?)", rows=2)
        for name, amount in (("b", 2), ("a", 2**53 - 1), ("c", -3)):
            batch.add(name, amount)
        assert list(workspace.rows(Row, "SELECT * FROM t ORDER BY name")) == [
            Row("a", 2**53 - 1),
            Row("b", 2),
            Row("c", -3),
        ]
        assert workspace.run("UPDATE t SET amount = 0 WHERE amount < 0") == 1


def test_a_look_up_sees_written_rows_only(tmp_path: Path) -> None:
    """Looking up never writes a half-full batch."""
    with Workspace(tmp_path) as workspace:
        workspace.run("CREATE TABLE t (name TEXT, amount INTEGER)")
        batch = workspace.batch("INSERT INTO t VALUES (?, ?)")
        batch.add("a", 1)
        assert workspace.look_up(Row, "SELECT * FROM t") is None
        workspace.flush()
        assert workspace.look_up(Row, "SELECT * FROM t WHERE name = ?", ("a",)) == Row("a", 1)


def test_closing_removes_the_file(tmp_path: Path) -> None:
    """Nothing of a run stays on the disk."""
    with Workspace(tmp_path) as workspace:
        workspace.run("CREATE TABLE t (name TEXT)")
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_with_place_and_remedy(tmp_path: Path) -> None:
    """A fault of the machine names the folder and what to do."""
    with Workspace(tmp_path) as workspace:
        workspace.run("CREATE TABLE t (name TEXT)")
        workspace.run("PRAGMA max_page_count = 4")
        batch = workspace.batch("INSERT INTO t VALUES (?)")
        for _ in range(100):
            batch.add("x" * 1_000)
        with pytest.raises(EnvironmentFault, match=r"fundtrace-.*Free disk space"):
            workspace.flush()


def test_neither_cache_nor_sorting_may_take_memory_by_the_number_of_rows(tmp_path: Path) -> None:
    """Pages and sorted runs beyond a few megabytes are on disk, however many rows there are."""
    with Workspace(tmp_path) as workspace:
        (cache,) = workspace.rows(int, "PRAGMA cache_size")
        (store,) = workspace.rows(int, "PRAGMA temp_store")
    assert (cache, store) == (-CACHE_KIB, 1)
    assert CACHE_KIB <= 4_096
