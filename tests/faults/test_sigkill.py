# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments under load: everything acknowledged is there once, nothing is half there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.outcome import Refused
from tests.faults.crashing import Load, lose_nothing
from tests.faults.socket_server import SocketServer
from tests.ledgers import founded
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder with a short path: the address of a Unix socket has little room."""
    with tempfile.TemporaryDirectory(prefix="ft") as folder:
        yield Path(folder)


def run(url: str, sockets: Path, load: Load) -> None:
    """Post through crashes and lose nothing; then the line is paid out, and one more payment is refused."""
    world = make_world()
    servers = [SocketServer(url, sockets / f"{number}.sock") for number in range(load.processes)]
    lose_nothing(url, world, load, servers)
    with founded(url, world) as sequencer:
        outcome = sequencer.submit(world.pay("L1", 1))
        assert isinstance(outcome, Refused)
        assert [problem.code for problem in outcome.problems] == ["line-exceeded"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_few_kills_lose_nothing(url: str, sockets: Path, seed: int) -> None:
    """Two server processes on one ledger, killed in turn while eight clients post."""
    run(url, sockets, Load(processes=2, clients=8, submissions=240, kills=3, seed=seed))


@pytest.mark.long(sample=0)
@pytest.mark.parametrize("seed", [11, 12])
def test_many_kills_lose_nothing(url: str, sockets: Path, seed: int) -> None:
    """64 concurrent clients post 20,000 submissions while server processes are killed forty times."""
    run(url, sockets, Load(processes=3, clients=64, submissions=20_000, kills=40, seed=seed))
