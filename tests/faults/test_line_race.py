# SPDX-License-Identifier: Apache-2.0
"""Many clients race on one line through several server processes: what it pays out never exceeds what it holds."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ledger.answer import Accepted, Outcome, Refused
from ledger.client import LedgerClient
from ledger.key_files import save_private_key
from ledger.kinds.authority import Allocation
from ledger.log_keys import keys_in
from ledger.submission import Submission
from tests.ledgers import check_whole, founded, post_all
from tests.served_process import running
from tests.worlds import COUNTY, DAY, UNIT, make_world
from verifier.cli import build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.worlds import World

pytestmark = pytest.mark.loopback

HELD = 100_000
LINE = "L-RACED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """So many server processes, clients at each, and submissions by each client, which together want thrice the line."""

    processes: int
    clients: int
    each: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One submission that takes `amount` from the line."""

    submission: Submission
    amount: int


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """All clients share an address and two keys."""
    monkeypatch.setenv("FUNDTRACE_ADDRESS_RATE", "0")
    monkeypatch.setenv("FUNDTRACE_KEY_RATE", "0")


def tries_of(world: World, race: Race) -> list[list[Try]]:
    """What each client tries, in its order: payments, and splits to lines below."""
    rng = random.Random(7)
    clients = race.processes * race.clients
    usual = 3 * HELD // (clients * race.each)
    return [
        [
            _try(world, f"{client}-{number}", rng.randint(usual // 2, usual * 3 // 2))
            for number in range(race.each)
        ]
        for client in range(clients)
    ]


def _try(world: World, name: str, amount: int) -> Try:
    if amount % 3:
        return Try(submission=world.pay(LINE, amount), amount=amount)
    split = Allocation(
        occurred_on=DAY,
        action="split",
        line=f"L-{name}",
        parent=LINE,
        from_=COUNTY,
        to=UNIT,
        amount=amount,
    )
    return Try(submission=world.submission(COUNTY, split), amount=amount)


def post_all_of(address: str, world: World, tries: Sequence[Try]) -> list[Outcome]:
    """What one client is answered."""
    with LedgerClient(address, log_keys=keys_in(world.genesis.log_keys)) as client:
        return client.submit_in_order([one.submission for one in tries])


def run(url: str, folder: Path, race: Race) -> None:
    """The race, and what holds after it."""
    world = make_world()
    save_private_key(folder / "log.pem", *world.log_keys)
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue(LINE, HELD)])
        before = sequencer.size
    tries = tries_of(world, race)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                running("serve", "--db", url, "--log-key", str(folder / "log.pem"), "--port", "0")
            )
            for _ in range(race.processes)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(len(tries)))
        addresses = [servers[at % race.processes].address for at in range(len(tries))]
        answers = list(pool.map(post_all_of, addresses, [world] * len(tries), tries))
    done = [pair for mine, told in zip(tries, answers, strict=True) for pair in zip(mine, told, strict=True)]
    taken = [one for one, outcome in done if isinstance(outcome, Accepted)]
    turned = [(one, outcome) for one, outcome in done if isinstance(outcome, Refused)]
    left = HELD - sum(one.amount for one in taken)
    assert taken
    assert turned
    assert 0 <= left < min(one.amount for one, _ in turned)
    for one, outcome in turned:
        _check_refusal(one, outcome, left)
    _check_ledger(url, world, before, taken)


def _check_refusal(one: Try, outcome: Refused, left: int) -> None:
    """It says what the line held then, which was too little, and no less than what is left now."""
    (problem,) = outcome.problems
    assert problem.code == "line-exceeded"
    held = int(problem.message_en.partition("holds ")[2].partition(", ")[0].replace(",", "").replace(".", ""))
    assert left <= held < one.amount


def _check_ledger(url: str, world: World, before: int, taken: Sequence[Try]) -> None:
    """The log has what was accepted and nothing of what was refused; replay (I8) and everything else verify."""
    whole = check_whole(url, world)
    assert whole.size == before + 2 * len(taken)
    wanted = {(COUNTY, one.submission.header.id) for one in taken}
    assert wanted == {key for key, seq in whole.submissions.items() if seq >= before}
    result = CliRunner().invoke(build(), ["verify", "--db", url, "--genesis", world.genesis_hash])
    assert result.exit_code == 0, result.output
    with founded(url, world) as again:
        register = again._state.register
        assert register.lines[LINE].free == HELD - sum(one.amount for one in taken)


def test_a_few_clients_race_on_one_line(url: str, tmp_path: Path) -> None:
    """Two server processes, eight clients."""
    run(url, tmp_path, Race(processes=2, clients=4, each=4))


@pytest.mark.long(sample=0)
@pytest.mark.postgres
@pytest.mark.parametrize("each", [8])
def test_sixty_four_clients_race_on_one_line(postgres_url: str, tmp_path: Path, each: int) -> None:
    """Four server processes, sixteen clients at each."""
    run(postgres_url, tmp_path, Race(processes=4, clients=16, each=each))
