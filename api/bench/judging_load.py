# SPDX-License-Identifier: Apache-2.0
"""Judging by all rules at one size: the whole at once, by two processes, and entry by entry; beside verification alone."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from api.bench.growth import ORIGIN
from api.bench.whole_process import fundtrace, measure
from ledger.errors import EnvironmentFault
from verifier.simulation.scale import Plan
from verifier.simulation.scale_command import write_scale


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingRow:
    """A step: milliseconds of processor time, peak bytes; times of single entries where it has them."""

    step: str
    events: int
    cpu_ms: int
    peak_bytes: int
    p50_us: int | None = None
    p99_us: int | None = None

    @property
    def rate(self) -> int:
        """Events a second on one core."""
        return self.events * 1000 // max(1, self.cpu_ms)


def judging(size: int, *, clock_ns: Callable[[], int], say: Callable[[str], None]) -> Iterator[JudgingRow]:
    """The rows of one size; everything is made in a temporary folder that is gone afterwards.

    Raises:
        EnvironmentFault: a step ended with an unexpected exit code.
    """
    with tempfile.TemporaryDirectory(prefix="fundtrace-bench-") as name:
        folder = Path(name)
        say(f"making about {size:,} entries")
        write_scale(Plan(entries=size, origin=ORIGIN), folder / "world")
        database, export = f"sqlite:///{folder / 'bench.db'}", folder / "export"
        output = folder / "out"

        def run(command: list[str], *allowed: int) -> tuple[int, int]:
            done = measure(command, clock_ns=clock_ns, output=output)
            if done.exit_code not in {0, *allowed}:
                raise _failed(command, done.exit_code, output)
            return done.cpu_ms, done.peak_bytes

        run(fundtrace("init", "--db", database, "--genesis", str(folder / "world" / "genesis.json")))
        run(fundtrace("post", "--db", database, str(folder / "world" / "events.ndjson")))
        run(fundtrace("export", "--db", database, str(export)))
        say("verify")
        verify_ms, verify_peak = run(fundtrace("verify", str(export), "--workers", "1"))
        told = {}
        for step in ("read", "judge", "go-on"):
            say(step)
            _, peak = run([sys.executable, "-m", "api.bench.judging_steps", step, str(export)])
            told[step] = (json.loads(output.read_bytes().splitlines()[-1]), peak)
        events = told["read"][0]["events"]
        yield JudgingRow(step="verify, one core", events=events, cpu_ms=verify_ms, peak_bytes=verify_peak)
        for step, words in (("read", "read events"), ("judge", "read and judge the whole")):
            figures, peak = told[step]
            yield JudgingRow(
                step=words, events=events, cpu_ms=figures["cpu_ns"] // 1_000_000, peak_bytes=peak
            )
        figures, peak = told["go-on"]
        yield JudgingRow(
            step="judge a batch of new entries",
            events=figures["batch_events"],
            cpu_ms=figures["batch_ns"] // 1_000_000,
            peak_bytes=peak,
            p50_us=figures["p50_ns"] // 1_000,
            p99_us=figures["p99_ns"] // 1_000,
        )


def _failed(command: list[str], code: int, output: Path) -> EnvironmentFault:
    tail = output.read_bytes()[-2000:].decode("utf-8", "replace")
    return EnvironmentFault(
        code="bench-step",
        place=" ".join(command[-4:]),
        message_en=f"ended with exit code {code}: {tail}",
        message_zh=f"以退出码 {code} 结束：{tail}",
        remedy_en="run the step by hand",
        remedy_zh="请手工运行该步骤",
    )
