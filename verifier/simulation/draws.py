# SPDX-License-Identifier: Apache-2.0
"""What is drawn by chance in a simulated country: amounts, delays, payment days. Whole numbers come out.

Calibration: detection.md §3.1. Grants and delays of real payers are lognormal; 99.6 % of one payer's payments fall on two
days of the week; offices rest on holidays.
"""

import datetime
import math
import random
from typing import Final

from verifier.simulation.holidays import is_working, worked_before, working
from verifier.simulation.shape import Shape

YUAN: Final = 100
TEN_THOUSAND: Final = 10_000 * YUAN
"""万元 in minor units."""

_RUNS: Final = (0, 3)
"""Payments leave on Mondays and Thursdays."""
_DAY: Final = datetime.timedelta(days=1)
_HUNDRED: Final = 100
_TEN_THOUSAND_CASES: Final = 10_000
_GRANT_LEAST: Final = 5
_GRANT_MOST: Final = 20


def grant_amount(rng: random.Random, shape: Shape) -> int:
    """A grant in minor units, whole 万元, between a fifth of the median and twenty times as much."""
    factor = math.exp(rng.gauss(0, shape.grant_sigma / _HUNDRED))
    drawn = round(shape.grant_median * factor)
    least = max(1, shape.grant_median // _GRANT_LEAST)
    return min(max(drawn, least), shape.grant_median * _GRANT_MOST) * TEN_THOUSAND


def delay_days(rng: random.Random, shape: Shape, most: int) -> int:
    """Calendar days from approval to payment, before payment runs; at most `most`."""
    factor = math.exp(rng.gauss(0, shape.delay_sigma / _HUNDRED))
    return min(round(shape.delay_median / _HUNDRED * factor), most)


def run_on(day: datetime.date) -> datetime.date:
    """The first payment run on `day` or after it; in a week without one, the next working day after its holiday."""
    while not (day.weekday() in _RUNS and is_working(day)):
        day += _DAY
    return day


def run_before(day: datetime.date, earliest: datetime.date) -> datetime.date:
    """The last payment run on `day` or before it, or the last working day if none lies after `earliest`."""
    run = day
    while run > earliest and not (run.weekday() in _RUNS and is_working(run)):
        run -= _DAY
    return run if run > earliest else max(worked_before(day), working(earliest))


def rarely(rng: random.Random, cases: int) -> bool:
    """True in `cases` of 10,000."""
    return rng.randrange(_TEN_THOUSAND_CASES) < cases


def sometimes(rng: random.Random, percent: int) -> bool:
    """True in `percent` of 100."""
    return rng.randrange(_HUNDRED) < percent


def share(rng: random.Random, amount: int, low: int, high: int) -> int:
    """Between `low` and `high` percent of `amount`, in whole yuan."""
    return amount * rng.randrange(low * _HUNDRED, high * _HUNDRED + 1) // _TEN_THOUSAND_CASES // YUAN * YUAN


def parts_of(rng: random.Random, amount: int, count: int) -> tuple[int, ...]:
    """`amount` cut into `count` parts of whole yuan, each between half and one and a half of an equal part."""
    parts: list[int] = []
    left = amount
    for remaining in range(count, 1, -1):
        even = left // remaining
        part = max(YUAN, even * rng.randrange(50, 151) // _HUNDRED // YUAN * YUAN)
        parts.append(part)
        left -= part
    return (*parts, left)
