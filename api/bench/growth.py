# SPDX-License-Identifier: Apache-2.0
"""A ledger built, exported, verified and audited at several sizes: time, memory, and the ratio to a baseline."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.bench import baselines
from api.bench.whole_process import Measured, fundtrace, measure
from ledger.errors import EnvironmentFault
from verifier.simulation.scale import Plan
from verifier.simulation.scale_command import write_scale

ORIGIN: Final = "ledger.example/bench"
MIB: Final = 1024 * 1024


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
        made = write_scale(Plan(entries=size, origin=ORIGIN), folder / "world")
        database, export = f"sqlite:///{folder / 'bench.db'}", folder / "export"
        log_key = (folder / "world" / "genesis.json", folder / "world" / "events.ndjson")
        run = _Runner(folder, clock_ns, say)
        run("init", "--db", database, "--genesis", str(log_key[0]))
        post = run("post", "--db", database, str(log_key[1]))
        write = run("export", "--db", database, str(export))
        verify = run("verify", str(export), allowed=(0,))
        audit = run("audit", str(export), allowed=(0, 1))
        say("baselines")
        one, one_ns = baselines.commit_per_event(export, made, folder, clock_ns=clock_ns)
        _, hash_ns = baselines.read_and_hash(export, made, clock_ns=clock_ns)
        _, copy_ns = baselines.copy_and_sync(export, made, folder, clock_ns=clock_ns)
        yield _row("post", made, post, "commit per event", one_ns * made // max(1, one))
        yield _row("export", made, write, "copy", copy_ns)
        yield _row("verify", made, verify, "read and hash", hash_ns)
        yield _row("audit", made, audit, "read and hash", hash_ns)


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
