# SPDX-License-Identifier: Apache-2.0
"""Every step of a witness fails twice, *not persisted* and *persisted*: statements, commits, and its key file and tally.

Whatever fails: no cosignature leaves that the memory does not hold, the witness never takes itself for one that lost its
memory, and the client that asks again gets its cosignature.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.witness.desk import Cosigned
from api.witness.opening import create_witness, enter_log
from ledger.errors import EnvironmentFault
from ledger.key_files import pem_of
from tests.faults.breaking import Crash, Steps
from tests.faults.traced_process import desk_of, witness_signers
from tests.growing_log import GrowingLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.witness.desk import Desk

LOG = GrowingLog(quantum=False)
FIRST, SECOND = (0, 3), (3, 7)
"""The first request of a log also begins it in the memory and counts it in the key file; the second does not."""


class Broken(Steps):
    """Steps of SQLite and of the disk, which fail as each of them does."""

    def failure(self, name: str) -> BaseException:  # type: ignore[explicit-override]
        """What a failing step raises."""
        if self.crash:
            return Crash(name)
        return (
            OSError(5, "planted failure") if name.startswith("file") else sqlite3.OperationalError("planted")
        )


class BreakingSqlite:
    """The connection of a memory, each statement a step."""

    def __init__(self, real: sqlite3.Connection, steps: Steps) -> None:
        """Count on `steps`."""
        self._real = real
        self._steps = steps

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - handed through
        """One step."""
        return self._step(statement, lambda: self._real.execute(statement, *values))

    def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as above
        """One step."""
        return self._step(statement, lambda: self._real.executemany(statement, values))

    def close(self) -> None:
        """Not a step."""
        self._real.close()

    def _step(self, statement: str, operation: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as above
        found: list[sqlite3.Cursor] = []
        self._steps.take(statement.split(maxsplit=1)[0], lambda: found.append(operation()))
        return found[0]


def break_files(patch: pytest.MonkeyPatch, steps: Steps) -> None:
    """The syncs and renames of the key file, and the opening of the tally, are steps too."""
    real_fsync, real_replace, real_open = os.fsync, os.replace, Path.open

    def open_(path: Path, mode: str = "r", **rest: Any) -> Any:  # noqa: ANN401 - as it
        if mode == "r+b":
            steps.take("file open", lambda: None)
        return real_open(path, mode, **rest)

    patch.setattr(os, "fsync", lambda one: steps.take("file fsync", lambda: real_fsync(one)))
    patch.setattr(
        os, "replace", lambda one, other: steps.take("file rename", lambda: real_replace(one, other))
    )
    patch.setattr(Path, "open", open_)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new witness that watches the log and has not cosigned it."""
    signers = witness_signers()
    create_witness(tmp_path / "witness", "witness.example/w1", signers, pem_of(*signers))
    with desk_of(tmp_path) as desk:
        enter_log(desk._memory, LOG.keys, witness=desk.name)
    return tmp_path


def ask(desk: Desk, request: tuple[int, int], steps: Steps) -> bool:
    """Whether the witness cosigned, with its steps counted and one of them failing."""
    real = desk._memory._sqlite
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk._memory, "_sqlite", BreakingSqlite(real, steps))
        break_files(patch, steps)
        try:
            return isinstance(desk.add_checkpoint(LOG.request(*request)), Cosigned)
        except (EnvironmentFault, Crash):
            return False
        finally:
            desk._memory._sqlite = real


def steps_of(folder: Path, tmp: Path, request: tuple[int, int]) -> list[str]:
    """The names of the steps of a request."""
    steps = Broken(at=frozenset(), persisted=False)
    with copied(folder, tmp / "counted", request) as desk:
        assert ask(desk, request, steps)
    return steps.seen


def copied(folder: Path, target: Path, request: tuple[int, int]) -> Any:  # noqa: ANN401 - a context manager
    """The desk of a copy of the witness, which has answered the requests before `request`."""
    shutil.copytree(folder / "witness", target / "witness")
    if request == SECOND:
        with desk_of(target) as desk:
            assert isinstance(desk.add_checkpoint(LOG.request(*FIRST)), Cosigned)
    return desk_of(target)


def attempts(folder: Path, tmp: Path, *, crash: bool) -> Iterator[tuple[Path, tuple[int, int], bool, str]]:
    """Each step of both requests failing in both ways: what is left, the request, whether it was granted."""
    for request in (FIRST, SECOND):
        names = steps_of(folder, tmp / str(request[0]), request)
        assert names.count("COMMIT") == 2
        assert (names.count("file rename") == 1) == (request == FIRST)
        for persisted in (False, True):
            for at, name in enumerate(names, start=1):
                target = tmp / f"{request[0]}-{persisted}-{at}"
                steps = Broken(at=frozenset({at}), persisted=persisted, crash=crash)
                with copied(folder, target, request) as desk:
                    granted = ask(desk, request, steps)
                    assert steps.seen[at - 1] == name
                    if not crash:  # the same process goes on
                        known = desk._memory.logs()[0].size
                        assert isinstance(desk.add_checkpoint(LOG.request(known, known + 1)), Cosigned)
                yield target, request, granted, name


@pytest.mark.parametrize("crash", [False, True], ids=["fails", "dies"])
def test_every_step_of_a_witness_fails(folder: Path, tmp_path: Path, *, crash: bool) -> None:
    """Granted only if remembered; started again it has its memory and goes on from what it remembers."""
    granted = []
    for target, (old, size), given, name in attempts(folder, tmp_path, crash=crash):
        with desk_of(target) as desk:
            (log,) = desk._memory.logs()
            assert log.size in ({old, size} if crash else {old + 1, size + 1}), name
            assert not given or log.size >= size
            assert isinstance(desk.add_checkpoint(LOG.request(log.size, 9)), Cosigned)
        granted.append(given)
    assert not all(granted)
