# SPDX-License-Identifier: Apache-2.0
"""What the tests of drafts share: the command line, and a counter at which maker and checker of the province sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import COUNTY, PROVINCE, World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.served import Site


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    """The command line; the passphrase of key files is in a file of the test, if at all."""
    (tmp_path / "passphrase").write_text("open\n")
    return CommandLine(environment={"FUNDTRACE_KEY_PASSPHRASE_FILE": str(tmp_path / "passphrase")})


@pytest.fixture
def world() -> World:
    """An invented ledger."""
    return make_world()


@pytest.fixture
def clock() -> MovedClock:
    """The clock of the server, a day after the ledger began."""
    return MovedClock()


@pytest.fixture
def counter(world: World, clock: MovedClock, tmp_path: Path) -> Iterator[Site]:
    """The ledger of `world` behind HTTP."""
    url = str(tmp_path / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    with served(url, world.log_signer, now=clock, addresses=ADDRESS) as made:
        yield made


@pytest.fixture
def maker(counter: Site, world: World) -> Visitor:
    """The maker of the province, signed in."""
    return Visitor(counter, world.seats[PROVINCE].keys["maker"]).sign_in()


@pytest.fixture
def checker(counter: Site, world: World) -> Visitor:
    """The checker of the province, signed in."""
    return Visitor(counter, world.seats[PROVINCE].keys["checker"]).sign_in()


@pytest.fixture
def stranger(counter: Site, world: World) -> Visitor:
    """The maker of another bureau, signed in."""
    return Visitor(counter, world.seats[COUNTY].keys["maker"]).sign_in()
