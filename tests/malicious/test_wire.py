# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server that cheats: forged logs over the wire, and answers that are not what their headers say."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Final

import pytest

from ledger.errors import EnvironmentFault, InputError
from ledger.log_keys import keys_in
from tests.answering import answering
from tests.malicious.attacks import ATTACKS, Attack
from tests.malicious.every_kind import every_kind
from tests.malicious.forger import Files, Forger, state_of
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.workers import Workers
from verifier.reading.web_source import open_web
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from verifier.integrity.verdict import Verdict

pytestmark = pytest.mark.loopback

Answers = Callable[[str], tuple[dict[str, str] | None, bytes]]
"""From a path to headers beside the ordinary ones, and a body that need not fit them; no headers: it is not there."""

ENDLESS: Final = b"\0" * (1 << 16)


def serving(answer: Answers) -> AbstractContextManager[str]:
    """The address of a server that answers as told, word for word."""

    class Cheat(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers, body = answer(self.path.lstrip("/"))
            self.send_response(200 if headers is not None else 404)
            for name, value in (headers or {"Content-Length": "0"}).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # until the reader has had enough
                self.wfile.write(body)
                while headers is not None and headers.get("Content-Length") == "999999999999":
                    self.wfile.write(ENDLESS)

    return answering(Cheat)


def files_answer(files: Files) -> Answers:
    """Answers with these files and nothing else."""

    def answer(path: str) -> tuple[dict[str, str] | None, bytes]:
        if path not in files:
            return None, b""
        return {"Content-Length": str(len(files[path]))}, files[path]

    return answer


def verdict_of(address: str, trust: Trust) -> Verdict:
    """What the verifier says of the log at `address`."""
    source = open_web(address, pause=lambda _seconds: None)
    with Workspace() as workspace:
        replay = Replay(source, workspace, trust=trust, workers=Workers(2))
        for _event in replay.events():
            pass
        return replay.verdict()


@pytest.fixture(scope="module")
def honest() -> Forger:
    """A log in which every kind stands."""
    return every_kind()


def trust_in(honest: Forger) -> Trust:
    """The log keys and a saved state."""
    return Trust(log_keys=keys_in(honest.world.genesis.log_keys), state=state_of(honest.files()))


def test_the_honest_log_over_the_wire(honest: Forger) -> None:
    """What every cheat differs from."""
    with serving(files_answer(honest.files())) as address:
        assert verdict_of(address, trust_in(honest)).outcome == "verified"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_forged_logs_over_the_wire(honest: Forger, attack: Attack) -> None:
    """One forgery of each kind, from the middle of the log."""
    forgeries = list(attack.forge(honest))
    with serving(files_answer(forgeries[len(forgeries) // 2].files)) as address:
        assert verdict_of(address, trust_in(honest)).exit_code == 2


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/140", "tile/entries/000.p/140"])
@pytest.mark.parametrize(
    ("length", "codes"), [("7", {2, 3}), ("999999999999", {2, 3}), ("-1", {0}), ("many", {0})]
)
def test_lengths_that_lie(honest: Forger, path: str, length: str, codes: set[int]) -> None:
    """Cut short or endless: broken or not to be had. No number at all: what was sent counts, and it is all there."""
    whole = files_answer(honest.files())

    def answer(asked: str) -> tuple[dict[str, str] | None, bytes]:
        headers, body = whole(asked)
        return ({"Content-Length": length}, body) if asked == path else (headers, body)

    with serving(answer) as address:
        try:
            code = verdict_of(address, trust_in(honest)).exit_code
        except (EnvironmentFault, InputError):
            code = 3
    assert code in codes
