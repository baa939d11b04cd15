# SPDX-License-Identifier: Apache-2.0
"""Real ledgers in real databases for tests, and a verification of them that shares no code with the appender.

sequencer = founded(url, world)               # creates the ledger and returns its sequencer
post_all(sequencer, world.opening())          # every one must be accepted
url = Opening.made(folder).laid(other, world) # the same, posted once for many tests
check_whole(url, world)                       # recomputes everything from the stored bytes
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.checkpoint import open_checkpoint
from ledger.entry import EventEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.founding import found_ledger
from ledger.hashing import leaf_hash
from ledger.kinds.bank import BankBalance, Movement
from ledger.log_keys import keys_in
from ledger.merkle import CompactRange
from ledger.outcome import Accepted
from ledger.receipt import check_receipt, parse_receipt
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine, reading
from ledger.store.tables import BANK_REFERENCE, CHECKPOINT, LOG, STATEMENT_LINE, SUBMISSION, TILE
from ledger.submission import events_root, header_bytes
from tests.worlds import World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Engine, Table

    from ledger.clock import Clock
    from ledger.submission import Submission


@contextlib.contextmanager
def opened(url: str, *, create: bool = False) -> Iterator[Engine]:
    """An engine that is disposed of at the end."""
    engine = open_engine(url, create=create)
    try:
        yield engine
    finally:
        engine.dispose()


def found(url: str, world: World) -> None:
    """The database at `url` holds the ledger of `world` with its entry 0."""
    with opened(url, create=True) as engine:
        found_ledger(engine, world.genesis, world.genesis_signatures, world.log_signer)


@contextlib.contextmanager
def founded(url: str, world: World, *, now: Clock | None = None) -> Iterator[Sequencer]:
    """A sequencer over the ledger of `world` at `url`, which is created where it is missing."""
    found(url, world)
    with opened(url) as engine:
        yield (
            Sequencer(engine, world.log_signer)
            if now is None
            else Sequencer(engine, world.log_signer, now=now)
        )


def accept(sequencer: Sequencer, submission: Submission) -> Accepted:
    """Post `submission`, which must be accepted."""
    outcome = sequencer.submit(submission)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def post_all(sequencer: Sequencer, submissions: Iterable[Submission]) -> list[Accepted]:
    """Post all of `submissions` in order; each must be accepted."""
    return [accept(sequencer, submission) for submission in submissions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The ledger at `path` with the opening of `world`: nobody writes to it, tests lay copies of it."""

    path: Path
    world: World

    @classmethod
    def made(cls, folder: Path) -> Opening:
        """It, in `folder`."""
        path, world = folder / "ledger.db", make_world()
        with founded(str(path), world) as sequencer:
            post_all(sequencer, world.opening())
        return cls(path=path, world=world)

    def laid(self, folder: Path, world: World) -> str:
        """The address of a copy in `folder`; `world`, which must be a new one, goes on from it."""
        assert (world.genesis, world.number) == (self.world.genesis, 0)
        world.number, world.moment = self.world.number, self.world.moment
        return str(shutil.copy(self.path, folder / "ledger.db"))


def check_receipt_of(accepted: Accepted, submission: Submission, world: World, url: str) -> None:
    """The receipt proves that the header entry of `submission` stands at the position it was told."""
    with opened(url) as engine, reading(engine) as connection:
        data = connection.execute(select(LOG.c.bytes).where(LOG.c.seq == accepted.seq)).scalar_one()
    entry = parse_entry(data, place=f"entry {accepted.seq}")
    assert isinstance(entry, HeaderEntry)
    assert header_bytes(entry.header) == header_bytes(submission.header)
    receipt = parse_receipt(accepted.receipt)
    assert (receipt.index, receipt.checkpoint) == (accepted.seq, accepted.checkpoint)
    check_receipt(
        receipt,
        leaf=leaf_hash(data),
        verifiers=keys_in(world.genesis.log_keys),
        origin=world.genesis.origin,
    )


# --- verification from bytes ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What a sound log holds: number of entries, and header position by (party, submission id)."""

    size: int
    submissions: dict[tuple[str, str], int]


def check_whole(url: str, world: World) -> Whole:
    """Recompute chain, tree, checkpoints, submissions and indexes of the ledger at `url` from its bytes alone."""
    with opened(url) as engine, reading(engine) as connection:
        roots = _check_checkpoints(connection, world)
        seen = _Seen()
        for row in connection.execute(select(LOG).order_by(LOG.c.seq)):
            seen.take(row.seq, row.leaf, row.bytes, row.submission)
            if seen.tree.size in roots:
                assert seen.tree.root() == roots[seen.tree.size]
                assert seen.awaited == 0, "a checkpoint cuts a submission"
        assert max(roots) == seen.tree.size, "entries that no checkpoint covers"
        seen.check_indexes(connection)
        assert seen.genesis == world.genesis_entry
    return Whole(size=seen.tree.size, submissions={key: row[0] for key, row in seen.submissions.items()})


