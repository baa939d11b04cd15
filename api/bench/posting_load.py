# SPDX-License-Identifier: Apache-2.0
"""What is posted when posting is measured: a generated ledger's opening, then single events, then batches of a thousand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.founding import found_ledger
from ledger.key_files import save_private_key
from ledger.kinds.bank import Movement
from ledger.log_signer import LogSigner
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from ledger.submission import Submission, wire_bytes
from verifier.simulation import scale_bodies as bodies
from verifier.simulation.scale import EVENTS_PER_SUBMISSION, Plan, Stream, stream

ORIGIN: Final = "ledger.example/bench"
KEY_FILE: Final = "log.pem"
_CLOSED: Final = "closed-"
_ENTRIES_MIN: Final = 120_000
"""From here on a turn has a thousand payments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Wire bytes: `singles` of one event each, in any order, and `batches` of a thousand, in theirs; `world` made them."""

    world: Stream
    opening: Sequence[Submission]
    singles: Sequence[bytes]
    batches: Sequence[bytes]


def make_load(*, singles: int, batches: int) -> Load:
    """So many submissions of each kind, signed; the same in every run."""
    made = stream(Plan(entries=max(_ENTRIES_MIN, 2 * EVENTS_PER_SUBMISSION * batches), origin=ORIGIN))
    opening: list[Submission] = []
    full: list[bytes] = []
    for one in made.submissions():
        if len(full) == batches:
            break
        if len(one.events) == EVENTS_PER_SUBMISSION:
            full.append(wire_bytes(one))
        elif not one.header.id.startswith(_CLOSED):
            opening.append(one)  # registrations, and the money that later batches spend
    lines = [wire_bytes(one) for one in _singles(made, singles)]
    return Load(world=made, opening=opening, batches=full, singles=lines)


def _singles(made: Stream, count: int) -> Iterator[Submission]:
    """Bank lines, each in a submission of its own: facts, which stand in whatever order they come."""
    day = bodies.ON
    for number in range(count):
        line = Movement(
            occurred_on=day,
            account=bodies.PROVINCE_TREASURY,
            statement="bench",
            line_no=number + 1,
            direction="credit",
            amount=100 + number,
        )
        yield made.signed(bodies.BANK, f"single-{number}", [line])


def found(url: str, load: Load, folder: Path) -> Path:
    """The empty database at `url` holds the ledger of `load` with its opening; the file of its log's keys is returned."""
    signer = LogSigner(signers=load.world.cast.log_keys())
    engine = open_engine(url, create=True)
    try:
        found_ledger(engine, load.world.genesis, load.world.genesis_signatures, signer)
        Sequencer(engine, signer).submit_in_order(load.opening)
    finally:
        engine.dispose()
    path = folder / KEY_FILE
    if not path.exists():
        save_private_key(path, *load.world.cast.log_keys())
    return path
