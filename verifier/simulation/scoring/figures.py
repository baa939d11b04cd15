# SPDX-License-Identifier: Apache-2.0
"""Every figure of a score as a function of one tally; ratios are decimals of fixed length, cut from whole numbers."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from verifier.simulation.scoring.tallies import MILLION, Tally

PLACES: Final = 4
_SCALE: Final = 10**PLACES

Figure = Callable[[Tally, int], Decimal | None]
"""Of a tally and the events of the ledger; absent where there is nothing to divide by."""


def ratio(part: int, whole: int) -> Decimal | None:
    """`part` of `whole`, cut to four decimals, so that nothing is called whole that is not."""
    return None if whole == 0 else Decimal(part * _SCALE // whole).scaleb(-PLACES)


def percentile(numbers: Sequence[int], percent: int) -> int | None:
    """The nearest-rank percentile: the least of `numbers` that `percent` of a hundred of them do not exceed."""
    if not numbers:
        return None
    return sorted(numbers)[max(0, -(-len(numbers) * percent // 100) - 1)]


def precision(tally: Tally, *classes: str) -> Decimal | None:
    """Hits among hits and false findings; findings that tell an irregularity or repeat another are neither."""
    hits, false = tally.count("hit", *classes), tally.count("false", *classes)
    return ratio(hits, hits + false)


def precision_strict(tally: Tally) -> Decimal | None:
    """As precision of proved findings, with those that tell an irregularity counted as false too."""
    hits = tally.count("hit", "proved")
    return ratio(hits, hits + tally.count("false", "proved") + tally.count("told", "proved"))


def per_10k(tally: Tally, events: int, *classes: str) -> Decimal | None:
    """False findings in 10,000 events, rounded up; none is none in any number of events."""
    false = tally.count("false", *classes)
    if not false:
        return Decimal(0).scaleb(-PLACES)
    return None if events == 0 else Decimal(-(-false * 10_000 * _SCALE // events)).scaleb(-PLACES)


def alert_inflation(tally: Tally) -> Decimal | None:
    """Findings for each case that was hit."""
    hits = tally.count("hit")
    return ratio(hits + tally.count("duplicate"), hits)


def _error(tally: Tally, percent: int) -> Decimal | None:
    found = percentile(tally.errors, percent)
    return None if found is None else ratio(found, MILLION)


def _days(tally: Tally, percent: int) -> Decimal | None:
    found = percentile(tally.latencies, percent)
    return None if found is None else Decimal(found)


FIGURES: Final[dict[str, Figure]] = {
    "precision_proved": lambda tally, _: precision(tally, "proved"),
    "precision_proved_strict": lambda tally, _: precision_strict(tally),
    "precision_indicated": lambda tally, _: precision(tally, "indicated"),
    "precision": lambda tally, _: precision(tally),
    "recall": lambda tally, _: ratio(tally.found, tally.cases),
    "recall_proved": lambda tally, _: ratio(tally.found_proved, tally.cases),
    "recall_amount": lambda tally, _: ratio(tally.found_amount, tally.true_amount),
    "recall_amount_proved": lambda tally, _: ratio(tally.proved_amount, tally.provable),
    "amount_error": lambda tally, _: _error(tally, 50),
    "amount_error_p95": lambda tally, _: _error(tally, 95),
    "amount_inside": lambda tally, _: ratio(tally.bounded, tally.bounded + tally.unbounded),
    "latency_days": lambda tally, _: _days(tally, 50),
    "latency_days_p95": lambda tally, _: _days(tally, 95),
    "false_proved_per_10k": lambda tally, events: per_10k(tally, events, "proved"),
    "false_indicated_per_10k": lambda tally, events: per_10k(tally, events, "indicated"),
    "false_per_10k": per_10k,
    "twins_told_apart": lambda tally, _: ratio(tally.pairs_told_apart, tally.pairs),
    "alert_inflation": lambda tally, _: alert_inflation(tally),
}
"""Every figure by its name, in the order in which they are told."""
