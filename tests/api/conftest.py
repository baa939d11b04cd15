# SPDX-License-Identifier: Apache-2.0
"""What the tests of the server share: a simulated province that is only read, and small ledgers to post to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.counter import ADDRESS
from tests.ledgers import founded, post_all
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


@pytest.fixture
def office(world: World, tmp_path: Path) -> Iterator[Site]:
    """The ledger of `world` with its opening posted, open for more."""
    url = str(tmp_path / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
    with served(url, world.log_signer, addresses=ADDRESS) as made:
        yield made
