# SPDX-License-Identifier: Apache-2.0
"""Canonical JSON (spec §1.1, §1.2; RFC 8785): what re-encodes to itself, and every other spelling of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.vectors.case import Case, carried, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = '{"a":1,"b":[true,"元"],"c":{"d":-7}}'.encode()

ACCEPTED = {
    "plain": (PLAIN, "integers, a list, a text, an object"),
    "least-escapes": (
        '{"a":"\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f\u2028\U0001f600"}'.encode(),
        "only quote, backslash and controls below U+0020 are escaped",
    ),
    "integers-at-the-bounds": (b"[-9007199254740991,0,9007199254740991]", "±(2^53 − 1) and zero"),
    "depth-8": (b"[" * 8 + b"1" + b"]" * 8, "as deep as allowed"),
    "keys-by-bytes": (b'{"A":1,"_":2,"a":3,"a1":4,"ab":5}', "keys in the order of their code units"),
    "empty-object": (b"{}", "an object without members"),
    "one-text": ('"一"'.encode(), "a value need not be an object"),
}

CORRUPTED = {
    "space-after-comma": (b",", b", ", "white space"),
    "keys-out-of-order": (b'"a":1,"b":[true,"\xe5\x85\x83"]', b'"b":[true,"\xe5\x85\x83"],"a":1', "unsorted keys"),
    "repeated-key": (b'"a":1,', b'"a":1,"a":1,', "a key stands twice"),
    "fraction": (b"-7", b"-7.0", "a whole number with a fraction"),
    "exponent": (b"-7", b"-7e0", "a whole number with an exponent"),
    "half": (b"-7", b"-7.5", "a number that is not whole"),
    "leading-zero": (b"-7", b"-07", "a leading zero"),
    "plus-sign": (b"-7", b"+7", "a plus sign"),
    "minus-zero": (b"-7", b"-0", "zero has no sign"),
    "beyond-2-53": (b"-7", b"9007199254740992", "2^53"),
    "below-2-53": (b"-7", b"-9007199254740992", "−2^53"),
    "beyond-64-bits": (b"-7", b"18446744073709551617", "a number that wraps to 1 in 64 bits"),
    "not-a-number": (b"-7", b"NaN", "NaN"),
    "capital-true": (b"true", b"True", "a literal in capitals"),
    "escaped-character": (b"\xe5\x85\x83", b"\\u5143", "a needless escape"),
    "escaped-solidus": (b"\xe5\x85\x83", b"\\/", "a solidus needs no escape"),
    "long-escape-of-line-feed": (b"\xe5\x85\x83", b"\\u000a", "a line feed is written in short"),
    "capital-escape": (b"\xe5\x85\x83", b"\\u001F", "hexadecimal in capitals"),
    "raw-control": (b"\xe5\x85\x83", b"\x1f", "a control character stands unescaped"),
    "lone-surrogate": (b"\xe5\x85\x83", b"\\ud83d", "half of a surrogate pair"),
    "surrogate-in-utf-8": (b"\xe5\x85\x83", b"\xed\xa0\xbd", "a surrogate in UTF-8"),
    "overlong-utf-8": (b"\xe5\x85\x83", b"\xc0\xaf", "an overlong form"),
    "latin-1": (b"\xe5\x85\x83", b"\xe9", "not UTF-8"),
    "trailing-comma": (b"-7}", b"-7,}", "a comma before the end"),
    "single-quotes": (b'"a"', b"'a'", "other quotes"),
    "comment": (b"{", b"{/**/", "a comment"),
    "truncated": (b"-7}}", b"-7}", "the last byte is missing"),
    "two-values": (b"-7}}", b"-7}}{}", "something follows"),
    "trailing-line-feed": (b"-7}}", b"-7}}\n", "a line end follows"),
    "byte-order-mark": (b'{"a"', b'\xef\xbb\xbf{"a"', "a byte order mark"),
    "too-deep": (b"-7", b"[" * 7 + b"1" + b"]" * 7, "nine levels"),
}  # fmt: skip


def cases() -> Iterator[Case]:
    """Every vector of `canonical`."""
    for name, (data, about) in ACCEPTED.items():
        yield Case(format="canonical", name=name, about=about, input=carried(data), accepted={})
    for name, (old, new, about) in CORRUPTED.items():
        data = replaced(PLAIN, old, new)
        yield Case(format="canonical", name=name, about=about, input=carried(data), refused="form")
    yield Case(format="canonical", name="empty", about="no bytes", input=carried(b""), refused="form")
