# SPDX-License-Identifier: Apache-2.0
"""The smallest server on a ledger: length-prefixed submissions over a Unix socket, as a process that can be killed.

Run as ``python -m tests.faults.socket_server DATABASE SOCKET``; it posts to the ledger of `tests.worlds.make_world`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
from pathlib import Path
from typing import Final

from ledger.errors import EnvironmentFault
from ledger.outcome import Accepted
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine
from ledger.submission import parse_wire
from tests.faults.crashing import Acknowledgement
from tests.worlds import make_world

ROOT: Final = Path(__file__).resolve().parents[2]
LENGTH_BYTES: Final = 8
READY: Final = b"ready\n"


def _send(stream: socket.socket, data: bytes) -> None:
    stream.sendall(len(data).to_bytes(LENGTH_BYTES, "big") + data)


def _receive(stream: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(stream, LENGTH_BYTES), "big")
    return _exactly(stream, length)


def _exactly(stream: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = stream.recv(count - len(data))
        if not part:
            raise ConnectionResetError("the other side went away")
        data += part
    return data


class SocketServer:
    """The process as its clients see it; `tests.faults.crashing.Server`."""

    def __init__(self, url: str, address: Path) -> None:
        """A server on the ledger at `url`, listening at `address`; not started."""
        self.url = url
        self.address = address
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return once it listens."""
        command = [sys.executable, "-m", "tests.faults.socket_server", self.url, str(self.address)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == READY

    def kill(self) -> None:
        """SIGKILL it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def post(self, wire: bytes) -> Acknowledgement:
        """Post one submission over a connection of its own."""
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect(str(self.address))
            _send(stream, wire)
            answer = json.loads(_receive(stream))
        if "refused" in answer:
            raise AssertionError(answer["refused"])
        if "fault" in answer:
            raise ConnectionError(answer["fault"])
        return Acknowledgement(seq=answer["seq"], receipt=bytes.fromhex(answer["receipt"]))


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:  # type: ignore[explicit-override]
        """Answer one submission."""
        assert isinstance(self.server, _Listener)
        submission = parse_wire(_receive(self.request))
        try:
            outcome = self.server.sequencer.submit(submission)
        except EnvironmentFault as fault:
            answer: dict[str, object] = {"fault": str(fault)}
        else:
            answer = _record(outcome) if isinstance(outcome, Accepted) else {"refused": repr(outcome)}
        _send(self.request, json.dumps(answer).encode())


class _Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, url: str, address: Path) -> None:
        world = make_world()
        self.sequencer = Sequencer(open_engine(url), world.log_signer)
        address.unlink(missing_ok=True)
        super().__init__(str(address), _Handler)


def _record(accepted: Accepted) -> dict[str, object]:
    return {"seq": accepted.seq, "receipt": accepted.receipt.hex()}


def main(url: str, address: str) -> None:
    """Serve until killed."""
    with _Listener(url, Path(address)) as listener:
        os.write(1, READY)
        listener.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
