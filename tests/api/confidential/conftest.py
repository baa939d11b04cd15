# SPDX-License-Identifier: Apache-2.0
"""A served ledger at which people sign in, and the clock of its server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.counter import ADDRESS, MovedClock, Visitor
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import COUNTY, World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.served import Site


@pytest.fixture
def clock() -> MovedClock:
    """A day after the ledger began."""
    return MovedClock()


@pytest.fixture
def world() -> World:
    """An invented ledger."""
    return make_world()


@pytest.fixture
def counter(world: World, clock: MovedClock, tmp_path: Path) -> Iterator[Site]:
    """The ledger of `world` behind HTTP, dialled at one https address."""
    url = str(tmp_path / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    with served(url, world.log_signer, now=clock, addresses=ADDRESS, attachments=tmp_path / "files") as made:
        yield made


@pytest.fixture
def maker(counter: Site, world: World) -> Visitor:
    """The maker of the county, at the door."""
    return Visitor(counter, world.seats[COUNTY].keys["maker"])
