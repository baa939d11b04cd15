# SPDX-License-Identifier: Apache-2.0
"""A file sealed by a passphrase: AES-256-GCM in chunks under a key from scrypt (spec §11.2), read and written as a stream.

A chunk is known by its number, and the last one by a mark of its own, so that a file that was cut, put together from
parts or changed anywhere cannot be read as a whole one. Memory holds one chunk.
"""

import secrets
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.errors import FormatError, ProofError

MAGIC: Final = b"fundtrace/sealed/v1\n"
CHUNK_BYTES: Final = 1 << 20
"""Bytes of clear text in every chunk but the last."""
SCRYPT_COST: Final = 1 << 17
"""Cost N of scrypt for new files: 128 MiB of memory and a fraction of a second for each guess (RFC 7914)."""
PASSPHRASE_MIN: Final = 12
"""Characters of a passphrase that seals a new file, at least."""

_SCRYPT_COST_MAX: Final = 1 << 20
_HEAD_BYTES_MAX: Final = 512
_TAG_BYTES: Final = 16
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in clear before the chunks: cost of scrypt, salt, a check of the passphrase, the beginning of nonces."""

    check: str
    n: int
    nonce: str
    salt: str


@dataclass(frozen=True, slots=True)
class _Seal:
    """The cipher under one head: the nonce of a chunk is seven random bytes, its number, and 1 where it is the last."""

    cipher: AESGCM
    begin: bytes
    head: bytes

    def nonce(self, number: int, *, last: bool) -> bytes:
        return self.begin + number.to_bytes(4, "big") + bytes([last])


class SealedWriter:
    """Seals what is written to it into `sink`, which stays the caller's; nothing is whole before `finish`."""

    def __init__(self, sink: BinaryIO, passphrase: bytes, *, cost: int = SCRYPT_COST) -> None:
        """The head of a new file stands in `sink`; salt and nonce are new."""
        salt, begin = secrets.token_bytes(16), secrets.token_bytes(7)
        key, check = _derived(passphrase, salt, cost)
        head = _head_bytes(Head(check=check.hex(), n=cost, nonce=begin.hex(), salt=salt.hex()))
        sink.write(head)
        self._sink = sink
        self._seal = _Seal(AESGCM(key), begin, head)
        self._held = bytearray()
        self._number = 0

    def write(self, data: bytes) -> None:
        """Take `data`, which is sealed chunk by chunk."""
        self._held += data
        while len(self._held) > CHUNK_BYTES:  # a full chunk may still be the last one
            self._put(bytes(self._held[:CHUNK_BYTES]), last=False)
            del self._held[:CHUNK_BYTES]

    def finish(self) -> None:
        """The last chunk stands in the sink; without it nobody takes the file for whole."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        nonce = self._seal.nonce(self._number, last=last)
        self._sink.write(self._seal.cipher.encrypt(nonce, chunk, self._seal.head))
        self._number += 1


class SealedReader:
    """What was sealed, read line by line; every byte handed out was proved to be as written.

    Raises:
        FormatError: it is no sealed file.
        ProofError: the passphrase is wrong; or, from reading on, the file was altered or cut.
    """

    def __init__(self, source: BinaryIO, passphrase: bytes, *, place: str) -> None:
        """The head is read and the passphrase fits; `place` names the file in errors."""
        head = _read_head(source, place)
        read = _parse_head(head, place)
        key, check = _derived(passphrase, bytes.fromhex(read.salt), read.n)
        if not secrets.compare_digest(check.hex(), read.check):
            raise _wrong_passphrase(place)
        self._source = source
        self._place = place
        self._seal = _Seal(AESGCM(key), bytes.fromhex(read.nonce), head)
        self._number = 0
        self._ahead = source.read(CHUNK_BYTES + _TAG_BYTES)
        self._clear = b""
        self._at = 0
        self._done = False

    def readline(self, limit: int, /) -> bytes:
        """The next line with its line end, cut after `limit` bytes; empty at the end, which was then proved."""
        while (end := self._clear.find(b"\n", self._at) + 1) == 0 and not self._done:
            if len(self._clear) - self._at >= limit:
                break
            self._clear = self._clear[self._at :] + self._open_next()
            self._at = 0
        stop = min(end or len(self._clear), self._at + limit)
        line = self._clear[self._at : stop]
        self._at = stop
        return line

    def _open_next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._source.read(CHUNK_BYTES + _TAG_BYTES)
        self._done = not self._ahead
        nonce = self._seal.nonce(self._number, last=self._done)
        self._number += 1
        try:
            return self._seal.cipher.decrypt(nonce, sealed, self._seal.head)
        except (InvalidTag, ValueError) as error:
            raise _altered(self._place, self._number) from error


def _derived(passphrase: bytes, salt: bytes, cost: int) -> tuple[bytes, bytes]:
    """The key, and what shows that the passphrase is the right one without the key."""
    made = Scrypt(salt=salt, length=64, n=cost, r=8, p=1).derive(passphrase)
    return made[:32], made[32:]


def _head_bytes(head: Head) -> bytes:
    return MAGIC + _ENCODER.encode(head) + b"\n"


def _read_head(source: BinaryIO, place: str) -> bytes:
    if source.read(len(MAGIC)) != MAGIC:
        raise _no_sealed_file(place)
    return MAGIC + source.readline(_HEAD_BYTES_MAX)


def _parse_head(data: bytes, place: str) -> Head:
    """The head in its one spelling, with a cost that a machine can pay."""
    try:
        head = msgspec.json.decode(data[len(MAGIC) :], type=Head)
        lengths = [len(bytes.fromhex(text)) for text in (head.check, head.nonce, head.salt)]
    except ValueError as error:  # msgspec's own errors are of this kind
        raise _no_sealed_file(place) from error
    fits = 2 <= head.n <= _SCRYPT_COST_MAX and head.n & (head.n - 1) == 0  # noqa: PLR2004 - the least that scrypt takes
    if lengths != [32, 7, 16] or not fits or _head_bytes(head) != data:
        raise _no_sealed_file(place)
    return head


def _no_sealed_file(place: str) -> FormatError:
    return FormatError(
        code="sealed.format",
        place=place,
        message_en="it is not a file that `fundtrace backup` wrote",
        message_zh="不是 fundtrace backup 写出的文件",
        remedy_en="Check the path; if it is the right file, its beginning was altered: take another copy.",
        remedy_zh="请核对路径；若确为该文件，则其开头已被改动，请使用其他副本。",
    )


def _wrong_passphrase(place: str) -> ProofError:
    return ProofError(
        code="sealed.passphrase",
        place=place,
        message_en="the passphrase is not the one with which the file was sealed",
        message_zh="口令与加密时所用的不符",
        remedy_en="Try the passphrase of that time; without it nobody can read the file.",
        remedy_zh="请使用当时的口令；没有口令任何人都无法读取该文件。",
    )


def _altered(place: str, number: int) -> ProofError:
    return ProofError(
        code="sealed.altered",
        place=place,
        message_en=f"the file was altered or cut, at its part {number:,} of 1 MiB each",
        message_zh=f"文件已被改动或截断，位于第 {number:,} 段（每段 1 MiB）",
        remedy_en="Take another copy of the backup; nothing of this one is used.",
        remedy_zh="请使用备份的其他副本；本文件的内容不予采用。",
    )
