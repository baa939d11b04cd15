# SPDX-License-Identifier: Apache-2.0
"""On which line of a JSON text a value stands, so that whoever wrote the file finds what was refused."""

import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import Final

_STEP: Final = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]")
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = JSONDecoder()


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
