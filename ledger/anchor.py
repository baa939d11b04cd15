# SPDX-License-Identifier: Apache-2.0
r"""Anchors: what a log was at some moment, said where its operator can take nothing back.

A printed anchor is one line for gazettes and notice boards. An anchor file pair is a signed checkpoint, byte for byte,
and the time-stamp token over it (`ledger.timestamp`); an index lists the pairs.

>>> seen = PrintedAnchor(origin="ledger.example/log", size=5, root=bytes(32))
>>> print(format_anchor(seen))
fundtrace/anchor/v1 ledger.example/log 5 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
>>> parse_anchor(format_anchor(seen)) == seen
True
>>> print(format_index([AnchorName(size=5, number=1)]).decode(), end="")
fundtrace/anchors/v1
5-1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import msgspec

from ledger.errors import FormatError, LimitError
from ledger.hashing import HASH_SIZE
from ledger.kinds.form import Origin
from ledger.spelling import from_base64, from_decimal, to_base64

PRINTED: Final = "fundtrace/anchor/v1"
PRINTED_FILE: Final = "anchor.txt"
INDEX_FILE: Final = "anchor/index"
NOTE_SUFFIX: Final = ".note"
TOKEN_SUFFIX: Final = ".tsr"  # noqa: S105 - the end of a file name
MAX_ANCHORS: Final = 20_000
"""More than one an hour for two years, one a day for fifty."""
MAX_INDEX_BYTES: Final = 1 << 20

_INDEX_HEAD: Final = "fundtrace/anchors/v1"
_WORDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedAnchor:
    """The log named `origin` had this root (32 bytes) over its first `size` entries, at least one."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class AnchorName:
    """Which anchor: that of the checkpoint over `size` entries, the `number`th of them, from 1."""

    size: int
    number: int

    @property
    def note(self) -> str:
        """Path of the signed checkpoint below the log."""
        return f"anchor/{self.text}{NOTE_SUFFIX}"

    @property
    def token(self) -> str:
        """Path of the time-stamp token below the log."""
        return f"anchor/{self.text}{TOKEN_SUFFIX}"

    @property
    def text(self) -> str:
        """The name in the index: size and number."""
        return f"{self.size}-{self.number}"


def format_anchor(anchor: PrintedAnchor) -> str:
    """Return the line to print; `parse_anchor` gives the same anchor back.

    Raises:
        FormatError: a value that the line cannot hold, such as an origin with a space.
    """
    text = f"{PRINTED} {anchor.origin} {anchor.size} {to_base64(anchor.root)}"
    parse_anchor(text)
    return text


def parse_anchor(text: str) -> PrintedAnchor:
    """Return what a printed anchor says: four words between single spaces, no line end.

    Raises:
        FormatError: another form; an origin that no ledger has (spec §2.1), no entry at all, or no root.
    """
    words = text.split(" ")
    if len(words) != _WORDS or words[0] != PRINTED:
        raise _misshapen(f"not the four words {PRINTED} <origin> <size> <root>", "不是完整的四段锚定文字")
    _, origin, size_text, root_text = words
    size = from_decimal(size_text, place="anchor size")
    root = from_base64(root_text, place="anchor root")
    try:
        msgspec.convert(origin, Origin)
    except msgspec.ValidationError as error:
        raise _misshapen("its origin is none that a ledger has", "账本名称不合规格") from error
    if size == 0 or len(root) != HASH_SIZE:
        raise _misshapen(f"not a root of {size} entries", f"不是 {size} 条记录的树根")
    return PrintedAnchor(origin=origin, size=size, root=root)


def format_index(names: Sequence[AnchorName]) -> bytes:
    """Return the index file of these anchors, sorted.

    Raises:
        LimitError: more than 20,000 of them.
    """
    if len(names) > MAX_ANCHORS:
        raise _too_many(len(names))
    return "".join(f"{line}\n" for line in (_INDEX_HEAD, *(name.text for name in sorted(names)))).encode()


def parse_index(data: bytes) -> tuple[AnchorName, ...]:
    """Return the anchors that an index file lists, by size and number.

    Raises:
        LimitError: more than 20,000 lines or 1 MiB.
        FormatError: another head, a line that names no anchor, or anchors out of order or twice.
    """
    if len(data) > MAX_INDEX_BYTES:
        raise _too_many(data.count(b"\n"))
    head, *lines = data.decode("ascii", "replace").split("\n")
    if head != _INDEX_HEAD or not lines or lines[-1]:
        raise _bad_index("line 1", f"not an index that begins {_INDEX_HEAD}", f"索引首行不是 {_INDEX_HEAD}")
    if len(lines) - 1 > MAX_ANCHORS:
        raise _too_many(len(lines) - 1)
    names = tuple(parse_name(line, place=f"anchor index line {at}") for at, line in enumerate(lines[:-1], 2))
    for at, (before, after) in enumerate(pairwise(names), 3):
        if before >= after:
            raise _bad_index(f"line {at}", "out of order, or twice", "次序有误或重复")
    return names


def parse_path(path: str) -> AnchorName:
    """Return the anchor to which the file at `path` below the log belongs.

    Raises:
        FormatError: it is the path of no note and no token.
    """
    stem, dot, suffix = path.removeprefix("anchor/").rpartition(".")
    name = parse_name(stem, place=path[:80])
    if path not in {name.note, name.token}:
        raise FormatError(
            code="anchor.name",
            place=path[:80],
            message_en=f"an anchor has no file {dot}{suffix[:20]}",
            message_zh=f"锚定没有 {dot}{suffix[:20]} 文件",
        )
    return name


def parse_name(text: str, *, place: str) -> AnchorName:
    """Return the anchor that ``<size>-<number>`` names.

    Raises:
        FormatError: another spelling, or no entries, or number 0.
    """
    size_text, _, number_text = text.partition("-")
    size, number = from_decimal(size_text, place=place), from_decimal(number_text, place=place)
    if not size or not number:
        raise FormatError(
            code="anchor.name",
            place=place,
            message_en="size and number count from 1",
            message_zh="规模和序号应从 1 起",
        )
    return AnchorName(size=size, number=number)


def _misshapen(message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code="anchor.text",
        place="printed anchor",
        message_en=message_en,
        message_zh=message_zh,
        remedy_en="Copy the whole line again from where it was printed.",
        remedy_zh="请从公布处重新完整抄录该行。",
    )


def _bad_index(place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code="anchor.index", place=f"anchor index {place}", message_en=message_en, message_zh=message_zh
    )


def _too_many(number: int) -> LimitError:
    return LimitError(
        code="anchor.too-many",
        place="anchor index",
        message_en=f"{number:,} anchors, more than {MAX_ANCHORS:,}",
        message_zh=f"锚定共 {number:,} 个，超过上限 {MAX_ANCHORS:,}",
    )
