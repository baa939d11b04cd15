# SPDX-License-Identifier: Apache-2.0
"""Verification from a state on: the same verdict, state and register as verification of the whole, for every cut.

An auditor looks at a log at one size, and again at a later one. What an incremental run says must be what a full run
says; the one thing that it does not do, reading old entries again, is said and tested here too.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import EnvironmentFault
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return
from tests.malicious.forger import Files, Forger, bundle_of, in_memory, relinked
from tests.worlds import BANK, COUNTY, COUNTY_ACCOUNT, DAY, make_world
from verifier.integrity.savepoint import index_of, take_up
from verifier.integrity.state import load_state
from verifier.integrity.trust import Trust, read_checkpoint
from verifier.integrity.verdict import Checklist
from verifier.integrity.visit import Depth, StateFiles, visit
from verifier.reading.static_log import StaticLog, missing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ledger.submission import Submission
    from tests.conftest import Sample
    from tests.worlds import World
    from verifier.integrity.savepoint import Savepoint
    from verifier.integrity.verdict import Verdict


def last_name(world: World, party: str = COUNTY) -> str:
    """Name of the first event of the submission made last."""
    return f"{party}/s-{world.number:06d}/0"


def lively() -> tuple[Forger, list[int]]:
    """A log whose later submissions reach back: returns, corrections, bank lines of old statements; and every end."""
    world = make_world()
    forger = Forger(world)
    ends: list[int] = []

    def post(*submissions: Submission) -> None:
        for one in submissions:
            forger.post(one)
            ends.append(len(forger.entries))

    post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    paid = last_name(world)
    post(world.bank_lines(1, 230), world.pay("L1", 40_000))
    wrong = last_name(world)
    post(world.bank_lines(300, 30))
    lines = last_name(world, BANK)
    back = Return(
        occurred_on=DAY,
        event=paid,
        from_account="A-BUILDER",
        to_account=COUNTY_ACCOUNT,
        amount=5_000,
        bank_ref="R-1",
    )
    post(world.submission(COUNTY, back))
    post(world.submission(COUNTY, Correction(occurred_on=DAY, event=wrong, reason="重复支付指令")))
    post(world.submission(BANK, Correction(occurred_on=DAY, event=lines, reason="流水有误")))
    post(world.submission(BANK, msgspec.structs.replace(world.moved(350, 5_000), bank_ref="R-1")))
    post(world.bank_lines(400, 300), world.pay("L1", 1_000))
    return forger, ends


def look(files: Files, state: Path, *, depth: Depth = "hashes", every: int = 10**9) -> Verdict:
    """One visit of an auditor with a state file, without the notes that say how much was read."""
    trust = Trust(state=load_state(state))
    verdict, _funds = visit(in_memory(files), trust, files=StateFiles(state=state, depth=depth, every=every))
    return replace(verdict, notes=verdict.notes[:-1])


def taken_up(files: Files, state: Path) -> Savepoint | None:
    """The savepoint beside the state, as far as it fits the log."""
    return with_shelf(files, state)[0]


def with_shelf(files: Files, state: Path) -> tuple[Savepoint | None, list[tuple[str, bytes, bytes]]]:
    """The savepoint beside the state, and the records that the register put away by then."""
    source = in_memory(files)
    shown = read_checkpoint(Checklist(), source.checkpoint())
    assert shown is not None
    taken = take_up(index_of(state), fetch=source.fetch, shown=shown, state=load_state(state))
    sql = "SELECT name, key, record FROM register ORDER BY name, key"
    shelf = [] if taken.savepoint is None else list(taken.workspace.rows(_row, sql))
    taken.workspace.close()
    return taken.savepoint, shelf


def _row(name: str, key: bytes, record: bytes) -> tuple[str, bytes, bytes]:
    return name, key, record


def same(incremental: Verdict, full: Verdict) -> None:
    """Two verdicts agree in everything but what they were held against."""
    assert _without_memory(incremental) == _without_memory(full)
    for one, other in zip(incremental.checks, full.checks, strict=True):
        assert one == other or one.number in {"I5", "I10"}


def _without_memory(verdict: Verdict) -> Verdict:
    return replace(verdict, checks=(), trusted=(), anchors=())


def test_every_cut_gives_what_the_whole_gives(tmp_path: Path, sample: Sample) -> None:
    """Verdict, state bytes, register, sums and tables, wherever the first visit ended."""
    forger, ends = lively()
    whole = tmp_path / "whole.state"
    full = look(forger.files(), whole)
    assert full.outcome == "self-consistent"
    for end in sample(ends[:-1], 8):
        state = tmp_path / f"{end}.state"
        assert look(forger.files(end), state).outcome == "self-consistent"
        again = look(forger.files(), state)
        assert again.outcome == "verified"
        same(again, full)
        assert state.read_bytes() == whole.read_bytes()
        assert with_shelf(forger.files(), state) == with_shelf(forger.files(), whole)
    assert {name for name, _, _ in with_shelf(forger.files(), whole)[1]} >= {"corrected", "returns", "lifted"}


@pytest.mark.parametrize(
    ("depth", "said", "below"),
    [("new", "NOT READ: the entries below", "002"), ("hashes", "replayed from entry", "00")],
)
def test_a_second_look_reads_what_it_is_asked_to(tmp_path: Path, depth: Depth, said: str, below: str) -> None:
    """New entries only, but for those that new ones reach back to; or all bytes again. The note says which."""
    forger, ends = lively()
    state = tmp_path / "state"
    look(forger.files(), state)
    forger.post(forger.world.pay("L1", 7))
    asked: list[str] = []
    files = forger.files()

    def read(path: str, _limit: int) -> bytes:
        if path not in files:
            raise missing(path)
        asked.append(path)
        return files[path]

    trust = Trust(state=load_state(state))
    verdict, _funds = visit(StaticLog(read), trust, files=StateFiles(state=state, depth=depth))
    assert verdict.outcome == "verified"
    assert f"{said} {ends[-1]}" in verdict.notes[-1].en
    assert {path for path in asked if path.startswith("tile/entries")} == {
        path for path in files if path.startswith(f"tile/entries/{below}")
    }


def tampered(forger: Forger, at: int) -> list[bytes]:
    """The entries with the event at or behind `at` that names an amount changed, and everything behind it relinked."""
    entries = list(forger.entries)
    place = next(seq for seq in range(at, len(entries)) if b'"amount":' in entries[seq])
    entries[place] = entries[place].replace(b'"amount":', b'"amount":9', 1)
    return entries


@pytest.mark.parametrize("shift", [-60, -1, 0, 1, 40])
@pytest.mark.parametrize("rewrite", [False, True])
def test_tampering_is_told_as_by_a_full_run(tmp_path: Path, shift: int, rewrite: bool) -> None:
    """Before, at and behind the cut; with the log rewritten and signed again, or the entries alone exchanged."""
    forger, ends = lively()
    cut = ends[-6]
    state, other = tmp_path / "a.state", tmp_path / "b.state"
    for path in (state, other):
        look(forger.files(cut), path)
    before = state.read_bytes()
    entries = tampered(forger, cut + shift)
    if rewrite:
        files = Forger(forger.world, relinked(entries)).files()
    else:
        bundles = {f"tile/entries/{at:03d}": bundle_of(entries[256 * at : 256 * at + 256]) for at in range(2)}
        files = forger.files() | bundles
    old = next(seq for seq in range(cut + shift, len(entries)) if entries[seq] != forger.entries[seq]) < cut
    if old and not rewrite:  # what the checkpoint still covers, and nobody read
        assert look(files, tmp_path / "new.state", depth="new").outcome == "broken"  # there is no state yet
        kept = tmp_path / "kept.state"
        shutil.copy(state, kept)
        shutil.copy(index_of(state), index_of(kept))
        assert look(files, kept, depth="new").outcome == "verified"
    incremental, full = look(files, state), look(files, other, depth="full")
    assert full.outcome == incremental.outcome == "broken"
    assert incremental.first_broken is not None
    assert full.first_broken is not None
    assert incremental.first_broken.position == full.first_broken.position
    if rewrite or not old:
        assert incremental == full
    else:
        stops = {check.position for check in incremental.checks if check.number in {"I6", "I7", "I8"}}
        assert stops == {incremental.first_broken.position}
        assert not any("byte for byte" in note.en for note in incremental.notes)
    assert state.read_bytes() == before


def test_a_log_that_went_back_or_apart_is_read_whole(tmp_path: Path) -> None:
    """Rollback and fork are named as without an index."""
    forger, ends = lively()
    state = tmp_path / "state"
    look(forger.files(), state)
    shorter = look(forger.files(ends[-3]), state)
    assert shorter.first_broken is not None
    assert (shorter.first_broken.number, shorter.first_broken.position) == ("I5", ends[-3])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _data: b"",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"x" + data[1:],
        lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
        lambda data: data.replace(b"fundtrace/index/v3 ", b"fundtrace/index/v2 ", 1),
    ],
    ids=["empty", "short", "long", "head", "body", "layout-v2"],
)
def test_an_index_that_does_not_fit_is_left_aside(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    """Damaged in any way: everything is read, that is said, and a good index is written."""
    forger, ends = lively()
    state = tmp_path / "state"
    look(forger.files(ends[-2]), state)
    index_of(state).write_bytes(spoil(index_of(state).read_bytes()))
    trust = Trust(state=load_state(state))
    verdict, _funds = visit(in_memory(forger.files()), trust, files=StateFiles(state=state))
    assert verdict.outcome == "verified"
    assert "replayed from the beginning: the index file is damaged" in verdict.notes[-1].en
    assert taken_up(forger.files(), state) is not None


def test_an_index_of_another_log_or_an_earlier_state_is_left_aside(tmp_path: Path) -> None:
    """It must lie at the state or beyond it, in the log that is shown."""
    forger, ends = lively()
    old, new = tmp_path / "old", tmp_path / "new"
    look(forger.files(ends[-3]), old)
    look(forger.files(), new)
    saved = index_of(old).read_bytes()
    index_of(new).write_bytes(saved)
    assert taken_up(forger.files(), new) is None
    stranger = Forger(make_world(origin="ledger.example/other"))
    stranger.post(*stranger.world.opening())
    assert taken_up(stranger.files(), old) is None
    assert taken_up(forger.files(), old) is not None


def test_an_index_that_cannot_be_read_is_the_machines_fault(tmp_path: Path) -> None:
    """It is there, and the disk does not give it."""
    forger, _ends = lively()
    state = tmp_path / "state"
    index_of(state).mkdir()
    with pytest.raises(EnvironmentFault):
        look(forger.files(), state)


def test_a_run_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """From its last savepoint, on the very first visit too; the result is that of one run."""
    forger, _ends = lively()
    whole, state = tmp_path / "whole", tmp_path / "state"
    full = look(forger.files(), whole)
    files = forger.files()

    def read(path: str, _limit: int) -> bytes:
        if path.startswith("tile/entries/002"):
            raise EnvironmentFault(
                code="x", place="wire", message_en="cut", message_zh="断", remedy_en="mend", remedy_zh="修"
            )
        if path not in files:
            raise missing(path)
        return files[path]

    with pytest.raises(EnvironmentFault):
        visit(StaticLog(read), Trust(), files=StateFiles(state=state, every=100))
    assert not state.exists()
    found = taken_up(files, state)
    assert found is not None
    assert 100 <= found.size < 512
    assert look(files, state) == full
    assert state.read_bytes() == whole.read_bytes()


_KILLED = """
import os, signal, sys
from pathlib import Path
from verifier.integrity import savepoint, visit
from verifier.integrity.trust import Trust
from verifier.reading.sources import open_source

folder, state, left, when = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
real = savepoint.os.fsync

def fsync(descriptor):
    global left
    left -= 1
    if not left and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

savepoint.os.fsync = fsync
visit.visit(open_source(str(folder)), Trust(), files=visit.StateFiles(state=state, every=10))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_sigkill_loses_no_more_than_one_stride(tmp_path: Path, number: int, when: str) -> None:
    """Killed while the nth savepoint is written: the one before it is whole, and the next run ends as one run does."""
    forger, _ends = lively()
    folder = forger.export(tmp_path / "export")
    whole, state = tmp_path / "whole", tmp_path / "state"
    full = look(forger.files(), whole)
    command = [sys.executable, "-c", _KILLED, str(folder), str(state), str(number), when]
    assert subprocess.run(command, check=False, env=dict(os.environ)).returncode == -signal.SIGKILL
    assert (taken_up(forger.files(), state) is not None) == (number > 1)
    assert look(forger.files(), state) == full
    assert state.read_bytes() == whole.read_bytes()
