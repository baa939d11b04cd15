# SPDX-License-Identifier: Apache-2.0
"""The job that has checkpoints stamped: what it stores, what it refuses, and what readers then find."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from api.anchoring import Anchoring, anchoring_of
from api.settings import Settings
from api.timestamp_authority import authority_at
from ledger.anchor import AnchorName, parse_index
from ledger.errors import EnvironmentFault, InputError
from ledger.publisher import publish
from ledger.store.anchors import StoredAnchor, anchor_names, keep_anchor
from ledger.store.engine import holding_lock
from ledger.submission import wire_bytes
from tests.answering import answering
from tests.authority import Authority, openssl_accepts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served import Site
    from tests.worlds import World


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority whose certificates are in order."""
    return Authority.make(tmp_path / "authority")


def kept(site: Site) -> tuple[AnchorName, ...]:
    """The anchors in the database."""
    with site.ledger.reading_database() as connection:
        return anchor_names(connection, up_to=site.ledger.head().size)


@pytest.mark.loopback
def test_the_newest_checkpoint_is_stamped_and_served(
    office: Site, authority: Authority, tmp_path: Path
) -> None:
    """Over HTTP; live and exported files are the same bytes, and openssl takes them as they are."""
    with authority.served() as address:
        name = Anchoring(office.ledger, authority_at(address), authority.roots).anchor_newest()
    assert name == AnchorName(size=office.ledger.head().size, number=1)
    publish(office.ledger.engine, tmp_path / "log")
    for path in ("anchor/index", name.note, name.token, "anchor.txt"):
        assert office.get(f"/log/{path}").content == (tmp_path / "log" / path).read_bytes(), path
    note, token = (office.get(f"/log/{path}").content for path in (name.note, name.token))
    assert note == office.get("/log/checkpoint").content
    assert parse_index(office.get("/log/anchor/index").content) == (name,)
    assert openssl_accepts(token, note, authority.roots_file)


def test_a_checkpoint_is_stamped_once_and_a_longer_log_again(
    office: Site, authority: Authority, world: World
) -> None:
    """The same log is not stamped twice; after growth it is; a fresh process asks once and stores nothing."""
    job = Anchoring(office.ledger, authority.stamp, authority.roots)
    first = job.anchor_newest()
    assert job.anchor_newest() is None
    assert Anchoring(office.ledger, authority.stamp, authority.roots).anchor_newest() is None
    office.post(wire_bytes(world.issue("L1", 100_000)))
    second = job.anchor_newest()
    assert kept(office) == (first, second)


def test_another_authority_makes_a_second_anchor(office: Site, authority: Authority, tmp_path: Path) -> None:
    """Of the same checkpoint, under the next number."""
    other = Authority.make(tmp_path / "other", name="Other TSA")
    for one in (authority, other):
        Anchoring(office.ledger, one.stamp, one.roots).anchor_newest()
    assert [name.number for name in kept(office)] == [1, 2]


def test_an_answer_that_does_not_hold_is_not_stored(
    office: Site, authority: Authority, tmp_path: Path
) -> None:
    """Of a stranger, to another question, no token at all, or none: told in the log of the server, and nothing kept."""
    stranger = Authority.make(tmp_path / "stranger", name="Stranger")

    def silent(_query: bytes) -> bytes:
        raise EnvironmentFault(
            code="x", place="x", message_en="x", message_zh="x", remedy_en="x", remedy_zh="x"
        )

    for ask in (stranger.stamp, lambda _: authority.token_over(b"else"), lambda _: b"no token", silent):
        assert Anchoring(office.ledger, ask, authority.roots).anchor_newest() is None
    assert kept(office) == ()
    assert Anchoring(office.ledger, authority.stamp, authority.roots).anchor_newest() is not None


def test_only_one_runs_at_a_time(office: Site, authority: Authority) -> None:
    """A second caller leaves at once."""
    asked, answer = threading.Event(), threading.Event()

    def slowly(query: bytes) -> bytes:
        asked.set()
        answer.wait(30)
        return authority.stamp(query)

    job = Anchoring(office.ledger, slowly, authority.roots)
    first = threading.Thread(target=job.anchor_newest)
    first.start()
    assert asked.wait(30)
    assert job.anchor_newest() is None
    answer.set()
    first.join()
    assert len(kept(office)) == 1


def test_two_processes_store_one_anchor(office: Site) -> None:
    """Both asked; whoever comes second to the lock finds it done."""
    head = office.ledger.head()
    made = StoredAnchor(
        note=head.note, token=b"t", authority="CN=Test TSA", stamped="2026-06-12T08:31:07.000Z"
    )
    names = []
    for _ in range(2):
        with holding_lock(office.ledger.engine) as connection:
            names.append(keep_anchor(connection, size=head.size, anchor=made))
            connection.commit()
    assert names == [AnchorName(size=head.size, number=1), None]


@pytest.mark.loopback
def test_an_authority_that_fails_is_told() -> None:
    """No answer of use: an error of the server, a redirect elsewhere, nobody there."""

    class Broken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(302 if self.path == "/moved" else 500)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

    with answering(Broken) as address:
        for path in ("/moved", "/broken"):
            with pytest.raises(EnvironmentFault, match="does not answer"):
                authority_at(address + path)(b"query")
    with pytest.raises(EnvironmentFault, match="does not answer"):
        authority_at(address)(b"query")


def test_settings_name_address_and_certificates_together(office: Site, authority: Authority) -> None:
    """Neither is no job; one without the other, a bad address or a missing file is told at the start."""
    roots, address = authority.roots_file, "http://tsa.example/"
    ledger = office.ledger
    assert anchoring_of(Settings(), ledger) is None
    assert anchoring_of(Settings(anchor_authority=address, anchor_roots=roots), ledger) is not None
    for settings in (
        Settings(anchor_authority=address),
        Settings(anchor_roots=roots),
        Settings(anchor_authority="ftp://tsa.example/", anchor_roots=roots),
        Settings(anchor_authority=address, anchor_roots=roots.parent / "signer.key"),
    ):
        with pytest.raises(InputError):
            anchoring_of(settings, ledger)
    with pytest.raises(EnvironmentFault):
        anchoring_of(Settings(anchor_authority=address, anchor_roots=roots / "none"), ledger)
