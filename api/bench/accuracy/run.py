# SPDX-License-Identifier: Apache-2.0
"""One world simulated, posted, exported and audited by the commands that anybody runs, then scored beside plain methods."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from api.bench.accuracy import fifo_alone, isolation_forest, thresholds_alone
from api.bench.accuracy.commands import run
from api.bench.accuracy.monthly import audit_days, first_seen, months_late
from api.bench.accuracy.payment_book import PaymentBook, book_of
from api.bench.accuracy.worlds import World
from ledger.hashing import leaf_hash
from verifier.basis.findings import Finding, in_order, to_line
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.reading.posted_events import posted_events
from verifier.reading.sources import open_source
from verifier.simulation.files import Totals
from verifier.simulation.scoring.leads import read_labels, read_leads
from verifier.simulation.scoring.score import Score, score
from verifier.simulation.shape import read_shape

RULES: Final = "rules"
"""What the audit itself is called among the methods."""

_METHODS: Final[dict[str, Callable[[PaymentBook], list[Finding]]]] = {
    "FIFO only": fifo_alone.judge,
    "thresholds only": thresholds_alone.judge,
    "isolation forest": isolation_forest.judge,
}
_ANY_RULE: Final = frozenset({"isolation forest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One method on one world; `late` counts its hits by months, where that was asked for."""

    world: str
    method: str
    totals: Totals
    score: Score
    late: Counter[int] | None = None


def measure(
    world: World, folder: Path, say: Callable[[str], None], *, monthly: bool = False
) -> Iterator[Measured]:
    """The rules and every plain method on `world`; all files stay in `folder`, which is new.

    With `monthly` the rules audit it month by month too, to see when each finding is first there.

    Raises:
        EnvironmentFault: a command ended with an unexpected exit code; the message carries the end of its output.
    """
    simulated, database, export = folder / "world", f"sqlite:///{folder / 'ledger.db'}", folder / "export"
    folder.mkdir(parents=True)
    shape = ("--seed", str(world.seed), "--shape", str(world.shape), "--origin", world.origin)
    run(("simulate", *shape, "--out", str(simulated)), folder / "simulate.txt", say)
    run(("init", "--db", database, "--genesis", str(simulated / "genesis.json")), folder / "init.txt", say)
    run(("post", "--db", database, str(simulated / "events.ndjson")), folder / "post.txt", say)
    run(("export", "--db", database, str(export)), folder / "export.txt", say)
    findings = folder / f"{RULES}.jsonl"
    run(("audit", str(export), "--json"), findings, say, allowed=(EXIT_CLEAN, EXIT_FINDINGS))
    totals = msgspec.json.decode((simulated / "world.json").read_bytes(), type=_Described).totals
    labels = simulated / "labels.jsonl"
    ours = _measured(world, RULES, totals, findings, labels)
    if monthly:
        days = audit_days(read_shape(world.shape))
        ours = replace(ours, late=months_late(labels, findings, first_seen(export, days, say), days))
    yield ours
    book = read_book(export)
    for method, judge in _METHODS.items():
        say(f"{world.name}: {method}")
        told = folder / f"{method.replace(' ', '-')}.jsonl"
        told.write_bytes(b"".join(to_line(one) + b"\n" for one in in_order(judge(book))))
        yield _measured(world, method, totals, told, labels)


class _Described(msgspec.Struct):
    totals: Totals


def _measured(world: World, method: str, totals: Totals, findings: Path, labels: Path) -> Measured:
    made = score(
        read_labels(labels), read_leads(findings), events=totals.events, any_rule=method in _ANY_RULE
    )
    return Measured(world=world.name, method=method, totals=totals, score=made)


def read_book(export: Path) -> PaymentBook:
    """The book of the ledger exported to the folder.

    Raises:
        InputError, EnvironmentFault: it cannot be read.
    """
    source = open_source(str(export))
    genesis = leaf_hash(next(iter(source.entries(0, 1)))).hex()
    return book_of(genesis, source.size - 1, posted_events(source))
