# SPDX-License-Identifier: Apache-2.0
"""What is published is whole at every moment, only ever grows, and is proved before it is shown."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.bundle import BundleReader
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import EnvironmentFault, MissingError
from ledger.log_keys import keys_in
from ledger.policy import parse_policy
from ledger.publisher import publish
from ledger.static_files import StaticFolder, alone_at
from ledger.store.engine import holding_lock
from ledger.store.log_reader import LogReader
from ledger.store.schema import prepare
from ledger.tile_reader import TileReader
from ledger.tiles import bundles_of, tiles_of
from tests.ledgers import founded, opened, post_all
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.tiles import Tile
    from tests.worlds import World


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return str(tmp_path / "ledger.db")


def grow(file: str, world: World, *counts: int) -> None:
    """Post a bank statement of each count, after the opening if there is nothing yet."""
    with founded(file, world) as sequencer:
        if sequencer.size == 1:
            post_all(sequencer, world.opening())
        post_all(sequencer, [world.bank_lines(1, count, statement=f"s{world.number}") for count in counts])


def export(file: str, target: Path, **options: str) -> Checkpoint:
    """Publish the ledger in `file` to `target`."""
    with opened(file) as engine:
        return publish(engine, target, **options)  # type: ignore[arg-type]


def folder_reader(folder: Path) -> Callable[[str], bytes]:
    """Read files below `folder`, as a web server would."""

    def read(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError as error:
            raise MissingError(code="t", place=path, message_en="missing", message_zh="缺失") from error

    return read


def check_static(read: Callable[[str], bytes], world: World) -> Checkpoint:
    """Read everything that the checkpoint of a static log commits to, each byte proved."""
    keys = keys_in(world.genesis.log_keys)
    shown = open_checkpoint(read("checkpoint"), keys, origin=world.genesis.origin)
    proved = TileReader(read, size=shown.size, root=shown.root)
    entries = [entry for bundle in bundles_of(shown.size) for entry in proved.read_entries(bundle.number)]
    assert len(entries) == shown.size
    assert entries[0] == world.genesis_entry
    for tile in tiles_of(shown.size):
        assert len(read(tile.path)) == 32 * tile.width
    return shown


def test_an_export_is_a_whole_static_log(tmp_path: Path, file: str, world: World) -> None:
    """Checkpoint, policy, tiles and bundles, with a second level of tiles; nothing else is left in the folder."""
    grow(file, world, 700)
    shown = export(file, tmp_path / "out")
    assert check_static(folder_reader(tmp_path / "out"), world) == shown
    policy = parse_policy((tmp_path / "out" / "policy").read_text(), place="policy")
    own = [*(log.key.text for log in policy.logs), *(one.key.text for one in policy.witnesses.values())]
    assert own == list(world.genesis.log_keys)
    names = {
        str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    parts = [*bundles_of(shown.size), *tiles_of(shown.size)]
    assert names == {"checkpoint", "policy", "_headers", "anchor.txt", *(part.path for part in parts)}


def test_later_exports_only_add(tmp_path: Path, file: str, world: World) -> None:
    """Growth by a few entries and by several tiles; files of earlier checkpoints stay as they were."""
    out = tmp_path / "out"
    heads = {"checkpoint", "anchor.txt"}
    before: dict[Path, bytes] = {}
    for counts in ((3,), (2,), (600, 5), (1,), (250,)):
        grow(file, world, *counts)
        shown = export(file, out)
        assert check_static(folder_reader(out), world) == shown
        now = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        assert {path: data for path, data in now.items() if path in before and path.name not in heads} == {
            path: data for path, data in before.items() if path.name not in heads
        }
        before = now


def test_exporting_again_writes_no_tile(tmp_path: Path, file: str, world: World) -> None:
    """What is shown already is not written again."""
    grow(file, world, 300)
    export(file, tmp_path / "out")
    tile = tmp_path / "out" / "tile" / "0" / "000"
    marked = tile.stat().st_mtime_ns
    steps: list[tuple[int, int]] = []
    with opened(file) as engine:
        publish(engine, tmp_path / "out", progress=lambda done, whole: steps.append((done, whole)))
    assert steps == [(0, 0)]
    assert tile.stat().st_mtime_ns == marked


@pytest.mark.parametrize("name", ["out.zip", "out.fundtrace"])
def test_one_file_holds_the_same(tmp_path: Path, file: str, world: World, name: str) -> None:
    """The bundle file is the folder, byte for byte, and the same bytes every time."""
    grow(file, world, 700)
    export(file, tmp_path / "out")
    export(file, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    export(file, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first
    with BundleReader(tmp_path / name) as bundle:
        check_static(bundle.read, world)
        for member in bundle.names():
            assert bundle.read(member) == (tmp_path / "out" / member).read_bytes()


def test_restricted_entries_stay_out_of_a_public_export(tmp_path: Path, file: str) -> None:
    """Hash tiles and checkpoint are public, bundles are for auditors."""
    world = make_world(entries="restricted")
    grow(file, world, 300)
    export(file, tmp_path / "public")
    export(file, tmp_path / "audit", audience="audit")
    assert not (tmp_path / "public" / "tile" / "entries").exists()
    assert (tmp_path / "public" / "tile" / "0" / "000").is_file()
    check_static(folder_reader(tmp_path / "audit"), world)


@pytest.mark.parametrize(("first", "second"), [("public", "audit"), ("audit", "public")])
def test_a_folder_is_for_one_audience(tmp_path: Path, file: str, first: str, second: str) -> None:
    """Neither are entries put where the public reads, nor does an auditor's folder get holes."""
    world = make_world(entries="restricted")
    grow(file, world, 3)
    export(file, tmp_path / "out", audience=first)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    grow(file, world, 3)
    with pytest.raises(EnvironmentFault, match="another for auditors"):
        export(file, tmp_path / "out", audience=second)
    assert {path: path.read_bytes() for path in before} == before
    assert export(file, tmp_path / "out", audience=first).size > 4


