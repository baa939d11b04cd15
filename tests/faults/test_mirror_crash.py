# SPDX-License-Identifier: Apache-2.0
"""A crash or a refusal of the disk at any file operation of a mirror leaves a whole copy, old or new."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault
from tests.faults.breaking import Crash
from tests.faults.breaking_disk import Disk
from tests.malicious.forger import Forger, in_memory
from tests.worlds import make_world
from verifier.integrity.trust import Trust
from verifier.mirror import mirror

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Sample

OLD, NEW = 200, 560


@pytest.fixture(scope="module")
def forger() -> Forger:
    """An honest log that has grown by more than a tile since it was copied."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), *(world.bank_lines(1, 60, statement=f"s{number}") for number in range(10)))
    return made


@pytest.fixture
def copy(forger: Forger, tmp_path: Path) -> Path:
    """The copy of its beginning."""
    look(forger, tmp_path / "copy", OLD)
    return tmp_path / "copy"


def look(forger: Forger, folder: Path, size: int = NEW) -> None:
    """One look at the log."""
    source = in_memory(forger.files(size))
    mirror(source, folder, Trust(genesis=forger.world.genesis_hash), progress=lambda _done, _whole: None)


def whole(forger: Forger, folder: Path) -> int:
    """The size of the log that the copy shows: one of the two, with every file that its checkpoint needs."""
    for size in (OLD, NEW):
        files = forger.files(size)
        if (folder / "checkpoint").read_bytes() == files["checkpoint"]:
            assert {path: (folder / path).read_bytes() for path in files} == files
            return size
    raise AssertionError("a checkpoint that was never shown")


def steps_of(forger: Forger, folder: Path) -> int:
    """How many file operations the second look has."""
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        look(forger, folder)
    return disk.count


@pytest.mark.parametrize("after", [False, True], ids=["not-persisted", "persisted"])
@pytest.mark.parametrize("loss", ["none", "all", "but-checkpoint"])
def test_a_crash_at_any_file_operation_leaves_a_whole_copy(
    forger: Forger, copy: Path, tmp_path: Path, *, after: bool, loss: str, sample: Sample
) -> None:
    """The old copy or the new one; the next look completes it, and a power cut after that one takes nothing back."""
    shutil.copytree(copy, tmp_path / "first")
    steps = steps_of(forger, tmp_path / "first")
    assert steps > 20
    for stop_at in sample(range(1, steps + 1), 10):
        out = tmp_path / f"at-{stop_at}"
        shutil.copytree(copy, out)
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch)
            disk.stop_at, disk.after = stop_at, after
            with pytest.raises(Crash):
                look(forger, out)
        if loss != "none":
            disk.cut_power(spare="checkpoint" if loss == "but-checkpoint" else None)
        assert whole(forger, out) in {OLD, NEW}, f"operation {stop_at}"
        with pytest.MonkeyPatch.context() as patch:
            again = Disk(patch)
            again.unsynced.update(disk.unsynced if loss == "none" else {})
            look(forger, out)
        again.cut_power(spare="checkpoint")
        assert whole(forger, out) == NEW


def test_a_full_disk_at_any_file_operation_is_told(
    forger: Forger, copy: Path, tmp_path: Path, sample: Sample
) -> None:
    """ENOSPC becomes a fault with a place and a remedy, and no draft file is left behind."""
    shutil.copytree(copy, tmp_path / "first")
    steps = steps_of(forger, tmp_path / "first")
    for stop_at in sample(range(1, steps + 1), 10):
        out = tmp_path / f"at-{stop_at}"
        shutil.copytree(copy, out)
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch)
            disk.stop_at = stop_at
            disk.failure = lambda: OSError(errno.ENOSPC, "No space left on device")
            with pytest.raises(EnvironmentFault, match="No space left on device"):
                look(forger, out)
        assert whole(forger, out) in {OLD, NEW}
        assert list(out.rglob(".*")) == []
