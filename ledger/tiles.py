# SPDX-License-Identifier: Apache-2.0
"""The tree and its entries as static files: C2SP tlog-tiles.

A tile holds up to 256 consecutive hashes of every eighth level; an entry bundle holds the entries below a tile
of level 0. Both are full, and then never change, or partial at the right edge of a tree of one size.

>>> tile_path(level=0, number=1234067), bundle_path(number=0, width=3)
('tile/0/x001/x234/067', 'tile/entries/000.p/3')
>>> [tile.path for tile in tiles_of(256)]
['tile/0/000', 'tile/1/000.p/1']
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError, LimitError

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
MAX_LEVEL: Final = 63
MAX_ENTRY_BYTES: Final = 65_535
"""What the two-byte length before each entry of a bundle can say."""
MAX_BUNDLE_BYTES: Final = TILE_WIDTH * (2 + MAX_ENTRY_BYTES)

_LENGTH_BYTES: Final = 2
_GROUP: Final = 1000
_MAX_PATH: Final = 64
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The name of a tile or of an entry bundle.

    Attributes:
        level: 0 to 63, counted in steps of eight tree levels; None for an entry bundle.
        number: position within the level, from 0.
        width: how many hashes or entries it holds, 1 to 256; below 256 it is partial.
    """

    level: int | None
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path below the prefix of the log, in the one spelling of tlog-tiles."""
        number = f"{self.number % _GROUP:03d}"
        rest = self.number // _GROUP
        while rest:
            number = f"x{rest % _GROUP:03d}/{number}"
            rest //= _GROUP
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{number}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")


def tile_path(*, level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a hash tile below the prefix of the log."""
    return Tile(level=level, number=number, width=width).path


def bundle_path(*, number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of an entry bundle below the prefix of the log."""
    return Tile(level=None, number=number, width=width).path


def parse_tile_path(path: str) -> Tile:
    """Return the tile or bundle that `path` names.

    Raises:
        FormatError: any path that `Tile.path` would not write.
    """
    match = _PATH.fullmatch(path) if len(path) <= _MAX_PATH else None
    if match is not None:
        level, number, width = match["level"], match["number"], match["width"]
        tile = Tile(
            level=None if level == "entries" else int(level),
            number=int(number.replace("x", "").replace("/", "")),
            width=TILE_WIDTH if width is None else int(width),
        )
        if tile.path == path and 0 < tile.width <= TILE_WIDTH and (tile.level or 0) <= MAX_LEVEL:
            return tile
    raise FormatError(
        code="tile.bad-path",
        place=repr(path[:_MAX_PATH]),
        message_en="not the path of a tile or an entry bundle",
        message_zh="不是哈希瓦片或条目包的路径",
        remedy_en="Use tile/<level>/<number> or tile/entries/<number>, with .p/<width> if it is partial.",
        remedy_zh="请使用 tile/<层>/<编号> 或 tile/entries/<编号>，不满时加 .p/<宽度>。",
    )


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every hash tile of a tree of `size` leaves, full and partial, level by level from the leaves."""
    return tiles_between(0, size)


def bundles_of(size: int) -> Iterator[Tile]:
    """Yield every entry bundle of a log of `size` entries, in order."""
    return bundles_between(0, size)


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield the hash tiles that a tree of `new` leaves has and its beginning of `old` leaves has not."""
    level = 0
    while new:
        for number, width in _widths(old, new):
            yield Tile(level=level, number=number, width=width)
        level, old, new = level + 1, old >> TILE_HEIGHT, new >> TILE_HEIGHT


def bundles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield the entry bundles that a log of `new` entries has and its beginning of `old` entries has not."""
    for number, width in _widths(old, new):
        yield Tile(level=None, number=number, width=width)


def parts_between(old: int, new: int, *, entries: bool) -> Iterator[Tile]:
    """Yield what `tiles_between` and, with `entries`, `bundles_between` yield: each bundle before the tile of its hashes.

    So a file is never there before those it stands for, and the hashes that prove a bundle are still at hand.
    """
    for tile in tiles_between(old, new):
        if entries and not tile.level:
            yield Tile(level=None, number=tile.number, width=tile.width)
        yield tile


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the bundle: each entry after its length as two bytes, big-endian (tlog-tiles, log entries).

    Raises:
        LimitError: an entry longer than 65,535 bytes.
    """
    for at, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise LimitError(
                code="bundle.long-entry",
                place=f"entry {at} of the bundle",
                message_en=f"{len(entry)} bytes, and an entry holds at most {MAX_ENTRY_BYTES}",
                message_zh=f"共 {len(entry)} 字节，条目上限为 {MAX_ENTRY_BYTES} 字节",
                remedy_en="Keep attachments outside and refer to them by hash.",
                remedy_zh="请将附件置于外部并以哈希引用。",
            )
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def decode_bundle(data: bytes, *, tile: Tile) -> list[bytes]:
    """Return the entries of a bundle that must hold exactly `tile.width` of them and nothing else.

    Raises:
        FormatError: it ends within an entry, or holds fewer or more.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < tile.width:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or len(entries) != tile.width:
        raise FormatError(
            code="bundle.bad-length",
            place=tile.path,
            message_en=f"{len(data)} bytes do not hold exactly {tile.width} entries",
            message_zh=f"{len(data)} 字节未恰好容纳 {tile.width} 条记录",
        )
    return entries


def _widths(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Yield number and width of each tile over `new` hashes that is not also a tile over the first `old`."""
    if old < new:
        for number in range(old >> TILE_HEIGHT, (new + TILE_WIDTH - 1) >> TILE_HEIGHT):
            yield number, min(TILE_WIDTH, new - (number << TILE_HEIGHT))
