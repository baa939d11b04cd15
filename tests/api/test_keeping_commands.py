# SPDX-License-Identifier: Apache-2.0
"""`fundtrace backup`, `restore` and `reindex` as an operator uses them after a disk was lost."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from api.backup_file import save_backup
from ledger.key_files import save_private_key
from ledger.sequencer import Sequencer
from tests.command_line import CommandLine
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.worlds import make_world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.worlds import World

SECRET = "correct horse battery"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line with a passphrase, and cheap guesses."""
    monkeypatch.setitem(save_backup.__kwdefaults__ or {}, "cost", 2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    return with_secret(tmp_path, "secret")


def with_secret(folder: Path, name: str) -> CommandLine:
    """The command line with the passphrase in this file."""
    return CommandLine(environment={"FUNDTRACE_BACKUP_PASSPHRASE_FILE": str(folder / name)})


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A ledger in `first.db`, its keys in `log.pem`."""
    made = make_world()
    save_private_key(tmp_path / "log.pem", *made.log_keys)
    with founded(str(tmp_path / "first.db"), made) as sequencer:
        post_all(sequencer, [*made.opening(), made.issue("L1", 1_000)])
    return made


def test_from_one_database_to_another(command: CommandLine, world: World, tmp_path: Path) -> None:
    """The file is its owner's alone, nothing of the ledger can be read in it, and all of it comes back verified."""
    done = command.run("backup", "--db", "first.db", "kept.backup")
    assert (done.exit_code, "entries" in done.output) == (0, True), done.output
    kept = tmp_path / "kept.backup"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert b"jl-finance" not in kept.read_bytes()
    done = command.run("restore", "kept.backup", "--db", "second.db", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["before"], told["ahead"]) == (False, None)
    check_whole("second.db", world)
    again = command.run("restore", "kept.backup", "--db", "second.db")
    assert (again.exit_code, "already" in again.output) == (0, True), again.output
    assert not list(tmp_path.glob(".kept*"))


@pytest.mark.usefixtures("world")
def test_a_backup_is_never_written_over(command: CommandLine, tmp_path: Path) -> None:
    """The file that was there stays."""
    (tmp_path / "kept.backup").write_bytes(b"yesterday's")
    done = command.run("backup", "--db", "first.db", "kept.backup")
    assert (done.exit_code, "written over" in done.output) == (3, True), done.output
    assert (tmp_path / "kept.backup").read_bytes() == b"yesterday's"


@pytest.mark.usefixtures("world")
def test_a_backup_that_breaks_off_leaves_nothing(
    command: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full in the middle: no file of that name, and none beside it."""

    def full(_self: object, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.sealed_file.SealedWriter.write", full)
    done = command.run("backup", "--db", "first.db", "kept.backup")
    assert (done.exit_code, "No space left" in done.output) == (3, True), done.output
    assert not [path for path in tmp_path.iterdir() if "kept" in path.name]


@pytest.mark.parametrize(
    ("text", "told"), [("short\n", "shorter than 12"), ("\n", "shorter than 12"), (None, "cannot be read")]
)
@pytest.mark.usefixtures("command", "world")
def test_a_passphrase_that_is_none(tmp_path: Path, text: str | None, told: str) -> None:
    """No backup is made with it."""
    if text is not None:
        (tmp_path / "other").write_text(text)
    done = with_secret(tmp_path, "other").run("backup", "--db", "first.db", "kept.backup")
    assert (done.exit_code, told in done.output) == (3, True), done.output
    assert not (tmp_path / "kept.backup").exists()


@pytest.mark.usefixtures("command", "world")
def test_nobody_to_ask_for_a_passphrase() -> None:
    """A program that gives none is told how."""
    done = CommandLine().run("backup", "--db", "first.db", "kept.backup")
    assert (done.exit_code, "no passphrase was given" in done.output) == (3, True), done.output


def test_another_passphrase_and_a_cut_file(command: CommandLine, world: World, tmp_path: Path) -> None:
    """Each is told as what it is, and the database is as before."""
    command.run("backup", "--db", "first.db", "kept.backup")
    (tmp_path / "other").write_text("another passphrase\n")
    done = with_secret(tmp_path, "other").run("restore", "kept.backup", "--db", "second.db")
    assert (done.exit_code, "passphrase is not the one" in done.output) == (3, True), done.output
    whole = (tmp_path / "kept.backup").read_bytes()
    (tmp_path / "cut.backup").write_bytes(whole[:-1])
    done = command.run("restore", "cut.backup", "--db", "second.db")
    assert (done.exit_code, "altered or cut" in done.output) == (3, True), done.output
    (tmp_path / "none.backup").write_bytes(b"what is this\n")
    done = command.run("restore", "none.backup", "--db", "second.db")
    assert (done.exit_code, "not a file that" in done.output) == (3, True), done.output
    assert command.run("restore", "kept.backup", "--db", "second.db").exit_code == 0
    check_whole("second.db", world)


def test_behind_what_was_signed_since(command: CommandLine, world: World, tmp_path: Path) -> None:
    """An old backup can be read, and whoever restores it hears that this log has signed more; then it signs nothing."""
    command.run("backup", "--db", "first.db", "old.backup")
    with opened("first.db") as engine:
        accept(Sequencer(engine, world.log_signer), world.pay("L1", 5))
    done = command.run("export", "--db", "first.db", "public")
    assert done.exit_code == 0, done.output
    shutil.copy(tmp_path / "public" / "checkpoint", tmp_path / "log.pem.head")
    done = command.run("restore", "old.backup", "--db", "second.db", "--log-key-file", "log.pem")
    assert (done.exit_code, "nothing more is signed" in done.output) == (1, True), done.output
    (tmp_path / "more.ndjson").write_bytes(world.wire("jl-finance", world.issued("L2", 5)))
    done = command.run("post", "--db", "second.db", "--log-key-file", "log.pem", "more.ndjson")
    assert (done.exit_code, "nothing more is signed" in done.output) == (3, True), done.output
    command.run("backup", "--db", "first.db", "new.backup")
    done = command.run("restore", "new.backup", "--db", "third.db", "--log-key-file", "log.pem")
    assert done.exit_code == 0, done.output


def test_reindex(command: CommandLine, world: World) -> None:
    """It says how much was made anew."""
    done = command.run("reindex", "--db", "first.db", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"size": check_whole("first.db", world).size}
