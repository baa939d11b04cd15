# SPDX-License-Identifier: Apache-2.0
"""Every step of a flush fails twice, *not persisted* and *persisted*; then the ledger is recovered and verified whole.

The one rule behind the table: a submission is stored if and only if the commit happened, the sender is never told
otherwise, and sending it again always ends with it stored once.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec
import pytest
from sqlalchemy import event

from ledger import posting
from ledger.errors import EnvironmentFault, ProgrammerError
from ledger.founding import found_ledger
from ledger.outcome import Accepted
from ledger.sequencer import Sequencer
from tests.faults.breaking import Crash, breaking
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.worlds import BANK, COUNTY, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from ledger.submission import Submission
    from tests.conftest import Sample
    from tests.worlds import World

MODES = pytest.mark.parametrize("persisted", [False, True], ids=["not-persisted", "persisted"])


def mixed(world: World) -> Submission:
    """A submission that touches every index table; with a payment after it, it adds exactly one tile."""
    lines = [world.moved(number, 5, statement=f"f{world.number}") for number in range(1, 254)]
    return world.submission(BANK, msgspec.structs.replace(lines[0], bank_ref="R-1"), *lines[1:])


def begin(url: str, world: World) -> None:
    """A ledger with its opening and one line."""
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000)])


def count_steps(engine: Engine, world: World) -> list[str]:
    """The steps of one flush, by a sequencer that is up to date."""
    sequencer = Sequencer(engine, world.log_signer)
    with breaking(engine) as steps:
        accept(sequencer, mixed(world))
    return steps.seen


def is_stored(url: str, world: World, submission: Submission) -> bool:
    """Whether the ledger, verified whole, holds the submission."""
    return (submission.header.party, submission.header.id) in check_whole(url, world).submissions


@MODES
def test_every_step_of_a_flush_fails(url: str, *, persisted: bool) -> None:
    """Told as stored if and only if it is; the same sequencer and a new one both go on, and nothing is there twice."""
    world = make_world()
    begin(url, world)
    with opened(url) as engine:
        names = count_steps(engine, world)
        assert names.count("COMMIT") == 1
        assert any("tile" in name for name in names)
        sequencer = Sequencer(engine, world.log_signer)
        for at, name in enumerate(names, start=1):
            submission = mixed(world)
            told: str | None = None
            with breaking(engine, at={at}, persisted=persisted) as steps:
                try:
                    accept(sequencer, submission)
                except EnvironmentFault as fault:
                    told = fault.code
            assert steps.seen[at - 1] == name
            committed = name == "COMMIT" and persisted
            assert is_stored(url, world, submission) == committed == (told is None), (
                f"step {at}: {name}, {told}"
            )
            assert told in {None, "ledger.not-stored" if name == "COMMIT" else "store.database"}
            assert accept(sequencer, submission).replayed == committed
            assert accept(Sequencer(engine, world.log_signer), submission).replayed
            accept(sequencer, world.submission(COUNTY, world.paid("L1", 1)))
    check_whole(url, world)


@MODES
def test_a_crash_at_every_step_of_a_flush(url: str, *, persisted: bool) -> None:
    """The process is gone; what a new one finds is all of the flush or nothing of it."""
    world = make_world()
    begin(url, world)
    with opened(url) as engine:
        names = count_steps(engine, world)
    for at, name in enumerate(names, start=1):
        submission = mixed(world)
        with opened(url) as engine:
            sequencer = Sequencer(engine, world.log_signer)
            with breaking(engine, at={at}, persisted=persisted, crash=True), pytest.raises(Crash):
                sequencer.submit(submission)
        committed = name == "COMMIT" and persisted
        assert is_stored(url, world, submission) == committed, f"step {at}: {name}"
        with founded(url, world) as sequencer:
            assert accept(sequencer, submission).replayed == committed
    check_whole(url, world)


@MODES
def test_an_outcome_that_cannot_be_read_is_told_as_unknown(url: str, *, persisted: bool) -> None:
    """The commit fails, and then the database cannot be asked: nobody guesses, and sending again settles it."""
    world = make_world()
    begin(url, world)
    with opened(url) as engine:
        names = count_steps(engine, world)
        sequencer = Sequencer(engine, world.log_signer)
        commit = names.index("COMMIT") + 1
        submission = mixed(world)
        with (
            breaking(engine, at={commit, commit + 1}, persisted=persisted),
            pytest.raises(EnvironmentFault, match="outcome cannot be read") as raised,
        ):
            sequencer.submit(submission)
        assert raised.value.code == "ledger.outcome-unknown"
        assert is_stored(url, world, submission) == persisted
        assert accept(sequencer, submission).replayed == persisted
    check_whole(url, world)


@MODES
def test_a_failed_commit_beside_another_writer(url: str, *, persisted: bool) -> None:
    """Between the failed commit and the reading of its outcome another process appends: nothing is confused."""
    world = make_world()
    begin(url, world)
    with opened(url) as engine, founded(url, world) as other:
        names = count_steps(engine, world)
        sequencer = Sequencer(engine, world.log_signer)
        submission, foreign = mixed(world), world.pay("L1", 700)
        answers: list[Accepted] = []

        def append_elsewhere(*_rest: object) -> None:
            if not answers:
                answers.append(accept(other, foreign))

        with breaking(engine, at={names.index("COMMIT") + 1}, persisted=persisted):
            event.listen(engine, "rollback", append_elsewhere)
            event.listen(engine, "checkin", append_elsewhere)
            expected = (
                contextlib.nullcontext() if persisted else pytest.raises(EnvironmentFault, match="nothing of")
            )
            with expected:
                assert not accept(sequencer, submission).replayed
        assert len(answers) == 1
        assert is_stored(url, world, submission) == persisted
        assert not isinstance(sequencer.submit(world.pay("L1", 301)), Accepted)
        accept(sequencer, world.pay("L1", 300))
    check_whole(url, world)


@MODES
def test_every_step_of_founding_fails(url: str, *, persisted: bool, sample: Sample) -> None:
    """Founding again completes it, whatever was left behind."""
    world = make_world()
    with opened(url, create=True) as engine, breaking(engine) as steps:
        found_ledger(engine, world.genesis, world.genesis_signatures, world.log_signer)
    names = steps.seen
    check_whole(url, world)
    assert names.count("COMMIT") >= 2
    for at in sample(range(1, len(names) + 1), 12):
        with opened(url) as engine:
            _empty(engine)
            # A failure that the self-test of the guards takes for a refusal may pass unnoticed.
            with breaking(engine, at={at}, persisted=persisted), contextlib.suppress(EnvironmentFault):
                found_ledger(engine, world.genesis, world.genesis_signatures, world.log_signer)
            found_ledger(engine, world.genesis, world.genesis_signatures, world.log_signer)
        assert check_whole(url, world).size == 1


def _empty(engine: Engine) -> None:
    """The database as it was before founding."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
                .scalars()
                .all()
            )
            for name in names:
                connection.exec_driver_sql(f"DROP TABLE {name}")
        else:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")


