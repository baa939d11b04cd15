# SPDX-License-Identifier: Apache-2.0
"""A newer time without an entry, and a look around before anything is signed: restored backups stop instead of forking."""

from __future__ import annotations

import datetime
import shutil
from typing import TYPE_CHECKING

import pytest

from api.heartbeat import Heartbeat
from api.own_places import NoteFile, head_file, published_folder, remember_newest
from api.served_ledger import ServedLedger
from api.serving import opened_ledger
from api.settings import Settings
from ledger.checkpoint import parse_checkpoint
from ledger.errors import EnvironmentFault
from ledger.key_files import save_private_key
from ledger.log_keys import keys_in, newest_time, open_own_checkpoint
from ledger.note import parse_note
from ledger.publisher import publish
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from tests.ledgers import accept, founded, opened, post_all
from tests.worlds import BEGINNING, log_signer_named, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.own_checkpoints import Place
    from tests.worlds import World

START = datetime.datetime.fromisoformat(BEGINNING)


class Moving:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        """Begin at the beginning of the world."""
        self.moment = START

    def __call__(self) -> datetime.datetime:
        """The moment."""
        return self.moment

    def pass_(self, seconds: int) -> None:
        """Let time pass."""
        self.moment += datetime.timedelta(seconds=seconds)


@pytest.fixture
def file(tmp_path: Path, world: World) -> Path:
    """A database with a ledger that has an opening, and the log key beside it."""
    path = tmp_path / "ledger.db"
    with founded(str(path), world, now=Moving()) as sequencer:
        post_all(sequencer, world.opening())
    save_private_key(tmp_path / "log.pem", *world.log_keys)
    return path


def sequencer_of(file: Path, world: World, clock: Moving, *places: Place) -> tuple[ServedLedger, Sequencer]:
    """The ledger in the file, open for posting after a look at the places."""
    engine = open_engine(str(file))
    sequencer = Sequencer(engine, world.log_signer, now=clock, places=places)
    return ServedLedger(engine, sequencer), sequencer


def time_shown(ledger: ServedLedger) -> int:
    """The time that the log itself states in the checkpoint as it is shown; every line holds."""
    keys = keys_in(ledger.genesis.log_keys)
    note = ledger.shown().note
    open_own_checkpoint(note, keys, origin=ledger.genesis.origin)
    return newest_time(keys, parse_note(note).signatures)


# --- the heartbeat ----------------------------------------------------------------------------------------


def test_a_beat_states_a_newer_time_and_adds_no_entry(file: Path, world: World, tmp_path: Path) -> None:
    """The same checkpoint text, the newest time, and the file beside the key holds what is shown."""
    clock, head = Moving(), head_file(tmp_path / "log.pem")
    clock.pass_(3_600)
    ledger, sequencer = sequencer_of(file, world, clock, head)
    before = ledger.head()
    beat = Heartbeat(ledger, sequencer, seconds=30, head=head)
    beat.beat()
    assert ledger.head() == before
    assert time_shown(ledger) == int(START.timestamp()) + 3_600
    assert head.note() == ledger.head().note
    clock.pass_(30)
    beat.beat()
    assert time_shown(ledger) == int(START.timestamp()) + 3_630
    assert len(parse_note(ledger.shown().note).signatures) == 2
    ledger.close()


def test_beats_of_two_processes_do_the_work_once(file: Path, world: World) -> None:
    """The second one finds a line that is young enough."""
    clock = Moving()
    clock.pass_(60)
    (one, first), (other, second) = (sequencer_of(file, world, clock) for _ in range(2))
    assert first.renew(older_than=15)
    shown = one.shown().note
    assert not second.renew(older_than=15)
    assert other.shown().note == shown
    clock.pass_(15)
    assert second.renew(older_than=15)
    one.close()
    other.close()


