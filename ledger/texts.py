# SPDX-License-Identifier: Apache-2.0
"""Text as it may enter the ledger: Unicode NFC, without control, bidirectional or zero-width characters (DESIGN §3)."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

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


def is_clean(encoded: bytes) -> bool:
    """Whether the texts inside `encoded` have no problem: the canonical bytes of one event or of several."""
    escaped = b"\\" in encoded and b"\\" in _PRINTED_ESCAPES.sub(b"", encoded)
    if escaped or (encoded.isascii() and _DELETE not in encoded):
        return not escaped
    text = encoded.decode("utf-8")
    return _UNSEEN.search(text) is None and unicodedata.is_normalized("NFC", text)


def text_problems(encoded: bytes) -> Iterator[Problem]:
    """Problems of the texts inside the canonical bytes `encoded` of an event, by field; plain ASCII has none."""
    if not is_clean(encoded):
        for place, part in _texts(json.loads(encoded), ""):
            yield from _part_problems(place, part)


def _texts(node: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Every text below `node`, with the way to it, such as ``rows[0].basis``."""
    match node:
        case str():
            yield place, node
        case dict():
            for key, value in node.items():
                yield from _texts(value, f"{place}.{key}" if place else key)
        case list():
            for number, value in enumerate(node):
                yield from _texts(value, f"{place}[{number}]")
        case _:
            return


def _part_problems(place: str, part: str) -> Iterator[Problem]:
    found = _UNSEEN.search(part)
    if found is not None:
        what = f"U+{ord(found[0]):04X}"
        yield Problem(
            code="text-unseen",
            check="form",
            place=place,
            message_en=f"the text holds {what} at character {found.start() + 1}, which cannot be seen",
            message_zh=f"文字第 {found.start() + 1} 个字符为不可见字符 {what}",
            remedy_en="remove control, direction and zero-width characters",
            remedy_zh="请删除控制符、方向符和零宽字符",
        )
    if not unicodedata.is_normalized("NFC", part):
        yield Problem(
            code="text-nfc",
            check="form",
            place=place,
            message_en="the text is not in Unicode normal form C",
            message_zh="文字不是 Unicode NFC 形式",
            remedy_en="normalise texts to NFC before signing",
            remedy_zh="签名前请将文字规范化为 NFC",
        )
