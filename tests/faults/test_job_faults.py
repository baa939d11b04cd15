# SPDX-License-Identifier: Apache-2.0
"""Every step of the jobs that anchor and that ask witnesses fails twice, *not persisted* and *persisted*.

Both talk to a stranger and then keep what he said. Whatever fails, statement, commit or the stranger's answer: the next run
ends with it kept exactly once, and the ledger is whole.
"""

from __future__ import annotations

import contextlib
import gc
from itertools import count
from typing import TYPE_CHECKING

import pytest

from api.anchoring import Anchoring
from ledger.errors import EnvironmentFault
from ledger.note import open_note
from ledger.store.anchors import anchor_names, stored_anchor
from ledger.store.cosignatures import cosignatures_of, shown_note
from ledger.store.engine import reading
from ledger.store.log_reader import LogReader, StoredCheckpoint
from ledger.timestamp import check_token
from tests.api.witnessing.conftest import Town, keys_of, unreachable
from tests.authority import Authority
from tests.faults.breaking import Crash, breaking
from tests.ledgers import check_whole, founded, post_all
from tests.served import served
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from api.witnessing.conversation import Answer

MODES = pytest.mark.parametrize("persisted", [False, True], ids=["not-persisted", "persisted"])
DEATHS = pytest.mark.parametrize("crash", [False, True], ids=["fails", "dies"])


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A ledger, and one witness that watches it."""
    world = make_world()
    made = Town(world=world, url=str(tmp_path / "ledger.db"), folder=tmp_path)
    with founded(made.url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000)])
    with made.stack:
        made.witness(1)
        yield made


def bury(engine: Engine) -> None:
    """The connections of a process that died are gone, with the locks that they held."""
    gc.collect()
    engine.dispose()


def newest(engine: Engine) -> StoredCheckpoint:
    """The newest checkpoint."""
    with reading(engine) as connection:
        head = LogReader(connection).head()
    assert head is not None
    return head


def kept_lines(town: Town, engine: Engine) -> int:
    """How many lines of the witness stand beside the newest checkpoint; each was seen to hold."""
    head = newest(engine)
    with reading(engine) as connection:
        kept = cosignatures_of(connection, head.size)
        if kept:
            verified = open_note(shown_note(connection, head), keys_of(town)).verified
            assert len(verified) == len(kept)
        return len(kept)


@pytest.mark.long(sample=2)
@DEATHS
@MODES
def test_every_step_of_asking_a_witness_fails(town: Town, *, persisted: bool, crash: bool) -> None:
    """Both lines of the witness or none, and both after the next run."""
    with town.engine() as engine:
        town.rounds(engine).run()
        assert kept_lines(town, engine) == 2
        committed = False
        for at in count(1):
            town.grow()
            told = contextlib.suppress(Crash) if crash else contextlib.nullcontext()
            with breaking(engine, at={at}, persisted=persisted, crash=crash) as steps, told:
                town.rounds(engine).run()
            bury(engine)
            if len(steps.seen) < at:
                break
            at_commit = steps.seen[at - 1] == "COMMIT"
            assert kept_lines(town, engine) == (2 if at_commit and persisted else 0), steps.seen
            town.rounds(engine).run()
            assert kept_lines(town, engine) == 2
            committed = committed or at_commit
        assert committed
        assert at > 10
    check_whole(town.url, town.world)


@MODES
def test_an_answer_of_a_witness_that_is_lost(town: Town, *, persisted: bool) -> None:
    """The witness never heard of it, or it has cosigned and nobody knows: asking again brings both lines."""
    (place, desk) = next(iter(town.desks.items()))

    def lost(body: bytes | None) -> Answer:
        if persisted:
            desk.add_checkpoint(body or b"")
        return unreachable(body)

    with town.engine() as engine:
        town.rounds(engine).run()
        town.grow()
        town.answers[f"{place}/add-checkpoint"] = lost
        town.rounds(engine).run()
        assert kept_lines(town, engine) == 0
        del town.answers[f"{place}/add-checkpoint"]
        town.rounds(engine).run()
        assert kept_lines(town, engine) == 2


@pytest.mark.long(sample=2)
@DEATHS
@MODES
def test_every_step_of_anchoring_fails(tmp_path: Path, *, persisted: bool, crash: bool) -> None:
    """One anchor of each checkpoint in the end, whose token holds; also when the authority's answer is lost."""
    world, url = make_world(), str(tmp_path / "ledger.db")
    authority = Authority.make(tmp_path / "authority")

    def deaf(_query: bytes) -> bytes:
        raise EnvironmentFault(
            code="t", place="tsa", message_en="nobody", message_zh="无人", remedy_en="r", remedy_zh="r"
        )

    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000)])
    with served(url, None) as site:
        engine = site.ledger.engine

        def job(ask: Callable[[bytes], bytes] = authority.stamp) -> Anchoring:
            return Anchoring(site.ledger, ask, authority.roots)

        def anchors_of_head() -> int:
            size = newest(engine).size
            with reading(engine) as connection:
                names = [name for name in anchor_names(connection, up_to=size) if name.size == size]
                for name in names:
                    kept = stored_anchor(connection, name)
                    check_token(kept.token, kept.note, authority.roots)
            return len(names)

        with breaking(engine) as steps:
            assert job().anchor_newest() is not None
        for at, name in enumerate(steps.seen, start=1):
            with founded(url, world) as sequencer:
                post_all(sequencer, [world.pay("L1", 1)])
            told = contextlib.suppress(Crash) if crash else contextlib.nullcontext()
            with breaking(engine, at={at}, persisted=persisted, crash=crash) as failing, told:
                job().anchor_newest()
            bury(engine)
            assert failing.seen[at - 1] == name
            assert anchors_of_head() == (name == "COMMIT" and persisted), name
            assert job(deaf).anchor_newest() is None
            job().anchor_newest()
            assert anchors_of_head() == 1
    check_whole(url, world)
