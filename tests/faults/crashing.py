# SPDX-License-Identifier: Apache-2.0
"""Clients that never give up against servers that are killed: for any server that can be started, killed and asked.

    acknowledged = post_through_crashes(servers, wires, clients=8, kills=5, seed=1)

Every client sends the next submission to some server and repeats it until it is acknowledged, as a bureau does. The
kills are spread over the run by progress, not by time: after a seeded number of acknowledgements a seeded server gets
SIGKILL, wherever it is, and is started again.
"""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

RETRY_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a server said of a submission: the position of its header entry, and its receipt."""

    seq: int
    receipt: bytes


class Server(Protocol):
    """A server process on a ledger. `post` is called from many threads."""

    def start(self) -> None:
        """Start the process and return once it answers."""

    def kill(self) -> None:
        """SIGKILL the process and return once it is gone."""

    def post(self, wire: bytes) -> Acknowledgement:
        """Post one submission.

        Raises:
            OSError: the server is not there, or went away before it answered.
        """


def post_through_crashes(
    servers: Sequence[Server], wires: Sequence[bytes], *, clients: int, kills: int, seed: int
) -> list[Acknowledgement]:
    """The acknowledgement of each of `wires`, posted by `clients` threads while servers are killed `kills` times."""
    chance = random.Random(seed)
    moments = sorted(chance.sample(range(1, len(wires)), kills))
    victims = [chance.randrange(len(servers)) for _ in moments]
    run = _Run(servers, len(wires))
    killer = threading.Thread(target=run.kill_at, args=(moments, victims))
    killer.start()
    try:
        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(run.post, range(len(wires)), wires))
    finally:
        run.over.set()
        killer.join()


class _Run:
    """The state of one run: how much is acknowledged, and whether it is over."""

    def __init__(self, servers: Sequence[Server], whole: int) -> None:
        self.servers = servers
        self.whole = whole
        self.acknowledged = 0
        self.mutex = threading.Lock()
        self.progress = threading.Condition(self.mutex)
        self.over = threading.Event()

    def post(self, number: int, wire: bytes) -> Acknowledgement:
        """Repeat submission `number` until it is acknowledged, at one server after the other."""
        attempt = number
        while True:
            try:
                answer = self.servers[attempt % len(self.servers)].post(wire)
            except OSError:
                attempt += 1
                self.over.wait(RETRY_SECONDS)
                continue
            with self.progress:
                self.acknowledged += 1
                self.progress.notify_all()
            return answer

    def kill_at(self, moments: Sequence[int], victims: Sequence[int]) -> None:
        """Kill and restart one server after each number of acknowledgements."""
        for moment, victim in zip(moments, victims, strict=True):
            with self.progress:
                while self.acknowledged < moment and not self.over.is_set():
                    self.progress.wait(RETRY_SECONDS)
            if self.over.is_set():
                return
            self.servers[victim].kill()
            self.servers[victim].start()
