# SPDX-License-Identifier: Apache-2.0
"""One pass that hands out events and then says what they are worth."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import EnvironmentFault, ProgrammerError
from ledger.kinds.control import Correction
from ledger.register import Register
from tests.malicious.forger import Files, Forger, in_memory, leaf_of
from tests.worlds import COUNTY, DAY, make_world
from verifier.integrity import admission
from verifier.integrity.replay import Replay
from verifier.integrity.workers import Workers
from verifier.reading.static_log import StaticLog, missing
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from verifier.integrity.verdict import Verdict


@pytest.fixture
def forger() -> Forger:
    """An honest log."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    return made


def test_events_come_as_they_stand_in_the_log(forger: Forger) -> None:
    """Position, leaf hash, stable name, party, in order; headers and genesis are no events."""
    with Workspace() as workspace:
        events = list(Replay(in_memory(forger.files()), workspace).events())
    assert [event.seq for event in events] == [
        seq for seq, entry in enumerate(forger.entries) if b'"kind":"event"' in entry
    ]
    last = events[-1]
    assert (last.party, last.name) == (COUNTY, f"{COUNTY}/s-{forger.world.number:06d}/0")
    assert last.leaf == leaf_of(forger.entries[-1])
    assert last.recorded == forger.world.tick(0)


def test_the_verdict_stands_after_the_last_event_only(forger: Forger) -> None:
    """Asked before, it is the caller's mistake; the genesis is known from the first event on."""
    with Workspace() as workspace:
        replay = Replay(in_memory(forger.files()), workspace)
        for question in (replay.verdict, replay.state, lambda: replay.genesis, lambda: replay.genesis_hash):
            with pytest.raises(ProgrammerError):
                question()
        events = replay.events()
        next(events)
        assert replay.genesis == forger.world.genesis
        assert replay.genesis_hash == forger.world.genesis_hash
        with pytest.raises(ProgrammerError):
            replay.verdict()
        for _event in events:
            pass
        assert replay.verdict().good_prefix == len(forger.entries)


def test_progress_is_told_for_every_bundle(forger: Forger) -> None:
    """Up to the whole."""
    forger.post(forger.world.bank_lines(1, 600))
    told: list[tuple[int, int]] = []
    with Workspace() as workspace:
        replay = Replay(
            in_memory(forger.files()), workspace, progress=lambda done, whole: told.append((done, whole))
        )
        for _event in replay.events():
            pass
    size = len(forger.entries)
    assert told == [(256, size), (512, size), (size, size)]


class Fickle:
    """A source that answers another entry when it is asked again."""

    def __init__(self, files: Files, seq: int) -> None:
        self.files, self.seq, self.asked = files, seq, 0

    def read(self, path: str, _limit: int) -> bytes:
        """The bundles change after the first reading of them."""
        if path not in self.files:
            raise missing(path)
        data = self.files[path]
        if path.startswith("tile/entries"):
            self.asked += 1
            if self.asked > 1:
                return data.replace(b'"amount":250000', b'"amount":950000')
        return data


def test_a_source_that_changes_its_mind_is_caught(forger: Forger) -> None:
    """An earlier event is read a second time for a correction, and proved again."""
    name = f"{COUNTY}/s-{forger.world.number:06d}/0"
    correction = Correction(occurred_on=DAY, event=name, reason="重复支付指令")
    at = forger.post(forger.world.submission(COUNTY, correction))
    with Workspace() as workspace:
        replay = Replay(StaticLog(Fickle(forger.files(), at).read), workspace)
        for _event in replay.events():
            pass
        verdict = replay.verdict()
    assert verdict.outcome == "broken"
    assert verdict.check("I6").position == at
    assert "read again" in str(verdict.check("I6").reason)


def test_a_failing_network_is_no_verdict(forger: Forger) -> None:
    """Faults of the machine go through as they are."""
    fault = EnvironmentFault(
        code="x", place="wire", message_en="cut", message_zh="断", remedy_en="mend", remedy_zh="修"
    )
    files = forger.files()

    def read(path: str, _limit: int) -> bytes:
        if path.startswith("tile/entries"):
            raise fault
        if path not in files:
            raise missing(path)
        return files[path]

    with Workspace() as workspace:
        replay = Replay(StaticLog(read), workspace)
        with pytest.raises(EnvironmentFault):
            list(replay.events())


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_the_verdict_does_not_depend_on_threads(forger: Forger, workers: int) -> None:
    """One worker or many, the same words."""
    with Workspace() as workspace:
        replay = Replay(in_memory(forger.files()), workspace, workers=Workers(workers))
        events = list(replay.events())
        assert replay.verdict().outcome == "self-consistent"
    assert len(events) == sum(b'"kind":"event"' in entry for entry in forger.entries)


def test_a_replay_that_puts_everything_away_finds_the_same(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same verdict and same register, on a ledger that holds and on one with a correction posted twice."""
    paid = f"{COUNTY}/s-{forger.world.number:06d}/0"
    undo = Correction(occurred_on=DAY, event=paid, reason="x")
    forger.post(forger.world.submission(COUNTY, undo))
    sound = forger.files()
    forger.post(forger.world.submission(COUNTY, undo))
    for files, broken in ((sound, None), (forger.files(), len(forger.entries) - 1)):
        kept, kept_tables = _replayed(files)
        with monkeypatch.context() as little:
            little.setattr(admission, "Register", partial(Register, held_max=0))
            verdict, tables = _replayed(files)
        assert (verdict, tables) == (kept, kept_tables)
        assert (verdict.first_broken and verdict.first_broken.position) == broken


def _replayed(files: Files) -> tuple[Verdict, dict[str, Any]]:
    with Workspace() as workspace:
        replay = Replay(in_memory(files), workspace)
        for _event in replay.events():
            pass
        return replay.verdict(), {
            name: dict(table.items()) for name, table in replay.register.tables().items()
        }
