# SPDX-License-Identifier: Apache-2.0
"""A ledger behind HTTP for tests: in process, without a socket, with the real store and the real commit path.

    with served(url, world.log_signer) as site:
        site.get("/v1/lines").json()

A simulated province takes a second to post; `province(folder)` does it once for whoever shares the folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from fastapi import FastAPI

from api.admission import Quotas
from api.app import create_app
from api.judging import judge_ledger
from api.served_ledger import ServedLedger
from api.settings import Settings
from ledger.clock import system_clock
from ledger.founding import found_ledger
from ledger.log_signer import LogSigner
from ledger.outcome import Accepted
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from verifier.simulation.world import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.clock import Clock
    from verifier.simulation.world import World

SEED = 7
ATTACHMENT_BYTES = 2_000_000
_AN_HOUR = 3_600_000_000_000  # in nanoseconds
ORIGIN = "demo.example/jl/2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served ledger and a client of it."""

    app: FastAPI
    ledger: ServedLedger

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The answer to a GET."""
        return self.send("GET", path, headers=headers)

    def send(
        self, method: str, path: str, *, content: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """The answer to any request; a failure of the program is answered as a server would."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
            async with httpx.AsyncClient(transport=transport, base_url="http://ledger.test") as client:
                return await client.request(method, path, content=content, headers=named)

        return asyncio.run(exchange())

    def post(self, wire: bytes, **headers: str) -> httpx.Response:
        """The answer to a submission."""
        return self.send("POST", "/v1/submissions", content=wire, headers=headers)

    def catch_up(self, *, judge: bool = False) -> None:
        """What the worker would do by now."""
        self.app.state.worker.fold_all()
        if judge:
            self.app.state.worker.judge_if_grown()


@contextlib.contextmanager
def served(
    url: str,
    signer: LogSigner | None,
    *,
    now: Clock = system_clock,
    addresses: str = "",
    attachments: Path | None = None,
) -> Iterator[Site]:
    """The ledger at `url`, folded; without `signer` read-only. People sign in at `addresses`; files lie in that folder.

    No pace is set, and an hour passes whenever quotas are looked at: how often a test asks in a second is up to the
    machine. A test of paces puts its own quotas there.
    """
    engine = open_engine(url)
    ledger = ServedLedger(engine, None if signer is None else Sequencer(engine, signer))
    try:
        settings = Settings(
            db=url,
            public_addresses=addresses,
            attachments=None if attachments is None else str(attachments),
            attachment_bytes=ATTACHMENT_BYTES,
        )
        app = create_app(settings, ledger, judge=judge_ledger, now=now)
        app.state.quotas = Quotas(address_rate=0, key_rate=0, now_ns=itertools.count(step=_AN_HOUR).__next__)
        site = Site(app=app, ledger=ledger)
        site.catch_up()
        yield site
    finally:
        ledger.close()


def simulated() -> World:
    """The simulated province, the same in every run."""
    return simulate(seed=SEED, programmes=1, origin=ORIGIN)


def log_signer_of(world: World) -> LogSigner:
    """The log keys of a simulated world."""
    return LogSigner(signers=world.cast.log_keys())


def province(folder: Path) -> str:
    """Address of a database in `folder` that holds the simulated province."""
    path = folder / "province.db"
    world = simulated()
    engine = open_engine(str(path), create=True)
    try:
        found_ledger(engine, world.genesis, world.genesis_signatures, log_signer_of(world))
        sequencer = Sequencer(engine, log_signer_of(world))
        for submission in world.submissions():
            outcome = sequencer.submit(submission)
            assert isinstance(outcome, Accepted), outcome
    finally:
        engine.dispose()
    return str(path)
