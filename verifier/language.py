# SPDX-License-Identifier: Apache-2.0
"""What is said in two languages, and in which of them a command speaks to a person; machines get both."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from ledger.errors import ToldError

Language = Literal["zh", "en"]

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same thing said in Chinese and in English."""

    zh: str
    en: str


def language_of(environment: Mapping[str, str]) -> Language:
    """Chinese where the locale of `environment` is Chinese, English anywhere else."""
    spoken = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


def say(told: Told, language: Language) -> str:
    """`told` in one language."""
    return told.zh if language == "zh" else told.en


def counted(number: int, one: str, several: str = "") -> str:
    """`number` and what it counts, in English: `one`, else `several`, which is `one` with an s unless given."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def say_error(error: ToldError, language: Language) -> str:
    """Place, message and remedy of `error` in one line."""
    return error.told_zh() if language == "zh" else str(error)
