# SPDX-License-Identifier: Apache-2.0
"""C2SP tlog-witness on the wire: bytes into a socket and bytes out of it, as the specification prints them."""

from __future__ import annotations

import socket
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from api.witness.request import MAX_BODY
from ledger.cosignature import parse_cosigner_key, seconds_in
from ledger.note import open_note, parse_note
from tests.growing_log import GrowingLog
from tests.served_process import running
from verifier.cli import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.served_process import ServerProcess

pytestmark = pytest.mark.loopback

NAME = "witness.example/w1"
LOG = GrowingLog()


def command(*arguments: str) -> str:
    """What `fundtrace` with these arguments prints."""
    result = CliRunner().invoke(build(), list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a witness that watches one log by its policy file and another by its key."""
    place = tmp_path_factory.mktemp("office")
    first, second = LOG.keys
    policy = place / "policy"
    policy.write_text(
        f"log {first.text}\nwitness log-ml-dsa-44 {second.text}\nquorum log-ml-dsa-44\n", "utf-8"
    )
    witness = place / "witness"
    command("witness", "init", "--name", NAME, "--dir", str(witness))
    other = GrowingLog(origin="other.example/log", quantum=False)
    said = command("witness", "add", "--dir", str(witness), str(policy), other.keys[0].text, "--lang", "en")
    assert said.splitlines() == [
        "Watching ledger.example/log (2 keys)",
        "Watching other.example/log (1 keys)",
    ]
    return witness


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[ServerProcess]:
    """The witness at work."""
    with running("witness", "serve", "--dir", str(folder), "--port", "0") as process:
        yield process


def talk(server: ServerProcess, *requests: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Status, headers and body of the answer to each request, all over one kept connection."""
    place = urlsplit(server.address)
    answers = []
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    with connection, connection.makefile("rb") as stream:
        for request in requests:
            connection.sendall(request)
            code = int(stream.readline().split(b" ")[1])
            lines = iter(lambda: stream.readline().decode().rstrip("\r\n"), "")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            answers.append((code, headers, stream.read(int(headers.get("content-length", "0")))))
    return answers


def post(body: bytes) -> bytes:
    """The bytes of an add-checkpoint request."""
    head = f"POST /add-checkpoint HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def get(path: str) -> bytes:
    """The bytes of a request for `path`."""
    return f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()


def test_one_conversation(server: ServerProcess, folder: Path) -> None:
    """First contact, a stale size, growth, a fork, reading: over one connection, every byte checked."""
    keys = [parse_cosigner_key(line) for line in talk(server, get("/"))[0][2].decode().splitlines()]
    assert [key.name for key in keys] == [NAME, NAME]
    place = f"/{sha256(LOG.origin.encode()).hexdigest()}/checkpoint"
    fork = GrowingLog(fork=2)
    before, first, stale, grown, forked, unknown, shown = talk(
        server,
        get(place),
        post(LOG.request(0, 3)),
        post(LOG.request(0, 9)),
        post(LOG.request(3, 9)),
        post(fork.request(9, 9)),
        post(GrowingLog(origin="third.example/log").request(0, 1)),
        get(place),
    )
    assert [one[0] for one in (before, first, stale, grown, forked, unknown, shown)] == [
        404, 200, 409, 200, 422, 404, 200,
    ]  # fmt: skip
    assert stale[2] == b"3\n"
    assert stale[1]["content-type"] == "text/x.tlog.size"
    for answer, size in ((first, 3), (grown, 9)):
        lines = answer[2].decode().splitlines(keepends=True)
        assert all(line.startswith(f"— {NAME} ") and line.endswith("\n") for line in lines)
        note = open_note(LOG.note(size) + answer[2], keys)
        assert [one.key_id for one in note.verified] == [key.note_key_id for key in keys]
        assert len({seconds_in(one.signature) for one in note.verified}) == 1
    assert shown[1]["content-type"] == "text/plain; charset=utf-8"
    assert parse_note(shown[2]).text == LOG.text(9)
    assert shown[2].endswith(grown[2])
    assert "ledger.example/log: 9 entries, cosigned 20" in command(
        "witness", "show", "--dir", str(folder), "--lang", "en"
    )


MALFORMED = {
    "an empty body": (post(b""), 400),
    "no proof separator": (post(b"old 0\n"), 400),
    "garbage": (post(bytes(range(256)) * 8), 400),
    "a body that is announced as too large": (
        f"POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode(),
        413,
    ),
    "a chunked body that becomes too large": (
        b"POST /add-checkpoint HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"8000\r\n%b\r\n40000\r\n%b\r\n0\r\n\r\n"
        % (b"x" * 0x8000, b"x" * 0x40000),
        413,
    ),
    "GET of the write route": (get("/add-checkpoint"), 405),
    "another method": (b"PUT /add-checkpoint HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405),
    "a path that is none": (get("/add-checkpoint/"), 404),
    "a hash of no log": (get(f"/{'0' * 64}/checkpoint"), 404),
    "a hash in capitals": (get(f"/{sha256(LOG.origin.encode()).hexdigest().upper()}/checkpoint"), 404),
    "climbing out": (get("/../checkpoint"), 404),
    "a quote in the hash": (get("/%27%20OR%201%3D1--/checkpoint"), 404),
    "no HTTP": (b"hello\r\n\r\n", 400),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "code"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_requests(server: ServerProcess, request_: bytes, code: int) -> None:
    """Each is refused with its status, and the witness goes on answering."""
    assert talk(server, request_)[0][0] == code
    assert talk(server, get("/"))[0][0] == 200


def test_a_second_server_is_refused(server: ServerProcess, folder: Path) -> None:
    """One folder, one process."""
    assert server.process.poll() is None
    result = CliRunner().invoke(
        build(), ["witness", "serve", "--dir", str(folder), "--port", "0", "--lang", "en"]
    )
    assert result.exit_code == 3
    assert "another process is serving this witness" in result.output
