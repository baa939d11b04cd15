# SPDX-License-Identifier: Apache-2.0
"""System calls that fail: every write-side call of a piece of work, one at a time, by `strace -e inject`.

    points = tracer.points("post", folder)
    run = tracer.run("post", folder, points[7], "EIO")

A point is a call by its name and its number among the calls of that name; the same work on the same files makes the same
calls. `EIO` and `ENOSPC` make the call fail without having happened; `SIGKILL` ends the process as the call begins, so that
the point after it shows what is left when it has happened.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

ROOT: Final = Path(__file__).resolve().parents[2]
Failure = Literal["EIO", "ENOSPC", "SIGKILL"]
FAILURES: Final[tuple[Failure, ...]] = ("EIO", "ENOSPC", "SIGKILL")
# A question mark: not every machine has every one of them.
CALLS: Final = ",".join(
    f"?{call}"
    for call in (
        "openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat",
        "ftruncate", "mkdir", "mkdirat", "link", "linkat",
    )
)  # fmt: skip
_CALL: Final = re.compile(r"(?:\d+ +)?(\w+)\((.*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The `number`-th call (from 1) of `call`; `line` is how strace wrote it down."""

    call: str
    number: int
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How the work ended (minus the signal that killed it), what it told before, and whether the failure came about."""

    status: int
    told: list[str]
    injected: list[str]


class Untraceable(Exception):  # noqa: N818 - it says what the machine is
    """strace is missing, or may not trace here."""


class Tracer:
    """A ready process (`tests.faults.traced_process`) and strace."""

    def __init__(self, scratch: Path) -> None:
        """Start the process; `scratch` is a folder for logs.

        Raises:
            Untraceable: there is no strace.
        """
        if shutil.which("strace") is None:
            raise Untraceable("strace is not installed: run `make strace`")
        self._log = scratch / "strace.log"
        self._told = scratch / "told"
        command = [sys.executable, "-c", "from tests.faults.traced_process import main; main()"]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def probe(self) -> None:
        """Trace nothing.

        Raises:
            Untraceable: this machine forbids it.
        """
        self._do("nothing", self._log.parent, [])

    def points(self, work: str, folder: Path) -> list[Point]:
        """The write-side calls of the work, which is done: `openat` only where it may create a file."""
        run = self._do(work, folder, [])
        assert run.status == 0, run
        found: dict[str, int] = {}
        points = []
        for line in self._log.read_text("utf-8").splitlines():
            match = _CALL.match(line)
            if match is None:
                continue
            call = match[1]
            found[call] = found.get(call, 0) + 1
            if call != "openat" or "O_CREAT" in line:
                points.append(Point(call=call, number=found[call], line=match[2]))
        return points

    def run(self, work: str, folder: Path, point: Point, failure: Failure) -> Run:
        """The work, with the call at `point` failing."""
        how = f"signal={failure}" if failure == "SIGKILL" else f"error={failure}"
        return self._do(work, folder, ["-e", f"inject={point.call}:{how}:when={point.number}"])

    def _do(self, work: str, folder: Path, inject: list[str]) -> Run:
        self._log.unlink(missing_ok=True)
        strace = ["strace", "-f", "-qq", "-s", "64", "-o", str(self._log), "-e", f"trace={CALLS}", *inject]
        order = {"work": work, "folder": str(folder), "told": str(self._told), "strace": strace}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{json.dumps(order)}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self._process.stdout.readline()
        if not answer:
            raise Untraceable(self._process.communicate()[1])
        log = self._log.read_text("utf-8").splitlines()
        return Run(
            status=json.loads(answer),
            told=self._told.read_text("utf-8").splitlines(),
            injected=[line for line in log if "INJECTED" in line or "killed by SIGKILL" in line],
        )
