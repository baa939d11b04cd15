# SPDX-License-Identifier: Apache-2.0
"""The ledger that every attack of this suite begins with."""

from __future__ import annotations

import pytest

from tests.malicious.forger import Forger
from tests.worlds import make_world


@pytest.fixture
def forger() -> Forger:
    """An honest log of more than one tile: cast, lines, payments, 300 bank lines; its operator may turn."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    made.post(world.bank_lines(1, 300), world.pay("L1", 100_000))
    return made
