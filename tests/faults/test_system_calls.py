# SPDX-License-Identifier: Apache-2.0
"""Every write-side system call of posting, export, mirror and witness fails with EIO and ENOSPC, and kills the process.

After each: what was there is started again and goes on, the ledger verifies clean, nothing that was acknowledged is lost
and nothing is there twice. SQLite, the default, does the writing; so its recovery is tested here with ours.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from hashlib import sha256
from itertools import product
from typing import TYPE_CHECKING

import pytest

from api.witness.desk import Cosigned
from api.witness.opening import create_witness, enter_log
from ledger.checkpoint import parse_checkpoint
from ledger.key_files import pem_of
from ledger.note import parse_note
from ledger.publisher import publish
from ledger.sequencer import Sequencer
from ledger.submission import parse_wire, wire_bytes
from ledger.vkey import parse_vkey
from tests.faults.traced import FAILURES, Tracer, Untraceable
from tests.faults.traced_process import WITNESSED, desk_of, witness_signers
from tests.growing_log import GrowingLog
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.worlds import make_world
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.workers import Workers
from verifier.mirror import mirror
from verifier.reading.sources import open_database, open_source
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Sample
    from tests.faults.traced import Run
    from verifier.reading.sources import Source

WORLD = make_world()
POSTED = [wire_bytes(one) for one in (WORLD.bank_lines(1, 2), WORLD.pay("L1", 10), WORLD.pay("L1", 20))]
LOG = GrowingLog(quantum=False)
NOTHING_STORED = "ledger.not-stored"


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracer]:
    """A tracer at work; where strace is missing or may not trace, these tests are skipped, and fail in CI."""
    try:
        with closing(Tracer(tmp_path_factory.mktemp("traced"))) as ready:
            ready.probe()
            yield ready
    except Untraceable as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, the submissions that will be posted to it, an export of its beginning, a mirror of that, a witness."""
    folder = tmp_path_factory.mktemp("ledger")
    world = make_world()
    url = str(folder / "ledger.db")
    with founded(url, world) as sequencer, opened(url) as engine:
        post_all(
            sequencer, [*world.opening(), world.issue("L1", 1_000), world.bank_lines(1, 190, statement="a")]
        )
        for name in ("out", "copied"):
            publish(engine, folder / name)
        post_all(sequencer, [world.bank_lines(1, 60, statement="b")])
        publish(engine, folder / "source")
    (folder / "wires").write_bytes(b"\n".join(POSTED))
    signers = witness_signers()
    create_witness(folder / "witness", "witness.example/w1", signers, pem_of(*signers))
    with desk_of(folder) as desk:
        enter_log(desk._memory, LOG.keys, witness=desk.name)
        assert isinstance(desk.add_checkpoint(LOG.request(0, 3)), Cosigned)
    return folder


@pytest.fixture
def failing(
    tracer: Tracer, ledger: Path, tmp_path: Path, sample: Sample
) -> Callable[..., Iterator[tuple[Path, Run]]]:
    """Does a piece of work with each of its calls failing in turn; yields what is left, and how it ended."""

    def fail(work: str, size: int, *parts: str) -> Iterator[tuple[Path, Run]]:
        def fresh(name: str) -> Path:
            for part in parts:
                target = tmp_path / name / part.rpartition(":")[2]
                source = ledger / part.partition(":")[0]
                target.parent.mkdir(exist_ok=True)
                (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
            return tmp_path / name

        points = tracer.points(work, fresh("recorded"))
        assert len(points) > 15
        for at, (point, failure) in enumerate(sample(list(product(points, FAILURES)), size)):
            folder = fresh(str(at))
            run = tracer.run(work, folder, point, failure)
            assert run.injected, (point, failure)
            assert run.status in ({-9} if failure == "SIGKILL" else {0, 3}), (point, failure, run)
            assert not [one for one in run.told if one.startswith("not told")]
            yield folder, run
            shutil.rmtree(folder)

    return fail


def judged(source: Source) -> int:
    """The exit code of `fundtrace verify`."""
    trust = Trust(log_keys=(parse_vkey(WORLD.genesis.log_keys[0]),))
    with closing(source), Workspace() as workspace:
        replay = Replay(source, workspace, trust=trust, workers=Workers(1))
        for _event in replay.events():
            pass
        return replay.verdict().exit_code


def numbers(run: Run) -> list[int]:
    """What was acknowledged."""
    return [int(one) for one in run.told if one.isdecimal()]


def test_posting(failing: Callable[..., Iterator[tuple[Path, Run]]]) -> None:
    """Stored once each in the end; acknowledged at the position where it stands; never there when told it is not."""
    for folder, run in failing("post", 14, "ledger.db", "wires"):
        url = str(folder / "ledger.db")
        before = check_whole(url, WORLD)
        with opened(url) as engine:
            sequencer = Sequencer(engine, WORLD.log_signer)
            again = [accept(sequencer, parse_wire(wire)) for wire in POSTED]
        for told, outcome in zip(run.told, again, strict=False):
            assert told != str(outcome.seq) or outcome.replayed
            assert not told.isdecimal() or int(told) == outcome.seq
            assert told != NOTHING_STORED or not outcome.replayed
        after = check_whole(url, WORLD)
        assert len(after.submissions) == len(before.submissions) + sum(not one.replayed for one in again)
        assert len({one.seq for one in again}) == len(POSTED)
        assert judged(open_database(url)) == 0


def test_export(failing: Callable[..., Iterator[tuple[Path, Run]]]) -> None:
    """The old log or the new one, whole; the next export completes it."""
    for folder, run in failing("export", 14, "ledger.db", "out"):
        assert judged(open_source(str(folder / "out"))) == 0
        for size in numbers(run):
            assert open_source(str(folder / "out")).size == size
        with opened(str(folder / "ledger.db")) as engine:
            shown = publish(engine, folder / "out")
        assert open_source(str(folder / "out")).size == shown.size
        assert judged(open_source(str(folder / "out"))) == 0
        assert check_whole(str(folder / "ledger.db"), WORLD).size == shown.size


def test_mirror(failing: Callable[..., Iterator[tuple[Path, Run]]]) -> None:
    """The old copy or the new one, whole; the next look completes it."""
    for folder, run in failing("mirror", 8, "source", "copied:out"):
        assert judged(open_source(str(folder / "out"))) == 0
        with closing(open_source(str(folder / "source"))) as source:
            assert all(size == source.size for size in numbers(run))
            mirror(source, folder / "out", Trust(), progress=lambda _done, _whole: None)
            assert open_source(str(folder / "out")).checkpoint() == source.checkpoint()
        assert judged(open_source(str(folder / "out"))) == 0


def test_witness(failing: Callable[..., Iterator[tuple[Path, Run]]]) -> None:
    """It has its memory, knows what it cosigned, and goes on from there."""
    for folder, run in failing("witness", 14, "witness"):
        with desk_of(folder) as desk:
            (known,) = (one.size for one in desk._memory.logs())
            assert known >= max(numbers(run), default=3)
            assert known in {3, *(size for _old, size in WITNESSED)}
            note = parse_note(desk.shown(sha256(LOG.origin.encode()).hexdigest()) or b"")
            assert parse_checkpoint(note.text).root == LOG.tree.root(known)
            assert isinstance(desk.add_checkpoint(LOG.request(known, known + 4)), Cosigned)