def test_a_full_disk_is_told_and_leaves_the_ledger_whole(tmp_path: Path) -> None:
    """SQLite runs out of pages in the middle of a flush; with room again, the same submission is stored."""
    world, url = make_world(), str(tmp_path / "ledger.db")
    begin(url, world)
    large = world.bank_lines(1, 3_000)
    with opened(url) as engine:

        def limit(connection: object, _record: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
            connection.execute(f"PRAGMA max_page_count = {pages + 50}")  # type: ignore[attr-defined]

        event.listen(engine, "connect", limit)
        sequencer = Sequencer(engine, world.log_signer)
        with pytest.raises(EnvironmentFault, match="disk is full") as raised:
            sequencer.submit(large)
        assert "free disk space" in raised.value.remedy_en
        accept(sequencer, world.pay("L1", 10))
    assert not is_stored(url, world, large)
    with founded(url, world) as sequencer:
        assert not accept(sequencer, large).replayed
    check_whole(url, world)


def test_one_submission_that_breaks_the_program_does_not_break_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of our own in judging one submission reaches its sender; the rest of the flush is stored."""
    world, url = make_world(), str(tmp_path / "ledger.db")
    begin(url, world)
    bad, good = world.pay("L1", 1), world.pay("L1", 2)

    def admit(register: object, submission: Submission, **rest: object) -> object:
        found = posting.admit(register, submission, **rest)  # type: ignore[arg-type]
        if submission.header.id == bad.header.id:
            raise ProgrammerError("planted mistake")
        return found

    monkeypatch.setattr("ledger.flush.admit", admit)
    with founded(url, world) as sequencer:
        with pytest.raises(ProgrammerError, match="planted mistake"):
            sequencer.submit_in_order([bad, good])
        assert is_stored(url, world, good)
        assert not is_stored(url, world, bad)
        monkeypatch.undo()
        accept(sequencer, world.pay("L1", 998))
    check_whole(url, world)
