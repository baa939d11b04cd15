# SPDX-License-Identifier: Apache-2.0
"""How fast a served ledger takes submissions, against three ways of storing the same rows in the same run.

The ledger and the audit route are server processes asked over a socket by clients of this process; the trigger and COPY
are driven directly. Every answer comes after a durable commit.
"""

import contextlib
import http.client
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

from api.bench import plain_rows
from api.bench.plain_rows import Rows
from api.bench.posting_load import Load, found
from api.bench.whole_process import fundtrace
from ledger.errors import ProgrammerError
from ledger.store.engine import is_sqlite, open_engine, reading
from ledger.store.tables import LOG
from verifier.simulation.scale import EVENTS_PER_SUBMISSION

CLIENTS: Final = 64
BATCH_CLIENTS: Final = 1
"""Batches rest on the ones before them."""
_PERCENT: Final = 100
_STORED: Final = frozenset({http.client.OK, http.client.CREATED})
_UNLIMITED: Final = {"FUNDTRACE_ADDRESS_RATE": "0", "FUNDTRACE_KEY_RATE": "0", "FUNDTRACE_LOG_REQUESTS": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """`events` stored in `times_ns` long steps, `wall_ns` in all; `way` says how, `load` in which portions."""

    store: str
    load: str
    way: str
    events: int
    wall_ns: int
    times_ns: Sequence[int]

    @property
    def rate(self) -> int:
        """Events a second."""
        return self.events * 10**9 // max(1, self.wall_ns)

    def percentile_us(self, percent: int) -> int:
        """Microseconds within which so many of a hundred steps were answered."""
        ordered = sorted(self.times_ns)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // _PERCENT)] // 1_000

    def ratio(self, other: "Posted") -> str:
        """Our rate over that of `other`, two decimals."""
        hundredths = self.rate * _PERCENT // max(1, other.rate)
        return f"{hundredths // _PERCENT}.{hundredths % _PERCENT:02d}"


def race(
    store: str, database: str, load: Load, *, clock_ns: Callable[[], int], say: Callable[[str], None]
) -> Iterator[Posted]:
    """The figures of one kind of database at `database`, which is empty; tables named ``bench_`` stay there afterwards."""
    with tempfile.TemporaryDirectory(prefix="fundtrace-bench-") as name:
        folder = Path(name)
        say(f"{store}: opening")
        key = found(database, load, folder)
        before = _size(database)
        ours = fundtrace("serve", "--db", database, "--log-key", str(key), "--port", "0")
        audit = [sys.executable, "-m", "api.bench.audit_route", database]
        for way, command in (("ledger", ours), ("audit route", audit)):
            say(f"{store}: {way}")
            with _server(command, folder) as address:
                for name_of, bodies, clients, each in (
                    ("single", load.singles, CLIENTS, 1),
                    ("batch", load.batches, BATCH_CLIENTS, EVENTS_PER_SUBMISSION),
                ):
                    wall, times = _drive(address, bodies, clients, clock_ns)
                    yield Posted(
                        store=store,
                        load=name_of,
                        way=way,
                        events=each * len(bodies),
                        wall_ns=wall,
                        times_ns=times,
                    )
        yield from _plain(store, database, before, load, clock_ns)


def _plain(
    store: str, database: str, before: int, load: Load, clock_ns: Callable[[], int]
) -> Iterator[Posted]:
    engine = open_engine(database)
    try:
        batches = list(_rows(database, before + 2 * len(load.singles), len(load.batches)))
        ways = [("copy", plain_rows.copy_raw)]
        if not is_sqlite(engine):
            ways.append(("hash-chain trigger", plain_rows.chain_by_trigger))
        for way, run in ways:
            times = run(engine, batches, clock_ns=clock_ns)
            yield Posted(
                store=store,
                load="batch",
                way=way,
                events=EVENTS_PER_SUBMISSION * len(batches),
                wall_ns=sum(times),
                times_ns=times,
            )
    finally:
        engine.dispose()


def _rows(database: str, start: int, count: int) -> Iterator[Rows]:
    """The rows that the ledger stored for each batch."""
    engine = open_engine(database)
    try:
        with reading(engine) as connection:
            for number in range(count):
                first = start + number * (EVENTS_PER_SUBMISSION + 1)
                wanted = LOG.c.seq.between(first, first + EVENTS_PER_SUBMISSION)
                found_rows = connection.execute(select(LOG).where(wanted).order_by(LOG.c.seq))
                yield [tuple(row) for row in found_rows]
    finally:
        engine.dispose()


def _size(database: str) -> int:
    engine = open_engine(database)
    try:
        with reading(engine) as connection:
            last: int = connection.execute(select(func.max(LOG.c.seq))).scalar_one()
            return last + 1
    finally:
        engine.dispose()


@contextlib.contextmanager
def _server(command: Sequence[str], folder: Path) -> Iterator[str]:
    """The address of a server process, which is stopped at the end."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **_UNLIMITED}
        )
        try:
            lines = iter(process.stdout or ())
            address = next(
                (word for line in lines for word in line.split() if word.startswith("http://")), ""
            )
            if not address:
                raise ProgrammerError((folder / "server.log").read_text("utf-8")[-2_000:])
            yield address
        finally:
            process.terminate()
            process.communicate()


def _drive(
    address: str, bodies: Sequence[bytes], clients: int, clock_ns: Callable[[], int]
) -> tuple[int, list[int]]:
    """Wall time and the time of each answer; every client posts a share of `bodies` over one connection."""
    place = urlsplit(address)

    def post(share: Sequence[bytes]) -> list[int]:
        times = []
        connection = http.client.HTTPConnection(place.hostname or "", place.port)
        with contextlib.closing(connection):
            for body in share:
                begun = clock_ns()
                connection.request("POST", "/v1/submissions", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                told = answer.read()
                times.append(clock_ns() - begun)
                if answer.status not in _STORED:
                    raise ProgrammerError(f"not stored: {told[:500]!r}")
        return times

    shares = [bodies[client::clients] for client in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        begun = clock_ns()
        times = [one for mine in pool.map(post, shares) for one in mine]
        return clock_ns() - begun, times
