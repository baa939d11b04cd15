# SPDX-License-Identifier: Apache-2.0
"""The words and figures of a report in one language: texts of its own, and those that the portal uses too."""

from typing import Final

from api.portal.amounts import MoneyStyle
from api.portal.wording import wording
from api.reports.words import MARKS, STATES, SUMS, TEXTS
from verifier.audit_report.records import Report
from verifier.basis.figures import COUNTS
from verifier.casework.life_cycle import FindingState
from verifier.language import Language, Told, say

_CODES: Final = {"unit": "day_unit"}
"""Tables of the portal's wording for parameters that are codes, where they are not called as the parameter is."""


class Speech:
    """Says what a report says."""

    def __init__(self, report: Report, language: Language) -> None:
        """In `language`, with money of the report's ledger to the last unit."""
        self.language: Final[Language] = language
        self._words = wording(language)
        self._money = MoneyStyle(language=language, currency=report.head.currency, exact=True)

    def say(self, told: Told) -> str:
        """`told` in this language."""
        return say(told, self.language)

    def text(self, key: str, **gaps: object) -> str:
        """One text of reports, its gaps filled."""
        return self.say(TEXTS[key]).format(**gaps)

    def sum(self, name: str) -> str:
        """What a headline figure is called."""
        return self.say(SUMS[name])

    def state(self, state: FindingState) -> str:
        """Where a finding stands."""
        return self.say(STATES[state])

    def mark(self, mark: str) -> str:
        """What must be known beside the class."""
        return self.say(MARKS[mark])

    def finding_class(self, code: str) -> str:
        """How well it is known."""
        return self._words.known(f"class.{code}", code)

    def severity(self, code: str) -> str:
        """Word of a severity."""
        return self._words.known(f"severity.{code}", code)

    def money(self, amount: int) -> str:
        """An amount with its currency, to the last unit."""
        return self._money.exactly(amount)

    def figure(self, name: str, value: int) -> tuple[str, str]:
        """One figure of the arithmetic: what it is called, and money or a count."""
        shown = f"{value:,}" if name in COUNTS else self.money(value)
        return self._words.known(f"figure.{name}", name), shown

    def parameter(self, name: str, value: int | str) -> tuple[str, str]:
        """One parameter of the rule."""
        called = self._words.known(f"parameter.{name}", name)
        if isinstance(value, int):
            return called, f"{value:,}"
        return called, self._words.known(f"{_CODES.get(name, name)}.{value}", value)
