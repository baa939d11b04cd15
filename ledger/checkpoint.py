# SPDX-License-Identifier: Apache-2.0
r"""Checkpoints, the signed heads of a log: C2SP tlog-checkpoint.

>>> print(format_checkpoint(Checkpoint(origin="ledger.example/log", size=0, root=EMPTY_ROOT)), end="")
ledger.example/log
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError, SignatureError
from ledger.hashing import EMPTY_ROOT, HASH_SIZE
from ledger.note import NoteVerifier, open_note
from ledger.spelling import from_base64, from_decimal, to_base64

NOT_EMPTY: Final = "checkpoint.not-empty"
"""The code of the error that refuses a log of no entries with another root than that of the empty tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself: under this name it had this many entries and this root.

    Attributes:
        origin: the name of the log, one line.
        size: number of entries, 0 to 2^63−1.
        root: the RFC 9162 root over them, 32 bytes.
        extensions: further lines, kept as they are; this program writes none and gives them no meaning.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the note text: origin, size, root and extension lines, each with its line end.

    Raises:
        FormatError: a value that the text cannot hold, such as an origin of two lines.
    """
    lines = [checkpoint.origin, str(checkpoint.size), to_base64(checkpoint.root), *checkpoint.extensions]
    text = "".join(f"{line}\n" for line in lines)
    if parse_checkpoint(text) != checkpoint:
        raise _misshapen("line 1", "a line of it holds a line end", "某行内含换行")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Return what the note text of a checkpoint says (tlog-checkpoint, note text).

    Raises:
        FormatError: fewer than three lines, an empty line, a number or hash in another spelling, or a root of an
            empty log that is not the root of the empty tree; the place is the line.
    """
    lines = text.removesuffix("\n").split("\n")
    minimum = 3
    if not text.endswith("\n") or len(lines) < minimum:
        raise _misshapen("text", "origin, size and root are three lines", "来源、规模、树根应各占一行")
    if not all(lines):
        raise _misshapen(f"line {lines.index('') + 1}", "the line is empty", "该行为空")
    origin, size_text, root_text, *extensions = lines
    size = from_decimal(size_text, place="checkpoint line 2")
    root = from_base64(root_text, place="checkpoint line 3")
    if len(root) != HASH_SIZE:
        raise _misshapen("line 3", f"a root of {len(root)} bytes", f"树根为 {len(root)} 字节")
    if size == 0 and root != EMPTY_ROOT:
        raise _misshapen("line 3", "not the root of no entries", "不是零条记录的树根", code=NOT_EMPTY)
    return Checkpoint(origin=origin, size=size, root=root, extensions=tuple(extensions))


def open_checkpoint(
    data: bytes, verifiers: Iterable[NoteVerifier], *, origin: str | None = None
) -> Checkpoint:
    """Return the checkpoint in a note that a known key *of its own log* has signed.

    The name of that key must be the origin: a known key of another log, or of a witness, does not speak for
    this one.

    Raises:
        FormatError, LimitError, SignatureError: as `ledger.note.open_note` and `parse_checkpoint`.
        SignatureError: no verified signature bears the origin as its name, or the log is not `origin`.
    """
    note = open_note(data, verifiers)
    checkpoint = parse_checkpoint(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise _foreign(
            f"it is of the log {checkpoint.origin!r}, not {origin!r}", f"属于另一账本 {checkpoint.origin!r}"
        )
    if checkpoint.origin not in {signature.name for signature in note.verified}:
        raise _foreign("no known key of the log itself has signed it", "没有该账本自身已知密钥的签名")
    return checkpoint


def _misshapen(
    place: str, message_en: str, message_zh: str, *, code: str = "checkpoint.bad-text"
) -> FormatError:
    return FormatError(code=code, place=f"checkpoint {place}", message_en=message_en, message_zh=message_zh)


def _foreign(message_en: str, message_zh: str) -> SignatureError:
    return SignatureError(
        code="checkpoint.foreign", place="checkpoint", message_en=message_en, message_zh=message_zh
    )