def test_an_open_ledger_has_one_audience(tmp_path: Path, file: str, world: World) -> None:
    """Where entries are public, both words mean the same files."""
    grow(file, world, 3)
    export(file, tmp_path / "out")
    assert export(file, tmp_path / "out", audience="audit").size > 4


def test_a_later_export_reads_only_what_is_new(
    tmp_path: Path, file: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten entries more take the same few reads and writes, however long the log is already."""
    read: list[int] = []
    written: list[str] = []
    real_tile, real_write = LogReader.tile, StaticFolder.write

    def tile(reader: LogReader, tile: Tile) -> bytes:
        read.append(tile.width if tile.level is None else 1)
        return real_tile(reader, tile)

    def write(folder: StaticFolder, name: str, data: bytes) -> None:
        written.append(name)
        real_write(folder, name, data)

    monkeypatch.setattr(LogReader, "tile", tile)
    monkeypatch.setattr(StaticFolder, "write", write)
    costs = []
    for count in (500, 3_000):
        grow(file, world, count)
        export(file, tmp_path / "out")
        grow(file, world, 10)
        read.clear()
        written.clear()
        export(file, tmp_path / "out")
        costs.append((sum(read), len(written)))
    assert all(entries <= 256 + 20 and files <= 8 for entries, files in costs), costs


# --- several at once --------------------------------------------------------------------------------------


def test_a_reader_at_any_moment_finds_a_whole_log(tmp_path: Path, file: str, world: World) -> None:
    """A reader that never stops, while the folder is brought up to date again and again."""
    out = tmp_path / "out"
    grow(file, world, 200)
    last = export(file, out)
    over = threading.Event()

    def read() -> list[int]:
        sizes: list[int] = []
        while not over.is_set() or not sizes:
            sizes.append(check_static(folder_reader(out), world).size)
        return sizes

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(read)
        try:
            for _export in range(12):
                grow(file, world, 37)
                last = export(file, out)
        finally:
            over.set()
        sizes = found.result()
    assert sizes == sorted(sizes)
    assert sizes[-1] <= last.size


def test_two_exports_at_once_are_one_after_the_other(tmp_path: Path, file: str, world: World) -> None:
    """The second is told so; an older checkpoint cannot be put over a newer one."""
    grow(file, world, 3)
    with StaticFolder(tmp_path / "out").alone():
        with pytest.raises(EnvironmentFault, match="another process is writing"):
            export(file, tmp_path / "out")
        assert not (tmp_path / "out" / "checkpoint").exists()
    shown = export(file, tmp_path / "out")
    assert check_static(folder_reader(tmp_path / "out"), world) == shown


def test_two_exports_into_one_file_at_once_are_one_after_the_other(
    tmp_path: Path, file: str, world: World
) -> None:
    """As with a folder; what the first writes stays, another file is free, and no lock is left behind."""
    grow(file, world, 3)
    with alone_at(tmp_path / "out.zip"):
        with pytest.raises(EnvironmentFault, match="another process is writing"):
            export(file, tmp_path / "out.zip")
        export(file, tmp_path / "other.zip")
    export(file, tmp_path / "out.zip")
    assert {path.name for path in tmp_path.iterdir() if "zip" in path.name} == {"out.zip", "other.zip"}


def test_a_lock_whose_file_was_taken_away_locks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened before the other took it away, locked after: a third may hold the file that lies there now."""
    true_open = os.open

    def late(path: Path, *rest: int) -> int:
        descriptor = true_open(path, *rest)
        Path(path).unlink()
        return descriptor

    monkeypatch.setattr("ledger.static_files.os.open", late)
    with pytest.raises(EnvironmentFault, match="has just ended"), alone_at(tmp_path / "out.zip"):
        raise AssertionError


# --- never back, never another ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_shorter_log_is_never_shown(tmp_path: Path, file: str, world: World, name: str) -> None:
    """A database restored from an old backup does not overwrite what was published from the newer one."""
    grow(file, world, 10)
    shutil.copy(file, tmp_path / "old.db")
    grow(file, world, 10)
    shown = export(file, tmp_path / name)
    with pytest.raises(EnvironmentFault, match="entries, the database has"):
        export(str(tmp_path / "old.db"), tmp_path / name)
    assert export(file, tmp_path / name) == shown


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_fork_is_never_shown(tmp_path: Path, file: str, world: World, name: str) -> None:
    """After a fork from an old backup the two histories cannot replace each other, at equal or larger size."""
    grow(file, world, 10)
    shutil.copy(file, tmp_path / "fork.db")
    grow(file, world, 10)
    export(file, tmp_path / name)
    for count in (10, 5):
        grow(str(tmp_path / "fork.db"), world, count)
        with pytest.raises(EnvironmentFault, match="another root"):
            export(str(tmp_path / "fork.db"), tmp_path / name)


def test_another_ledger_or_foreign_file_is_never_overwritten(tmp_path: Path, file: str, world: World) -> None:
    """A checkpoint of another log, and a file that is no checkpoint, both refuse."""
    grow(file, world, 3)
    other = make_world(origin="ledger.example/other")
    grow(str(tmp_path / "other.db"), other, 3)
    export(str(tmp_path / "other.db"), tmp_path / "out")
    with pytest.raises(EnvironmentFault, match="not of this ledger"):
        export(file, tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "checkpoint").write_text("my notes")
    with pytest.raises(EnvironmentFault, match="not of this ledger"):
        export(file, tmp_path / "mine")
    assert (tmp_path / "mine" / "checkpoint").read_text() == "my notes"


def test_a_damaged_database_is_not_published(tmp_path: Path, file: str, world: World) -> None:
    """Bytes that do not stand under the stored checkpoint never get a new checkpoint shown above them."""
    grow(file, world, 300)
    export(file, tmp_path / "out")
    shown = (tmp_path / "out" / "checkpoint").read_bytes()
    grow(file, world, 300)
    with opened(file) as engine, holding_lock(engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER log_no_update")
        connection.exec_driver_sql("UPDATE log SET bytes = x'7b7d' WHERE seq = 500")
        connection.commit()
    with pytest.raises(EnvironmentFault, match="entry 500 does not stand under"):
        export(file, tmp_path / "out")
    assert (tmp_path / "out" / "checkpoint").read_bytes() == shown
    check_static(folder_reader(tmp_path / "out"), world)


def test_a_database_without_a_ledger_is_told(tmp_path: Path, file: str) -> None:
    """There is nothing to publish."""
    with opened(file, create=True) as engine:
        prepare(engine)
        with pytest.raises(EnvironmentFault, match="no ledger"):
            publish(engine, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, file: str, world: World) -> None:
    """The place is named, and what to do."""
    grow(file, world, 3)
    (tmp_path / "out").write_text("a file, not a folder")
    with pytest.raises(EnvironmentFault, match="Check permissions and free space"):
        export(file, tmp_path / "out")
