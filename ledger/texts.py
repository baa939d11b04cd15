# SPDX-License-Identifier: Apache-2.0
"""Text as it may enter the ledger: Unicode NFC, without control, bidirectional or zero-width characters (DESIGN §3)."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ledger.problems import Problem

_UNSEEN: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_ESCAPES: Final = re.compile(rb"\\[^\"\\/]")


def text_problems(encoded: bytes) -> Iterator[Problem]:
    """Problems of the texts inside the canonical bytes `encoded` of an event; nothing for plain ASCII, at once."""
    if encoded.isascii() and _ESCAPES.search(encoded) is None:
        return
    text = encoded.decode("utf-8")
    found = _UNSEEN.search(text)
    if found is not None or _ESCAPES.search(encoded) is not None:
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
