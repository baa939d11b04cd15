# SPDX-License-Identifier: Apache-2.0
"""Who signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.counter import Visitor
from tests.worlds import COUNTY

if TYPE_CHECKING:
    from tests.served import Site
    from tests.worlds import World


@pytest.fixture
def maker(counter: Site, world: World) -> Visitor:
    """The maker of the county, at the door."""
    return Visitor(counter, world.seats[COUNTY].keys["maker"])
