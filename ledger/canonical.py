# SPDX-License-Identifier: Apache-2.0
r"""Canonical JSON: one spelling per value (RFC 8785, JCS).

What is signed or hashed must have exactly one encoding, or two parties can read one signature over two texts.

>>> jcs({"b": [1, True, None], "a": "元\n"}).decode()
'{"a":"元\\n","b":[1,true,null]}'
"""

import json
import math
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Final, NoReturn

from ledger.errors import FormatError, LimitError, ProgrammerError

MAX_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 7493 §2.2)."""
MAX_DEPTH: Final = 8

_LONGEST_INTEGER: Final = len(str(-MAX_INTEGER))
_POINT_LAST: Final = 21
"""ECMAScript writes whole numbers of up to this many digits without an exponent."""
_POINT_FIRST: Final = -6


def jcs(value: object) -> bytes:
    """Return the RFC 8785 form of str, int, bool, None, float, list, tuple and dict with str keys.

    Raises:
        FormatError: an integer beyond ±(2^53−1), NaN, an infinity, a lone surrogate; the place is its path.
        ProgrammerError: a value of another type, or a key that is not a str.
    """
    return _encode(value, "$").encode()


def parse_canonical(data: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> object:
    """Return the value whose canonical JSON is exactly `data`: dict, list, str, int, bool or None.

    Canonical here is RFC 8785 without fractions: `jcs` of the result equals `data`, byte for byte, so
    duplicate keys, unsorted keys, spaces, needless escapes, `-0` and floats are all refused.

    Raises:
        LimitError: more than `max_bytes` bytes, or containers nested deeper than `max_depth`.
        FormatError: any other departure; the place is the first wrong byte or the path of the wrong value.
    """
    if len(data) > max_bytes:
        raise LimitError(
            code="canonical.too-long",
            place="JSON",
            message_en=f"{len(data)} bytes, and at most {max_bytes} are allowed",
            message_zh=f"共 {len(data)} 字节，超过上限 {max_bytes} 字节",
            remedy_en="Split it, or keep attachments outside and refer to them by hash.",
            remedy_zh="请拆分，或将附件置于外部并以哈希引用。",
        )
    value = _decode(data)
    _check_depth(value, max_depth)
    again = jcs(value)
    if again != data:
        _refuse_spelling(data, again)
    return value


def _encode(value: object, path: str) -> str:
    if isinstance(value, str):
        return _encode_text(value, path)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return _encode_integer(value, path)
    if isinstance(value, float):
        return _encode_fraction(value, path)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_encode(item, f"{path}[{at}]") for at, item in enumerate(value)]) + "]"
    if isinstance(value, dict):
        return _encode_object(value, path)
    raise ProgrammerError(f"{path}: {type(value).__name__} has no JSON form")


def _encode_object(value: dict[object, object], path: str) -> str:
    """Write the members sorted by the UTF-16 code units of their keys (RFC 8785 §3.2.3)."""
    members = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise ProgrammerError(f"{path}: the key {key!r} is not a str")
        text = _encode_text(key, path)
        members.append((key.encode("utf-16-be"), f"{text}:{_encode(item, f'{path}.{key}')}"))
    return "{" + ",".join([member for _, member in sorted(members)]) + "}"


def _encode_text(value: str, path: str) -> str:
    r"""Quote a string: `"`, `\` and controls below U+0020 escaped, all else as it is (RFC 8785 §3.2.2.2)."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise FormatError(
                code="canonical.lone-surrogate",
                place=path,
                message_en=f"character {error.start} is half of a surrogate pair, which no text contains",
                message_zh=f"第 {error.start} 个字符是不成对的代理项",
                remedy_en="Correct the text where it was made; half a character is lost there.",
                remedy_zh="请在文本产生处更正：该处丢失了半个字符。",
            ) from error
    return encode_basestring(value)


def _encode_integer(value: int, path: str) -> str:
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        _refuse_integer(path)
    return int.__repr__(value)


def _encode_fraction(value: float, path: str) -> str:
    """Write a number as ECMAScript does (ECMA-262 §6.1.6.1.20, by RFC 8785 §3.2.2.3).

    Python and ECMAScript agree on the digits, the fewest that read back the same; only the layout differs.
    """
    if not math.isfinite(value):
        raise FormatError(
            code="canonical.not-finite",
            place=path,
            message_en="JSON has no way to write NaN or an infinity",
            message_zh="JSON 无法表示 NaN 或无穷大",
            remedy_en="Leave the field out.",
            remedy_zh="请省略该字段。",
        )
    _, figures, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, figures))
    sign = "-" if value < 0 else ""
    return sign + _lay_out(digits, len(digits) + int(exponent))


def _lay_out(digits: str, point: int) -> str:
    """Place the decimal point `point` digits from the left, or use an exponent where ECMAScript does."""
    if digits == "0":
        return "0"
    if len(digits) <= point <= _POINT_LAST:
        return digits + "0" * (point - len(digits))
    if 0 < point <= _POINT_LAST:
        return f"{digits[:point]}.{digits[point:]}"
    if _POINT_FIRST < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _decode(data: bytes) -> object:
    try:
        return json.loads(
            data.decode(),
            object_pairs_hook=_unique,
            parse_int=_bounded,
            parse_float=_refuse_fraction,
            parse_constant=_refuse_fraction,
        )
    except UnicodeDecodeError as error:
        raise _misspelt(f"byte {error.start}", "not UTF-8", "不是 UTF-8") from error
    except json.JSONDecodeError as error:
        raise _misspelt(f"character {error.pos}", f"not JSON: {error.msg}", "不是 JSON") from error
    except RecursionError as error:
        raise _too_deep() from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for key, item in pairs:
        if key in members:
            raise _misspelt(f"key {key[:80]!r}", "the key appears twice in one object", "同一对象中键重复")
        members[key] = item
    return members


def _bounded(text: str) -> int:
    if len(text) > _LONGEST_INTEGER or abs(int(text)) > MAX_INTEGER:
        _refuse_integer(f"number {text[:40]}")
    return int(text)


def _refuse_fraction(text: str) -> NoReturn:
    raise FormatError(
        code="canonical.fraction",
        place=f"number {text[:40]}",
        message_en="only whole numbers are allowed",
        message_zh="只允许整数",
        remedy_en="Write money in minor units (分), and nothing as a fraction or with an exponent.",
        remedy_zh="金额请以分为单位填写整数，不得使用小数或指数。",
    )


def _refuse_integer(place: str) -> NoReturn:
    raise FormatError(
        code="canonical.integer-range",
        place=place,
        message_en=f"whole numbers go from -{MAX_INTEGER} to {MAX_INTEGER}",
        message_zh=f"整数范围为 -{MAX_INTEGER} 至 {MAX_INTEGER}",
        remedy_en="Check the number; split an amount that is really larger.",
        remedy_zh="请核对该数；确属更大的金额请拆分。",
    )


def _refuse_spelling(data: bytes, again: bytes) -> NoReturn:
    common = next(
        (at for at, (one, other) in enumerate(zip(data, again, strict=False)) if one != other), None
    )
    place = min(len(data), len(again)) if common is None else common
    raise _misspelt(f"byte {place}", "not the canonical spelling (RFC 8785)", "不是规范编码（RFC 8785）")


def _misspelt(place: str, message_en: str, message_zh: str) -> FormatError:
    return FormatError(
        code="canonical.not-canonical",
        place=place,
        message_en=message_en,
        message_zh=message_zh,
        remedy_en="Encode it as RFC 8785 says: sorted unique keys, no spaces, UTF-8, whole numbers.",
        remedy_zh="请按 RFC 8785 编码：键唯一且有序、无空白、UTF-8、整数。",
    )


def _check_depth(value: object, room: int) -> None:
    if isinstance(value, (dict, list)):
        if not room:
            raise _too_deep()
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, room - 1)


def _too_deep() -> LimitError:
    return LimitError(
        code="canonical.too-deep",
        place="JSON",
        message_en="objects and lists are nested too deep",
        message_zh="对象或列表嵌套过深",
        remedy_en="Flatten it; no record of a ledger is nested this deep.",
        remedy_zh="请减少嵌套；账本记录不会嵌套如此之深。",
    )
