# SPDX-License-Identifier: Apache-2.0
"""One step of judging by itself, so that its time and memory can be told from those of the rest: read, judge, go on.

    python -m api.bench.judging_steps judge EXPORT

The entries were verified before and are read without checking them. Figures are printed as one JSON line.
"""

import datetime
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.hashing import leaf_hash
from ledger.instant import business_date
from verifier.basis.rulepack import rules_of
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.reading.posted_events import posted_events
from verifier.reading.sources import Source, open_source
from verifier.running.running_judgement import RunningJudgement
from verifier.workspace import Workspace

ONE_BY_ONE: Final = 100
"""Entries that are judged as soon as each is there."""
AT_ONCE: Final = 1_000
"""Entries that come together, before those."""

Figures = dict[str, int]


def read(source: Source) -> Figures:
    """Every event is decoded and nothing else."""
    begun = time.process_time_ns()
    count = sum(1 for _ in posted_events(source))
    return {"events": count, "cpu_ns": time.process_time_ns() - begun}


def judge(source: Source) -> Figures:
    """All rules over everything."""
    with Workspace() as workspace:
        judgement = Judgement(_case(source, workspace, running=False))
        count, begun = 0, time.process_time_ns()
        for posted in posted_events(source):
            judgement.take(posted)
            count += 1
        judgement.close()
        found = sum(1 for _ in judgement.lines())
        return {"events": count, "cpu_ns": time.process_time_ns() - begun, "findings": found}


def go_on(source: Source) -> Figures:
    """A judgement of all but the last entries, then a batch of them, then one at a time from the middle of the log on."""
    with Workspace() as workspace:
        running = RunningJudgement(_case(source, workspace, running=True))
        size = source.size
        waiting: list[PostedEvent] = []
        for posted in posted_events(source):
            if posted.seq < size - AT_ONCE - ONE_BY_ONE:
                running.take(posted)
            else:
                waiting.append(posted)
        begun = time.process_time_ns()
        running.settle()
        first = time.process_time_ns() - begun
        batch, singles = waiting[:-ONE_BY_ONE], waiting[-ONE_BY_ONE:]
        begun = time.process_time_ns()
        for posted in batch:
            running.take(posted)
        running.settle()
        together = time.process_time_ns() - begun
        each = sorted(_appended(running, singles))
        return {
            "first_ns": first,
            "batch_events": len(batch),
            "batch_ns": together,
            "p50_ns": each[len(each) // 2],
            "p99_ns": each[len(each) * 99 // 100],
        }


def _appended(running: RunningJudgement, singles: list[PostedEvent]) -> Iterator[int]:
    for posted in singles:
        begun = time.process_time_ns()
        running.take(posted)
        running.settle()
        yield time.process_time_ns() - begun


def _case(source: Source, workspace: Workspace, *, running: bool) -> Case:
    data = next(iter(source.entries(0, 1)))
    entry = parse_entry(data, place="entry 0")
    if not isinstance(entry, GenesisEntry):
        raise ProgrammerError("a benchmark judges logs that were verified before")
    last = parse_entry(next(iter(source.entries(source.size - 1, source.size))), place="last entry")
    return Case(
        genesis=entry.genesis,
        genesis_hash=leaf_hash(data).hex(),
        as_of=datetime.date.min if running else business_date(last.recorded, entry.genesis.time_zone),
        known_by=-1 if running else source.size - 1,
        workspace=workspace,
        book=rules_of(entry.genesis),
    )


STEPS: Final[dict[str, Callable[[Source], Figures]]] = {"read": read, "judge": judge, "go-on": go_on}


def main() -> None:
    """Run the step that the command line names."""
    step, export = sys.argv[1:]
    print(json.dumps(STEPS[step](open_source(str(Path(export))))))  # noqa: T201 - the answer to the process that asked


if __name__ == "__main__":
    main()
