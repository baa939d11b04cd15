# SPDX-License-Identifier: Apache-2.0
"""A witness in a folder of its own, with a clock that stands where the test puts it."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.witness.opening import create_witness, enter_log, opened_desk, sound_memory
from ledger.key_files import load_private_keys, pem_of
from ledger.keys import Ed25519Signer, MlDsa44Signer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.witness.desk import Desk
    from tests.growing_log import GrowingLog

NAME = "witness.example/w1"
SIGNERS = (Ed25519Signer.from_seed(b"w" * 32), MlDsa44Signer.from_seed(b"w" * 32))


@dataclass
class Office:
    """The folder of one witness."""

    folder: Path
    moment: datetime.datetime = field(default=datetime.datetime(2026, 6, 12, 8, 31, 7, tzinfo=datetime.UTC))

    def now(self) -> datetime.datetime:
        """The moment that the test has set."""
        return self.moment

    def watch(self, *logs: GrowingLog) -> None:
        """The operator enters these logs."""
        with sound_memory(self.folder) as memory:
            for log in logs:
                enter_log(memory, log.keys, witness=NAME)

    @contextlib.contextmanager
    def open(self) -> Iterator[Desk]:
        """The witness at work."""
        with opened_desk(self.folder, load_private_keys, now=self.now) as desk:
            yield desk


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new witness that watches nothing."""
    folder = tmp_path / "witness"
    create_witness(folder, NAME, SIGNERS, pem_of(*SIGNERS))
    return Office(folder=folder)
