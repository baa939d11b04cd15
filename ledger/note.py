# SPDX-License-Identifier: Apache-2.0
r"""Signed notes: text, an empty line, and signature lines. C2SP signed-note.

>>> from ledger.keys import Ed25519Signer
>>> from ledger.vkey import VerifierKey
>>> signer = Ed25519Signer.from_seed(bytes(32))
>>> key = VerifierKey(name="ledger.example/log", public=signer.public)
>>> key.text
'ledger.example/log+b3898635+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
>>> note = format_note("One line.\n", [sign_text("One line.\n", name=key.name, signer=signer)])
>>> open_note(note, [key]).text
'One line.\n'
>>> open_note(note.replace(b"One", b"Two"), [key])
Traceback (most recent call last):
...
ledger.errors.SignatureError: signature of ledger.example/log: it does not fit the text. Do not rely on it. ...
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ledger.errors import FormatError, LimitError, SignatureError
from ledger.keys import Signer
from ledger.spelling import from_base64, to_base64
from ledger.vkey import KEY_ID_BYTES, VerifierKey, check_key_name

MAX_SIGNATURES: Final = 64
"""Four times what every verifier must accept; room for a log, its mirrors and all its witnesses."""
MAX_NOTE_BYTES: Final = 1 << 20

_DASH: Final = "— "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
"""What a signature line begins with: an em dash (U+2014) and a space."""


class NoteVerifier(Protocol):
    """Whatever can judge one kind of signature line: a log's key, a witness's key."""

    @property
    def name(self) -> str:
        """The name in the signature line."""
        ...

    @property
    def note_key_id(self) -> bytes:
        """The 4 bytes before the signature."""
        ...

    def check(self, text: str, signature: bytes) -> bool:
        """Return whether the signature over the note text holds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line: who signs, with which key, and the raw signature."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line without its line end."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text and signatures that nobody has checked yet."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNote:
    """A text that at least one known key has signed.

    Attributes:
        text: with its final line end.
        verified: the signatures of known keys, each of which holds, in the order of their lines.
        unknown: the signatures of other keys, which say nothing.
    """

    text: str
    verified: tuple[NoteSignature, ...]
    unknown: tuple[NoteSignature, ...]


def sign_text(text: str, *, name: str, signer: Signer) -> NoteSignature:
    """Return the line of the Ed25519 `signer`, under `name`, for the note text with its final line end (type 0x01).

    Raises:
        FormatError: the text or the name cannot stand in a note, or the signer is of another suite.
    """
    _check_text(text)
    key = VerifierKey(name=name, public=signer.public)
    return NoteSignature(name=name, key_id=key.note_key_id, signature=signer.sign(text.encode()))


def format_note(text: str, signatures: Sequence[NoteSignature]) -> bytes:
    """Return the note as bytes; `parse_note` gives the same text and signatures back.

    Raises:
        FormatError: the text does not end in a line end or holds control characters; or there is no signature.
    """
    _check_text(text)
    data = (text + "\n" + "".join(f"{signature.line}\n" for signature in signatures)).encode()
    parse_note(data)
    return data


def parse_note(data: bytes) -> Note:
    """Return text and signatures, none of them checked yet (signed-note, format).

    Raises:
        LimitError: more than 1 MiB or more than 64 signatures.
        FormatError: not the one form of a signed note; the place is the line.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise _too_much("note", f"{len(data)} bytes", f"{len(data)} 字节")
    whole = _decoded(data)
    body, found, block = whole.rpartition("\n\n")
    if not found or not block.endswith("\n"):
        raise _misshapen(
            "no-signatures", "note", "no signature lines after an empty line", "空行之后没有签名行"
        )
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _too_much("note", f"{len(lines)} signatures", f"{len(lines)} 个签名")
    text = body + "\n"
    first = text.count("\n") + 2
    signatures = tuple(parse_signature(line, f"note line {first + at}") for at, line in enumerate(lines))
    return Note(text=text, signatures=signatures)


def open_note(data: bytes, verifiers: Iterable[NoteVerifier]) -> OpenedNote:
    """Return the text of a note that known keys have signed, and who they are.

    Signatures of unknown keys are ignored, also when they share a name or an id with a known one.

    Raises:
        LimitError, FormatError: as `parse_note`; or two different known keys share name and id.
        SignatureError: a known key signed something else or twice, or no known key signed.
    """
    known = _by_name_and_id(verifiers)
    note = parse_note(data)
    verified: dict[tuple[str, bytes], NoteSignature] = {}
    unknown = []
    for signature in note.signatures:
        key = (signature.name, signature.key_id)
        verifier = known.get(key)
        if verifier is None:
            unknown.append(signature)
            continue
        if key in verified:
            raise _unsigned("note.twice", signature.name, "the same key signs twice", "同一密钥签名两次")
        if not verifier.check(note.text, signature.signature):
            raise _unsigned(
                "note.bad-signature", signature.name, "it does not fit the text", "签名与正文不符"
            )
        verified[key] = signature
    if not verified:
        raise _unsigned("note.unsigned", "any known key", "there is none", "没有任何已知密钥的签名")
    return OpenedNote(text=note.text, verified=tuple(verified.values()), unknown=tuple(unknown))


def _by_name_and_id(verifiers: Iterable[NoteVerifier]) -> dict[tuple[str, bytes], NoteVerifier]:
    known: dict[tuple[str, bytes], NoteVerifier] = {}
    for verifier in verifiers:
        key = (verifier.name, verifier.note_key_id)
        if known.setdefault(key, verifier) != verifier:
            raise _misshapen(
                "ambiguous-key", verifier.name, "two known keys share its id", "两个已知密钥标识相同"
            )
    return known


def parse_signature(line: str, place: str) -> NoteSignature:
    """Return the signature in one line without its line end; nobody has checked it yet.

    Raises:
        FormatError: not a signature line; `place` is named.
    """
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not encoded:
        raise _misshapen("bad-line", place, "not a signature line", "不是签名行")
    check_key_name(name, place)
    data = from_base64(encoded, place=place)
    if len(data) <= KEY_ID_BYTES:
        raise _misshapen("short-signature", place, "no signature after the key id", "密钥标识之后没有签名")
    return NoteSignature(name=name, key_id=data[:KEY_ID_BYTES], signature=data[KEY_ID_BYTES:])


def _decoded(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _misshapen("not-utf8", f"note byte {error.start}", "not UTF-8", "不是 UTF-8") from error
    _check_controls(text)
    return text


def _check_text(text: str) -> None:
    _check_controls(text)
    if not text.endswith("\n"):
        raise _misshapen("no-line-end", "note text", "it does not end in a line end", "正文未以换行结尾")


def _check_controls(text: str) -> None:
    wrong = _CONTROL.search(text)
    if wrong is not None:
        raise _misshapen("control", f"note character {wrong.start()}", "a control character", "含控制字符")


def _misshapen(reason: str, place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(code=f"note.{reason}", place=place, message_en=message_en, message_zh=message_zh)


def _too_much(place: str, found_en: str, found_zh: str) -> LimitError:
    limits = f"{MAX_SIGNATURES} signatures, {MAX_NOTE_BYTES} bytes"
    return LimitError(
        code="note.too-large",
        place=place,
        message_en=f"{found_en}, and the limits are {limits}",
        message_zh=f"{found_zh}，上限为 {MAX_SIGNATURES} 个签名、{MAX_NOTE_BYTES} 字节",
    )


def _unsigned(code: str, who: str, message_en: str, message_zh: str) -> SignatureError:
    return SignatureError(
        code=code, place=f"signature of {who}", message_en=message_en, message_zh=message_zh
    )
