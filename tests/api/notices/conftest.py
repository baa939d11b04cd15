# SPDX-License-Identifier: Apache-2.0
"""A ledger in which the city is late in passing a line on, and its people at the desk."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from ledger.instant import parse_instant
from tests.counter import ADDRESS, MovedClock, Visitor
from tests.ledgers import Opening, founded, post_all
from tests.served import served
from tests.worlds import BEGINNING, CITY, PROVINCE, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.served import Site


@pytest.fixture
def clock() -> MovedClock:
    """The clock of the server, ten days after the ledger began."""
    return MovedClock(parse_instant(BEGINNING) + datetime.timedelta(days=10))


@pytest.fixture
def counter(world: World, opening: Opening, clock: MovedClock, tmp_path: Path) -> Iterator[Site]:
    """The city got two lines, and passed nothing on yet."""
    url = opening.laid(tmp_path, world)
    with founded(url, world) as sequencer:
        for line, amount in (("L-CITY", 30_000_000), ("L-CANAL", 12_345)):
            post_all(sequencer, [world.submission(PROVINCE, world.issued(line, amount, to=CITY))])
    with served(url, world.log_signer, now=clock, addresses=ADDRESS) as made:
        made.catch_up(judge=True)
        yield made


@pytest.fixture
def maker(counter: Site, world: World) -> Visitor:
    """The maker of the city, signed in."""
    return Visitor(counter, world.seats[CITY].keys["maker"]).sign_in()


@pytest.fixture
def checker(counter: Site, world: World) -> Visitor:
    """The checker of the city, signed in."""
    return Visitor(counter, world.seats[CITY].keys["checker"]).sign_in()
