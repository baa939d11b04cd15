# SPDX-License-Identifier: Apache-2.0
"""A mail server and a webhook on this machine, as kind or unkind as a test wants them."""

from __future__ import annotations

import contextlib
import http.server
import socketserver
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Manner = Literal["kind", "refuses", "breaks", "hangs", "abrupt"]
"""Takes everything; refuses the recipient, or answers 500; closes the connection; says nothing; goes without farewell."""


@dataclass
class Office:
    """What came in, and how it is answered; a hanging answer ends with the test."""

    manner: Manner = "kind"
    port: int = 0
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


class _Clerk(socketserver.StreamRequestHandler):
    """Takes mail (RFC 5321) without TLS."""

    office: ClassVar[Office]

    def converse(self) -> None:
        office = self.office
        if office.manner == "hangs":
            office.closing.wait(60)
        if office.manner in {"hangs", "breaks"}:
            return
        self._say(b"220 post office")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT" and office.manner == "abrupt":
                return
            self._answer(verb, office)

    def _answer(self, verb: bytes, office: Office) -> None:
        if verb == b"DATA":
            self._say(b"354 go on")
            office.taken.append(({}, b"".join(iter(self.rfile.readline, b".\r\n"))))
        refused = verb == b"RCPT" and office.manner == "refuses"
        self._say(b"550 no such mailbox" if refused else b"221 bye" if verb == b"QUIT" else b"250 yes")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class _Hook(http.server.BaseHTTPRequestHandler):
    """Takes what is posted."""

    office: ClassVar[Office]

    def do_POST(self) -> None:
        office = self.office
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if office.manner == "hangs":
            office.closing.wait(60)
        if office.manner in {"hangs", "breaks"}:
            return
        if office.manner == "kind":
            office.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(200 if office.manner == "kind" else 500)
        self.end_headers()


@contextlib.contextmanager
def _open(clerk: type[socketserver.BaseRequestHandler]) -> Iterator[Office]:
    office = Office()
    silent = {"office": office, "log_message": lambda *_: None}
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type(clerk.__name__, (clerk,), silent))
    server.daemon_threads = True
    office.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield office
    finally:
        office.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def mail_office() -> contextlib.AbstractContextManager[Office]:
    """A mail server."""
    return _open(type(_Clerk.__name__, (_Clerk,), {"handle": _Clerk.converse}))


def hook_office() -> contextlib.AbstractContextManager[Office]:
    """A webhook."""
    return _open(_Hook)
