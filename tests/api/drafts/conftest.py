# SPDX-License-Identifier: Apache-2.0
"""What the tests of drafts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def command_line(tmp_path: Path) -> CommandLine:
    """The command line; the passphrase of key files is in a file of the test, if at all."""
    return CommandLine(environment={"FUNDTRACE_KEY_PASSPHRASE_FILE": str(tmp_path / "passphrase")})
