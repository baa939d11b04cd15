# SPDX-License-Identifier: Apache-2.0
"""What the tests of the server share: a simulated province that is only read, and small ledgers to post to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.counter import ADDRESS, MovedClock
from tests.ledgers import Opening
from tests.served import province, served
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.served import Site
    from tests.worlds import World


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The simulated province, folded and judged; nobody posts to it."""
    url = province(tmp_path_factory.mktemp("province"))
    with served(url, None) as made:
        made.catch_up(judge=True)
        yield made


@pytest.fixture
def world() -> World:
    """An invented ledger."""
    return make_world()


@pytest.fixture(scope="session")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    """A ledger with the opening of a world, for whoever lays a copy of it."""
    return Opening.made(tmp_path_factory.mktemp("opening"))


@pytest.fixture
def office(world: World, opening: Opening, tmp_path: Path) -> Iterator[Site]:
    """The ledger of `world` with its opening posted, open for more."""
    with served(opening.laid(tmp_path, world), world.log_signer, addresses=ADDRESS) as made:
        yield made


@pytest.fixture
def clock() -> MovedClock:
    """The clock of a counter, a day after the ledger began."""
    return MovedClock()


@pytest.fixture
def counter(world: World, opening: Opening, clock: MovedClock, tmp_path: Path) -> Iterator[Site]:
    """The same ledger under a clock that the test moves, dialled at one https address; files lie in `files`."""
    url, files = opening.laid(tmp_path, world), tmp_path / "files"
    with served(url, world.log_signer, now=clock, addresses=ADDRESS, attachments=files) as made:
        yield made
