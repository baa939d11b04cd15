# SPDX-License-Identifier: Apache-2.0
"""`fundtrace audit` by several processes and by Spark: the lines of one process, byte by byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("fundtrace")


def fundtrace(*arguments: str | Path, code: int = 0) -> bytes:
    """What the program prints, in a process of its own, since Spark opens sockets to its Java."""
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb"},
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a small simulated province."""
    folder = tmp_path_factory.mktemp("golden")
    database = f"sqlite:///{folder}/ledger.db"
    world = folder / "world"
    fundtrace(
        "simulate", "--seed", "11", "--programmes", "1", "--origin", "ledger.example/jl/2026", "--out", world
    )
    fundtrace("init", "--db", database, "--genesis", world / "genesis.json")
    fundtrace("post", "--db", database, world / "events.ndjson")
    fundtrace("export", "--db", database, folder / "export")
    return folder / "export"


@pytest.fixture(scope="module")
def alone(export: Path) -> bytes:
    """The findings of one process."""
    lines = fundtrace("audit", export, "--json", code=1)
    assert lines.count(b"\n") > 5
    return lines


def test_several_processes_print_the_same(export: Path, alone: bytes) -> None:
    """Two workers, the same bytes and the same exit code."""
    assert fundtrace("audit", export, "--json", "--workers", "2", code=1) == alone


@pytest.mark.timeout(600)
def test_spark_prints_the_same(export: Path, alone: bytes, tmp_path: Path) -> None:
    """A local master of two workers; pieces go through the folder that was named, which is empty again afterwards."""
    asked = ("--engine", "spark", "--spark-master", "local[2]", "--spark-folder", tmp_path)
    assert fundtrace("audit", export, "--json", *asked, code=1) == alone
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(export: Path, tmp_path: Path) -> None:
    """What is wrong and what to do; nothing reads as judged."""
    fundtrace("audit", export, "--engine", "spark", "--spark-folder", tmp_path / "none", code=3)
