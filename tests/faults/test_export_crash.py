# SPDX-License-Identifier: Apache-2.0
"""A crash or a refusal of the disk at any file operation of an export leaves a whole log, old or new."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

import pytest

from ledger.anchor import INDEX_FILE, parse_index
from ledger.checkpoint import open_checkpoint
from ledger.errors import EnvironmentFault
from ledger.log_keys import keys_in
from ledger.publisher import publish
from ledger.store.anchors import StoredAnchor, keep_anchor
from ledger.store.engine import holding_lock
from ledger.tile_reader import TileReader
from ledger.tiles import bundles_of
from tests.faults.breaking import Crash
from tests.faults.breaking_disk import Disk
from tests.ledgers import founded, opened, post_all
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Sample
    from tests.worlds import World


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A ledger, an export of its beginning, and more entries that a second export will add."""
    folder = tmp_path_factory.mktemp("prepared")
    world = make_world()
    with founded(str(folder / "ledger.db"), world) as sequencer, opened(str(folder / "ledger.db")) as engine:
        post_all(sequencer, [*world.opening(), world.bank_lines(1, 200)])
        publish(engine, folder / "out")
        post_all(sequencer, [world.bank_lines(201, 300)])
        with holding_lock(engine) as connection:
            anchor = StoredAnchor(
                note=b"note", token=b"token", authority="a", stamped="2026-06-12T08:31:07.000Z"
            )
            keep_anchor(connection, size=1, anchor=anchor)
            connection.commit()
    return folder, world


def whole(folder: Path, world: World) -> int:
    """The number of entries of the log that `folder` shows, every byte of it proved."""
    keys = keys_in(world.genesis.log_keys)
    shown = open_checkpoint((folder / "checkpoint").read_bytes(), keys, origin=world.genesis.origin)
    proved = TileReader(lambda path: (folder / path).read_bytes(), size=shown.size, root=shown.root)
    assert sum(len(proved.read_entries(bundle.number)) for bundle in bundles_of(shown.size)) == shown.size
    if (folder / INDEX_FILE).exists():
        for name in parse_index((folder / INDEX_FILE).read_bytes()):
            pair = (folder / name.note).read_bytes(), (folder / name.token).read_bytes()
            assert pair == (b"note", b"token")
            assert name.size <= shown.size
    return shown.size


def steps_of(prepared: tuple[Path, World], out: Path) -> int:
    """How many file operations the second export has."""
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        with opened(str(prepared[0] / "ledger.db")) as engine:
            publish(engine, out)
    return disk.count


@pytest.mark.parametrize("after", [False, True], ids=["not-persisted", "persisted"])
@pytest.mark.parametrize("loss", ["none", "all", "but-checkpoint"])
def test_a_crash_at_any_file_operation_leaves_a_whole_log(
    prepared: tuple[Path, World], tmp_path: Path, *, after: bool, loss: str, sample: Sample
) -> None:
    """The old log or the new one, also after a power cut that keeps the checkpoint alone; the next export completes it."""
    folder, world = prepared
    shutil.copytree(folder / "out", tmp_path / "first")
    old = whole(tmp_path / "first", world)
    steps = steps_of(prepared, tmp_path / "first")
    new = whole(tmp_path / "first", world)
    assert steps > 20
    assert new > old
    for stop_at in sample(range(1, steps + 1), 25):
        out = tmp_path / f"at-{stop_at}"
        shutil.copytree(folder / "out", out)
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch)
            disk.stop_at, disk.after = stop_at, after
            with opened(str(folder / "ledger.db")) as engine, pytest.raises(Crash):
                publish(engine, out)
        if loss != "none":
            disk.cut_power(spare="checkpoint" if loss == "but-checkpoint" else None)
        assert whole(out, world) in {old, new}, f"operation {stop_at}"
        with opened(str(folder / "ledger.db")) as engine:
            publish(engine, out)
        assert whole(out, world) == new


def test_a_full_disk_at_any_file_operation_is_told_and_leaves_the_old_log(
    prepared: tuple[Path, World], tmp_path: Path, sample: Sample
) -> None:
    """ENOSPC becomes a fault with a place and a remedy, and no draft file is left behind."""
    folder, world = prepared
    shutil.copytree(folder / "out", tmp_path / "first")
    old = whole(tmp_path / "first", world)
    steps = steps_of(prepared, tmp_path / "first")
    new = whole(tmp_path / "first", world)
    for stop_at in sample(range(1, steps + 1), 25):
        out = tmp_path / f"at-{stop_at}"
        shutil.copytree(folder / "out", out)
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch)
            disk.stop_at = stop_at
            disk.failure = lambda: OSError(errno.ENOSPC, "No space left on device")
            full = pytest.raises(EnvironmentFault, match="No space left on device")
            with opened(str(folder / "ledger.db")) as engine, full:
                publish(engine, out)
        assert whole(out, world) in {old, new}
        assert list(out.rglob(".*")) == []
