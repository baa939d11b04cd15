# SPDX-License-Identifier: Apache-2.0
"""A ledger built, exported, verified and audited at several sizes: time, memory, and the ratio to a baseline."""

import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.bench import baselines
from api.bench.proofs import PROOFS, build_and_check
from api.bench.whole_process import KIB, Measured, fundtrace, measure
from ledger.errors import EnvironmentFault
from ledger.submission import parse_wire
from verifier.simulation.scale import Plan
from verifier.simulation.scale_command import write_scale

ORIGIN: Final = "ledger.example/bench"
MIB: Final = 1024 * 1024
NEW: Final = 1_000
"""Entries that a second verification finds new, or a submission more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One step at one size: entries, milliseconds, peak bytes, and its baseline's milliseconds for as many entries."""

    step: str
    size: int
    wall_ms: int
    cpu_ms: int
    peak_bytes: int
    baseline: str
    baseline_ms: int

    @property
    def rate(self) -> int:
        """Entries a second."""
        return self.size * 1000 // max(1, self.wall_ms)

    @property
    def ratio(self) -> str:
        """Wall time of the step over that of its baseline, two decimals."""
        hundredths = self.wall_ms * 100 // max(1, self.baseline_ms)
        return f"{hundredths // 100}.{hundredths % 100:02d}"


def grow(size: int, *, clock_ns: Callable[[], int], say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of one size; everything is made in a temporary folder that is gone afterwards.

    Raises:
        EnvironmentFault: a command ended with an unexpected exit code; the message carries the end of its output.
    """
    with tempfile.TemporaryDirectory(prefix="fundtrace-bench-") as name:
        folder = Path(name)
        say(f"making about {size:,} entries")
        whole = write_scale(Plan(entries=size, origin=ORIGIN), folder / "world")
        first, last, new = split(folder / "world" / "events.ndjson", NEW)
        made = whole - new
        database, export = f"sqlite:///{folder / 'bench.db'}", folder / "export"
        run = _Runner(folder, clock_ns, say)
        run("init", "--db", database, "--genesis", str(folder / "world" / "genesis.json"))
        post = run("post", "--db", database, str(first))
        write = run("export", "--db", database, str(export))
        verify = run("verify", str(export), "--state", str(folder / "state"))
        audit = run("audit", str(export), allowed=(0, 1))
        say("proofs and baselines")
        build_ns, check_ns, path_ns = build_and_check(export, clock_ns=clock_ns)
        _, sign_ns = baselines.hash_and_check(export, made, clock_ns=clock_ns)
        one, one_ns = baselines.commit_per_event(export, made, folder, clock_ns=clock_ns)
        _, hash_ns = baselines.read_and_hash(export, made, clock_ns=clock_ns)
        _, copy_ns = baselines.copy_and_sync(export, made, folder, clock_ns=clock_ns)
        yield _row("post", made, post, "commit per event", one_ns * made // max(1, one))
        yield _row("export", made, write, "copy", copy_ns)
        yield _row("verify", made, verify, "read and hash", hash_ns)
        yield _row("verify", made, verify, "hash and signatures", sign_ns)
        yield _row("audit", made, audit, "read and hash", hash_ns)
        run("post", "--db", database, str(last))
        run("export", "--db", database, str(export))
        again = run("verify", str(export), "--state", str(folder / "state"))
        yield _row("verify new", new, again, "verify all", verify.wall_ms * 1_000_000)
        yield _row("build proofs", PROOFS, _by_itself(build_ns), "hash their paths", path_ns)
        yield _row("check proofs", PROOFS, _by_itself(check_ns), "hash their paths", path_ns)


def split(events: Path, least: int) -> tuple[Path, Path, int]:
    """The file of submissions in two: the last ones, of `least` entries or a submission more, and all before them.

    Returns the path of the first part, that of the last, and how many entries the last makes.
    """
    first, last = events.with_name("first.ndjson"), events.with_name("last.ndjson")
    sizes = [1 + len(parse_wire(line.rstrip(b"\n")).events) for line in _lines(events)]
    kept, new = len(sizes), 0
    while new < least and kept > 1:
        kept -= 1
        new += sizes[kept]
    with first.open("wb") as head, last.open("wb") as tail:
        for number, line in enumerate(_lines(events)):
            (head if number < kept else tail).write(line)
    return first, last, new


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _by_itself(nanoseconds: int) -> Measured:
    """Work of this very process, which ran alone."""
    milliseconds = nanoseconds // 1_000_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    return Measured(exit_code=0, wall_ms=milliseconds, cpu_ms=milliseconds, peak_bytes=peak)


class _Runner:
    """Runs commands of this installation one after another, each measured."""

    def __init__(self, folder: Path, clock_ns: Callable[[], int], say: Callable[[str], None]) -> None:
        self._folder = folder
        self._clock_ns = clock_ns
        self._say = say

    def __call__(self, *arguments: str, allowed: tuple[int, ...] = (0,)) -> Measured:
        self._say(" ".join(("fundtrace", *arguments[:1])))
        output = self._folder / f"{arguments[0]}.out"
        measured = measure(fundtrace(*arguments), clock_ns=self._clock_ns, output=output)
        if measured.exit_code not in allowed:
            tail = output.read_bytes()[-2000:].decode("utf-8", "replace")
            raise EnvironmentFault(
                code="bench-step",
                place=f"fundtrace {arguments[0]}",
                message_en=f"ended with exit code {measured.exit_code}: {tail}",
                message_zh=f"以退出码 {measured.exit_code} 结束：{tail}",
                remedy_en="run the step by hand",
                remedy_zh="请手工运行该步骤",
            )
        return measured


def _row(step: str, size: int, measured: Measured, baseline: str, baseline_ns: int) -> Row:
    return Row(
        step=step,
        size=size,
        wall_ms=measured.wall_ms,
        cpu_ms=measured.cpu_ms,
        peak_bytes=measured.peak_bytes,
        baseline=baseline,
        baseline_ms=baseline_ns // 1_000_000,
    )
