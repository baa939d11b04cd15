# SPDX-License-Identifier: Apache-2.0
"""Text as it may enter the ledger: Unicode NFC, without control, bidirectional or zero-width characters (DESIGN §3)."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ledger.problems import Problem

_UNSEEN: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Control and format characters, fillers and tags: a list of its own, since Unicode tables differ between machines.
Variation selectors stay: names need them."""

_PRINTED_ESCAPES: Final = re.compile(rb'\\["\\]')
_DELETE: Final = b"\x7f"
"""The one control character that JSON does not escape."""


def text_problems(encoded: bytes) -> Iterator[Problem]:
    """Problems of the texts inside the canonical bytes `encoded` of an event; nothing for plain ASCII, at once."""
    escaped = b"\\" in encoded and b"\\" in _PRINTED_ESCAPES.sub(b"", encoded)
    if not escaped and encoded.isascii() and _DELETE not in encoded:
        return
    text = encoded.decode("utf-8")
    found = _UNSEEN.search(text)
    if found is not None or escaped:
        what = f"U+{ord(found[0]):04X}" if found else "a control character"
        yield Problem(
            code="text-unseen",
            check="form",
            place="text",
            message_en=f"a text holds {what}, which cannot be seen",
            message_zh=f"文字中含不可见字符 {what}",
            remedy_en="remove control, direction and zero-width characters",
            remedy_zh="请删除控制符、方向符和零宽字符",
        )
    if not unicodedata.is_normalized("NFC", text):
        yield Problem(
            code="text-nfc",
            check="form",
            place="text",
            message_en="a text is not in Unicode normal form C",
            message_zh="文字不是 Unicode NFC 形式",
            remedy_en="normalise texts to NFC before signing",
            remedy_zh="签名前请将文字规范化为 NFC",
        )
