# SPDX-License-Identifier: Apache-2.0
"""One command measured from outside: wall time, processor time and peak memory as the operating system accounts them."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KIB: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A finished command: exit code, wall and processor milliseconds, peak resident bytes of the process itself."""

    exit_code: int
    wall_ms: int
    cpu_ms: int
    peak_bytes: int


def measure(command: Sequence[str], *, clock_ns: Callable[[], int], output: Path) -> Measured:
    """`command` has run to its end, its output in `output`; children it started itself are not in the peak."""
    with output.open("wb") as sink:
        begun = clock_ns()
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)  # noqa: S603 - our own command line
        _, status, used = os.wait4(process.pid, 0)
        ended = clock_ns()
    process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped; Popen must not wait for it again
    return Measured(
        exit_code=process.returncode,
        wall_ms=(ended - begun) // 1_000_000,
        cpu_ms=round((used.ru_utime + used.ru_stime) * 1000),
        peak_bytes=used.ru_maxrss * KIB,
    )


def fundtrace(*arguments: str) -> list[str]:
    """The command line of this very installation."""
    return [sys.executable, "-c", "from verifier.cli import main; main()", *arguments]
