# SPDX-License-Identifier: Apache-2.0
"""Which language a text of the ledger is in, said wherever it is not that of the page."""

import re
from typing import Final

from markupsafe import Markup, escape

from api.languages import Language

_HAN: Final = re.compile("[\u3400-\u9fff]")


def in_its_language(text: str, language: Language) -> Markup:
    """`text` with its language marked when Chinese stands on an English page (WCAG 3.1.2)."""
    if language == "en" and _HAN.search(text):
        return Markup('<span lang="zh-CN">{}</span>').format(text)
    return escape(text)
