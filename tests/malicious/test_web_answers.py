# SPDX-License-Identifier: Apache-2.0
"""An HTTP server with every bad habit: nothing hangs, nothing swells, no copy takes harm, and the fault is named."""

from __future__ import annotations

import gzip
import itertools
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler as Handler
from typing import TYPE_CHECKING

import pytest

from ledger.errors import EnvironmentFault, InputError, LimitError, MissingError
from ledger.note import MAX_NOTE_BYTES
from ledger.tiles import MAX_BUNDLE_BYTES
from tests.answering import answering
from tests.malicious.forger import Forger
from tests.worlds import make_world
from verifier.integrity.trust import Trust
from verifier.mirror import mirror
from verifier.reading.web_source import ANSWER_SECONDS, open_web

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.malicious.forger import Files
    from verifier.reading.static_log import StaticLog

pytestmark = pytest.mark.loopback

VICTIMS = ("checkpoint", "tile/0/000", "tile/entries/000", "tile/entries/001.p/60")

DRIP_SECONDS = 0.02
BOMB = gzip.compress(bytes(MAX_BUNDLE_BYTES + 1))


@pytest.fixture(scope="module")
def forger() -> Forger:
    """An honest log of two bundles."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), *(world.bank_lines(1, 40, statement=f"s{number}") for number in range(8)))
    made.entries = made.entries[:316]
    return made


def head(handler: Handler, status: int = 200, **headers: str | int) -> None:
    """Status line and headers."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()


def honestly(handler: Handler, data: bytes) -> None:
    """As any web server does."""
    head(handler, Content_Length=len(data))
    handler.wfile.write(data)


def endless(handler: Handler, data: bytes) -> None:
    """The right bytes, and then more without end."""
    head(handler)
    handler.wfile.write(data)
    while True:
        handler.wfile.write(bytes(65536))


def endless_chunks(handler: Handler, _data: bytes) -> None:
    """The same in chunks."""
    handler.protocol_version = "HTTP/1.1"
    head(handler, Transfer_Encoding="chunked")
    while True:
        handler.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")


def claims_more(handler: Handler, data: bytes) -> None:
    """A last byte that never comes."""
    head(handler, Content_Length=len(data))
    handler.wfile.write(data[:-1])


def claims_less(handler: Handler, data: bytes) -> None:
    """A length that ends too early."""
    head(handler, Content_Length=len(data) - 1)
    handler.wfile.write(data)


def claims_the_world(handler: Handler, _data: bytes) -> None:
    """A length that no part of a log has."""
    head(handler, Content_Length=1 << 62)


