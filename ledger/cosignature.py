# SPDX-License-Identifier: Apache-2.0
r"""Cosignatures, signatures with a time over a checkpoint: C2SP tlog-cosignature, types 0x04 and 0x06.

A witness says with one that at that time this was the largest consistent tree of the log it had seen. A log signs
its own checkpoints with an ML-DSA-44 one, so that its newest checkpoint tells its age.

>>> from ledger.keys import Ed25519Signer
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> key = CosignerKey(name="witness.example/w1", alg=signer.alg, public=signer.public)
>>> text = "ledger.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
>>> line = cosign_text(text, name=key.name, signer=signer, seconds=1679315147)
>>> key.check(text, line.signature), seconds_in(line.signature)
(True, 1679315147)
>>> key.message(text, 1679315147).splitlines()[:2]
[b'cosignature/v1', b'time 1679315147']
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.checkpoint import parse_checkpoint
from ledger.errors import InputError, LimitError
from ledger.keys import ED25519, ML_DSA_44, Signer, key_id, suite_of, verify
from ledger.note import NoteSignature
from ledger.vkey import (
    ED25519_NOTE,
    VerifierKey,
    check_key_name,
    check_spelling,
    note_key_id,
    parse_vkey,
    split_vkey,
    unknown_type,
    vkey_text,
)

MAX_SECONDS: Final = 2**63 - 1
MAX_NAME_BYTES: Final = 255
"""Of a cosigner and of an origin, as far as ML-DSA-44 cosignatures can name them."""

_TIME_BYTES: Final = 8
_SUBTREE: Final = b"subtree/v1\n\0"
_TYPE_OF: Final[Mapping[str, bytes]] = MappingProxyType({ED25519: b"\x04", ML_DSA_44: b"\x06"})
_ALG_OF: Final[Mapping[bytes, str]] = MappingProxyType({type_: alg for alg, type_ in _TYPE_OF.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignerKey:
    """A key that cosigns checkpoints with a time; a `ledger.note.NoteVerifier`.

    Attributes:
        name: of the cosigner, usually an address without scheme; no spaces, no `+`, at most 255 bytes.
        alg: `ed25519` (type 0x04) or `ml-dsa-44` (type 0x06).
        public: the raw public key, 32 or 1,312 bytes.
    """

    name: str
    alg: str
    public: bytes

    def __post_init__(self) -> None:
        """Hold only names and keys that every reader of cosignatures accepts."""
        check_key_name(self.name, "cosigner key")
        _check_length(self.name, "name of a cosigner")
        key_id(self.alg, self.public)

    @property
    def note_key_id(self) -> bytes:
        r"""The first 4 bytes of SHA-256(name ‖ `\n` ‖ type ‖ public key)."""
        return note_key_id(self.name, _TYPE_OF[self.alg], self.public)

    @property
    def text(self) -> str:
        """The key as one line: name, key id in hex, type and key in base64, joined by `+`."""
        return vkey_text(self.name, _TYPE_OF[self.alg], self.public)

    def message(self, text: str, seconds: int) -> bytes:
        """The exact bytes that this cosigner signs for the checkpoint `text` at `seconds`.

        Raises:
            FormatError, LimitError: ML-DSA-44, and `text` is no checkpoint, or its origin is longer than 255 bytes.
        """
        if self.alg == ED25519:
            return f"cosignature/v1\ntime {seconds}\n{text}".encode()
        checkpoint = parse_checkpoint(text)
        return subtree_message(
            name=self.name,
            seconds=seconds,
            origin=checkpoint.origin,
            start=0,
            end=checkpoint.size,
            root=checkpoint.root,
        )

    def check(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is a time and this key's signature over that time and the checkpoint `text`."""
        if len(signature) != _TIME_BYTES + suite_of(self.alg).signature_size:
            return False
        seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
        if seconds > MAX_SECONDS:
            return False
        try:
            message = self.message(text, seconds)
        except InputError:
            return False
        return verify(self.alg, self.public, message, signature[_TIME_BYTES:])


