# SPDX-License-Identifier: Apache-2.0
"""The client of a served ledger: what it sends again and what not, what it believes, over scripts and over real sockets."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, ClassVar

import pytest
from typer.testing import CliRunner

from ledger.answer import Accepted, Refused
from ledger.client import PAUSES_SECONDS, LedgerClient
from ledger.connection import Answer, Connection
from ledger.errors import EnvironmentFault, InputError, MissingError, ProofError, SignatureError
from ledger.log_keys import keys_in
from ledger.submission import wire_bytes
from tests.answering import answering
from tests.ledgers import check_whole
from tests.served import Site
from tests.worlds import log_signer_named
from verifier.cli import build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.worlds import World


@dataclass(slots=True)
class Line:
    """The way to a served ledger; `failures` are what happens first, before (lost) or after (cut) it has answered."""

    site: Site
    failures: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    paused: list[int] = field(default_factory=list)

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """The answer of the ledger, or a failure."""
        self.asked.append((method, path))
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "lost":
            raise ConnectionRefusedError(failure)
        answer = self.site.send(method, path, content=body, headers=dict(headers))
        if failure == "cut":
            raise http.client.RemoteDisconnected(failure)
        if failure:
            return Answer(status=int(failure[:3]), headers={"retry-after": failure[4:]}, body=b"busy")
        return Answer(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    def client(self, *, world: World | None = None) -> LedgerClient:
        """A client over it, which believes the log keys of `world`."""
        keys = () if world is None else keys_in(world.genesis.log_keys)
        return LedgerClient("http://ledger.test", log_keys=keys, exchange=self, pause=self.paused.append)


def test_a_submission_is_answered_with_a_verified_receipt(office: Site, world: World) -> None:
    """Stored, then replayed with the same receipt."""
    client = Line(office).client(world=world)
    submission = world.issue("L1", 100)
    first, again = client.submit_in_order([submission, submission])
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert (first.replayed, again.replayed) == (False, True)
    assert (first.seq, first.receipt) == (again.seq, again.receipt)
    assert client.size == first.seq + 2
    assert client.entry(first.seq).startswith(b'{"header":')


def test_a_refusal_says_in_both_languages_what_the_ledger_says(office: Site, world: World) -> None:
    """Code, check, event, field, message, remedy: as the commit path itself refuses."""
    line = Line(office)
    beyond = world.pay("NOWHERE", 1)
    refused = line.client().submit(beyond)
    sequencer = office.ledger.sequencer
    assert sequencer is not None
    assert refused == sequencer.submit(beyond)
    assert isinstance(refused, Refused)
    assert line.paused == []


@pytest.mark.parametrize("failure", ["lost", "cut", "503 ", "429 ", "500 ", "502 "])
def test_what_may_be_another_next_time_is_sent_again(office: Site, world: World, failure: str) -> None:
    """Also after an answer that never came although the ledger stored it: the receipt is then the first one."""
    line = Line(office, failures=[failure, failure])
    accepted = line.client(world=world).submit(world.issue("L1", 100))
    assert isinstance(accepted, Accepted)
    assert accepted.replayed is (failure != "lost")
    assert [path for _, path in line.asked] == ["/v1/submissions"] * 3 + [
        f"/v1/entries/{accepted.seq}?format=raw"
    ]
    assert line.paused == list(PAUSES_SECONDS[:2])


@pytest.mark.parametrize(("asked", "waited"), [("7", 7), ("9999", 60), ("soon", 1), ("-3", 1), ("", 1)])
def test_the_time_that_the_server_names_is_waited(
    office: Site, world: World, asked: str, waited: int
) -> None:
    """Within a minute; what is no number of seconds counts as none."""
    line = Line(office, failures=[f"429 {asked}"])
    line.client().submit(world.issue("L1", 100))
    assert line.paused == [waited]


@pytest.mark.parametrize("failure", ["lost", "cut", "503 1"])
def test_it_gives_up_after_a_while_and_says_that_sending_again_is_right(
    office: Site, world: World, failure: str
) -> None:
    """Never `Refused`: nobody knows what happened."""
    line = Line(office, failures=[failure] * 99)
    with pytest.raises(EnvironmentFault) as raised:
        line.client().submit(world.issue("L1", 100))
    assert len(line.asked) == len(PAUSES_SECONDS) + 1
    assert "not stored twice" in raised.value.remedy_en
    assert "不会重复入账" in raised.value.remedy_zh


def test_a_redirect_is_not_followed(office: Site, world: World) -> None:
    """A submission goes where it was sent."""
    line = Line(office, failures=["302 "])
    with pytest.raises(EnvironmentFault, match="status 302"):
        line.client().submit(world.issue("L1", 100))


def test_reads_only_servers_are_told_as_such(office: Site, world: World) -> None:
    """The message of the last refusal to serve is passed on."""
    office.ledger.sequencer = None
    with pytest.raises(EnvironmentFault, match="no log key"):
        Line(office).client().submit(world.issue("L1", 100))


def test_a_receipt_by_another_key_is_not_believed(office: Site, world: World) -> None:
    """With the keys of the log it is; with those of a stranger it is refused."""
    line = Line(office)
    stranger = keys_in(log_signer_named("stranger").vkeys(world.genesis.origin))
    client = LedgerClient("http://ledger.test", log_keys=stranger, exchange=line)
    with pytest.raises((SignatureError, ProofError)):
        client.submit(world.issue("L1", 100))


def test_a_receipt_for_another_entry_is_not_believed(office: Site, world: World) -> None:
    """A server may not answer one submission with the proof of another."""
    other = office.post(wire_bytes(world.issue("L1", 100)))

    def swap(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        answer = Line(office)(method, path, body, headers)
        return Answer(status=201, headers={}, body=other.content) if method == "POST" else answer

    client = LedgerClient("http://ledger.test", log_keys=keys_in(world.genesis.log_keys), exchange=swap)
    with pytest.raises(ProofError, match="something else"):
        client.submit(world.issue("L2", 100))


def test_lists_are_read_to_their_end(site: Site) -> None:
    """Page after page."""
    client = Line(site).client()
    assert [one["id"] for one in client.items("parties")] == sorted(site.ledger.model.register.parties)
    with pytest.raises(MissingError):
        list(client.items("nothing"))
    with pytest.raises(MissingError, match="no entry at this position"):
        client.entry(10_000_000)


@pytest.mark.parametrize(
    "address",
    ["ledger.example", "ftp://ledger.example", "https://", "https://u@h", "https://h?q", "https://h#f"],
)
def test_an_address_is_scheme_host_and_path(address: str) -> None:
    """Anything else is a mistake of whoever typed it; a plain address is not."""
    with pytest.raises(InputError):
        Connection(address)
    Connection("https://ledger.example/jl")


# --- over sockets -----------------------------------------------------------------------------------------


class Relay(BaseHTTPRequestHandler):
    """Answers by a ledger in process; as often as `drops` says, the connection ends where the answer would begin."""

    site: ClassVar[Site]
    drops: ClassVar[list[str]]
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = self.site.send(self.command, self.path, content=body or None)
        if self.command in self.drops:
            self.drops.remove(self.command)
            self.close_connection = True
            return
        self.send_response(answer.status_code)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def do_GET(self) -> None:
        """A read."""
        self._answer()

    def do_POST(self) -> None:
        """A submission."""
        self._answer()


def relaying(site: Site, drops: list[str]) -> AbstractContextManager[str]:
    """A server on this machine in front of `site`; its address."""
    return answering(type("OneRelay", (Relay,), {"site": site, "drops": drops}))


@pytest.mark.loopback
def test_a_connection_that_drops_after_the_commit_loses_and_doubles_nothing(
    office: Site, world: World
) -> None:
    """The submission is stored once, and its sender gets the first receipt."""
    before = office.ledger.head().size
    with relaying(office, ["POST", "GET"]) as address:
        keys = keys_in(world.genesis.log_keys)
        with LedgerClient(address, log_keys=keys, pause=lambda _: None) as client:
            accepted = client.submit(world.issue("L1", 100))
    assert isinstance(accepted, Accepted)
    assert accepted.replayed
    assert office.ledger.head().size == before + 2
    check_whole(office.app.state.settings.db, world)


@pytest.mark.loopback
def test_the_command_posts_a_file_to_a_server(office: Site, world: World, tmp_path: Path) -> None:
    """Each line is told as if posted to the database: stored, refused; and once more all are replayed."""
    file = tmp_path / "day.ndjson"
    lines = [
        wire_bytes(world.issue("L1", 100)),
        wire_bytes(world.pay("L1", 101)),
        wire_bytes(world.pay("L1", 99)),
    ]
    file.write_bytes(b"\n".join(lines) + b"\n")
    policy = tmp_path / "policy"
    policy.write_bytes(office.get("/log/policy").content)
    with relaying(office, []) as address:
        command = ["post", "--url", address, "--policy", str(policy), str(file), "--json"]
        first = CliRunner().invoke(build(), command)
        again = CliRunner().invoke(build(), command)
    assert first.exit_code == again.exit_code == 1, first.output
    told, retold = json.loads(first.stdout), json.loads(again.stdout)
    assert (told["accepted"], told["refused"], told["replayed"]) == (2, 1, 0)
    assert told["refusals"][0]["line"] == 2
    assert told["refusals"][0]["problems"][0]["code"] == "line-exceeded"
    assert told["size"] == office.ledger.head().size
    assert (retold["replayed"], retold["size"]) == (2, told["size"])


@pytest.mark.parametrize(
    "options",
    [
        ["--url", "http://127.0.0.1:1", "--db", "x.db"],
        ["--url", "http://127.0.0.1:1", "--dry-run"],
        ["--url", "http://127.0.0.1:1", "--log-key-file", "x.pem"],
        ["--log-key", "name+00000000+AAAA"],
    ],
)
def test_options_that_contradict_are_refused(tmp_path: Path, options: list[str]) -> None:
    """A server has its own database and key; receipts of one's own database need no proof."""
    file = tmp_path / "day.ndjson"
    file.write_bytes(b"")
    result = CliRunner().invoke(build(), ["post", *options, str(file)])
    assert result.exit_code == 3
    assert "--url" in result.output
