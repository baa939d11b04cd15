# SPDX-License-Identifier: Apache-2.0
"""The file of disclosures that goes with an export for audit, one canonical JSON object a line (spec §10.6).

The first line names the ledger and says how many of its entries the file answers for; each other line gives the position of
an event and a disclosure of it, sorted by position and commitment.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from ledger.commitments import DisclosureText, commitment_of
from ledger.errors import FormatError
from ledger.kinds.form import Digest, Record

FILE: Final = "disclosures.ndjson"
"""Name of the file beside the static files of a log."""
LINE_BYTES_MAX: Final = 32_768

R = TypeVar("R")
_Position = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class DisclosureHead(Record, frozen=True, kw_only=True):
    """The first line: leaf hash of entry 0, and the number of entries whose disclosures follow, all that are kept."""

    genesis: Digest
    size: _Position


class DisclosureLine(Record, frozen=True, kw_only=True):
    """A disclosure of the event at `seq`."""

    disclosure: DisclosureText
    seq: _Position


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_HEAD: Final = msgspec.json.Decoder(DisclosureHead)
_LINE: Final = msgspec.json.Decoder(DisclosureLine)


def format_lines(head: DisclosureHead, lines: Iterable[DisclosureLine]) -> Iterator[bytes]:
    """The lines of the file with their line ends; `lines` are sorted already."""
    yield _ENCODER.encode(head) + b"\n"
    for line in lines:
        yield _ENCODER.encode(line) + b"\n"


def parse_lines(lines: Iterable[bytes], *, place: str) -> tuple[DisclosureHead, Iterator[DisclosureLine]]:
    """What the file says of itself, and its disclosures in order, read as they are asked for.

    Raises:
        FormatError: a line is not of the form, not in its one spelling, or out of order; also from the iterator.
    """
    rest = iter(lines)
    head = _parsed(_HEAD, next(rest, b""), place=f"{place}, line 1")
    return head, _ordered(rest, place)


def _ordered(lines: Iterator[bytes], place: str) -> Iterator[DisclosureLine]:
    before = (-1, "")
    for number, data in enumerate(lines, 2):
        line = _parsed(_LINE, data, place=f"{place}, line {number}")
        key = (line.seq, commitment_of(line.disclosure))
        if key <= before:
            raise _wrong(f"{place}, line {number}", "the lines are not sorted by position and commitment")
        before = key
        yield line


def _parsed(decoder: "msgspec.json.Decoder[R]", data: bytes, *, place: str) -> R:
    if len(data) > LINE_BYTES_MAX:
        raise _wrong(place, f"longer than {LINE_BYTES_MAX:,} bytes")
    try:
        found = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _wrong(place, str(error)) from error
    if _ENCODER.encode(found) + b"\n" != data:
        raise _wrong(place, "the line is not in canonical form")
    return found


def _wrong(place: str, why: str) -> FormatError:
    return FormatError(
        code="disclosure-file",
        place=place,
        message_en=f"not a file of disclosures: {why}",
        message_zh=f"不是有效的披露文件：{why}",
        remedy_en="Use the file as fundtrace export --for audit wrote it.",
        remedy_zh="请使用 fundtrace export --for audit 写出的原文件。",
    )
