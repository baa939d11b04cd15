# SPDX-License-Identifier: Apache-2.0
"""The sentences that the reader's own check speaks in (`static/verifier/entry_page.mjs`), with their gaps still open."""

from typing import Final

from api.portal.wording import Wording, wording

_READER: Final = "reader.say."
_ROLE: Final = "role."
_REFUSALS: Final = ("why", "at")


def reader_words(words: Wording) -> dict[str, str]:
    """Sentences by the name that the script calls them, and the names of roles as `role_<code>`."""
    found = {"strip_unchecked": words.text("strip.unchecked"), "separator": words.text("words.separator")}
    for key, sentence in words.sentences.items():
        if isinstance(sentence, str) and key.startswith(_READER):
            found[key.removeprefix(_READER)] = sentence
        elif isinstance(sentence, str) and key.startswith(_ROLE):
            found[f"role_{key.removeprefix(_ROLE)}"] = sentence
    return found


def refusal_words(words: Wording) -> dict[str, dict[str, str]]:
    """The reasons (`why`) and places (`at`) of refusals: from the script's English to the language of the page."""
    if words.language == "en":
        return {}
    english = wording("en").sentences
    return {
        name: {
            str(english[key]): str(sentence)
            for key, sentence in words.sentences.items()
            if key.startswith(f"reader.{name}.")
        }
        for name in _REFUSALS
    }
