# SPDX-License-Identifier: Apache-2.0
"""The fields of an entry one by one, and the same entry with one of them changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.malicious.forger import edited

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]

OPERATORS_OWN: Final = {("seq",), ("prev",), ("recorded",)}
"""What the operator decides and no party signs; the chain and time hold them."""


def leaves_of(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - any JSON value
    """The paths of all scalars in a JSON value."""
    match value:
        case dict():
            for key, item in value.items():
                yield from leaves_of(item, (*path, key))
        case list():
            for at, item in enumerate(value):
                yield from leaves_of(item, (*path, at))
        case _:
            yield path


def holder_of(value: Any, path: Path) -> Any:  # noqa: ANN401 - as above
    """What holds the scalar at `path`."""
    for step in path[:-1]:
        value = value[step]
    return value


def signed_paths(entry: bytes, *, own: bool = False) -> list[Path]:
    """The paths of every field that somebody signed; with `own` those of the operator too."""
    return [path for path in leaves_of(json.loads(entry)) if own or path not in OPERATORS_OWN]


def changed(entry: bytes, path: Path) -> bytes:
    """The entry with another value of the same shape at `path`, canonical again."""
    value = json.loads(entry)
    holder = holder_of(value, path)
    holder[path[-1]] = _other(holder[path[-1]])
    return edited(entry, **value)


def _other(value: Any) -> Any:  # noqa: ANN401 - as above
    """Another digit, another letter, the other truth."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            at = next((at for at, one in enumerate(value) if one.isalnum()), 0)
            swapped = {"0": "1", "a": "b", "A": "B"}
            one = value[at]
            kind = "0" if one.isdigit() else "a" if one.islower() else "A"
            return value[:at] + (swapped[kind] if one != swapped[kind] else kind) + value[at + 1 :]
        case _:
            raise AssertionError(value)