def breaks_off(handler: Handler, data: bytes) -> None:
    """Half a chunk."""
    handler.protocol_version = "HTTP/1.1"
    head(handler, Transfer_Encoding="chunked")
    handler.wfile.write(f"{len(data):x}\r\n".encode() + data[: len(data) // 2])


def elsewhere(handler: Handler, _data: bytes) -> None:
    """To another machine."""
    head(handler, 302, Location="http://127.0.0.1:9/")


def bomb(handler: Handler, _data: bytes) -> None:
    """A few kilobytes that unpack to more than any part of a log has."""
    head(handler, Content_Encoding="gzip", Content_Length=len(BOMB))
    handler.wfile.write(BOMB)


def half_packed(handler: Handler, data: bytes) -> None:
    """A packed answer without its end."""
    packed = gzip.compress(data)[:-9]
    head(handler, Content_Encoding="gzip", Content_Length=len(packed))
    handler.wfile.write(packed)


def packed_twice(handler: Handler, data: bytes) -> None:
    """Two packed answers in one."""
    packed = gzip.compress(data) * 2
    head(handler, Content_Encoding="gzip", Content_Length=len(packed))
    handler.wfile.write(packed)


def packed_strangely(handler: Handler, data: bytes) -> None:
    """In a way that nobody asked for."""
    head(handler, Content_Encoding="br", Content_Length=len(data))
    handler.wfile.write(data)


def many_headers(handler: Handler, _data: bytes) -> None:
    """More headers than anybody sends."""
    head(handler, **{f"X-{number}": number for number in range(200)})


def drips(handler: Handler, data: bytes) -> None:
    """A byte at a time."""
    head(handler, Content_Length=len(data))
    for at in range(len(data)):
        handler.wfile.write(data[at : at + 1])
        time.sleep(DRIP_SECONDS)


def drips_headers(handler: Handler, _data: bytes) -> None:
    """Headers that never end, a byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(DRIP_SECONDS)


def nonsense(handler: Handler, _data: bytes) -> None:
    """Not HTTP."""
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


def forbids(handler: Handler, _data: bytes) -> None:
    """Kept back."""
    head(handler, 403)


def serving(
    files: Files, victim: str, habit: Callable[[Handler, bytes], None]
) -> AbstractContextManager[str]:
    """The files by HTTP, one of them by a bad habit; the address."""

    class Bad(Handler):
        def do_GET(self) -> None:
            """One file."""
            path = self.path.removeprefix("/")
            self.close_connection = True
            try:
                if path not in files:
                    self.send_error(404)
                else:
                    (habit if path == victim else honestly)(self, files[path])
            except OSError:
                """The reader has gone away, as it should."""

    return answering(Bad)


def opened(address: str, *, slow: bool) -> StaticLog:
    """The log there, without pauses; `slow` is a clock on which each read takes a tenth of the time for an answer."""
    if not slow:
        return open_web(address, pause=lambda _seconds: None)
    ticks = itertools.count(0, ANSWER_SECONDS // 10)
    return open_web(address, pause=lambda _seconds: None, clock=lambda: float(next(ticks)))


def look(address: str, folder: Path, trust: Trust, *, slow: bool = False) -> int:
    """One look; the size copied."""
    with closing(opened(address, slow=slow)) as source:
        return mirror(source, folder, trust, progress=lambda _done, _whole: None).checkpoint.size


def contents(folder: Path) -> Files:
    """What is there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("habit", "error"),
    [
        (endless, InputError), (endless_chunks, LimitError), (claims_more, EnvironmentFault), (claims_less, InputError),
        (claims_the_world, LimitError), (breaks_off, EnvironmentFault), (elsewhere, EnvironmentFault),
        (bomb, LimitError), (half_packed, EnvironmentFault), (packed_twice, (EnvironmentFault, LimitError)),
        (packed_strangely, EnvironmentFault), (many_headers, EnvironmentFault), (drips, EnvironmentFault),
        (drips_headers, EnvironmentFault), (nonsense, EnvironmentFault), (forbids, MissingError),
    ],
)  # fmt: skip
def test_no_bad_habit_harms_a_copy(
    forger: Forger,
    tmp_path: Path,
    habit: Callable[[Handler, bytes], None],
    error: type[Exception] | tuple[type[Exception], ...],
) -> None:
    """At the checkpoint, a tile and two bundles: told as whose fault it is, and the copy is as it was."""
    trust = Trust(genesis=forger.world.genesis_hash)
    files = forger.files()
    with serving(forger.files(200), "", honestly) as address:
        assert look(address, tmp_path, trust) == 200
    before = contents(tmp_path)
    for victim in VICTIMS:
        assert victim in files
        with serving(files, victim, habit) as address, pytest.raises(error):
            look(address, tmp_path, trust, slow=habit in {drips, drips_headers})
        assert contents(tmp_path).items() >= before.items()
        assert contents(tmp_path)["checkpoint"] == before["checkpoint"]
    with serving(files, "", honestly) as address:
        assert look(address, tmp_path, trust) == len(forger.entries)


def test_a_packed_answer_is_unpacked(forger: Forger, tmp_path: Path) -> None:
    """By gzip, also where it makes the answer longer (C2SP tlog-tiles allows it without being asked)."""

    def packed(handler: Handler, data: bytes) -> None:
        body = gzip.compress(data)
        head(handler, Content_Encoding="gzip", Content_Length=len(body))
        handler.wfile.write(body)

    for victim in VICTIMS:
        with serving(forger.files(), victim, packed) as address:
            assert look(address, tmp_path / victim.replace("/", "-"), Trust()) == len(forger.entries)


def test_a_huge_checkpoint_is_refused(forger: Forger, tmp_path: Path) -> None:
    """No more of it is read than a note may have."""

    def huge(handler: Handler, data: bytes) -> None:
        honestly(handler, data + b"x" * MAX_NOTE_BYTES)

    with serving(forger.files(), "checkpoint", huge) as address, pytest.raises(LimitError):
        look(address, tmp_path, Trust())
    assert not contents(tmp_path)
