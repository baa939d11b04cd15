# SPDX-License-Identifier: Apache-2.0
"""What every finding must say: both languages, the law, what would clear it, the arithmetic in full; and never guilt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ledger.amount import group_amount
from verifier.basis.figures import COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.basis.findings import Finding
    from verifier.language import Told

GUILT: Final = re.compile(
    "犯罪|贪污|违法分子|罪犯|罪行|嫌疑人|作案|盗窃|侵吞|中饱私囊|骗子|腐败|违法乱纪|赃款"
    r"|\b(?:criminals?|crimes?|guilt|guilty|fraudsters?|thie(?:f|ves)|theft|stole|stolen|steal\w*|embezzl\w*|corrupt\w*"
    r"|culprits?|offenders?|swindl\w*|convict\w*|launder\w*|loot\w*|crooks?)\b",
    re.IGNORECASE,
)
"""Words that say who is guilty; a finding is a lead (疑点). Titles of laws are not searched: they are what they are."""

_HAN: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile("[A-Za-z]{3}")


def faults_of(finding: Finding) -> Iterator[str]:
    """What is wrong with the words of `finding`; nothing, in the end."""
    for name in ("explanation", "clears_if", "basis"):
        told: Told = getattr(finding, name)
        if not told.zh.strip() or not told.en.strip():
            yield f"{name} is not said in both languages"
    for told in (finding.explanation, finding.clears_if):
        for text in (told.zh, told.en):
            for found in GUILT.findall(text):
                yield f"“{found}” speaks of guilt"
    yield from _figures(finding)


def _figures(finding: Finding) -> Iterator[str]:
    """Money of the arithmetic stands in the text to the last unit."""
    for name, value in finding.figures.items():
        if name in COUNTS or not value:
            continue
        shown = group_amount(abs(value))
        for language, text in (("zh", finding.explanation.zh), ("en", finding.explanation.en)):
            if shown not in text:
                yield f"{name} {shown} does not stand in the {language} text"


def assert_worded(finding: Finding) -> None:
    """Every finding that a scenario comes to is said as findings must be."""
    faults = list(faults_of(finding))
    assert faults == [], (finding.rule, finding.explanation, faults)
