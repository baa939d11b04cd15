# SPDX-License-Identifier: Apache-2.0
"""Strict readings of base64 and decimal numbers: each value has one spelling, and any other is refused."""

import base64
import binascii
import re
from typing import Final

from ledger.errors import FormatError

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def from_base64(text: str, *, place: str) -> bytes:
    """Return the bytes of padded standard base64 (RFC 4648 §4); stray bits and characters are refused.

    Raises:
        FormatError: `text` is not what encoding the result would give.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if to_base64(data) != text:
        raise FormatError(
            code="text.bad-base64",
            place=place,
            message_en="not the one standard base64 spelling of any bytes",
            message_zh="不是规范的标准 base64 编码",
        )
    return data


def to_base64(data: bytes) -> str:
    """Return padded standard base64 on one line (RFC 4648 §4)."""
    return base64.b64encode(data).decode()


def from_decimal(text: str, *, place: str) -> int:
    """Return the number from 0 to 2^63−1 that `text` spells in ASCII digits without sign or leading zeros.

    Raises:
        FormatError: any other spelling or a larger number.
    """
    if _DECIMAL.fullmatch(text) is None or int(text) >= 1 << 63:
        raise FormatError(
            code="text.bad-decimal",
            place=place,
            message_en=f"{text[:40]!r} is not a whole number below 2^63 without leading zeros",
            message_zh=f"{text[:40]!r} 不是小于 2^63 且无前导零的非负整数",
        )
    return int(text)
