# SPDX-License-Identifier: Apache-2.0
"""Receipts: one entry, its place, and the proof that a signed checkpoint holds it there. C2SP tlog-proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import Checkpoint
from ledger.cosignature import LogKey
from ledger.errors import FormatError, LimitError
from ledger.hashing import HASH_SIZE
from ledger.log_keys import open_own_checkpoint
from ledger.note import MAX_NOTE_BYTES, parse_note
from ledger.proofs import check_inclusion
from ledger.spelling import from_base64, from_decimal, to_base64

HEADER: Final = "c2sp.org/tlog-proof@v1"
SUFFIX: Final = ".tlog-proof"
MAX_PATH: Final = 63
"""A tree of fewer than 2^63 leaves is no higher."""
MAX_RECEIPT_BYTES: Final = 2 * MAX_NOTE_BYTES

_EXTRA: Final = "extra "
_INDEX: Final = "index "


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A `.tlog-proof` file.

    Attributes:
        index: position of the entry in the log, from 0.
        path: inclusion proof, leaf side first (RFC 9162 §2.1.3).
        checkpoint: the signed note, byte for byte.
        extra: bytes that nothing authenticates, such as disclosures; None if there are none.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_receipt(receipt: Receipt) -> bytes:
    """Return the file; `parse_receipt` gives the same receipt back.

    Raises:
        FormatError: a value that the file cannot hold.
    """
    extra = [] if receipt.extra is None else [_EXTRA + to_base64(receipt.extra)]
    lines = [HEADER, *extra, f"{_INDEX}{receipt.index}", *map(to_base64, receipt.path), ""]
    data = "".join(f"{line}\n" for line in lines).encode() + receipt.checkpoint
    parse_receipt(data)
    return data


def parse_receipt(data: bytes) -> Receipt:
    """Return the parts of a `.tlog-proof` file, none of them checked yet (tlog-proof, format).

    Raises:
        LimitError: more than 2 MiB or a path of more than 63 hashes.
        FormatError: not the one form of such a file; the place is the line.
    """
    if len(data) > MAX_RECEIPT_BYTES:
        raise _too_much(f"{len(data)} bytes", f"{len(data)} 字节")
    head, found, checkpoint = data.partition(b"\n\n")
    if not found or not head.isascii():
        raise _misshapen("head", "no empty line before the checkpoint", "检查点之前没有空行")
    parse_note(checkpoint)
    header, *lines = head.decode().split("\n")
    if header != HEADER:
        raise _misshapen("line 1", f"not {HEADER}", f"不是 {HEADER}")
    extra = _parse_extra(lines.pop(0)) if lines and lines[0].startswith(_EXTRA) else None
    if not lines or not lines[0].startswith(_INDEX):
        raise _misshapen("head", "no index line", "缺少 index 行")
    index = from_decimal(lines[0].removeprefix(_INDEX), place="receipt index line")
    return Receipt(index=index, path=_parse_path(lines[1:]), checkpoint=checkpoint, extra=extra)


def check_receipt(
    receipt: Receipt, *, leaf: bytes, verifiers: Sequence[LogKey], origin: str | None = None
) -> Checkpoint:
    """Return the checkpoint that proves the entry with this leaf hash to be in the log at `receipt.index`.

    Raises:
        FormatError, LimitError, SignatureError: as `ledger.log_keys.open_own_checkpoint`.
        ProofError: the path does not prove it.
    """
    checkpoint = open_own_checkpoint(receipt.checkpoint, verifiers, origin=origin)
    check_inclusion(
        index=receipt.index, size=checkpoint.size, leaf=leaf, path=receipt.path, root=checkpoint.root
    )
    return checkpoint


def _parse_extra(line: str) -> bytes:
    extra = from_base64(line.removeprefix(_EXTRA), place="receipt line 2")
    if not extra:
        raise _misshapen("line 2", "an extra line without data", "extra 行没有数据")
    return extra


def _parse_path(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        raise _too_much(f"{len(lines)} hashes", f"{len(lines)} 个哈希")
    path = tuple(from_base64(line, place=f"receipt hash {at}") for at, line in enumerate(lines))
    for at, hash_ in enumerate(path):
        if len(hash_) != HASH_SIZE:
            raise _misshapen(f"hash {at}", f"not {HASH_SIZE} bytes", f"不是 {HASH_SIZE} 字节")
    return path


def _misshapen(place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code="receipt.bad-form", place=f"receipt {place}", message_en=message_en, message_zh=message_zh
    )


def _too_much(found_en: str, found_zh: str) -> LimitError:
    return LimitError(
        code="receipt.too-large",
        place="receipt",
        message_en=f"{found_en}, and the limits are {MAX_PATH} hashes, {MAX_RECEIPT_BYTES} bytes",
        message_zh=f"{found_zh}，上限为 {MAX_PATH} 个哈希、{MAX_RECEIPT_BYTES} 字节",
    )
