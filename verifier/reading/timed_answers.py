# SPDX-License-Identifier: Apache-2.0
"""HTTP(S) answers that must be complete by a deadline: an address that drips or never ends cannot hold a reader.

A timeout for each read alone is no limit: a server that sends a byte a minute never meets it. Here every read from the
connection, headers included, gets the time that is left of the whole answer.
"""

import functools
import http.client
import io
import socket
import urllib.request
from collections.abc import Callable
from typing import Any, Final

TOO_SLOW: Final = "the answer takes too long"

Clock = Callable[[], float]
"""Seconds that only ever grow, such as `time.monotonic`."""


def timed_opener(seconds: float, clock: Clock) -> urllib.request.OpenerDirector:
    """Opens http and https addresses through the proxies of the environment, in `seconds`; nothing is followed or judged.

    An answer of any status is an answer, and no redirect is followed. There are no files and no other schemes.
    """
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(TimedHandler(seconds, clock))
    return opener


class TimedHandler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https addresses whose answers end within a number of seconds, or with a `TimeoutError`."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        """Give each answer `seconds` by `clock`."""
        super().__init__()
        self._seconds = seconds
        self._clock = clock

    def http_open(self, req: urllib.request.Request) -> Any:  # type: ignore[explicit-override]  # noqa: ANN401 - as there
        """Ask an http address."""
        return self.do_open(self._timed(http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> Any:  # type: ignore[explicit-override]  # noqa: ANN401 - as there
        """Ask an https address."""
        return self.do_open(self._timed(http.client.HTTPSConnection), req)

    def _timed(
        self, kind: Callable[..., http.client.HTTPConnection]
    ) -> Callable[..., http.client.HTTPConnection]:
        def connect(*arguments: Any, **options: Any) -> http.client.HTTPConnection:  # noqa: ANN401 - handed through
            connection = kind(*arguments, **options)
            connection.response_class = functools.partial(  # type: ignore[assignment] # called as the class is
                _TimedResponse, left=self._left_from(self._clock() + self._seconds)
            )
            return connection

        return connect

    def _left_from(self, deadline: float) -> Callable[[], float]:
        def left() -> float:
            seconds = deadline - self._clock()
            if seconds <= 0:
                raise TimeoutError(TOO_SLOW)
            return seconds

        return left


class _TimedResponse(http.client.HTTPResponse):
    """A response that reads through `_TimedSocket`."""

    def __init__(
        self,
        sock: socket.socket,
        *arguments: Any,  # noqa: ANN401 - handed through
        left: Callable[[], float],
        **options: Any,  # noqa: ANN401 - as above
    ) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedSocket(sock, left))


class _TimedSocket(io.RawIOBase):
    """The bytes of a socket, each read with the time that is left."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        super().__init__()
        self._raw = sock.makefile("rb", buffering=0)
        self._sock = sock
        self._left = left

    def readable(self) -> bool:  # type: ignore[explicit-override]
        return True

    def readinto(self, buffer: Any) -> int | None:  # type: ignore[explicit-override]  # noqa: ANN401 - a writable buffer
        self._sock.settimeout(self._left())
        return self._raw.readinto(buffer)

    def close(self) -> None:  # type: ignore[explicit-override]
        self._raw.close()
        super().close()
