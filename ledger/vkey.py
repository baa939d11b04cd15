# SPDX-License-Identifier: Apache-2.0
r"""Verifier keys as one line of text, the form in which trust is handed over: C2SP signed-note.

>>> parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").note_key_id.hex()
'c74f20a3'
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.errors import FormatError
from ledger.keys import ED25519, key_id, verify
from ledger.spelling import from_base64, to_base64

KEY_ID_BYTES: Final = 4
MAX_VKEY_CHARACTERS: Final = 4096
_NOT_IN_NAME: Final = re.compile(r"[+\x00-\x1f\s]")

ED25519_NOTE: Final = b"\x01"
"""The type of a key that signs the note text itself (signed-note, signature types)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """An Ed25519 public key under the name it signs notes with (type 0x01); a `ledger.note.NoteVerifier`.

    Attributes:
        name: of the holder, usually an address without scheme; no spaces, no `+`.
        public: the raw public key, 32 bytes.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        """Hold only names and keys that every reader of notes accepts."""
        check_key_name(self.name, "verifier key")
        key_id(ED25519, self.public)

    @property
    def note_key_id(self) -> bytes:
        r"""The first 4 bytes of SHA-256(name ‖ `\n` ‖ type ‖ public key)."""
        return note_key_id(self.name, ED25519_NOTE, self.public)

    @property
    def text(self) -> str:
        """The key as one line: name, key id in hex, type and key in base64, joined by `+`."""
        return vkey_text(self.name, ED25519_NOTE, self.public)

    def check(self, text: str, signature: bytes) -> bool:
        """Return whether the signature over the note text holds."""
        return verify(ED25519, self.public, text.encode(), signature)


def note_key_id(name: str, type_: bytes, public: bytes) -> bytes:
    r"""Return the first 4 bytes of SHA-256(name ‖ `\n` ‖ type ‖ public key) (signed-note, signatures)."""
    return sha256(name.encode() + b"\n" + type_ + public).digest()[:KEY_ID_BYTES]


def vkey_text(name: str, type_: bytes, public: bytes) -> str:
    """Return the key as one line: name, key id in hex, type and key in base64, joined by `+`."""
    return f"{name}+{note_key_id(name, type_, public).hex()}+{to_base64(type_ + public)}"


def parse_vkey(text: str) -> VerifierKey:
    """Return the key that `VerifierKey.text` wrote.

    Raises:
        FormatError: another form, an id that is not that of name and key, or another type than 0x01.
    """
    name, type_, public = split_vkey(text)
    if type_ != ED25519_NOTE:
        raise unknown_type()
    key = VerifierKey(name=name, public=public)
    check_spelling(key.text, text)
    return key


def split_vkey(text: str) -> tuple[str, bytes, bytes]:
    """Return name, type (one byte) and public key in the line `text`, none of them checked yet.

    Raises:
        FormatError: type and key are not in base64.
    """
    name, _, rest = text[:MAX_VKEY_CHARACTERS].partition("+")
    data = from_base64(rest.partition("+")[2], place="verifier key")
    return name, data[:1], data[1:]


def check_spelling(written: str, text: str) -> None:
    """Return only if `text`, which was read as a key, is how that key is `written`.

    Raises:
        FormatError: the key id is another, or something follows the key.
    """
    if written != text:
        id_ = text.partition("+")[2].partition("+")[0][:80]
        raise _misshapen("id", f"{id_!r} is not its key id", f"{id_!r} 不是该密钥的标识")


def unknown_type() -> FormatError:
    """The refusal of a key whose type cannot be used here."""
    return _misshapen("type", "its type is not known here", "此处不支持该密钥类型")


def check_key_name(name: str, place: str) -> None:
    """Return only if `name` can stand in a signature line: not empty, no `+`, no control, no space.

    Raises:
        FormatError: it cannot.
    """
    if not name or _NOT_IN_NAME.search(name):
        raise FormatError(
            code="vkey.bad-name",
            place=place,
            message_en=f"{name[:80]!r} is no name of a key",
            message_zh=f"{name[:80]!r} 不是密钥名称",
            remedy_en="Use an address without scheme, such as ledger.example/city/2026.",
            remedy_zh="请使用不带协议的地址，例如 ledger.example/city/2026。",
        )


def _misshapen(reason: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code=f"vkey.{reason}",
        place="verifier key",
        message_en=message_en,
        message_zh=message_zh,
        remedy_en="Copy the whole line again, from a source you trust.",
        remedy_zh="请从可信来源重新完整复制该行。",
    )
