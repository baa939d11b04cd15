# SPDX-License-Identifier: Apache-2.0
"""Keyed marks of persons, by which audit finds one person in several funds without anybody's number (spec §10.10).

A plain hash of an identity number is no protection: there are about 10^11 of them. A mark is made under a key that the
owner of the registry keeps outside the ledger, and is itself a personal field that only audit is shown.
"""

import hmac
import re
from collections.abc import Callable
from typing import Final

from ledger.errors import FormatError
from ledger.personal_numbers import is_identity_number

KEY_BYTES: Final = 32
PREFIX: Final = b"fundtrace/person/v1\n"

_KEY: Final = re.compile(rb"[0-9a-f]{64}\n")


def person_mark(key: bytes, number: str) -> str:
    """The mark of the person with the identity number `number`: HMAC-SHA256 in hex, over its 18 places in capitals.

    Raises:
        FormatError: it is no identity number (GB 11643), so that a slip would make a mark of nobody.
    """
    if not is_identity_number(number):
        raise FormatError(
            code="person-number",
            place="identity number",
            message_en="it is not 18 places with a real birthday and the right check character",
            message_zh="不是有效的 18 位身份证号",
            remedy_en="Compare it with the card.",
            remedy_zh="请与证件核对。",
        )
    return hmac.digest(key, PREFIX + number.upper().encode("ascii"), "sha256").hex()


def new_registry_key(random_bytes: Callable[[int], bytes]) -> bytes:
    """The content of a new key file: 64 hex digits and a line end, from the cryptographic source `random_bytes`."""
    return random_bytes(KEY_BYTES).hex().encode("ascii") + b"\n"


def parse_registry_key(data: bytes, *, place: str) -> bytes:
    """The key in a key file.

    Raises:
        FormatError: it is none; names `place` and never the content.
    """
    if _KEY.fullmatch(data) is None:
        raise FormatError(
            code="registry-key",
            place=place,
            message_en="not a registry key",
            message_zh="不是登记库密钥文件",
            remedy_en="Use the file that fundtrace keys registry-key wrote.",
            remedy_zh="请使用 fundtrace keys registry-key 生成的文件。",
        )
    return bytes.fromhex(data.decode("ascii"))
