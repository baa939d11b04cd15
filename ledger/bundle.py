# SPDX-License-Identifier: Apache-2.0
"""A whole ledger in one file: the static export as a ZIP archive that is the same bytes every time.

Members are stored uncompressed, in the order of their names, under one fixed date. So two exports of one ledger can
be compared by hash, and no small file can swell to a large one when it is read.
"""

import contextlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final, Self

from ledger.anchor import INDEX_FILE, PRINTED_FILE, parse_path
from ledger.errors import EnvironmentFault, FormatError, LimitError, MissingError
from ledger.hashing import HASH_SIZE
from ledger.tiles import MAX_BUNDLE_BYTES, parse_tile_path

SUFFIX: Final = ".fundtrace"
MAX_MEMBERS: Final = 1_000_000
"""Enough for a hundred million entries: 256 of them take two members."""
MAX_TEXT_BYTES: Final = 1 << 20
TEXT_MEMBERS: Final = ("checkpoint", "policy", PRINTED_FILE, INDEX_FILE)

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_MODE: Final = 0o644 << 16
_ENCRYPTED: Final = 0x1


def write_bundle(path: Path, names: Iterable[str], read: Callable[[str], bytes]) -> None:
    """Write the export made of `names` to `path`, taking the bytes of each from `read` one at a time.

    After the call the whole archive is on disk under `path`, replacing what was there; after a failure `path`
    is as it was.

    Raises:
        FormatError: a name that has no place in an export, or a name twice.
        LimitError: a member longer than its kind may be.
        EnvironmentFault: the folder cannot be written.
    """
    ordered = sorted(names)
    _check_members([(name, 0) for name in ordered])
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with _file_faults(path):
            with draft.open("xb") as file:
                write_members(file, ordered, _checked(read))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class BundleReader:
    """An open bundle file. Names and lengths are checked when it is opened, bytes when they are read.

    Its `read` is a `fetch` for `ledger.tile_reader.TileReader`. Use it as a context manager.
    """

    __slots__ = ("_archive", "_members", "_path")

    def __init__(self, path: Path) -> None:
        """Open the file at `path`.

        Raises:
            FormatError: not an archive that `write_bundle` could have written.
            LimitError: more or longer members than a bundle may have.
            EnvironmentFault: the file cannot be read.
        """
        self._path = path
        with _file_faults(path), _archive_faults(path):
            self._archive = zipfile.ZipFile(path)
        try:
            members = self._archive.infolist()
            _check_members([(member.filename, member.file_size) for member in members])
            for member in members:
                _check_storage(member)
        except FormatError:
            self._archive.close()
            raise
        self._members = {member.filename: member for member in members}

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._archive.close()

    def names(self) -> list[str]:
        """Return the names of all members, sorted."""
        return sorted(self._members)

    def read(self, name: str) -> bytes:
        """Return the bytes of a member.

        Raises:
            MissingError: there is no such member.
            FormatError: its bytes differ from their checksum, or the archive contradicts itself.
            EnvironmentFault: the file cannot be read any more.
        """
        member = self._members.get(name)
        if member is None:
            raise MissingError(
                code="bundle.missing",
                place=f"{self._path}: {name[:80]}",
                message_en="the bundle does not hold it",
                message_zh="包内没有此文件",
            )
        with _file_faults(self._path), _archive_faults(self._path):
            return self._archive.read(member)


def write_members(file: IO[bytes], names: list[str], read: Callable[[str], bytes]) -> None:
    """The archive of these names, in this order, is in `file`: the same members always give the same bytes."""
    with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_STORED) as archive:
        for name in names:
            data = read(name)
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = _UNIX
            member.external_attr = _MODE
            archive.writestr(member, data)


def _checked(read: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """`read`, which then refuses what is longer than an export has."""

    def bounded(name: str) -> bytes:
        data = read(name)
        _check_members([(name, len(data))])
        return data

    return bounded


def _check_members(members: list[tuple[str, int]]) -> None:
    """Refuse more members, other names and longer bytes than an export has."""
    if len(members) > MAX_MEMBERS:
        raise _too_much("bundle", f"{len(members)} files", f"{len(members)} 个文件")
    seen: set[str] = set()
    for name, length in members:
        if name in seen:
            raise _misshapen(repr(name), "the name appears twice", "文件名重复")
        seen.add(name)
        if length > _room(name):
            raise _too_much(name, f"{length} bytes", f"{length} 字节")


def _room(name: str) -> int:
    """Return how many bytes a member of this name may have."""
    if name in TEXT_MEMBERS:
        return MAX_TEXT_BYTES
    if name.startswith("anchor/"):
        parse_path(name)
        return MAX_TEXT_BYTES
    tile = parse_tile_path(name)
    return MAX_BUNDLE_BYTES if tile.level is None else tile.width * HASH_SIZE


def _check_storage(member: zipfile.ZipInfo) -> None:
    stored = member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size
    if not stored or member.flag_bits & _ENCRYPTED:
        raise _misshapen(member.filename, "compressed or encrypted", "文件被压缩或加密")


@contextlib.contextmanager
def _archive_faults(path: Path) -> Iterator[None]:
    """Turn what the ZIP reader says of the bytes into a `FormatError`."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise _misshapen(str(path), f"not a sound archive: {error}", "归档文件已损坏") from error


@contextlib.contextmanager
def _file_faults(path: Path) -> Iterator[None]:
    """Turn what the operating system says of `path` into an `EnvironmentFault` that names it."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="bundle.file-fault",
            place=str(path),
            message_en=f"the bundle file cannot be used: {error.strerror or error}",
            message_zh=f"无法使用包文件：{error.strerror or error}",
            remedy_en="Check the path, the permissions and the free space of the disk.",
            remedy_zh="请检查路径、权限与磁盘剩余空间。",
        ) from error


def _misshapen(place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(code="bundle.bad-archive", place=place, message_en=message_en, message_zh=message_zh)


def _too_much(place: str, found_en: str, found_zh: str) -> LimitError:
    return LimitError(
        code="bundle.too-large",
        place=place,
        message_en=f"{found_en}, more than an export has",
        message_zh=f"{found_zh}，超出导出文件的上限",
    )
