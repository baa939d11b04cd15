# SPDX-License-Identifier: Apache-2.0
"""Where a ledger is read from: an export folder, a bundle file, an http(s) address, or a live database.

A source is never believed: it hands out bytes, and `verifier.integrity` judges them. What a source may do wrong is told
apart from what the machine may do wrong: a part that is missing or malformed is an `InputError` (the ledger is broken,
exit 2), a disk or network that fails is an `EnvironmentFault` (nothing is known, exit 3).
"""

import contextlib
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, Protocol

from ledger.bundle import BundleReader
from ledger.checkpoint import parse_checkpoint
from ledger.errors import EnvironmentFault, FormatError, InputError, LimitError, MissingError
from ledger.hashing import HASH_SIZE
from ledger.note import MAX_NOTE_BYTES, parse_note
from ledger.tiles import MAX_BUNDLE_BYTES, TILE_WIDTH, Tile

CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
POLICY_BYTES_MAX: Final = 1 << 20
SOURCE_GROUP: Final = "fundtrace.sources"
"""Entry-point group; the server extra brings `db`, a function from a database URL to a source."""

_LENGTH_BYTES: Final = 2


class Source(Protocol):
    """One log at one moment; every method may be called any number of times.

    Methods raise `InputError` for what the log lacks or spells wrongly, `EnvironmentFault` for a failing machine.
    """

    @property
    def size(self) -> int:
        """How many entries the checkpoint of the source promises."""
        ...

    def checkpoint(self) -> bytes:
        """The signed note, always the same one."""
        ...

    def policy(self) -> str | None:
        """The policy file that the source itself offers, or None."""
        ...

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of entries `start` to `stop` − 1 in order; it ends early or raises where the source lacks one."""
        ...

    def fetch(self, path: str) -> bytes:
        """The bytes of a hash tile by its path below the log, such as ``tile/0/000.p/3``."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class StaticLog:
    """A log of static files, whatever they are read with: checkpoint, policy, hash tiles, entry bundles."""

    __slots__ = ("_close", "_note", "_read")

    def __init__(
        self, read: Callable[[str, int], bytes], *, close: Callable[[], None] = lambda: None
    ) -> None:
        """Read through `read`, from a path and a limit in bytes; the checkpoint is read here and only once.

        Raises:
            MissingError: there is no checkpoint, so this is no log.
        """
        self._read = read
        self._close = close
        self._note = read(CHECKPOINT, MAX_NOTE_BYTES)

    @property
    def size(self) -> int:
        """How many entries the checkpoint promises.

        Raises:
            FormatError: the checkpoint cannot be read.
        """
        return parse_checkpoint(parse_note(self._note).text).size

    def checkpoint(self) -> bytes:
        """The signed note."""
        return self._note

    def policy(self) -> str | None:
        """The policy file beside the checkpoint, or None."""
        try:
            return self._read(POLICY, POLICY_BYTES_MAX).decode("utf-8", "surrogateescape")
        except MissingError:
            return None

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of entries `start` to `stop` − 1, bundle by bundle; one bundle is held at a time."""
        for number in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            first = number * TILE_WIDTH
            data, tile = self._part(Tile(level=None, number=number, width=min(TILE_WIDTH, self.size - first)))
            for at, entry in enumerate(split_bundle(data, tile), first):
                if start <= at < stop:
                    yield entry

    def fetch(self, path: str) -> bytes:
        """The bytes of the hash tile at `path`."""
        return self._read(path, TILE_WIDTH * HASH_SIZE)

    def close(self) -> None:
        """Let go of what `read` reads from."""
        self._close()

    def _part(self, tile: Tile) -> tuple[bytes, Tile]:
        """A bundle, or the full one once the source has dropped the partial one (tlog-tiles, partial tiles)."""
        try:
            return self._read(tile.path, MAX_BUNDLE_BYTES), tile
        except MissingError:
            if tile.width == TILE_WIDTH:
                raise
            full = Tile(level=None, number=tile.number)
            return self._read(full.path, MAX_BUNDLE_BYTES), full


def split_bundle(data: bytes, tile: Tile) -> Iterator[bytes]:
    """The entries of a bundle one by one, so that all before a damaged length are still read.

    Raises:
        FormatError: after the last whole entry, when the bundle is ragged or does not hold `tile.width` entries.
    """
    at = count = 0
    while at < len(data) and count < tile.width:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data):
            break
        yield data[start:at]
        count += 1
    if at != len(data) or count != tile.width:
        raise FormatError(
            code="bundle.ragged",
            place=tile.path,
            message_en=f"the bundle does not hold {tile.width} whole entries and nothing else; {count} were read",
            message_zh=f"条目包未恰好容纳 {tile.width} 个完整条目，只读出 {count} 个",
        )


def open_source(text: str) -> Source:
    """The log that `text` names: an http(s) address, an export folder, or a bundle file.

    Raises:
        EnvironmentFault: there is nothing of that name, or it cannot be read.
        InputError: it is there and is no log.
    """
    if text.startswith(("http://", "https://")):
        from verifier.web_source import open_web  # noqa: PLC0415 - only a network source pays for urllib

        return open_web(text)
    path = Path(text)
    if path.is_dir():
        return StaticLog(folder_reader(path))
    if path.is_file():
        return _open_bundle(path)
    raise EnvironmentFault(
        code="source.absent",
        place=text,
        message_en="there is no such folder or file",
        message_zh="没有这样的文件夹或文件",
        remedy_en="Give an export folder, a bundle file, an http(s) address, or --db URL.",
        remedy_zh="请提供导出文件夹、打包文件、http(s) 地址，或 --db URL。",
    )


def _open_bundle(path: Path) -> StaticLog:
    opened = contextlib.ExitStack()
    bundle = opened.enter_context(BundleReader(path))
    try:
        return StaticLog(lambda name, limit: within(bundle.read(name), limit, name), close=opened.close)
    except InputError:
        opened.close()
        raise


def open_database(url: str) -> Source:
    """The live log in the database at `url`, opened by the server extra.

    Raises:
        EnvironmentFault: the server extra is not installed, or the database cannot be opened.
    """
    for point in entry_points(group=SOURCE_GROUP, name="db"):
        source: Source = point.load()(url)
        return source
    raise EnvironmentFault(
        code="source.no-database",
        place="--db",
        message_en="this installation cannot read databases",
        message_zh="当前安装不能读取数据库",
        remedy_en="Install fundtrace[server], or verify an export folder.",
        remedy_zh="请安装 fundtrace[server]，或改为验证导出文件夹。",
    )


def folder_reader(folder: Path) -> Callable[[str, int], bytes]:
    """A function from a path below `folder`, and a limit in bytes, to the bytes of that file."""

    def read(path: str, limit: int) -> bytes:
        try:
            with (folder / path).open("rb") as file:
                return within(file.read(limit + 1), limit, path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise missing(path) from error
        except OSError as error:
            raise EnvironmentFault(
                code="source.unreadable",
                place=str(folder / path),
                message_en=f"the file cannot be read: {error.strerror or error}",
                message_zh=f"无法读取文件：{error.strerror or error}",
                remedy_en="Check the disk and the permissions of the folder, then verify again.",
                remedy_zh="请检查磁盘和文件夹权限后重新验证。",
            ) from error

    return read


def missing(path: str) -> MissingError:
    """The error for a part that the log must have and the source lacks."""
    return MissingError(
        code="source.missing-part",
        place=path,
        message_en="the source does not hold this part of the log",
        message_zh="来源缺少账本的这一部分",
    )


def within(data: bytes, limit: int, path: str) -> bytes:
    """`data` itself, read up to one byte beyond `limit`.

    Raises:
        LimitError: it is longer than `limit` bytes.
    """
    if len(data) > limit:
        raise LimitError(
            code="source.too-long",
            place=path,
            message_en=f"more than {limit:,} bytes",
            message_zh=f"超过 {limit:,} 字节",
        )
    return data
