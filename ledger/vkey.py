# SPDX-License-Identifier: Apache-2.0
r"""Verifier keys as one line of text, the form in which trust is handed over: C2SP signed-note.

>>> parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").note_key_id.hex()
'c74f20a3'
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.errors import FormatError
from ledger.keys import ED25519, key_id, verify
from ledger.spelling import from_base64, to_base64

KEY_ID_BYTES: Final = 4
MAX_VKEY_CHARACTERS: Final = 4096

_TYPE_OF: Final = {ED25519: b"\x01"}
_ALG_OF: Final = {type_: alg for alg, type_ in _TYPE_OF.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key under the name it signs notes with.

    Attributes:
        name: of the holder, usually an address without scheme; no spaces, no `+`.
        alg: the suite (`ledger.keys`).
        public: the raw public key.
    """

    name: str
    alg: str
    public: bytes

    def __post_init__(self) -> None:
        """Hold only names and keys that every reader of notes accepts."""
        check_key_name(self.name, "verifier key")
        key_id(self.alg, self.public)

    @property
    def note_key_id(self) -> bytes:
        r"""The first 4 bytes of SHA-256(name ‖ `\n` ‖ type ‖ public key)."""
        return note_key_id(self.name, self.alg, self.public)

    @property
    def text(self) -> str:
        """The key as one line: name, key id in hex, type and key in base64, joined by `+`."""
        return f"{self.name}+{self.note_key_id.hex()}+{to_base64(_TYPE_OF[self.alg] + self.public)}"

    def check(self, text: str, signature: bytes) -> bool:
        """Return whether the signature over the note text holds."""
        return verify(self.alg, self.public, text.encode(), signature)


def note_key_id(name: str, alg: str, public: bytes) -> bytes:
    r"""Return the first 4 bytes of SHA-256(name ‖ `\n` ‖ type ‖ public key) (signed-note, signatures)."""
    return sha256(name.encode() + b"\n" + _TYPE_OF[alg] + public).digest()[:KEY_ID_BYTES]


def parse_vkey(text: str) -> VerifierKey:
    """Return the key that `VerifierKey.text` wrote.

    Raises:
        FormatError: another form, an id that is not that of name and key, or a type this program does not know.
    """
    name, _, rest = text[:MAX_VKEY_CHARACTERS].partition("+")
    id_, _, material = rest.partition("+")
    data = from_base64(material, place="verifier key")
    alg = _ALG_OF.get(data[:1])
    if alg is None:
        raise _misshapen("type", "its type is not known", "密钥类型未知")
    key = VerifierKey(name=name, alg=alg, public=data[1:])
    if key.text != text:
        raise _misshapen("id", f"{id_!r} is not its key id", f"{id_!r} 不是该密钥的标识")
    return key


def check_key_name(name: str, place: str) -> None:
    """Return only if `name` can stand in a signature line: not empty, no `+`, no control, no space.

    Raises:
        FormatError: it cannot.
    """
    if not name or any(character == "+" or character < " " or character.isspace() for character in name):
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
