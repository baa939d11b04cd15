# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments under load: everything acknowledged is there once, nothing is half there."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.outcome import Refused
from ledger.receipt import parse_receipt
from ledger.submission import parse_wire, wire_bytes
from tests.faults.crashing import post_through_crashes
from tests.faults.socket_server import SocketServer
from tests.ledgers import check_whole, founded, post_all
from tests.worlds import BANK, COUNTY, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.submission import Submission
    from tests.worlds import World


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sockets() -> Iterator[Path]:
    """A folder with a short path: the address of a Unix socket has little room."""
    with tempfile.TemporaryDirectory(prefix="ft") as folder:
        yield Path(folder)


def business(world: World, count: int, *, seed: int) -> Iterator[Submission]:
    """Payments of 1 from line L1, which holds just enough for all of them, and bank statements of 1 to 3 lines."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 2:
            lines = [
                world.moved(line, 5, statement=f"s{number}") for line in range(1, 2 + chance.randrange(3))
            ]
            yield world.submission(BANK, *lines)
        else:
            yield world.submission(COUNTY, world.paid("L1", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many server processes, clients, submissions and kills, and the seed of all chance."""

    processes: int
    clients: int
    submissions: int
    kills: int
    seed: int


def run(url: str, sockets: Path, load: Load) -> None:
    """Post through crashes, then check that the ledger is exactly what was acknowledged."""
    world = make_world()
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", -(-load.submissions // 2))])
        opening = len(check_whole(url, world).submissions)
    wires = [wire_bytes(one) for one in business(world, load.submissions, seed=load.seed)]
    servers = [SocketServer(url, sockets / f"{number}.sock") for number in range(load.processes)]
    for server in servers:
        server.start()
    try:
        answers = post_through_crashes(servers, wires, clients=load.clients, kills=load.kills, seed=load.seed)
    finally:
        for server in servers:
            server.kill()
    whole = check_whole(url, world)
    headers = [parse_wire(wire).header for wire in wires]
    assert [whole.submissions[header.party, header.id] for header in headers] == [one.seq for one in answers]
    assert len(whole.submissions) == opening + load.submissions
    assert {parse_receipt(one.receipt).index for one in answers} == {one.seq for one in answers}
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