LogKey = VerifierKey | CosignerKey
"""A key of a log itself: it signs the note text (type 0x01), or cosigns with a time (type 0x06)."""


def cosign_text(text: str, *, name: str, signer: Signer, seconds: int) -> NoteSignature:
    """Return the cosignature of `signer`, under `name`, over the checkpoint `text` at `seconds` since 1970-01-01 UTC.

    Whoever calls this has checked that the checkpoint is consistent with every other of its log that he cosigned.

    Raises:
        FormatError, LimitError: `text` is no checkpoint, or a name is too long.
        LimitError: a time before 1970 or after 2^63 − 1 seconds.
    """
    if not 0 <= seconds <= MAX_SECONDS:
        raise _too_large("time of a cosignature", f"{seconds} seconds", f"{seconds} 秒")
    parse_checkpoint(text)
    key = CosignerKey(name=name, alg=signer.alg, public=signer.public)
    signature = seconds.to_bytes(_TIME_BYTES, "big") + signer.sign(key.message(text, seconds))
    return NoteSignature(name=name, key_id=key.note_key_id, signature=signature)


def seconds_in(signature: bytes) -> int:
    """Return the time that a cosignature of either kind states, in seconds since 1970-01-01 UTC.

    Only a signature that holds says something; 0 in one of ML-DSA-44 states no time at all.
    """
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def subtree_message(*, name: str, seconds: int, origin: str, start: int, end: int, root: bytes) -> bytes:
    """Return the `cosigned_message` of ML-DSA-44 over the entries from `start` up to `end`; a checkpoint starts at 0.

    Raises:
        LimitError: a name or an origin that is empty or longer than 255 bytes.
    """
    return b"".join(
        (
            _SUBTREE,
            _opaque(name, "name of a cosigner"),
            seconds.to_bytes(_TIME_BYTES, "big"),
            _opaque(origin, "origin of a log"),
            start.to_bytes(8, "big"),
            end.to_bytes(8, "big"),
            root,
        )
    )


def parse_cosigner_key(text: str) -> CosignerKey:
    """Return the key that `CosignerKey.text` wrote.

    Raises:
        FormatError: another form, an id that is not that of name and key, or another type than 0x04 and 0x06.
    """
    name, type_, public = split_vkey(text)
    alg = _ALG_OF.get(type_)
    if alg is None:
        raise unknown_type()
    key = CosignerKey(name=name, alg=alg, public=public)
    check_spelling(key.text, text)
    return key


def parse_log_key(text: str) -> LogKey:
    """Return the key of a log in `text`, of type 0x01 or 0x06.

    Raises:
        FormatError: as `parse_vkey` and `parse_cosigner_key`, or another type.
    """
    type_ = split_vkey(text)[1]
    if type_ == ED25519_NOTE:
        return parse_vkey(text)
    if type_ == _TYPE_OF[ML_DSA_44]:
        return parse_cosigner_key(text)
    raise unknown_type()


def _opaque(text: str, place: str) -> bytes:
    _check_length(text, place)
    data = text.encode()
    return len(data).to_bytes(1, "big") + data


def _check_length(text: str, place: str) -> None:
    size = len(text.encode())
    if not 1 <= size <= MAX_NAME_BYTES:
        raise _too_large(place, f"{size} bytes", f"{size} 字节")


def _too_large(place: str, found_en: str, found_zh: str) -> LimitError:
    return LimitError(
        code="cosignature.limit",
        place=place,
        message_en=f"{found_en}; a name has 1 to {MAX_NAME_BYTES} bytes, a time 0 to 2^63 − 1 seconds",
        message_zh=f"{found_zh}；名称应为 1 至 {MAX_NAME_BYTES} 字节，时间应为 0 至 2^63 − 1 秒",
    )
