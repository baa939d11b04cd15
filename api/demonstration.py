# SPDX-License-Identifier: Apache-2.0
"""A simulated province on this machine, whole: made, posted, published, then verified and judged from what was published.

Every step finds what an earlier run left and goes on from there; none of them changes a ledger that exists:

1. the world (genesis, submissions, keys) appears in its folder in one step, or not at all;
2. the ledger is founded once; founding it again with the same genesis does nothing;
3. posting again answers with the first receipts; what an interrupted run did not post is posted now;
4. the export only ever grows;
5. the audit reads the export alone and trusts the log keys that lie in the folder, as somebody would who was given
   the keys by another channel.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.log_key import load_log_signer
from api.lookout import BESIDE_THE_KEY, Lookout
from api.new_ledger import create_from_file
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault
from ledger.file_posting import bounded_lines, post_lines
from ledger.publisher import publish
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from verifier.integrity.trust import Trust
from verifier.integrity.walk import Progress
from verifier.judgement.audit import Audit, Question, audited
from verifier.reading.sources import open_source
from verifier.simulation.files import write_world
from verifier.simulation.world import simulate

SEED: Final = 2026
PROGRAMMES: Final = 1
ORIGIN: Final = "demo.ledger.example/jiangling/2026"

GENESIS: Final = "genesis.json"
EVENTS: Final = "events.ndjson"
LOG_KEY: Final = "keys/log.pem"
DATABASE: Final = "ledger.db"
EXPORT: Final = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What posting came to: entries in the ledger, submissions stored now and before."""

    entries: int
    new: int
    replayed: int


def make_world(folder: Path) -> bool:
    """The simulated world lies in `folder`; whether it was made now.

    Raises:
        EnvironmentFault: `folder` holds something else, or cannot be written.
    """
    if (folder / GENESIS).is_file():
        return False
    write_world(simulate(seed=SEED, programmes=PROGRAMMES, origin=ORIGIN), folder)
    return True


def post_world(folder: Path, *, progress: Progress, lookout: Lookout = BESIDE_THE_KEY) -> Posted:
    """Every submission of the world stands in the ledger in `folder`, which is founded where it is missing.

    Raises:
        EnvironmentFault: the folder holds another world than its ledger, a line was refused, or the disk failed.
    """
    engine = open_engine(str(folder / DATABASE), create=True)
    try:
        create_from_file(engine, folder / GENESIS, lookout=lookout)
        places = lookout.places_of(engine, folder / LOG_KEY)
        sequencer = Sequencer(engine, load_log_signer(folder / LOG_KEY), places=places)
        path = folder / EVENTS
        whole = path.stat().st_size
        new = replayed = 0
        with path.open("rb") as file:
            for outcome in post_lines(sequencer, bounded_lines(file)):
                if outcome.accepted is None:
                    raise _refused(
                        path, outcome.line, outcome.problems[0].told_en(), outcome.problems[0].told_zh()
                    )
                replayed += outcome.accepted.replayed
                new += not outcome.accepted.replayed
                progress(outcome.bytes_read, whole)
        return Posted(entries=sequencer.size, new=new, replayed=replayed)
    finally:
        engine.dispose()


def publish_world(folder: Path, *, progress: Progress) -> Path:
    """The export in `folder` shows the newest checkpoint of its ledger; returns where it lies.

    Raises:
        EnvironmentFault: the database or the disk failed.
    """
    engine = open_engine(str(folder / DATABASE))
    try:
        publish(engine, folder / EXPORT, progress=progress)
    finally:
        engine.dispose()
    return folder / EXPORT


def pinned_keys(folder: Path) -> tuple[LogKey, ...]:
    """The verifier keys of the log keys that lie in `folder`, under the name of the log.

    Raises:
        EnvironmentFault: the keys cannot be read.
    """
    return load_log_signer(folder / LOG_KEY).keys(ORIGIN)


@contextlib.contextmanager
def audited_world(folder: Path, *, progress: Progress) -> Iterator[Audit]:
    """The audit of the export in `folder`, from its files and the pinned key alone.

    Raises:
        EnvironmentFault: the disk failed.
    """
    question = Question(trust=Trust(log_keys=pinned_keys(folder)))
    with (
        contextlib.closing(open_source(str(folder / EXPORT))) as source,
        audited(source, question, progress=progress) as done,
    ):
        yield done


def _refused(path: Path, line: int, en: str, zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="demo.refused",
        place=f"{path}, line {line}",
        message_en=f"the ledger refuses a submission of the simulated province: {en}",
        message_zh=f"账本拒绝了模拟省份的一次提交：{zh}",
        remedy_en="The folder was made by another version of this program: give an empty one by --dir.",
        remedy_zh="该目录由其他版本的程序生成，请用 --dir 指定一个空目录。",
    )
