# SPDX-License-Identifier: Apache-2.0
"""Every step of a restore fails twice, *not persisted* and *persisted*, and the process dies at each: all or nothing.

The one rule: the ledger is there, whole, if and only if the commit happened; the same command run again ends with it there.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault
from ledger.restoration import restore_backup
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader
from ledger.store.schema import prepare
from tests.faults.breaking import Crash, breaking
from tests.ledger.test_backup import backed_up, everything, small
from tests.ledgers import check_whole, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.conftest import Sample

MODES = pytest.mark.parametrize("persisted", [False, True], ids=["not-persisted", "persisted"])
DEATHS = pytest.mark.parametrize("crash", [False, True], ids=["error", "crash"])


def targets(tmp_path: Path) -> Iterator[str]:
    """Empty databases, one for each step."""
    number = 0
    while True:
        number += 1
        yield str(tmp_path / f"target-{number}.db")


def put_back(engine: Engine, backup: bytes) -> bool:
    """Whether it was there before."""
    return restore_backup(engine, io.BytesIO(backup), place="file").before


@DEATHS
@MODES
def test_every_step_of_a_restore_fails(
    tmp_path: Path, sample: Sample, *, persisted: bool, crash: bool
) -> None:
    """What is left is an empty database or the whole ledger, and a second run ends well either way."""
    source = str(tmp_path / "source.db")
    world = small(source)
    backup = backed_up(source)
    fresh = targets(tmp_path)
    with opened(next(fresh), create=True) as engine:
        prepare(engine)
        with breaking(engine, persisted=persisted) as steps:
            put_back(engine, backup)
    assert steps.seen.count("COMMIT") == 2, "the tables, then the ledger"
    last = max(at for at, name in enumerate(steps.seen, start=1) if name == "COMMIT")
    numbered = list(enumerate(steps.seen, start=1))
    commits = [step for step in numbered if step[1] == "COMMIT"]
    for at, name in {*sample(numbered, 8), *commits}:
        url = next(fresh)
        with opened(url, create=True) as engine:
            prepare(engine)
            with (
                breaking(engine, at={at}, persisted=persisted, crash=crash) as seen,
                pytest.raises(Crash if crash else EnvironmentFault),
            ):
                put_back(engine, backup)
            assert seen.seen[at - 1] == name
        stands = persisted and at == last
        with opened(url) as engine:
            with reading(engine) as connection:
                assert (LogReader(connection).head() is not None) == stands, f"step {at}: {name}"
            assert stands or not any(everything(engine).values())
            assert put_back(engine, backup) == stands
        check_whole(url, world)
