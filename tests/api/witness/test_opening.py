# SPDX-License-Identifier: Apache-2.0
"""A witness works with its own whole memory or not at all; honest crashes are no loss."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from api.witness.desk import Cosigned
from api.witness.key_file import (
    KEY_FILE,
    LOST,
    MEMORY_FILE,
    TALLY_FILE,
    KeyFile,
    Preamble,
    format_preamble,
    parse_preamble,
)
from api.witness.memory import Change, Memory
from api.witness.opening import create_witness, enter_log, sound_memory
from ledger.errors import EnvironmentFault, FormatError, InputError, ToldError
from ledger.key_files import pem_of, replace_secret
from tests.api.witness.conftest import NAME, SIGNERS
from tests.growing_log import GrowingLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.api.witness.conftest import Office

ONE, TWO, THREE = (GrowingLog(origin=f"log.example/{name}", quantum=False) for name in "abc")


def cosign(office: Office, *steps: tuple[GrowingLog, int, int]) -> None:
    """One session in which each log grows from one size to another."""
    with office.open() as desk:
        for log, old, size in steps:
            assert isinstance(desk.add_checkpoint(log.request(old, size)), Cosigned)


def copies(office: Office, target: Path) -> Path:
    """A copy of the database as it is, as a careful backup makes it."""
    with sqlite3.connect(office.folder / MEMORY_FILE) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    return target


def put_back(office: Office, copy: Path) -> None:
    """The copy takes the place of the database."""
    for name in (MEMORY_FILE, f"{MEMORY_FILE}-wal", f"{MEMORY_FILE}-shm"):
        (office.folder / name).unlink(missing_ok=True)
    shutil.copy(copy, office.folder / MEMORY_FILE)


def refused(office: Office) -> EnvironmentFault:
    """Why the witness does not open."""
    with pytest.raises(EnvironmentFault) as caught, office.open():
        pass
    return caught.value


def test_a_missing_database_ends_it(office: Office, tmp_path: Path) -> None:
    """Also when the right one comes back afterwards: the key file says that it is over, and when that was found."""
    office.watch(ONE)
    cosign(office, (ONE, 0, 3))
    copy = copies(office, tmp_path / "copy")
    (office.folder / MEMORY_FILE).unlink()
    assert refused(office).code == LOST
    put_back(office, copy)
    assert refused(office).code == LOST
    assert KeyFile(office.folder).preamble.lost == "2026-06-12T08:31:07.000Z"
    with pytest.raises(EnvironmentFault, match="2026-06-12"), sound_memory(office.folder):
        pass


def test_a_missing_database_ends_it_before_any_log(office: Office) -> None:
    """A witness that has cosigned nothing still does not make a new database by itself."""
    (office.folder / MEMORY_FILE).unlink()
    assert refused(office).code == LOST


def empty(path: Path) -> None:
    """An empty file stands where the database was."""
    path.write_bytes(b"")


def other(path: Path) -> None:
    """The database of another witness stands where the database was."""
    path.unlink()
    create_witness(path.parent.parent / "other", NAME, SIGNERS, b"")
    shutil.copy(path.parent.parent / "other" / MEMORY_FILE, path)


@pytest.mark.parametrize("change", [empty, other])
def test_another_database_ends_it(office: Office, change: Callable[[Path], None]) -> None:
    """It must carry the state id of the key file."""
    office.watch(ONE)
    cosign(office, (ONE, 0, 3))
    change(office.folder / MEMORY_FILE)
    assert refused(office).code == LOST
    assert KeyFile(office.folder).preamble.lost is not None


def test_a_damaged_database_stops_it(office: Office) -> None:
    """What SQLite cannot read is not cosigned from."""
    (office.folder / MEMORY_FILE).write_bytes(b"x" * 8192)
    assert refused(office).code == "witness.database"


def test_a_copy_from_before_a_log_ends_it(office: Office, tmp_path: Path) -> None:
    """Fewer logs than the key file counts, even if the tally is gone back too."""
    office.watch(ONE, TWO)
    cosign(office, (ONE, 0, 3))
    copy = copies(office, tmp_path / "copy")
    tally = (office.folder / TALLY_FILE).read_bytes()
    cosign(office, (TWO, 0, 3))
    put_back(office, copy)
    (office.folder / TALLY_FILE).write_bytes(tally)
    assert "knows 1 logs, and 2" in refused(office).message_en


def test_an_older_copy_ends_it(office: Office, tmp_path: Path) -> None:
    """All logs are there, and one checkpoint is missing: the tally tells."""
    office.watch(ONE)
    cosign(office, (ONE, 0, 3))
    copy = copies(office, tmp_path / "copy")
    cosign(office, (ONE, 3, 4))
    put_back(office, copy)
    assert "remembers 1 checkpoints, and at least 2" in refused(office).message_en


def test_the_newest_copy_is_whole(office: Office, tmp_path: Path) -> None:
    """A copy that lacks nothing is no loss: the twin of the tests above."""
    office.watch(ONE, TWO)
    cosign(office, (ONE, 0, 3), (TWO, 0, 3))
    put_back(office, copies(office, tmp_path / "copy"))
    cosign(office, (ONE, 3, 5), (TWO, 3, 5))


@pytest.mark.parametrize("tally", [b"", b"7", b"x" * 20, b"0" * 21])
def test_a_spoilt_tally_stops_it(office: Office, tally: bytes) -> None:
    """Without a tally nobody can say what was forgotten."""
    (office.folder / TALLY_FILE).write_bytes(tally)
    with pytest.raises(FormatError), office.open():
        pass


class Stop(BaseException):
    """The process ends here."""


def die(*_given: Any, **_named: Any) -> None:  # noqa: ANN401 - stands for any function
    """End the process."""
    raise Stop


@pytest.mark.parametrize(
    ("place", "name", "sizes"),
    [
        (Change, "begin", (0, 3)),
        (KeyFile, "raise_logs", (0, 3)),
        (Change, "newest", (0, 3)),
        (Change, "remember", (0, 3)),
        (Change, "cosigned", (0, 3)),
        (KeyFile, "set_tally", (3, 4)),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_an_honest_crash_is_no_loss(
    office: Office, monkeypatch: pytest.MonkeyPatch, place: type, name: str, sizes: tuple[int, int]
) -> None:
    """The process ends before any step of the first cosignature; after it starts again the log goes on where it was."""
    office.watch(ONE, TWO)
    cosign(office, (TWO, 0, 2))
    with office.open() as desk, monkeypatch.context() as patch:
        patch.setattr(place, name, die)
        with pytest.raises(Stop):
            desk.add_checkpoint(ONE.request(0, 3))
    cosign(office, (ONE, *sizes), (TWO, 2, 3))
    with sound_memory(office.folder) as memory:
        assert [log.begun for log in memory.logs()] == [True, True]


def test_one_process_at_a_time(office: Office) -> None:
    """Who comes second is told so; its operator may enter logs meanwhile."""
    with office.open() as desk:
        assert refused(office).code == "witness.at-work"
        office.watch(ONE)
        assert isinstance(desk.add_checkpoint(ONE.request(0, 3)), Cosigned)
        with sound_memory(office.folder) as memory:
            assert [(log.origin, log.size) for log in memory.logs()] == [(ONE.origin, 3)]


def test_a_disk_that_fails_loses_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write fails once: the client is told, asks again, and is cosigned."""
    office.watch(ONE)

    def fail(*_given: Any, **_named: Any) -> None:  # noqa: ANN401 - stands for any function
        raise EnvironmentFault(
            code="disk",
            place="disk",
            message_en="full",
            message_zh="满",
            remedy_en="Free some.",
            remedy_zh="清理。",
        )

    with office.open() as desk:
        for place, name in (
            (Change, "begin"),
            (KeyFile, "raise_logs"),
            (Change, "remember"),
            (KeyFile, "set_tally"),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(place, name, fail)
                with pytest.raises(EnvironmentFault):
                    desk.add_checkpoint(ONE.request(0, 3))
        assert isinstance(desk.add_checkpoint(ONE.request(3, 4)), Cosigned)
    cosign(office, (ONE, 4, 5))


def test_a_new_witness_needs_an_empty_folder(office: Office, tmp_path: Path) -> None:
    """Neither over an old one nor beside anything else, nor under a name that cannot stand in a signature line."""
    for folder, name in (
        (office.folder, NAME),
        (tmp_path, NAME),
        (tmp_path / "new", "a b"),
        (tmp_path / "new", "w" * 256),
    ):
        with pytest.raises(InputError):
            create_witness(folder, name, SIGNERS, pem_of(*SIGNERS))
    create_witness(tmp_path / "new", "w" * 255, SIGNERS, pem_of(*SIGNERS))


@pytest.mark.parametrize(
    "keys",
    [
        (),
        (*ONE.keys, *TWO.keys),
        GrowingLog(origin=NAME).keys,
        GrowingLog(origin="l" * 256, quantum=False).keys,
    ],
    ids=["none", "of two logs", "of the witness", "of a name too long"],
)
def test_keys_that_are_of_no_one_log(office: Office, keys: Any) -> None:  # noqa: ANN401 - log keys of any kind
    """They are refused, and nothing is entered."""
    with sound_memory(office.folder) as memory:
        with pytest.raises(InputError):
            enter_log(memory, keys, witness=NAME)
        assert memory.logs() == []
        enter_log(memory, GrowingLog(origin="l" * 255, quantum=False).keys, witness=NAME)


GOOD = Preamble(name=NAME, state="0" * 32, logs=3)


@pytest.mark.parametrize("lost", [None, "2026-06-12T08:31:07.000Z"])
def test_a_preamble_reads_back(lost: str | None) -> None:
    """With and without the line that ends the witness."""
    preamble = Preamble(name=NAME, state="0f" * 16, logs=7, lost=lost)
    assert parse_preamble(format_preamble(preamble), place="here") == preamble


@pytest.mark.parametrize(
    ("old", "new"),
    [("v1", "v2"), ("name", "nom"), ("0\n", "\n"), ("logs 3", "logs 03"), ("logs 3", "logs -1"), ("\n\n", "\nlost now\n\n"),
     ("logs", "more 1\nlogs"), ("state ", "state  "), ("\n\n", "\n")],
)  # fmt: skip
def test_spoilt_preambles(old: str, new: str) -> None:
    """Any other spelling is refused."""
    text = format_preamble(GOOD)
    assert old in text
    with pytest.raises(FormatError):
        parse_preamble(text.replace(old, new, 1), place="here")


def test_files_that_are_no_key_file(office: Office, tmp_path: Path) -> None:
    """No file, bare keys without a preamble, or a preamble without keys."""
    with pytest.raises(EnvironmentFault, match="no witness here"):
        KeyFile(tmp_path)
    replace_secret(office.folder / KEY_FILE, pem_of(*SIGNERS))
    with pytest.raises(FormatError):
        KeyFile(office.folder)
    state = "0" * 32
    replace_secret(office.folder / KEY_FILE, format_preamble(Preamble(name=NAME, state=state)).encode())
    (office.folder / MEMORY_FILE).unlink()
    Memory.create(office.folder / MEMORY_FILE, state=state).close()
    with pytest.raises(ToldError) as caught, office.open():
        pass
    assert caught.value.code == "key.bad-file"
