# SPDX-License-Identifier: Apache-2.0
"""An export behind a plain web server is the live server's `/log/`: same paths, same bytes, same declared headers."""

from __future__ import annotations

import fnmatch
import gzip
import http.client
import re
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.publisher import publish
from ledger.static_headers import HEADERS_FILE, headers_file, headers_of
from ledger.tiles import bundles_of, tiles_of
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.served import Site

GUIDE = Path(__file__).parents[2] / "docs" / "operator" / "static.md"
ABSENT = (
    "tile/0/009",
    "tile/0/000.p/0",
    "tile/0/0",
    "tile/9/000.p/1",
    "tile/entries/x001/000",
    "anchor/index",
    "anchor/1-1.note",
    "anchor/nothing",
    "nothing",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served ledger with two levels of tiles."""
    world = make_world()
    url = str(tmp_path_factory.mktemp("copy") / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.bank_lines(1, 700)])
    with served(url, None) as site:
        yield site


@contextmanager
def plain_server(folder: Path) -> Iterator[int]:
    """`python3 -m http.server` over the folder; its port."""
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"port (\d+)", process.stdout.readline())
        assert found is not None
        yield int(found[1])
    finally:
        process.kill()
        process.communicate()


def fetched(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body of one answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, f"/{path}")
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.loopback
def test_a_plain_web_server_serves_what_the_live_server_serves(site: Site, tmp_path: Path) -> None:
    """Every path of the log, GET and HEAD, and what is not there, with status and bytes."""
    shown = publish(site.ledger.engine, tmp_path)
    parts = [tile.path for tile in (*tiles_of(shown.size), *bundles_of(shown.size))]
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"checkpoint", "policy", "anchor.txt", HEADERS_FILE, *parts}
    with plain_server(tmp_path) as port:
        for path in ("checkpoint", "policy", "anchor.txt", *parts, *ABSENT):
            live = site.get(f"/log/{path}")
            status, body = fetched(port, path)
            assert status == live.status_code == (404 if path in ABSENT else 200), path
            assert body == live.content or path in ABSENT, path
            assert fetched(port, path, "HEAD") == (site.send("HEAD", f"/log/{path}").status_code, b"")


def test_live_headers_are_the_declared_ones(site: Site) -> None:
    """Each once and nothing else, but length, compression, what it varies with, and the number of the request."""
    own = {"content-length", "vary", "content-encoding", "x-request-id"}
    for path in ("checkpoint", "policy", "anchor.txt", "tile/0/000", "tile/1/000.p/2", "tile/entries/000"):
        for method in ("GET", "HEAD"):
            headers = site.send(method, f"/log/{path}").headers
            found = {name: headers.get_list(name) for name in headers if name not in own}
            assert found == {name.lower(): [value] for name, value in headers_of(path).items()}, path


def test_the_generated_file_declares_the_same(site: Site, tmp_path: Path) -> None:
    """Read as hosts of static sites read it, `_headers` gives each file its headers."""
    publish(site.ledger.engine, tmp_path)
    assert (tmp_path / HEADERS_FILE).read_bytes() == headers_file()
    rules: dict[str, dict[str, str]] = {}
    for line in headers_file().decode().splitlines():
        if line.startswith("/"):
            rules[line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            rules[next(reversed(rules))][name] = value
    for path in (
        "checkpoint",
        "policy",
        "anchor.txt",
        "anchor/index",
        "tile/0/000",
        "tile/entries/x001/234.p/7",
    ):
        assert [found for rule, found in rules.items() if fnmatch.fnmatch(f"/{path}", rule)] == [
            headers_of(path)
        ]


@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_the_guide_configures_the_same(server: str) -> None:
    """Each configuration in the guide names every header with its value."""
    found = re.search(rf"```{server}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    for path in ("checkpoint", "tile/0/000"):
        for name, value in headers_of(path).items():
            assert value.partition(";")[0] in found[1], (server, name, value)
            assert name == "Content-Type" or name in found[1], (server, name)


@pytest.mark.parametrize(
    ("offer", "packed"),
    [
        ("gzip", True), ("identity, gzip;q=0.5", True), ("*", True), ("GZIP", True), ("gzip; q=1.0", True),
        ("identity", False), ("gzip;q=0", False), ("gzip; q=0.000, identity", False), ("br", False), ("*;q=0", False),
    ],
)  # fmt: skip
def test_bundles_are_compressed_for_those_who_take_it(site: Site, offer: str, *, packed: bool) -> None:
    """Entry bundles by gzip (C2SP tlog-tiles, log entries), never hash tiles; caches are told that it varies."""
    whole = site.get("/log/tile/entries/000", accept_encoding="identity")
    assert "content-encoding" not in whole.headers
    answer = site.get("/log/tile/entries/000", accept_encoding=offer)
    assert answer.content == whole.content
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert answer.headers["vary"] == whole.headers["vary"] == "Accept-Encoding"
    assert (int(answer.headers["content-length"]) < len(whole.content)) == packed
    assert "content-encoding" not in site.get("/log/tile/0/000", accept_encoding=offer).headers


def test_compression_does_not_vary() -> None:
    """The same bytes each time, so that caches agree."""
    assert gzip.compress(b"x" * 999, mtime=0) == gzip.compress(b"x" * 999, mtime=0)


def test_a_range_is_answered_by_the_whole(site: Site) -> None:
    """Ranges are optional (RFC 9110 §14.2): files are small, and no reader of a log depends on them."""
    answer = site.get("/log/tile/0/000", range="bytes=0-31")
    assert (answer.status_code, len(answer.content)) == (200, 8192)
    assert "content-range" not in answer.headers


def test_what_is_not_there_yet_is_not_kept(site: Site) -> None:
    """A tile that is missing now may be there in a second."""
    for path in ABSENT:
        assert site.get(f"/log/{path}").headers["cache-control"] == "no-store"
