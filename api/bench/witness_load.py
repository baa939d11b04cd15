# SPDX-License-Identifier: Apache-2.0
"""One witness under many logs: whole answers, from the bytes of a request to the bytes of two cosignatures.

The requests are made beforehand; HTTP is left out, because it would measure the web server. The baseline is what any
witness must at least do: one durable SQLite commit for each checkpoint, on the same disk, one after the other.
"""

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from api.witness.desk import Cosigned, Desk
from api.witness.opening import create_witness, enter_log, opened_desk, sound_memory
from api.witness.request import AddCheckpoint, format_request
from ledger.checkpoint import Checkpoint
from ledger.clock import system_clock
from ledger.errors import ProgrammerError
from ledger.hashing import leaf_hash
from ledger.key_files import load_private_keys, pem_of
from ledger.keys import Ed25519Signer, MlDsa44Signer
from ledger.log_signer import LogSigner
from ledger.merkle import MemoryHashes, Tree

NAME: Final = "witness.example/bench"
CLIENTS: Final = 16
"""Requests under way at once."""
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What was measured: `logs` watched, `checkpoints` cosigned, and times; the baseline's is for as many commits."""

    logs: int
    checkpoints: int
    wall_ns: int
    p50_ns: int
    p99_ns: int
    baseline_ns: int

    @property
    def rate(self) -> int:
        """Checkpoints cosigned a second."""
        return self.checkpoints * 10**9 // max(self.wall_ns, 1)

    @property
    def ratio(self) -> str:
        """Wall time over that of the baseline."""
        return f"{Decimal(self.wall_ns) / max(self.baseline_ns, 1):.2f}"


def measure(logs: int, each: int, *, clock_ns: Callable[[], int]) -> Load:
    """Return how a witness does whose `logs` logs show `each` checkpoints, one entry more each time."""
    signer = LogSigner(signers=(Ed25519Signer.generate(), MlDsa44Signer.generate()))
    origins = [f"bench.example/{number}" for number in range(logs)]
    requests = [_requests(origin, signer, each) for origin in origins]
    with tempfile.TemporaryDirectory(prefix="fundtrace-bench-") as name:
        folder = Path(name) / "witness"
        keys = (Ed25519Signer.generate(), MlDsa44Signer.generate())
        create_witness(folder, NAME, keys, pem_of(*keys))
        with sound_memory(folder) as memory:
            for origin in origins:
                enter_log(memory, signer.keys(origin), witness=NAME)
        with opened_desk(folder, load_private_keys, now=system_clock) as desk:
            begun = clock_ns()
            times = sorted(_push_all(desk, requests, clock_ns))
            wall = clock_ns() - begun
        baseline = _commits(Path(name), len(times), clock_ns)
    return Load(
        logs=logs,
        checkpoints=len(times),
        wall_ns=wall,
        p50_ns=times[len(times) // 2],
        p99_ns=times[len(times) * 99 // _PERCENT],
        baseline_ns=baseline,
    )


def _requests(origin: str, signer: LogSigner, each: int) -> list[bytes]:
    leaves = [leaf_hash(f"{origin}/{number}".encode()) for number in range(each)]
    tree = Tree(MemoryHashes(leaves))
    made = []
    for size in range(1, each + 1):
        head = Checkpoint(origin=origin, size=size, root=tree.root(size))
        proof = tuple(tree.consistency_path(size - 1, size)) if size > 1 else ()
        note = signer.sign(head, current=signer.keys(origin), seconds=size)
        made.append(format_request(AddCheckpoint(old=size - 1, proof=proof, note=note)))
    return made


def _push_all(desk: Desk, requests: Sequence[Sequence[bytes]], clock_ns: Callable[[], int]) -> list[int]:
    """The time of each answer; every client drives a share of the logs, one checkpoint of each in turn."""
    times: list[int] = []

    def drive(share: Sequence[Sequence[bytes]]) -> None:
        for wave in zip(*share, strict=True):
            for body in wave:
                begun = clock_ns()
                outcome = desk.add_checkpoint(body)
                times.append(clock_ns() - begun)
                if not isinstance(outcome, Cosigned):
                    raise ProgrammerError(f"the witness did not cosign: {outcome}")

    shares = [requests[client::CLIENTS] for client in range(CLIENTS)]
    threads = [threading.Thread(target=drive, args=(share,)) for share in shares if share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _commits(folder: Path, count: int, clock_ns: Callable[[], int]) -> int:
    """Nanoseconds of `count` durable commits of one row each."""
    database = sqlite3.connect(folder / "baseline.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE head (size INTEGER)")
    begun = clock_ns()
    for number in range(count):
        database.execute("INSERT INTO head VALUES (?)", (number,))
    ended = clock_ns()
    database.close()
    return ended - begun
