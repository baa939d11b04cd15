# SPDX-License-Identifier: Apache-2.0
"""JSON files that people write: read strictly, and refused with the line on which the fault stands."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from json import JSONDecoder
from typing import Any, Final

import msgspec

from ledger.errors import FormatError, LimitError

JSON_BYTES_MAX: Final = 8 << 20

Wrong = Callable[[str, str, str], FormatError]
"""Place, English, Chinese → the error, with the remedy that fits the file."""

_PATH: Final = re.compile(r"`(\$[^`]*)`$")
"""Where the value stands that msgspec complains of."""

_STEP: Final = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]")
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = JSONDecoder()


def read_json(data: bytes, kind: Any, *, place: str, wrong: Wrong) -> Any:  # noqa: ANN401 - what `kind` describes
    """What `data` holds as `kind`: no key twice, no field besides, each value in its one spelling.

    Raises:
        FormatError: naming `place`, line and field.
        LimitError: more than `JSON_BYTES_MAX` bytes.
    """
    if len(data) > JSON_BYTES_MAX:
        raise LimitError(
            code="file-too-large",
            place=place,
            message_en=f"such a file has at most {JSON_BYTES_MAX:,} bytes",
            message_zh=f"此类文件不得超过 {JSON_BYTES_MAX:,} 字节",
            remedy_en="Check that this is the right file.",
            remedy_zh="请核对文件是否正确。",
        )
    plain = plain_json(data, place=place, wrong=wrong)
    try:
        made = msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        told = str(error)
        found = _PATH.search(told)
        line = line_of(data.decode(), "$" if found is None else found[1])
        raise wrong(f"{place}:{line}", f"not of the form: {told}", f"格式不符：{told}") from error
    if json.loads(msgspec.json.encode(made)) != plain:
        raise wrong(
            place,
            "a value is spelt in a second way, or an optional one is empty",
            "数值写法不唯一，或可选项为空",
        )
    return made


def plain_json(data: bytes, *, place: str, wrong: Wrong) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The JSON value in `data`; no key stands twice in one object."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, times in Counter(key for key, _ in pairs).items():
            if times > 1:
                raise wrong(
                    place, f"the key {key!r} stands twice in one object", f"同一对象中键 {key!r} 重复"
                )
        return dict(pairs)

    try:
        return json.loads(data.decode(), object_pairs_hook=once)
    except UnicodeDecodeError as error:
        raise wrong(place, f"not UTF-8 at byte {error.start}", f"第 {error.start} 字节不是 UTF-8") from error
    except json.JSONDecodeError as error:
        raise wrong(f"{place}:{error.lineno}", f"not JSON: {error.msg}", f"不是 JSON：{error.msg}") from error
    except FormatError:
        raise
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise wrong(place, "not JSON that can be read", "不是可读的 JSON") from error


def line_of(text: str, path: str) -> int:
    """The line, from 1, on which the value at `path` begins, such as ``$.rows[3].unit``; `text` is valid JSON.

    Where the path leads nowhere, that of the last value on the way that is there.
    """
    at, done = _after_space(text, 0), len("$")
    while (step := _STEP.match(path, done)) is not None:
        done = step.end()
        wanted = step[1] if step[2] is None else int(step[2])
        found = next((place for key, place in _children(text, at) if key == wanted), None)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _children(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """Key or index, and place, of each value inside the one at `at`."""
    opening, index = text[at], 0
    if opening not in "{[":
        return
    at = _after_space(text, at + 1)
    while text[at] not in "}]":
        key: str | int = index
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        yield key, at
        _, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)
        index += 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()
