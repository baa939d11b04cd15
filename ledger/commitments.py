# SPDX-License-Identifier: Apache-2.0
"""Personal fields: a salted commitment in the event, its disclosure beside it and never in the ledger (spec §10).

The form is that of RFC 9901 (SD-JWT) §4.2: a disclosure is base64url of the array [salt, name, value], unpadded; the
commitment base64url of the SHA-256 over the ASCII text of the disclosure. Here the array is in RFC 8785 form, so that one
value under one salt has one disclosure.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ledger.canonical import jcs
from ledger.errors import FormatError
from ledger.kinds.form import Text, Whole

SALT_BYTES: Final = 16
DISCLOSURE_CHARACTERS_MAX: Final = 16_384

Salt = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{21}[AQgw](?!\\n)$", description="128 bits as base64url")]
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}(?!\\n)$", description="name of a personal field")]
Value = Text | Whole | Annotated[tuple[Text, ...], Meta(min_length=1, max_length=100)]
"""What a personal field may hold: a text, a whole number, or a list of texts; nothing nested."""

DisclosureText = Annotated[
    str,
    Meta(pattern="^[A-Za-z0-9_-]+(?!\\n)$", max_length=16_384, description="disclosure of a personal field"),
]

_ARRAY: Final = msgspec.json.Decoder(tuple[Salt, Name, Value])


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One personal field in clear: 128 random bits as base64url, the name of the field, its value."""

    salt: str
    name: str
    value: str | int | tuple[str, ...]

    @property
    def text(self) -> str:
        """The disclosure as it is sent and stored."""
        return _base64url(jcs([self.salt, self.name, self.value]))

    @property
    def commitment(self) -> str:
        """What stands in ``_sd`` of the event."""
        return commitment_of(self.text)


def commitment_of(text: str) -> str:
    """The commitment that the disclosure `text` opens."""
    return _base64url(sha256(text.encode("ascii")).digest())


def parse_disclosure(text: str, *, place: str = "disclosure") -> Disclosure:
    """The personal field in `text`, which is the one spelling of it.

    Raises:
        FormatError: it is none, or another spelling of one; names `place`.
    """
    if len(text) > DISCLOSURE_CHARACTERS_MAX:
        raise _wrong(place, f"longer than {DISCLOSURE_CHARACTERS_MAX:,} characters")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        salt, name, value = _ARRAY.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (msgspec.DecodeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise _wrong(place, str(error)) from error
    found = Disclosure(salt=salt, name=name, value=value)
    if found.text != text:
        raise _wrong(place, "the same field is spelt otherwise in canonical form")
    return found


def disclose(
    fields: Mapping[str, str | int | tuple[str, ...]], random_bytes: Callable[[int], bytes]
) -> tuple[Disclosure, ...]:
    """Disclosures of `fields`, each under a salt of its own from `random_bytes`, sorted by their commitments.

    `random_bytes` is a cryptographic source, such as `secrets.token_bytes`: whoever can guess the salt can try values.
    """
    made = (
        Disclosure(salt=_base64url(random_bytes(SALT_BYTES)), name=name, value=value)
        for name, value in fields.items()
    )
    return tuple(sorted(made, key=lambda one: one.commitment))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _wrong(place: str, why: str) -> FormatError:
    return FormatError(
        code="disclosure-form",
        place=place,
        message_en=f"not a disclosure of a personal field: {why}",
        message_zh=f"不是有效的个人信息披露内容：{why}",
        remedy_en="send base64url(JCS([salt, name, value])) as described in docs/spec, with a salt of 128 random bits",
        remedy_zh="请按 docs/spec 提交 base64url(JCS([盐值, 字段名, 值]))，盐值为 128 位随机数",
    )
