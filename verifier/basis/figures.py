# SPDX-License-Identifier: Apache-2.0
"""Which figures of findings are counts; all others are money in minor units."""

from typing import Final

COUNTS: Final = frozenset(
    {
        "contracts",
        "days",
        "days_gone",
        "days_late",
        "den",
        "events",
        "false_receipts",
        "hops",
        "lots",
        "num",
        "parties",
        "payments",
        "persons",
        "purchases",
        "ways",
        "working_days",
    }
)
"""Names of figures that are no money: days, numbers of things, parts of a ratio."""
