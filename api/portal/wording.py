# SPDX-License-Identifier: Apache-2.0
"""What the portal says: two sets of sentences, each written in its own language, with the same keys and gaps.

A value is a sentence with named gaps in braces, or a pair of sentences for one and for several things, chosen by the
gap `n`. Values are plain text; what fills a gap is escaped unless it is markup already.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape

from api.languages import Language
from ledger.errors import ProgrammerError
from verifier.basis.parameter_words import parameter_words
from verifier.language import say

LANG_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
"""Values of the `lang` attribute (BCP 47)."""

Sentence = str | tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The sentences of one language, by dotted key."""

    language: Language
    sentences: dict[str, Sentence]

    def say(self, key: str, /, **gaps: object) -> Markup:
        """The sentence `key` with its gaps filled.

        Raises:
            ProgrammerError: there is no such sentence, or a gap is left open.
        """
        try:
            return escape(self._chosen(key, gaps)).format(**gaps)
        except KeyError as error:
            raise ProgrammerError(f"{self.language} wording {key}: {error} is missing") from error

    def text(self, key: str, /, **gaps: object) -> str:
        """As `say`, without any escaping: for attributes of drawings, which escape for themselves."""
        try:
            return self._chosen(key, gaps).format(**gaps)
        except KeyError as error:
            raise ProgrammerError(f"{self.language} wording {key}: {error} is missing") from error

    def known(self, key: str, otherwise: str) -> str:
        """The sentence `key` without gaps, or `otherwise` when the catalogue has none (a code from a later version)."""
        found = self.sentences.get(key)
        return found if isinstance(found, str) else otherwise

    def _chosen(self, key: str, gaps: dict[str, object]) -> str:
        found = self.sentences[key]
        if isinstance(found, str):
            return found
        one, several = found
        return one if gaps.get("n") in {1, "1"} else several


@cache
def wording(language: Language) -> Wording:
    """The catalogue of `language`, read once."""
    path = Path(__file__).with_name(f"wording.{language}.toml")
    own = _flat(tomllib.loads(path.read_text("utf-8")), "")
    return Wording(language=language, sentences={**_parameters(language), **own})


def _parameters(language: Language) -> dict[str, Sentence]:
    """What the parameters of rules are called by the program that judges."""
    return {f"parameter.{name}": say(one.label, language) for name, one in parameter_words().items()}


def _flat(table: dict[str, Any], prefix: str) -> dict[str, Sentence]:
    found: dict[str, Sentence] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            found |= _flat(value, f"{key}.")
        elif isinstance(value, list):
            one, several = value
            found[key] = (one, several)
        else:
            found[key] = str(value)
    return found
