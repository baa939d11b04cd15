# SPDX-License-Identifier: Apache-2.0
"""The terms by which acts were noted, each once: facts on disk name them by number, since there are few of them."""

from collections.abc import Sequence
from typing import Final

from verifier.basis.rulepack import Terms


class KnownTerms:
    """Terms in the order in which they were first met."""

    def __init__(self) -> None:
        """None yet."""
        self._found: Final[list[Terms]] = []
        self._numbers: Final[dict[Terms, int]] = {}

    def number(self, terms: Terms) -> int:
        """The number by which `terms` are named from now on."""
        if terms not in self._numbers:
            self._numbers[terms] = len(self._found)
            self._found.append(terms)
        return self._numbers[terms]

    @property
    def numbered(self) -> Sequence[Terms]:
        """All of them, by number."""
        return self._found
