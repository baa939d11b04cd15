# SPDX-License-Identifier: Apache-2.0
"""Which of the two languages an answer is in: asked for in the address first, then by the browser's list."""

from typing import Final, Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_MOST_ENTRIES: Final = 20
_FULL_QUALITY: Final = 1_000


def asked_language(*, parameter: str | None, accept: str | None, otherwise: Language) -> Language:
    """The language of ``?lang=``, else the best of ``Accept-Language`` (RFC 9110 §12.5.4), else `otherwise`."""
    asked = _known(parameter or "")
    if asked is not None:
        return asked
    best, best_quality = otherwise, 0
    for part in (accept or "").split(",")[:_MOST_ENTRIES]:
        tag, _, quality = part.partition(";")
        language = _known(tag.strip())
        weight = _quality(quality.strip())
        if language is not None and weight > best_quality:
            best, best_quality = language, weight
    return best


def _known(tag: str) -> Language | None:
    match tag.lower().partition("-")[0]:
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            return None


def _quality(text: str) -> int:
    """A weight in thousandths; a malformed one counts as nothing."""
    if not text:
        return _FULL_QUALITY
    name, _, value = text.partition("=")
    whole, _, rest = value.strip().partition(".")
    if name.strip() != "q" or whole not in {"0", "1"} or not (rest.isdecimal() or rest == ""):
        return 0
    return min(_FULL_QUALITY, int(whole) * _FULL_QUALITY + int(rest[:3].ljust(3, "0")))
