# SPDX-License-Identifier: Apache-2.0
"""Bundle files: the same bytes every time, and archives made to harm."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import pytest

import ledger.bundle
from ledger.bundle import MAX_TEXT_BYTES, BundleReader, write_bundle
from ledger.errors import EnvironmentFault, FormatError, LimitError, MissingError
from ledger.hashing import leaf_hash
from ledger.merkle import Node, root_of
from ledger.tile_reader import TileReader
from ledger.tiles import encode_bundle

if TYPE_CHECKING:
    from pathlib import Path

LEAVES = [leaf_hash(b"a"), leaf_hash(b"b")]
FILES = {
    "checkpoint": b"not read here",
    "policy": b"log ...\n",
    "tile/0/000.p/2": b"".join(LEAVES),
    "tile/entries/000.p/2": encode_bundle([b"a", b"b"]),
}
# Frozen: another hash means that bundles of one ledger can no longer be compared.
FROZEN = "a21966220488f55c99e3673edbe92a87ec523b2e9a1d12b494f740eb29bf1d97"


def archive(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """An archive as anybody may write one."""
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, data in files.items():
            target.writestr(name, data)
    return path


def test_the_same_export_is_the_same_file(tmp_path: Path) -> None:
    """Order of names, clock and earlier file make no difference; nothing stays beside it."""
    path = tmp_path / "a.fundtrace"
    path.write_bytes(b"an older bundle")
    write_bundle(path, reversed(FILES), FILES.__getitem__)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == FROZEN
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Every member comes back, and the reader of tiles reads through it."""
    path = tmp_path / "a.fundtrace"
    write_bundle(path, FILES, FILES.__getitem__)
    with BundleReader(path) as bundle:
        assert {name: bundle.read(name) for name in bundle.names()} == FILES
        reader = TileReader(bundle.read, size=2, root=root_of(LEAVES))
        assert reader.read_hashes([Node(0, 1)]) == LEAVES[1:]
        assert reader.read_entries(0) == [b"a", b"b"]
        with pytest.raises(MissingError) as caught:
            bundle.read("tile/0/001")
    assert caught.value.code == "bundle.missing"


def test_a_failure_leaves_the_older_file(tmp_path: Path) -> None:
    """The source fails half way: what stood under the name still stands, alone."""
    path = tmp_path / "a.fundtrace"
    path.write_bytes(b"an older bundle")
    lost = {name: data for name, data in FILES.items() if name != "policy"}
    with pytest.raises(KeyError):
        write_bundle(path, FILES, lost.__getitem__)
    assert path.read_bytes() == b"an older bundle"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["../policy", "/checkpoint", "secrets.txt", "tile/0/0", "checkpoint/", ""])
def test_other_names_are_neither_written_nor_read(tmp_path: Path, name: str) -> None:
    """An export has a closed set of names, so nothing can hide in one or escape from one."""
    path = tmp_path / "a.fundtrace"
    with pytest.raises(FormatError):
        write_bundle(path, [name], lambda _: b"")
    assert not path.exists()
    with pytest.raises(FormatError):
        BundleReader(archive(path, {name or "x": b""}))


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    """Two readers could otherwise see two contents under one name."""
    path = tmp_path / "a.fundtrace"
    with pytest.raises(FormatError):
        write_bundle(path, ["policy", "policy"], lambda _: b"")
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("policy", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            target.writestr("policy", b"two")
    with pytest.raises(FormatError) as caught:
        BundleReader(path)
    assert caught.value.message_en == "the name appears twice"


@pytest.mark.parametrize(
    ("name", "length"), [("checkpoint", MAX_TEXT_BYTES), ("tile/0/000", 8192), ("tile/0/000.p/1", 32)]
)
def test_lengths_are_exact(tmp_path: Path, name: str, length: int) -> None:
    """Each kind of member has its own limit, on writing and on reading."""
    path = tmp_path / "a.fundtrace"
    write_bundle(path, [name], lambda _: bytes(length))
    with BundleReader(path) as bundle:
        assert bundle.read(name) == bytes(length)
    with pytest.raises(LimitError):
        write_bundle(path, [name], lambda _: bytes(length + 1))
    with pytest.raises(LimitError) as caught:
        BundleReader(archive(path, {name: bytes(length + 1)}))
    assert caught.value.place == name


def test_a_compressed_archive_is_refused(tmp_path: Path) -> None:
    """Nothing that could swell is opened."""
    bomb = archive(tmp_path / "bomb", {"checkpoint": bytes(100_000)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(FormatError) as caught:
        BundleReader(bomb)
    assert caught.value.message_en == "compressed or encrypted"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The count is limited before any name is looked at."""
    path = tmp_path / "a.fundtrace"
    write_bundle(path, FILES, FILES.__getitem__)
    monkeypatch.setattr(ledger.bundle, "MAX_MEMBERS", 3)
    with pytest.raises(LimitError):
        BundleReader(path)


def test_damage_is_noticed(tmp_path: Path) -> None:
    """No archive, a torn one, and one flipped bit in the bytes of a member."""
    path = tmp_path / "a.fundtrace"
    write_bundle(path, FILES, FILES.__getitem__)
    whole = path.read_bytes()
    for damaged in (b"", b"hello", whole[:-30]):
        path.write_bytes(damaged)
        with pytest.raises(FormatError) as caught:
            BundleReader(path)
        assert caught.value.code == "bundle.bad-archive"
    path.write_bytes(whole.replace(FILES["checkpoint"], b"Not read here"))
    with BundleReader(path) as bundle, pytest.raises(FormatError) as caught:
        bundle.read("checkpoint")
    assert caught.value.code == "bundle.bad-archive"


def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing file and a missing folder are faults of the machine, named by path."""
    path = tmp_path / "absent" / "a.fundtrace"
    with pytest.raises(EnvironmentFault) as read:
        BundleReader(path)
    with pytest.raises(EnvironmentFault) as written:
        write_bundle(path, FILES, FILES.__getitem__)
    assert read.value.place == written.value.place == str(path)
