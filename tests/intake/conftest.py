# SPDX-License-Identifier: Apache-2.0
"""The real files as ledgers, each imported once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from api.commands.importing import order_of
from api.import_run import Choices, Result, run
from ledger.kinds.vocabulary import AnyEvent
from tests.intake.ledgers import stored_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A ledger made of the files of a packaged mapping: where it lies, what the import said, what it holds."""

    path: Path
    result: Result
    events: list[AnyEvent]


def imported(name: str, folder: Path, target: Path) -> Imported:
    """The files of mapping `name` in `folder`, imported into a new ledger in `target`."""
    path = target / "ledger.db"
    result = run(order_of(name, folder, []), Choices(url=str(path)))
    return Imported(path=path, result=result, events=stored_events(path))


@pytest.fixture(scope="session")
def mexico_folder(shared_dir: Path) -> Path:
    """The folder of the Mexican workbook."""
    return shared_dir / "data/mexico-puebla-2016q1"


@pytest.fixture(scope="session")
def brazil_folder(shared_dir: Path) -> Path:
    """The folder of the Brazilian tables."""
    return shared_dir / "data/brazil-special-transfers"


@pytest.fixture(scope="session")
def mexico(mexico_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """The imported quarter."""
    return imported("mexico-puebla-2016q1", mexico_folder, tmp_path_factory.mktemp("mexico"))


@pytest.fixture(scope="session")
def brazil(brazil_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """The imported chains of 2025."""
    return imported("brazil-special-transfers", brazil_folder, tmp_path_factory.mktemp("brazil"))