def test_a_beat_is_on_the_newest_head(file: Path, world: World) -> None:
    """Another process has posted meanwhile: the line is over its checkpoint."""
    clock = Moving()
    (one, first), (other, second) = (sequencer_of(file, world, clock) for _ in range(2))
    accept(second, world.issue("L1", 5))
    clock.pass_(60)
    assert first.renew(older_than=15)
    assert time_shown(one) == int(START.timestamp()) + 60
    assert one.head().size == second.size
    one.close()
    other.close()


def test_an_old_ledger_has_no_heartbeat(tmp_path: Path) -> None:
    """Without an ML-DSA-44 key there is no line with a time."""
    world = make_world(quantum=False)
    clock = Moving()
    with founded(str(tmp_path / "old.db"), world, now=clock) as sequencer:
        clock.pass_(3_600)
        assert not sequencer.renew(older_than=15)


def test_what_is_published_has_the_newest_line(file: Path, world: World, tmp_path: Path) -> None:
    """Folder and live answer are the same."""
    clock = Moving()
    clock.pass_(90)
    ledger, sequencer = sequencer_of(file, world, clock)
    sequencer.renew(older_than=15)
    publish(ledger.engine, tmp_path / "out")
    assert (tmp_path / "out" / "checkpoint").read_bytes() == ledger.shown().note
    ledger.close()


# --- our own newer checkpoints ----------------------------------------------------------------------------


def grown(file: Path, world: World, tmp_path: Path) -> tuple[Path, NoteFile]:
    """A copy of the database from before it grew, and the file beside the key from after."""
    old = tmp_path / "backup.db"
    shutil.copy(file, old)
    with founded(str(file), world, now=Moving()) as sequencer:
        accept(sequencer, world.issue("L1", 5))
    head = head_file(tmp_path / "log.pem")
    with opened(str(file)) as engine:
        ledger = ServedLedger(engine, None)
        head.keep(ledger.head().note)
        publish(engine, tmp_path / "out")
    return old, head


@pytest.mark.parametrize("where", ["beside the key", "published"])
def test_a_restored_backup_signs_nothing_and_still_reads(
    file: Path, world: World, tmp_path: Path, where: str
) -> None:
    """The fault says in both languages how to go on; the head file keeps the newer checkpoint."""
    old, head = grown(file, world, tmp_path)
    place = head if where == "beside the key" else published_folder(tmp_path / "out")
    remembered = place.note()
    ledger, sequencer = sequencer_of(old, world, Moving(), place)
    fault = sequencer.trouble()
    assert fault is not None
    assert fault.code == "ledger.own-elsewhere"
    assert fault.place == place.name
    assert "found a new ledger under a new origin that names this one" in fault.remedy_en
    assert "另建账本、载明原账本" in fault.remedy_zh
    size = ledger.head().size
    with pytest.raises(EnvironmentFault, match="nothing more is signed"):
        sequencer.submit(world.issue("L2", 7))
    Heartbeat(ledger, sequencer, seconds=30, head=head).beat()
    assert ledger.head().size == size
    assert place.note() == remembered
    ledger.close()


def test_the_newest_database_goes_on(file: Path, world: World, tmp_path: Path) -> None:
    """The innocent twin: the same places, and the database that they are of."""
    _, head = grown(file, world, tmp_path)
    ledger, sequencer = sequencer_of(file, world, Moving(), head, published_folder(tmp_path / "out"))
    assert sequencer.trouble() is None
    accept(sequencer, world.issue("L2", 7))
    ledger.close()


def test_a_crash_before_the_head_file_is_written_stops_nobody(
    file: Path, world: World, tmp_path: Path
) -> None:
    """Committed, and never remembered: the file is of a prefix, and the next beat brings it up to date."""
    old, head = grown(file, world, tmp_path)
    with opened(str(old)) as engine:
        note = ServedLedger(engine, None).head().note
    head.path.write_bytes(note)
    clock = Moving()
    ledger, sequencer = sequencer_of(file, world, clock, head)
    assert sequencer.trouble() is None
    Heartbeat(ledger, sequencer, seconds=30, head=head).beat()
    assert head.note() == ledger.head().note
    ledger.close()


