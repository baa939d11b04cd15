# SPDX-License-Identifier: Apache-2.0
"""A real server process for tests: started, asked over a real socket, stopped or killed by its own process id."""

from __future__ import annotations

import contextlib
import http.client
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

START_SECONDS = 120  # on a machine that has ten other things to do
ANSWER_SECONDS = 120
WAIT_SECONDS = 120
LOOK_SECONDS = 0.05
_ADDRESS = re.compile(r"http://[0-9.]+:[0-9]+/")


@dataclass(slots=True)
class ServerProcess:
    """`fundtrace` serving; `address` is where."""

    process: subprocess.Popen[str]
    address: str
    output: list[str]
    reader: threading.Thread

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of one answer.

        Raises:
            OSError or http.client.HTTPException: the server is gone, or went while it answered.
        """
        place = urlsplit(self.address)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=ANSWER_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def awaited(self, path: str, holds: Callable[[int, bytes], bool]) -> None:
        """Return once the answer to a GET of `path`, by its status and body, is the one that the test waits for."""
        end = time.monotonic() + WAIT_SECONDS
        while not holds(*self.request("GET", path)):
            assert time.monotonic() < end, f"{path} is not as awaited after {WAIT_SECONDS} s"
            time.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """End it at once (SIGKILL), whatever it is doing."""
        self.process.kill()
        self._gone()

    def stop(self) -> int:
        """Ask it to stop (SIGTERM) and wait; the exit code."""
        self.process.terminate()
        return self._gone()

    def _gone(self) -> int:
        """Wait until it has ended and all it said is read."""
        code = self.process.wait(ANSWER_SECONDS)
        self.reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def start(*arguments: str) -> ServerProcess:
    """A server started with `fundtrace` and these arguments, once it has said its address."""
    command = [sys.executable, "-c", "from verifier.cli import main; main()", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output: list[str] = []
    found = threading.Event()
    address: list[str] = []

    def read() -> None:
        for line in process.stdout or ():
            output.append(line)
            match = _ADDRESS.search(line)
            if match is not None and not address:
                address.append(match[0])
                found.set()
        found.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    found.wait(START_SECONDS)
    if not address:
        process.kill()
        process.wait()
        raise AssertionError(f"the server did not start: {''.join(output)}")
    return ServerProcess(process=process, address=address[0], output=output, reader=reader)


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[ServerProcess]:
    """A server that is ended at the end, whatever happens."""
    server = start(*arguments)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()
