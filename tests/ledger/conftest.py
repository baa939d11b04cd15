# SPDX-License-Identifier: Apache-2.0
"""What the tests of posting begin with: an invented ledger, and a desk on which its opening and one line stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk import open_desk
from tests.worlds import make_world

if TYPE_CHECKING:
    from tests.desk import Desk
    from tests.worlds import World


@pytest.fixture
def world() -> World:
    """An invented ledger."""
    return make_world()


@pytest.fixture
def desk(world: World) -> Desk:
    """A desk with the opening and one line L1 of 1,000.00 of the county posted."""
    opened = open_desk(world)
    opened.post(world.issue("L1", 100_000))
    return opened
