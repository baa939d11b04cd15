# SPDX-License-Identifier: Apache-2.0
"""One test vector: an input, what it is judged with, and what every implementation must say of it (README.md)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["form", "missing", "signature", "proof", "vocabulary"]

_MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A vector of `format` named after its corruption; `accepted` or `refused`, never both."""

    format: str
    name: str
    about: str
    input: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    accepted: Mapping[str, Any] | None = None
    refused: Reason | None = None

    @property
    def path(self) -> str:
        """Where it stands below `tests/vectors`."""
        return f"{self.format}/{self.name}.json"

    @property
    def text(self) -> str:
        """The file."""
        expect = {"accepted": self.accepted} if self.refused is None else {"refused": self.refused}
        parts = {"format": self.format, "about": self.about, "input": self.input}
        whole = {**parts, **({"context": self.context} if self.context else {}), "expect": expect}
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def carried(data: bytes) -> dict[str, str]:
    """`data` as readable text where that is safe, else in base64."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\x00"
    plain = len(text) <= _MOST_TEXT and all(one.isprintable() or one == "\n" for one in text)
    return {"text": text} if plain else {"base64": base64.b64encode(data).decode()}


def carried_bytes(carrier: Mapping[str, str]) -> bytes:
    """The bytes that `carried` wrote."""
    return base64.b64decode(carrier["base64"]) if "base64" in carrier else carrier["text"].encode()


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """`data` with the first `old`, which must be there, replaced: a corruption that misses is no corruption."""
    if old not in data:
        raise ValueError(f"{old!r} is not in the positive twin")
    return data.replace(old, new, 1)
