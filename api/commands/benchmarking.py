# SPDX-License-Identifier: Apache-2.0
"""`fundtrace bench`: how fast, how much memory, against which baseline; for docs/benchmarks.md."""

import json
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from api.bench.accuracy.worlds import WORLDS
from api.bench.form_load import load_forms
from api.bench.growth import MIB, Row, grow
from api.bench.judging_load import judging as judge_load
from api.bench.posting_load import make_load
from api.bench.posting_race import Posted, race
from api.bench.witness_load import measure
from verifier.simulation.scoring.score_text import to_json

SINGLES_A_BATCH: Final = 100
CHECKPOINTS: Final = 20
"""That each log shows to the witness."""


def register(app: typer.Typer) -> None:
    """`app` knows the command `bench`."""
    app.command("bench")(bench)


def bench(  # noqa: PLR0913, PLR0917 - options of a command
    entries: Annotated[list[int] | None, typer.Option(help="Size of a ledger; may be repeated.")] = None,
    witness: Annotated[
        int | None,
        typer.Option(
            min=1, max=10_000, help="Measure one witness under so many logs instead.", show_default=False
        ),
    ] = None,
    form: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="Measure a form of so many rows instead.", show_default=False),
    ] = None,
    posting: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100_000,
            help="Measure posting instead: so many batches of 1,000 events, and as many hundred single ones.",
            show_default=False,
        ),
    ] = None,
    judging: Annotated[
        list[int] | None,
        typer.Option(
            help="Measure judging by all rules at this size instead; may be repeated.", show_default=False
        ),
    ] = None,
    postgres: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="With --posting: an empty PostgreSQL database too.", show_default=False
        ),
    ] = None,
    accuracy: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Measure instead how right the rules are; all files stay in DIR.",
            show_default=False,
        ),
    ] = None,
    world: Annotated[
        list[str] | None, typer.Option(help="With --accuracy: this world only; may be repeated.")
    ] = None,
    *,
    monthly: Annotated[
        bool,
        typer.Option(
            "--monthly", help="With --accuracy: audit every month too, to see when findings appear."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a row.")] = False,
) -> None:
    """Build, export, verify and audit ledgers of growing size, against baselines of the same run."""
    if accuracy is not None:
        _bench_accuracy(accuracy, world, monthly=monthly, as_json=as_json)
        return
    if judging:
        _bench_judging(judging, as_json=as_json)
        return
    if witness is not None:
        _bench_witness(witness, as_json=as_json)
        return
    if posting is not None:
        _bench_posting(posting, postgres, as_json=as_json)
        return
    say = Console(stderr=True).log
    rows: list[Row] = []
    measured = (
        load_forms(form, clock_ns=time.perf_counter_ns)
        if form is not None
        else chain.from_iterable(
            grow(size, clock_ns=time.perf_counter_ns, say=say) for size in entries or [100_000]
        )
    )
    for row in measured:
        rows.append(row)
        if as_json:
            typer.echo(json.dumps(_plain(row), sort_keys=True))
    if not as_json:
        Console().print(_table(rows))


def _bench_accuracy(folder: Path, names: list[str] | None, *, monthly: bool, as_json: bool) -> None:
    """The tables of docs/accuracy.md as Markdown, or a JSON line for each method and world."""
    from api.bench.accuracy.run import measure as measure_world  # noqa: PLC0415 - needs the extra `bench`
    from api.bench.accuracy.tables import page  # noqa: PLC0415 - as above

    unknown = set(names or ()) - {one.name for one in WORLDS}
    if unknown:
        known = ", ".join(one.name for one in WORLDS)
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {known}", param_hint="--world")
    for one in WORLDS:
        if names is None or one.name in names:
            say = Console(stderr=True).log
            measured = list(measure_world(one, folder / one.name, say, monthly=monthly))
            if as_json:
                for row in measured:
                    typer.echo(
                        f'{{"world":"{row.world}","method":"{row.method}","score":{to_json(row.score)}}}'
                    )
            else:
                typer.echo("\n".join(page(measured)))


def _bench_judging(sizes: list[int], *, as_json: bool) -> None:
    rows = [
        {
            "size": size,
            "step": row.step,
            "events": row.events,
            "cpu_ms": row.cpu_ms,
            "events_per_second": row.rate,
            "peak_mib": row.peak_bytes // MIB,
            "p50_us": row.p50_us,
            "p99_us": row.p99_us,
        }
        for size in sizes
        for row in judge_load(size, clock_ns=time.perf_counter_ns, say=Console(stderr=True).log)
    ]
    if as_json:
        typer.echo("\n".join(json.dumps(row, sort_keys=True) for row in rows))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


def _bench_witness(logs: int, *, as_json: bool) -> None:
    load = measure(logs, CHECKPOINTS, clock_ns=time.perf_counter_ns)
    figures = {
        "logs": load.logs,
        "checkpoints": load.checkpoints,
        "checkpoints_per_second": load.rate,
        "p50_us": load.p50_ns // 1_000,
        "p99_us": load.p99_ns // 1_000,
        "wall_ms": load.wall_ns // 1_000_000,
        "baseline_ms": load.baseline_ns // 1_000_000,
        "ratio": load.ratio,
    }
    if as_json:
        typer.echo(json.dumps(figures, sort_keys=True))
        return
    table = Table(*figures)
    table.add_row(*(str(figure) for figure in figures.values()))
    Console().print(table)


def _bench_posting(batches: int, postgres: str | None, *, as_json: bool) -> None:
    load = make_load(singles=SINGLES_A_BATCH * batches, batches=batches)
    found: list[Posted] = []
    with tempfile.TemporaryDirectory(prefix="fundtrace-bench-") as name:
        stores = {"sqlite": f"{name}/bench.db", **({"postgres": postgres} if postgres else {})}
        for store, database in stores.items():
            found += race(store, database, load, clock_ns=time.perf_counter_ns, say=Console(stderr=True).log)
    rows = [_posted(one, found) for one in found]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, sort_keys=True))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(str(one) for one in row.values()))
    Console().print(table)


def _posted(one: Posted, found: list[Posted]) -> dict[str, str | int]:
    ours = next(
        other
        for other in found
        if other.way == "ledger" and (other.store, other.load) == (one.store, one.load)
    )
    return {
        "store": one.store,
        "load": one.load,
        "way": one.way,
        "events": one.events,
        "events_per_second": one.rate,
        "p50_us": one.percentile_us(50),
        "p99_us": one.percentile_us(99),
        "ledger_over_this": ours.ratio(one),
    }


def _plain(row: Row) -> dict[str, str | int]:
    return {
        "step": row.step,
        "size": row.size,
        "wall_ms": row.wall_ms,
        "cpu_ms": row.cpu_ms,
        "peak_bytes": row.peak_bytes,
        "entries_per_second": row.rate,
        "baseline": row.baseline,
        "baseline_ms": row.baseline_ms,
        "ratio": row.ratio,
    }


def _table(rows: list[Row]) -> Table:
    table = Table("step", "entries", "wall ms", "entries/s", "peak MiB", "baseline", "baseline ms", "ratio")
    for row in rows:
        table.add_row(
            row.step,
            f"{row.size:,}",
            f"{row.wall_ms:,}",
            f"{row.rate:,}",
            f"{row.peak_bytes // MIB:,}",
            row.baseline,
            f"{row.baseline_ms:,}",
            row.ratio,
        )
    return table
