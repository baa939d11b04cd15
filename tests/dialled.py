# SPDX-License-Identifier: Apache-2.0
"""The command line and its client before a server in this process: every address dialled leads to one site.

dial(monkeypatch, site)
CommandLine().done("drafts", "list", "--url", ADDRESS, "--key", str(path))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ledger import client
from ledger.connection import Answer
from tests.served import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


@dataclass(slots=True)
class Switchboard:
    """Connects every address with `site`; `asked` has all requests.

    `before` may act before one goes through, `after` once the site has answered it; `altered` is what comes back as body.
    """

    site: Site
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    before: Callable[[str, str], None] = lambda _method, _path: None
    after: Callable[[str, str], None] = lambda _method, _path: None
    altered: Callable[[str, str, bytes], bytes] = lambda _method, _path, body: body

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """The answer of the site."""
        self.before(method, path)
        self.asked.append((method, path, dict(headers)))
        answer = self.site.send(method, path, content=body, headers=dict(headers))
        self.after(method, path)
        body = self.altered(method, path, answer.content)
        return Answer(status=answer.status_code, headers=dict(answer.headers), body=body)


def dial(monkeypatch: pytest.MonkeyPatch, site: Site) -> Switchboard:
    """From here on clients that open a connection reach `site`."""
    board = Switchboard(site)

    class Wire:
        def __init__(self, address: str) -> None:
            self.address = address

        def close(self) -> None:
            """Nothing to let go of."""

        def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
            return board(method, path, body, headers)

    monkeypatch.setattr(client, "Connection", Wire)
    return board
