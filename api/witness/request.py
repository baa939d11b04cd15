# SPDX-License-Identifier: Apache-2.0
r"""The body of a request to a witness: C2SP tlog-witness, *add-checkpoint*. Its client and its server share it.

>>> request = AddCheckpoint(old=1, proof=(bytes(32),), note=b"a.example\n2\n...\n\n...\n")
>>> parse_request(format_request(request)) == request
True
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError, LimitError
from ledger.hashing import HASH_SIZE
from ledger.spelling import from_base64, from_decimal, to_base64

MAX_BODY: Final = 256 * 1024
"""Bytes of a request. 16 signatures of 5 kB, which every reader of notes must take, and 63 hashes fill a third of it."""
MAX_PROOF: Final = 63
"""Hashes in a consistency proof: what a tree of fewer than 2^63 leaves needs."""

_OLD: Final = "old "


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A checkpoint to cosign.

    Attributes:
        old: size of the checkpoint that the witness is thought to have cosigned last, 0 for none.
        proof: RFC 9162 consistency proof from that size to the size of the checkpoint; empty from 0.
        note: the signed checkpoint, parsed by nobody yet.
    """

    old: int
    proof: tuple[bytes, ...]
    note: bytes


def format_request(request: AddCheckpoint) -> bytes:
    """Return the body; `parse_request` gives the same request back."""
    lines = [f"{_OLD}{request.old}", *map(to_base64, request.proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + request.note


def parse_request(body: bytes) -> AddCheckpoint:
    """Return what the body asks for; the note in it is not looked into.

    Raises:
        LimitError: more than 256 KiB, or more than 63 hashes.
        FormatError: another form, or another spelling of a number or a hash.
    """
    if len(body) > MAX_BODY:
        raise _too_much("body", f"{len(body):,} bytes", f"{len(body):,} 字节")
    head, found, note = body.partition(b"\n\n")
    if not found or not head.isascii():
        raise _misshapen("body", "there is no empty line before a checkpoint", "检查点之前没有空行")
    first, *lines = head.decode("ascii").split("\n")
    if not first.startswith(_OLD):
        raise _misshapen("line 1", "it does not say: old, a space, a size", "应为“old 空格 规模”")
    if len(lines) > MAX_PROOF:
        raise _too_much("proof", f"{len(lines)} hashes", f"{len(lines)} 个哈希")
    return AddCheckpoint(
        old=from_decimal(first.removeprefix(_OLD), place="add-checkpoint line 1"),
        proof=tuple(_hash(line, number) for number, line in enumerate(lines, 2)),
        note=note,
    )


def _hash(line: str, number: int) -> bytes:
    data = from_base64(line, place=f"add-checkpoint line {number}")
    if len(data) != HASH_SIZE:
        raise _misshapen(f"line {number}", f"a hash of {len(data)} bytes", f"哈希为 {len(data)} 字节")
    return data


def _misshapen(place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code="witness.bad-request",
        place=f"add-checkpoint {place}",
        message_en=message_en,
        message_zh=message_zh,
        remedy_en="Send what C2SP tlog-witness says: old size, hashes, an empty line, the signed checkpoint.",
        remedy_zh="请按 C2SP tlog-witness 发送：旧规模、哈希、空行、已签名的检查点。",
    )


def _too_much(place: str, message_en: str, message_zh: str) -> LimitError:
    return LimitError(
        code="witness.too-much",
        place=f"add-checkpoint {place}",
        message_en=f"{message_en}, and at most {MAX_BODY:,} bytes with {MAX_PROOF} hashes are taken",
        message_zh=f"{message_zh}，上限为 {MAX_BODY:,} 字节、{MAX_PROOF} 个哈希",
        remedy_en="Send one checkpoint with its proof, and fewer signatures.",
        remedy_zh="每次只发送一个检查点及其证明，并减少签名数量。",
    )