def test_another_history_of_the_same_size_is_found(file: Path, world: World, tmp_path: Path) -> None:
    """Two copies of one backup that both went on: the second one stops."""
    old, head = grown(file, world, tmp_path)
    with founded(str(old), world, now=Moving()) as sequencer:
        accept(sequencer, world.issue("L9", 9))
    ledger, sequencer = sequencer_of(old, world, Moving(), head)
    assert sequencer.rival is not None
    ledger.close()


def test_a_rival_that_appears_later_stops_the_next_beat(file: Path, world: World, tmp_path: Path) -> None:
    """Started while the traces were away; and what was seen once is not forgotten."""
    old, head = grown(file, world, tmp_path)
    note = head.note() or b""
    head.path.unlink()
    ledger, sequencer = sequencer_of(old, world, Moving(), head)
    assert sequencer.trouble() is None
    head.path.write_bytes(note)
    Heartbeat(ledger, sequencer, seconds=30, head=head).beat()
    head.path.unlink()
    assert sequencer.look() is not None
    assert sequencer.trouble() is not None
    ledger.close()


@pytest.mark.parametrize("found", [b"", b"nonsense", b"stranger"])
def test_a_trace_that_is_not_ours_is_a_fault(file: Path, world: World, tmp_path: Path, found: bytes) -> None:
    """What belongs there is a checkpoint of ours; nobody can say any more what was there."""
    head = head_file(tmp_path / "log.pem")
    stranger = log_signer_named("stranger")
    if found == b"stranger":
        with opened(str(file)) as engine:
            text = parse_note(ServedLedger(engine, None).head().note).text
        checkpoint = parse_checkpoint(text)
        found = stranger.sign(checkpoint, current=stranger.keys(checkpoint.origin), seconds=1)
    head.path.write_bytes(found)
    ledger, sequencer = sequencer_of(file, world, Moving(), head)
    assert sequencer.rival is not None
    assert sequencer.rival.code == "ledger.strange-checkpoint"
    ledger.close()


def test_a_place_that_cannot_be_read_is_a_fault(file: Path, world: World, tmp_path: Path) -> None:
    """A folder of that name."""
    head = head_file(tmp_path / "log.pem")
    head.path.mkdir()
    ledger, sequencer = sequencer_of(file, world, Moving(), head)
    assert sequencer.rival is not None
    assert sequencer.rival.code == "ledger.place-unreadable"
    ledger.close()


def test_a_server_looks_at_the_places_that_its_settings_name(
    file: Path, world: World, tmp_path: Path
) -> None:
    """Beside its key always, and in the published folder; export remembers what it has shown."""
    old, head = grown(file, world, tmp_path)
    head.path.unlink()
    settings = Settings(db=str(old), log_key=tmp_path / "log.pem")
    with opened_ledger(settings, read_only=False) as ledger:
        assert ledger.sequencer is not None
        assert ledger.sequencer.rival is None
    told = settings.model_copy(update={"published": tmp_path / "out"})
    with opened_ledger(told, read_only=False) as ledger:
        assert ledger.sequencer is not None
        assert ledger.sequencer.rival is not None


def test_an_export_remembers_what_it_has_shown(
    file: Path, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the file beside the key, if the key lies here; and never an older checkpoint over a newer one."""
    old, head = grown(file, world, tmp_path)
    newest = head.note()
    head.path.unlink()
    with opened(str(file)) as engine:
        remember_newest(engine)
        assert head.note() is None
        monkeypatch.setenv("FUNDTRACE_LOG_KEY", str(tmp_path / "log.pem"))
        remember_newest(engine)
        assert head.note() == newest
    with opened(str(old)) as engine:
        remember_newest(engine)
        assert head.note() == newest
