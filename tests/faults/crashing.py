# SPDX-License-Identifier: Apache-2.0
"""Clients that never give up against servers that are killed: for any server that can be started, killed and asked.

    lose_nothing(url, world, Load(processes=2, clients=8, submissions=240, kills=5, seed=1), servers)

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

from ledger.receipt import parse_receipt
from ledger.submission import parse_wire, wire_bytes
from tests.ledgers import check_whole, founded, post_all
from tests.worlds import BANK, COUNTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.submission import Submission
    from tests.worlds import World

RETRY_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a server said of a submission: the position of its header entry, and its receipt."""

    seq: int
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many server processes, clients, submissions and kills, and the seed of all chance."""

    processes: int
    clients: int
    submissions: int
    kills: int
    seed: int


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


def lose_nothing(url: str, world: World, load: Load, servers: Sequence[Server]) -> None:
    """Post through crashes, and find the ledger at `url` to be exactly what was acknowledged, in one piece.

    It ends with line L1 paid out to the last unit: whatever is paid from it afterwards is too much.
    """
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", -(-load.submissions // 2))])
    opening = len(check_whole(url, world).submissions)
    wires = [wire_bytes(one) for one in business(world, load)]
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


def business(world: World, load: Load) -> Iterator[Submission]:
    """Payments of 1 from line L1, which holds just enough for all of them, and bank statements of 1 to 3 lines."""
    chance = random.Random(load.seed)
    for number in range(load.submissions):
        if number % 2:
            lines = range(1, 2 + chance.randrange(3))
            yield world.submission(BANK, *(world.moved(line, 5, statement=f"s{number}") for line in lines))
        else:
            yield world.submission(COUNTY, world.paid("L1", 1))


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
