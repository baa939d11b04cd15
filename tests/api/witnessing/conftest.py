# SPDX-License-Identifier: Apache-2.0
"""A real ledger and real witnesses without a network: what is sent to an address goes to the desk that lives there."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.witness.app import status_of
from api.witness.desk import Desk
from api.witness.opening import create_witness, enter_log, opened_desk, sound_memory
from api.witnessing.conversation import Answer
from api.witnessing.rounds import Rounds
from api.witnessing.station import stations_of
from ledger.cosignature import CosignerKey, parse_log_key
from ledger.errors import EnvironmentFault
from ledger.key_files import load_private_keys, pem_of
from ledger.keys import Ed25519Signer, MlDsa44Signer
from ledger.policy import parse_policy
from ledger.store.engine import open_engine
from tests.ledgers import Opening, founded, post_all
from tests.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from ledger.policy import Policy


@dataclass
class Town:
    """A ledger, witnesses at addresses, and a clock; `sent` are the addresses in the order in which they were asked."""

    world: World
    url: str
    folder: Path
    moment: datetime.datetime = datetime.datetime(2026, 6, 12, 8, 31, 7, tzinfo=datetime.UTC)
    desks: dict[str, Desk] = field(default_factory=dict)
    answers: dict[str, Callable[[bytes | None], Answer]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def now(self) -> datetime.datetime:
        """The moment that the test has set."""
        return self.moment

    def witness(self, number: int) -> Desk:
        """A new witness at its address, which watches the log."""
        name = f"w{number}.example/witness"
        signers = (
            Ed25519Signer.from_seed(bytes([number]) * 32),
            MlDsa44Signer.from_seed(bytes([number]) * 32),
        )
        place = self.folder / f"witness-{number}"
        create_witness(place, name, signers, pem_of(*signers))
        with sound_memory(place) as memory:
            enter_log(memory, [parse_log_key(text) for text in self.world.genesis.log_keys], witness=name)
        desk = self.stack.enter_context(opened_desk(place, load_private_keys, now=self.now))
        self.desks[f"https://{name}"] = desk
        return desk

    def policy(self, quorum: str = "all") -> Policy:
        """A policy that asks for all, any or so many of the Ed25519 keys of the witnesses; both keys are in it."""
        lines: list[str] = []
        members: list[str] = []
        for number, (url, desk) in enumerate(self.desks.items()):
            lines += [f"witness {key.alg}-{number} {key.text} {url}" for key in desk.keys]
            members.append(f"ed25519-{number}")
        lines += [f"group g {quorum} {' '.join(members)}", "quorum g"] if members else ["quorum none"]
        return parse_policy("\n".join(lines), place="policy")

    def send(self, url: str, body: bytes | None) -> Answer:
        """What the desk at `url` answers, or what the test has put there."""
        self.sent.append(url)
        if url in self.answers:
            return self.answers[url](body)
        desk = next(desk for place, desk in self.desks.items() if url.startswith(place))
        if body is None:
            found = desk.shown(url.rsplit("/", 2)[1])
            return Answer(status=404, body=b"") if found is None else Answer(status=200, body=found)
        status, _, data = status_of(desk.add_checkpoint(body))
        return Answer(status=status, body=data)

    def rounds(self, engine: Engine) -> Rounds:
        """The job for the log in `engine`."""
        genesis = self.world.genesis
        return Rounds(
            engine=engine,
            origin=genesis.origin,
            log_keys=[parse_log_key(text) for text in genesis.log_keys],
            stations=stations_of(self.policy()),
            send=self.send,
            now=self.now,
        )

    @contextlib.contextmanager
    def engine(self) -> Iterator[Engine]:
        """The database of the ledger."""
        engine = open_engine(self.url)
        try:
            yield engine
        finally:
            engine.dispose()

    def grow(self, count: int = 1) -> None:
        """So many more submissions stand in the ledger."""
        with founded(self.url, self.world) as sequencer:
            post_all(sequencer, [self.world.pay("L1", 1) for _ in range(count)])


def unreachable(_body: bytes | None) -> Answer:
    """Nobody is there."""
    raise EnvironmentFault(
        code="witnessing.unanswered",
        place="https://down.example",
        message_en="nobody",
        message_zh="无人",
        remedy_en="Wait.",
        remedy_zh="请等待。",
    )


def keys_of(town: Town) -> list[CosignerKey]:
    """The keys of all witnesses."""
    return [key for desk in town.desks.values() for key in desk.keys]


@pytest.fixture
def town(world: World, opening: Opening, tmp_path: Path) -> Iterator[Town]:
    """A ledger with its opening and a line, and no witnesses yet."""
    made = Town(world=world, url=opening.laid(tmp_path, world), folder=tmp_path)
    with founded(made.url, world) as sequencer:
        post_all(sequencer, [world.issue("L1", 100_000)])
    with made.stack:
        yield made
