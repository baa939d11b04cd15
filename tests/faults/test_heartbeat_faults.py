# SPDX-License-Identifier: Apache-2.0
"""Every step of a heartbeat fails twice, *not persisted* and *persisted*: the looks, the statements, the commit, the file.

A beat states a newer time over the newest checkpoint and then remembers that checkpoint beside the key. Whatever fails: no
entry is added, what is shown holds and never states an earlier time, the file holds a checkpoint of this log, whole, and
the next beat does the rest.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
from itertools import count
from typing import TYPE_CHECKING

import pytest

from api.heartbeat import Heartbeat
from api.own_places import head_file
from api.served_ledger import ServedLedger
from ledger.errors import EnvironmentFault
from ledger.log_keys import newest_time, open_own_checkpoint
from ledger.note import parse_note
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from tests.faults.breaking import Crash, breaking
from tests.faults.test_witness_faults import Broken, break_files
from tests.ledgers import accept, check_whole, founded, post_all
from tests.worlds import BEGINNING, make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from api.own_places import NoteFile
    from tests.faults.breaking import Steps
    from tests.worlds import World

MODES = pytest.mark.parametrize("persisted", [False, True], ids=["not-persisted", "persisted"])
DEATHS = pytest.mark.parametrize("crash", [False, True], ids=["fails", "dies"])
SECONDS = 30


class Server:
    """A process that beats, and may be started again; the clock is moved by hand."""

    def __init__(self, folder: Path) -> None:
        """A ledger with an opening."""
        self.world: World = make_world()
        self.url = str(folder / "ledger.db")
        self.head: NoteFile = head_file(folder / "log.pem")
        self.moment = datetime.datetime.fromisoformat(BEGINNING)
        with founded(self.url, self.world, now=self.now) as sequencer:
            post_all(sequencer, [*self.world.opening(), self.world.issue("L1", 1_000)])
        self.start()

    def now(self) -> datetime.datetime:
        """The moment."""
        return self.moment

    def start(self) -> None:
        """A new process, which finds nothing wrong."""
        self.engine = open_engine(self.url)
        self.sequencer = Sequencer(self.engine, self.world.log_signer, now=self.now, places=[self.head])
        self.ledger = ServedLedger(self.engine, self.sequencer)
        assert self.sequencer.rival is None

    def bury(self) -> None:
        """The process is dead: its connections and their locks are gone."""
        self.ledger.close()
        gc.collect()

    def beat(self) -> None:
        """One beat."""
        Heartbeat(self.ledger, self.sequencer, seconds=SECONDS, head=self.head).beat()

    def grow(self) -> None:
        """One more submission, and an interval later."""
        accept(self.sequencer, self.world.pay("L1", 1))
        self.moment += datetime.timedelta(seconds=SECONDS)

    @property
    def time(self) -> int:
        """The time that the checkpoint states as it is shown, every line of which holds."""
        keys, note = self.ledger.log_keys().current, self.ledger.shown().note
        open_own_checkpoint(note, keys, origin=self.ledger.genesis.origin)
        return newest_time(keys, parse_note(note).signatures)

    def check(self, note: bytes, size: int, before: int, remembered: bytes | None) -> None:
        """As it was or as it should be, in each of its two parts."""
        assert (self.ledger.head().note, self.ledger.head().size) == (note, size)
        assert self.time in {before, int(self.moment.timestamp())}
        assert self.head.note() in {remembered, note}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A process that beats."""
    made = Server(tmp_path)
    yield made
    made.ledger.close()


def rounds_of(
    server: Server, breaks: Callable[[int], contextlib.AbstractContextManager[Steps]], *, crash: bool
) -> list[list[str]]:
    """Beat with each step failing in turn, and once more with none; the steps up to each failure."""
    seen = []
    for at in count(1):
        server.grow()
        head, before, remembered = server.ledger.head(), server.time, server.head.note()
        with contextlib.suppress(Crash), breaks(at) as steps:
            server.beat()
        if crash:
            server.bury()
            server.start()
        server.check(head.note, head.size, before, remembered)
        seen.append(list(steps.seen))
        server.beat()
        assert server.time == int(server.moment.timestamp())
        assert server.head.note() == head.note
        if len(steps.seen) < at:
            break
    check_whole(server.url, server.world)
    return seen


@DEATHS
@MODES
def test_every_statement_of_a_heartbeat_fails(server: Server, *, persisted: bool, crash: bool) -> None:
    """A line with a newer time stands after the commit and not before; the next beat has it in any case."""
    seen = rounds_of(
        server, lambda at: breaking(server.engine, at={at}, persisted=persisted, crash=crash), crash=crash
    )
    assert "COMMIT" in seen[-1]
    assert any(step.startswith("INSERT INTO cosignature") for step in seen[-1])


@DEATHS
@MODES
def test_every_step_of_remembering_fails(server: Server, *, persisted: bool, crash: bool) -> None:
    """The file beside the key holds the checkpoint before or this one; a process that starts then finds nothing wrong."""

    @contextlib.contextmanager
    def breaks(at: int) -> Iterator[Steps]:
        steps = Broken(at=frozenset({at}), persisted=persisted, crash=crash)
        with pytest.MonkeyPatch.context() as patch:
            break_files(patch, steps)
            yield steps

    seen = rounds_of(server, breaks, crash=crash)
    assert seen[-1] == ["file fsync", "file rename", "file fsync"]


@MODES
def test_a_time_that_could_not_be_kept_is_never_shown(server: Server, *, persisted: bool) -> None:
    """At the commit: kept or not, as the database says; what is shown meanwhile is what it holds."""
    server.beat()
    server.grow()
    server.beat()
    server.grow()
    with breaking(server.engine, persisted=persisted) as counted:
        server.beat()
    at = counted.seen.index("COMMIT") + 1
    server.grow()
    before = server.time
    with breaking(server.engine, at={at}, persisted=persisted) as steps:
        server.beat()
    assert steps.seen[at - 1] == "COMMIT"
    assert server.time == (int(server.moment.timestamp()) if persisted else before)


def test_a_place_that_fails_for_once_stops_signing_for_good(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look itself: nobody can say what was there, so that only a person and a new start go on."""
    server.grow()

    def fails() -> bytes:
        raise EnvironmentFault(
            code="ledger.place-unreadable",
            place="x",
            message_en="m",
            message_zh="m",
            remedy_en="r",
            remedy_zh="r",
        )

    before = server.time
    with monkeypatch.context() as patch:
        patch.setattr(type(server.head), "note", lambda _self: fails())
        server.beat()
    server.beat()
    assert server.time == before
    assert server.sequencer.rival is not None
    server.bury()
    server.start()
    server.beat()
    assert server.time == int(server.moment.timestamp())
