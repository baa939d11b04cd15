# SPDX-License-Identifier: Apache-2.0
"""When a finding is first there: the audit as anybody could have run it each month, on the day the statements came in.

A finding says itself on which day it could be known; this takes no word for it. Each audit knows what was recorded by the
evening of its day and judges as of that day.
"""

import datetime
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from api.bench.accuracy.commands import run
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.simulation.scoring.leads import read_labels, read_leads
from verifier.simulation.scoring.outcomes import sort_out
from verifier.simulation.shape import Shape
from verifier.simulation.statements import closed_on, months_from

EVENING = "T15:59:59.999Z"
"""The end of a day in China, in UTC."""


def audit_days(shape: Shape) -> list[datetime.date]:
    """The days on which banks post the statements of each month."""
    return [closed_on(month) for month in months_from(shape.begins, shape.months)]


def first_seen(
    export: Path, days: Sequence[datetime.date], say: Callable[[str], None]
) -> dict[str, datetime.date]:
    """The first of `days` on which the audit of `export` accused by each finding, by its id."""
    seen: dict[str, datetime.date] = {}
    for day in days:
        told = export.parent / f"rules-{day}.jsonl"
        known = ("--as-of", day.isoformat(), "--known-by", f"{day}{EVENING}")
        run(("audit", str(export), "--json", *known), told, say, allowed=(EXIT_CLEAN, EXIT_FINDINGS))
        for lead in read_leads(told):
            if lead.accuses:
                seen.setdefault(lead.id, day)
    return seen


def months_late(
    labels: Path, findings: Path, seen: Mapping[str, datetime.date], days: Sequence[datetime.date]
) -> Counter[int]:
    """How many hits were first there so many audits after the first that could know; below nought: before it."""
    late: Counter[int] = Counter()
    for outcome in sort_out(read_labels(labels), read_leads(findings)).outcomes:
        label = outcome.label
        if outcome.kind == "hit" and label is not None and label.first_detectable_date is not None:
            could = bisect_left(days, label.first_detectable_date)
            late[bisect_left(days, seen[outcome.lead.id]) - could] += 1
    return late
