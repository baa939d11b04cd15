# SPDX-License-Identifier: Apache-2.0
"""A process that stands ready and lets a child do each piece of work under strace, from the first system call on.

It has everything loaded, so that a child costs a fork and not the start of a program, and makes only the system calls of
the work itself, the same ones in every run. Orders come in on standard input, one JSON line each, and are answered on
standard output by the exit status of the child; see `tests.faults.traced`.

What a child has to say it says by `writev`, which is not among the calls that are made to fail.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.witness.desk import Cosigned, Desk
from api.witness.opening import opened_desk
from ledger.errors import ToldError
from ledger.keys import Ed25519Signer, MlDsa44Signer
from ledger.outcome import Accepted
from ledger.publisher import publish
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from ledger.submission import parse_wire
from tests.growing_log import GrowingLog
from tests.worlds import make_world
from verifier.integrity.trust import Trust
from verifier.mirror import mirror
from verifier.reading.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Tell = Callable[[object], None]

WITNESS_SEED: Final = bytes(32)
WITNESSED: Final = ((3, 5), (5, 9), (9, 9))
"""The requests of the witness's client: the size it knows, and the size it offers."""
ATTACH_SECONDS: Final = 60

_PR_SET_PTRACER: Final = 0x59616D61
_ANYBODY: Final = ctypes.c_ulong(-1)


def post(folder: Path, tell: Tell) -> None:
    """Post each line of `wires`; tells the position of each that is accepted."""
    engine = open_engine(str(folder / "ledger.db"))
    try:
        sequencer = Sequencer(engine, make_world().log_signer)
        for wire in (folder / "wires").read_bytes().splitlines():
            try:
                outcome = sequencer.submit(parse_wire(wire))
            except ToldError as error:
                tell(error.code)
            else:
                tell(outcome.seq if isinstance(outcome, Accepted) else "refused")
    finally:
        engine.dispose()


def export(folder: Path, tell: Tell) -> None:
    """Bring the export up to date; tells the size it shows."""
    engine = open_engine(str(folder / "ledger.db"))
    try:
        tell(publish(engine, folder / "out").size)
    finally:
        engine.dispose()


def copy(folder: Path, tell: Tell) -> None:
    """Bring the mirror of the export up to date; tells the size it shows."""
    source = open_source(str(folder / "source"))
    shown = mirror(source, folder / "out", Trust(), progress=lambda _done, _whole: None)
    tell(shown.checkpoint.size)


def witness(folder: Path, tell: Tell) -> None:
    """Ask a witness for cosignatures; tells each size that it cosigned."""
    log = GrowingLog(quantum=False)
    with desk_of(folder) as desk:
        for old, size in WITNESSED:
            try:
                outcome = desk.add_checkpoint(log.request(old, size))
            except ToldError as error:
                tell(error.code)
            else:
                tell(size if isinstance(outcome, Cosigned) else "refused")


def desk_of(folder: Path) -> AbstractContextManager[Desk]:
    """The desk of the witness in `folder`."""
    return opened_desk(folder / "witness", lambda _path: witness_signers(), now=lambda: datetime.now(UTC))


def witness_signers() -> tuple[Ed25519Signer, MlDsa44Signer]:
    """The keys of the witness."""
    return Ed25519Signer.from_seed(WITNESS_SEED), MlDsa44Signer.from_seed(WITNESS_SEED)


def nothing(_folder: Path, _tell: Tell) -> None:
    """Only be traced."""


WORKS: Final = {"nothing": nothing, "post": post, "export": export, "mirror": copy, "witness": witness}


def main() -> None:
    """Work off the orders."""
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(f"{json.dumps(_traced(order))}\n")
        sys.stdout.flush()


def _traced(order: dict[str, Any]) -> int:
    """Exit status of the child that did the work under strace; minus the signal if it was killed by one."""
    child = os.fork()
    if not child:
        _work(order)
    os.waitpid(child, os.WUNTRACED)  # it stops by itself, ready to work
    tracer = subprocess.Popen([*order["strace"], "-p", str(child)], stderr=subprocess.PIPE)
    if not _is_traced(child, tracer):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise SystemExit(tracer.communicate()[1].decode())
    os.kill(child, signal.SIGCONT)
    _pid, status = os.waitpid(child, 0)
    tracer.communicate()
    return os.waitstatus_to_exitcode(status)


def _is_traced(child: int, tracer: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < end and tracer.poll() is None:
        if "TracerPid:\t0\n" not in Path(f"/proc/{child}/status").read_text("ascii"):
            return True
        time.sleep(0.001)
    return False


def _work(order: dict[str, Any]) -> None:
    """Never returns: ends the child with 0, with 3 after a fault that was told, with 1 after any other."""
    told = os.open(order["told"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def tell(what: object) -> None:
        os.writev(told, [f"{what}\n".encode()])

    status = 0
    try:
        ctypes.CDLL(None).prctl(
            _PR_SET_PTRACER, _ANYBODY, 0, 0, 0
        )  # where a kernel asks whom to let trace it
        os.kill(os.getpid(), signal.SIGSTOP)
        WORKS[order["work"]](Path(order["folder"]), tell)
    except ToldError as error:
        tell(error.code)
        status = 3
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding of the test
        tell(f"not told: {error!r}")
        status = 1
    os._exit(status)


if __name__ == "__main__":
    main()
