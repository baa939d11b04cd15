# SPDX-License-Identifier: Apache-2.0
"""A web server over a folder of this machine, which fails and redirects on demand; nothing of one is left to the next."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from tests.answering import answering

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Shelf:
    """A folder at `address`; its next `failures` answers are 503."""

    address: str = ""
    failures: int = 0


@contextmanager
def serving(folder: Path, *, tls: ssl.SSLContext | None = None) -> Iterator[Shelf]:
    """`folder` is served until the end of the block, behind `tls` where given; what is under /moved/ is redirected."""
    shelf = Shelf()

    class Reader(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = folder / self.path.lstrip("/")
            if shelf.failures:
                shelf.failures -= 1
                self.send_error(503)
            elif self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", "/" + self.path.removeprefix("/moved/"))
                self.end_headers()
            elif file.is_file():
                self.send_response(200)
                self.send_header("Content-Length", str(file.stat().st_size))
                self.end_headers()
                self.wfile.write(file.read_bytes())
            else:
                self.send_error(404)

    with answering(Reader, tls=tls) as shelf.address:
        yield shelf
