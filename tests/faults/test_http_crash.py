# SPDX-License-Identifier: Apache-2.0
"""`fundtrace serve` under SIGKILL: everything acknowledged over HTTP is there once, nothing is half there."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.key_files import save_private_key
from ledger.receipt import parse_receipt
from ledger.submission import parse_wire, wire_bytes
from tests.faults.crashing import Acknowledgement, post_through_crashes
from tests.ledgers import check_whole, founded, post_all
from tests.served_process import ServerProcess, start
from tests.worlds import BANK, COUNTY, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.submission import Submission
    from tests.worlds import World

pytestmark = pytest.mark.loopback

STORED, REPLAYED, UNAVAILABLE = 201, 200, 503


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    return str(request.getfixturevalue("postgres_url"))


@dataclass(slots=True)
class HttpServer:
    """A `fundtrace serve` process; `tests.faults.crashing.Server`."""

    url: str
    key: Path
    process: ServerProcess | None = field(default=None)

    def start(self) -> None:
        """Start it on a free port and return once it answers."""
        self.process = start("serve", "--db", self.url, "--log-key", str(self.key), "--port", "0")

    def kill(self) -> None:
        """SIGKILL it."""
        assert self.process is not None
        self.process.kill()

    def post(self, wire: bytes) -> Acknowledgement:
        """Post one submission over a connection of its own."""
        assert self.process is not None
        try:
            status, body = self.process.request("POST", "/v1/submissions", wire)
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        if status == UNAVAILABLE:
            raise ConnectionError(body.decode())
        assert status in {STORED, REPLAYED}, body
        answer = json.loads(body)
        return Acknowledgement(seq=answer["seq"], receipt=base64.b64decode(answer["receipt"]))


def business(world: World, count: int) -> Iterator[Submission]:
    """Payments of 1 from a line that holds just enough, and bank statements."""
    for number in range(count):
        if number % 2:
            yield world.submission(BANK, world.moved(1, 5, statement=f"s{number}"))
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


def run(url: str, key: Path, load: Load) -> None:
    """Post through crashes, then check that the ledger is exactly what was acknowledged, in one piece."""
    world = make_world()
    save_private_key(key, *world.log_keys)
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", -(-load.submissions // 2))])
    opening = len(check_whole(url, world).submissions)
    wires = [wire_bytes(one) for one in business(world, load.submissions)]
    servers = [HttpServer(url, key) for _ in range(load.processes)]
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
    assert [parse_receipt(one.receipt).index for one in answers] == [one.seq for one in answers]


def test_a_few_kills_lose_nothing_over_http(url: str, tmp_path: Path) -> None:
    """Two server processes on one ledger, killed in turn while six clients post."""
    run(url, tmp_path / "log.pem", Load(processes=2, clients=6, submissions=120, kills=2, seed=1))


@pytest.mark.long(sample=0)
@pytest.mark.parametrize("seed", [21])
def test_many_kills_lose_nothing_over_http(url: str, tmp_path: Path, seed: int) -> None:
    """64 concurrent clients post 20,000 submissions while server processes are killed twenty times."""
    run(url, tmp_path / "log.pem", Load(processes=3, clients=64, submissions=20_000, kills=20, seed=seed))
