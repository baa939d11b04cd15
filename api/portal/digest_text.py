# SPDX-License-Identifier: Apache-2.0
"""The text of a daily notice: plain, and as HTML that needs nothing from anywhere."""

from functools import cache
from typing import Any

import jinja2

from api.languages import Language
from api.portal.wording import LANG_TAGS, wording


@cache
def _environment(*, escaped: bool) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("api.portal"),
        autoescape=escaped,  # noqa: S701 - off for plain text only
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def digest_texts(language: Language, **parts: Any) -> tuple[str, str]:  # noqa: ANN401 - what the templates ask for
    """The notice made of `parts` as plain text and as HTML."""
    words = wording(language)
    plain = _environment(escaped=False).get_template("digest.txt").render(say=words.text, **parts)
    rich = _environment(escaped=True).get_template("digest.html")
    return plain, rich.render(say=words.say, tag=LANG_TAGS[language], **parts)