def _check_checkpoints(connection: Connection, world: World) -> dict[int, bytes]:
    keys = keys_in(world.genesis.log_keys)
    roots = {}
    for row in connection.execute(select(CHECKPOINT)):
        signed = open_checkpoint(row.note, keys, origin=world.genesis.origin)
        assert (signed.size, signed.root) == (row.size, row.root)
        roots[row.size] = row.root
    return roots


class _Seen:
    """What was read of a log so far."""

    def __init__(self) -> None:
        self.tree = CompactRange()
        self.genesis = b""
        self.previous = "0" * 64
        self.recorded = ""
        self.awaited = 0
        self.header: HeaderEntry | None = None
        self.events: list[bytes] = []
        self.submissions: dict[tuple[str, str], tuple[int, int, bytes]] = {}
        self.lines: dict[tuple[str, str, int], int] = {}
        self.references: set[tuple[str, str, str, int]] = set()
        self.leaves: list[bytes] = []

    def take(self, seq: int, leaf: bytes, data: bytes, submission: int) -> None:
        """The next row of the log fits what was read before."""
        entry = parse_entry(data, place=f"entry {seq}")
        assert seq == entry.seq == self.tree.size, "a gap"
        assert leaf == leaf_hash(data)
        assert entry.prev == self.previous, f"the chain breaks at {seq}"
        assert entry.recorded >= self.recorded, f"time runs backwards at {seq}"
        self.previous, self.recorded = leaf.hex(), entry.recorded
        self.tree.append(leaf)
        self.leaves.append(leaf)
        match entry:
            case GenesisEntry():
                assert (seq, submission) == (0, 0)
                self.genesis = data
            case HeaderEntry():
                self._take_header(entry, submission)
            case EventEntry():
                self._take_event(entry, data, submission)
            case _:
                raise AssertionError(f"entry {seq} is of a foreign kind")

    def _take_header(self, entry: HeaderEntry, submission: int) -> None:
        assert self.awaited == 0, "a submission without all its events"
        assert submission == entry.seq
        header = entry.header
        assert (header.party, header.id) not in self.submissions, "a submission stands twice"
        digest = sha256(header_bytes(header)).digest()
        self.submissions[header.party, header.id] = (entry.seq, header.count, digest)
        self.header, self.awaited, self.events = entry, header.count, []

    def _take_event(self, entry: EventEntry, data: bytes, submission: int) -> None:
        assert self.header is not None
        assert self.awaited > 0, "an event without a submission"
        assert submission == entry.submission == self.header.seq
        assert entry.index == len(self.events)
        self.events.append(data[len(b'{"event":') : data.rindex(b',"index":')])
        self.awaited -= 1
        if not self.awaited:
            assert events_root(self.events) == self.header.header.root
        match entry.event:
            case Movement() as line:
                self.lines[line.account, line.statement, line.line_no] = entry.seq
                if line.bank_ref is not None:
                    self.references.add((line.account, line.direction, line.bank_ref, entry.seq))
            case BankBalance() as closing:
                self.lines[closing.account, closing.statement, 0] = entry.seq
            case _:
                pass

    def check_indexes(self, connection: Connection) -> None:
        """The index tables are what the log says, and nothing more."""
        assert self.awaited == 0, "the last submission is incomplete"
        assert _rows(connection, SUBMISSION) == {(*key, *row) for key, row in self.submissions.items()}
        assert _rows(connection, STATEMENT_LINE) == {(*key, seq) for key, seq in self.lines.items()}
        assert _rows(connection, BANK_REFERENCE) == self.references
        assert _rows(connection, TILE) == set(_tiles(self.leaves))


def _rows(connection: Connection, table: Table) -> set[tuple[object, ...]]:
    return {tuple(row) for row in connection.execute(select(table))}


def _tiles(hashes: list[bytes], level: int = 0) -> Iterator[tuple[int, int, bytes, bytes]]:
    """The full tiles over `hashes`, computed anew."""
    above = []
    for number in range(len(hashes) // 256):
        row = hashes[number * 256 : number * 256 + 256]
        tree = CompactRange()
        tree.extend(row)
        above.append(tree.root())
        yield level, number, tree.root(), b"".join(row)
    if above:
        yield from _tiles(above, level + 1)
