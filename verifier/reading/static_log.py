# SPDX-License-Identifier: Apache-2.0
"""A log of static files: checkpoint, policy, hash tiles and entry bundles, whatever they are read with."""

from collections.abc import Callable, Iterator
from typing import Final

from ledger.anchor import INDEX_FILE, MAX_INDEX_BYTES
from ledger.checkpoint import parse_checkpoint
from ledger.errors import FormatError, InputError, LimitError, MissingError
from ledger.hashing import HASH_SIZE
from ledger.note import MAX_NOTE_BYTES, parse_note
from ledger.tiles import MAX_BUNDLE_BYTES, TILE_WIDTH, Tile

CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
POLICY_BYTES_MAX: Final = 1 << 20

_LENGTH_BYTES: Final = 2


class StaticLog:
    """A log of static files, whatever they are read with: checkpoint, policy, hash tiles, entry bundles."""

    __slots__ = ("_anchors", "_close", "_note", "_read")

    def __init__(
        self, read: Callable[[str, int], bytes], *, close: Callable[[], None] = lambda: None
    ) -> None:
        """Read through `read`, from a path and a limit in bytes; the checkpoint is read here and only once.

        The index of anchors is read before it: a log that grows meanwhile cannot show an anchor beyond its checkpoint.

        Raises:
            MissingError: there is no checkpoint, so this is no log.
        """
        self._read = read
        self._close = close
        self._anchors = _read_or_error(read, INDEX_FILE, MAX_INDEX_BYTES)
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

    def anchor(self, path: str) -> bytes:
        """The bytes of a file below ``anchor/``."""
        if path != INDEX_FILE:
            return self._read(path, MAX_NOTE_BYTES)
        if isinstance(self._anchors, InputError):
            raise self._anchors
        return self._anchors

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


def _read_or_error(read: Callable[[str, int], bytes], path: str, limit: int) -> bytes | InputError:
    """The file, or why there is none that can be used."""
    try:
        return read(path, limit)
    except InputError as error:
        return error


def split_bundle(data: bytes, tile: Tile) -> Iterator[bytes]:
    """The entries of a bundle one by one, so that all before a damaged length are still read.

    Raises:
        FormatError: in place of the last entry, or of the first that is cut, when the bundle does not hold `tile.width`
            whole entries and nothing else.
    """
    at = count = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        count += 1
        if at > len(data) or (count == tile.width and at != len(data)):
            count -= 1
            break
        yield data[start:at]
    if count != tile.width:
        raise FormatError(
            code="bundle.ragged",
            place=tile.path,
            message_en=f"the bundle does not hold {tile.width} whole entries and nothing else; {count} were read",
            message_zh=f"条目包未恰好容纳 {tile.width} 个完整条目，只读出 {count} 个",
        )


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
