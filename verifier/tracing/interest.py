# SPDX-License-Identifier: Apache-2.0
"""Whose interest is that nobody tagged (semantics T16): general, unless a policy row says that it follows the fund."""

from bisect import bisect_right
from typing import Final

InterestRule = tuple[tuple[int, frozenset[str]], ...]
"""From which day (an ordinal) on the interest goes to which funds, in the order of days."""

GENERAL_INTEREST: Final[InterestRule] = ()


def funds_with_interest(rule: InterestRule, day: int) -> frozenset[str]:
    """The funds that get their share of interest credited on `day`."""
    at = bisect_right(rule, day, key=lambda one: one[0])
    return rule[at - 1][1] if at else frozenset()
