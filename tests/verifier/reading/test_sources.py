# SPDX-License-Identifier: Apache-2.0
"""Folders, bundle files and web addresses hand out the same log; what fails is told by whose fault it is."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ledger.bundle import write_bundle
from ledger.errors import EnvironmentFault, FormatError, InputError, LimitError, MissingError
from ledger.tiles import Tile
from tests.malicious.forger import Files, Forger, bundle_of, export_files, in_memory
from tests.verifier.reading.folder_server import serving
from tests.worlds import make_world
from verifier.reading import web_source
from verifier.reading.sources import Source, open_database, open_source
from verifier.reading.static_log import split_bundle
from verifier.reading.web_source import open_web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.verifier.reading.folder_server import Shelf


@pytest.fixture(scope="module")
def forger() -> Forger:
    """An honest log of two bundles."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.bank_lines(1, 300))
    return made


@pytest.fixture
def files(forger: Forger) -> Files:
    """Its export."""
    return forger.files()


def assert_serves(source: Source, forger: Forger) -> None:
    """Every way in gives the same bytes."""
    with closing(source):
        size = len(forger.entries)
        assert source.size == size
        assert source.checkpoint() == forger.checkpoint()
        assert list(source.entries(0, size)) == forger.entries
        assert list(source.entries(250, 260)) == forger.entries[250:260]
        assert list(source.entries(5, 5)) == []
        assert source.fetch("tile/0/000") == b"".join(forger.leaves[:256])
        assert source.policy() == forger.files()["policy"].decode()
        with pytest.raises(MissingError):
            source.fetch("tile/0/009")


def test_an_export_folder(tmp_path: Path, forger: Forger) -> None:
    """As `export` writes it."""
    assert_serves(open_source(str(forger.export(tmp_path))), forger)


def test_a_bundle_file(tmp_path: Path, forger: Forger, files: Files) -> None:
    """As one archive."""
    path = tmp_path / "ledger.fundtrace"
    write_bundle(path, files, files.__getitem__)
    assert_serves(open_source(str(path)), forger)


def test_a_source_without_a_policy(files: Files) -> None:
    """A policy is an offer, not a duty."""
    del files["policy"]
    assert in_memory(files).policy() is None


def test_what_is_no_log_is_refused(tmp_path: Path, files: Files) -> None:
    """Nothing there: the user's mistake; no checkpoint there: not a log; no archive: not a bundle."""
    with pytest.raises(EnvironmentFault):
        open_source(str(tmp_path / "nothing"))
    with pytest.raises(MissingError):
        open_source(str(tmp_path))
    (tmp_path / "file").write_bytes(b"not an archive")
    with pytest.raises(FormatError):
        open_source(str(tmp_path / "file"))
    del files["checkpoint"]
    write_bundle(tmp_path / "empty", files, files.__getitem__)
    with pytest.raises(MissingError):
        open_source(str(tmp_path / "empty"))


def test_longer_files_than_a_log_has_are_refused(tmp_path: Path, forger: Forger) -> None:
    """No more is read than the format allows."""
    forger.export(tmp_path)
    (tmp_path / "tile/0/000").write_bytes(bytes(256 * 32 + 1))
    with pytest.raises(LimitError):
        open_source(str(tmp_path)).fetch("tile/0/000")


def test_a_failing_disk_is_not_the_ledgers_fault(tmp_path: Path, forger: Forger) -> None:
    """A path that cannot be opened for another reason than absence."""
    forger.export(tmp_path)
    (tmp_path / "tile/0/000").unlink()
    (tmp_path / "tile/0/000").symlink_to(tmp_path / "tile/0/000")
    with pytest.raises(EnvironmentFault):
        open_source(str(tmp_path)).fetch("tile/0/000")


def test_an_unknown_database_is_refused() -> None:
    """Whether the server extra is there or not, the machine is at fault."""
    with pytest.raises((EnvironmentFault, InputError)):
        open_database("nonsense://nowhere")


@pytest.mark.parametrize("tail", [b"\x00", b"\x00\x05abc", b"\x00\x01a\x00\x01a"])
@pytest.mark.parametrize("width", [2, 3])
def test_a_ragged_bundle_gives_what_is_whole(tail: bytes, width: int) -> None:
    """Whole entries first; the refusal comes in place of the last one, so that nobody stops before it."""
    entries = [b"one", b"two"]
    found = []
    with pytest.raises(FormatError):  # noqa: PT012 - what came before the refusal counts
        for entry in split_bundle(bundle_of(entries) + tail, Tile(level=None, number=0, width=width)):
            found.append(entry)  # noqa: PERF402 - as above
    assert found == entries[: width - 1]


def test_a_bundle_with_fewer_entries_is_refused() -> None:
    """Two entries where three should be."""
    with pytest.raises(FormatError):
        list(split_bundle(bundle_of([b"one", b"two"]), Tile(level=None, number=0, width=3)))


@pytest.fixture
def shelf(tmp_path: Path, forger: Forger) -> Iterator[Shelf]:
    """The log behind a web server, at /log/ and nowhere else."""
    export_files(tmp_path / "log", forger.files())
    with serving(tmp_path) as made:
        yield made


@pytest.fixture
def address(shelf: Shelf) -> str:
    """Where it is served."""
    return shelf.address


@pytest.mark.loopback
def test_a_web_address(address: str, forger: Forger) -> None:
    """The log itself, or a server whose log is at /log/; with or without a slash."""
    for below in ("/log", "/log/", "", "/"):
        assert_serves(open_source(address + below), forger)


@pytest.mark.loopback
def test_a_busy_server_is_asked_again(shelf: Shelf, address: str, forger: Forger) -> None:
    """Twice more, after a pause each; then it is the network's fault."""
    waits: list[int] = []
    shelf.failures = 2
    assert_serves(open_web(address + "/log", pause=waits.append), forger)
    assert waits == list(web_source.PAUSES_SECONDS)
    shelf.failures = 9
    with pytest.raises(EnvironmentFault):
        open_web(address + "/log", pause=waits.append)


@pytest.mark.loopback
def test_redirects_are_not_followed(address: str) -> None:
    """Only what lies under the address given is fetched."""
    with pytest.raises(EnvironmentFault):
        open_web(address + "/moved/log", pause=lambda _seconds: None)


@pytest.mark.loopback
def test_a_server_without_a_log(address: str) -> None:
    """404 is an answer."""
    with pytest.raises(MissingError):
        open_web(address + "/other", pause=lambda _seconds: None)


@pytest.mark.loopback
def test_nobody_listens() -> None:
    """A closed port is the network's fault."""
    with pytest.raises(EnvironmentFault):
        open_web("http://127.0.0.1:9", pause=lambda _seconds: None)


@pytest.mark.parametrize(
    "address",
    ["http://", "https:///log", "http://a/?q=1", "http://a/#f", "http://user@a/log", "http://user:p@a/log"],
)
def test_addresses_are_plain(address: str) -> None:
    """Scheme, host, path, nothing else."""
    with pytest.raises(InputError):
        open_web(address)
