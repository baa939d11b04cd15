# SPDX-License-Identifier: Apache-2.0
"""The sentences that the reader's own check speaks in (`static/verifier/entry_page.mjs`), with their gaps still open."""

from typing import Final

from api.portal.wording import Wording

_READER: Final = "reader.say."
_ROLE: Final = "role."


def reader_words(words: Wording) -> dict[str, str]:
    """Sentences by the name that the script calls them, and the names of roles as `role_<code>`."""
    found = {"strip_unchecked": words.text("strip.unchecked"), "separator": words.text("words.separator")}
    for key, sentence in words.sentences.items():
        if isinstance(sentence, str) and key.startswith(_READER):
            found[key.removeprefix(_READER)] = sentence
        elif isinstance(sentence, str) and key.startswith(_ROLE):
            found[f"role_{key.removeprefix(_ROLE)}"] = sentence
    return found
