# SPDX-License-Identifier: Apache-2.0
"""In which language a command speaks to a person; machines get both."""

from collections.abc import Mapping
from typing import Final, Literal

from ledger.errors import ToldError
from verifier.integrity.verdict import Told

Language = Literal["zh", "en"]

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(environment: Mapping[str, str]) -> Language:
    """Chinese where the locale of `environment` is Chinese, English anywhere else."""
    spoken = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


def say(told: Told, language: Language) -> str:
    """`told` in one language."""
    return told.zh if language == "zh" else told.en


def say_error(error: ToldError, language: Language) -> str:
    """Place, message and remedy of `error` in one line."""
    return error.told_zh() if language == "zh" else str(error)
