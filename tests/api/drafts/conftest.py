# SPDX-License-Identifier: Apache-2.0
"""What the tests of drafts share: the command line, and the people of the province at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine
from tests.counter import Visitor
from tests.worlds import COUNTY, PROVINCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served import Site
    from tests.worlds import World


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    """The command line; the passphrase of key files is in a file of the test, if at all."""
    (tmp_path / "passphrase").write_text("open\n")
    return CommandLine(environment={"FUNDTRACE_KEY_PASSPHRASE_FILE": str(tmp_path / "passphrase")})


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
