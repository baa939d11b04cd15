# SPDX-License-Identifier: Apache-2.0
"""`fundtrace serve` under SIGKILL: everything acknowledged over HTTP is there once, nothing is half there."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.key_files import save_private_key
from tests.faults.crashing import Acknowledgement, Load, lose_nothing
from tests.served_process import ServerProcess, start
from tests.worlds import make_world

pytestmark = pytest.mark.loopback

STORED, REPLAYED, UNAVAILABLE = 201, 200, 503


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """All clients are at one address and share a few keys; how much they may send is tested elsewhere."""
    monkeypatch.setenv("FUNDTRACE_ADDRESS_RATE", "0")
    monkeypatch.setenv("FUNDTRACE_KEY_RATE", "0")


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


def run(url: str, key: Path, load: Load) -> None:
    """Post over HTTP through crashes, and lose nothing."""
    world = make_world()
    save_private_key(key, *world.log_keys)
    lose_nothing(url, world, load, [HttpServer(url, key) for _ in range(load.processes)])


def test_a_few_kills_lose_nothing_over_http(url: str, tmp_path: Path) -> None:
    """Two server processes on one ledger, killed in turn while six clients post."""
    run(url, tmp_path / "log.pem", Load(processes=2, clients=6, submissions=120, kills=2, seed=1))


@pytest.mark.long(sample=0)
@pytest.mark.parametrize("seed", [21])
def test_many_kills_lose_nothing_over_http(url: str, tmp_path: Path, seed: int) -> None:
    """64 concurrent clients post 20,000 submissions while server processes are killed twenty times."""
    run(url, tmp_path / "log.pem", Load(processes=3, clients=64, submissions=20_000, kills=20, seed=seed))
