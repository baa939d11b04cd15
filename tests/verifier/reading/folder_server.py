# SPDX-License-Identifier: Apache-2.0
"""A web server over a folder of this machine, which fails and redirects on demand; nothing of one is left to the next."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path


class FolderServer(http.server.ThreadingHTTPServer):
    """Serves a folder at a free port; its next `failures` answers are 503."""

    def __init__(self, folder: Path) -> None:
        """Bind to a free port."""
        super().__init__(("127.0.0.1", 0), partial(_Shelf, self, directory=str(folder)))
        self.failures = 0

    def handle_error(self, request: object, client_address: object) -> None:  # type: ignore[explicit-override] # until 3.12
        """Say nothing: clients may go away in the middle."""


class _Shelf(http.server.SimpleHTTPRequestHandler):
    def __init__(self, shelf: FolderServer, *request: Any, directory: str) -> None:  # noqa: ANN401 - as there
        self.shelf = shelf
        super().__init__(*request, directory=directory)

    def log_message(self, format: str, *args: Any) -> None:  # type: ignore[explicit-override]  # noqa: A002, ANN401 - as there
        """Say nothing."""

    def do_GET(self) -> None:  # type: ignore[explicit-override] # as above
        """Fail as often as asked, redirect what is under /moved/, serve the rest."""
        if self.shelf.failures:
            self.shelf.failures -= 1
            self.send_error(503)
        elif self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", "/" + self.path.removeprefix("/moved/"))
            self.end_headers()
        else:
            super().do_GET()


@contextmanager
def serving(folder: Path, *, tls: ssl.SSLContext | None = None) -> Iterator[FolderServer]:
    """`folder` is served until the end of the block, behind `tls` where given."""
    with FolderServer(folder) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
