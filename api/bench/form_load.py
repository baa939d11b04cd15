# SPDX-License-Identifier: Apache-2.0
"""A form of many rows, posted as people post it: time and memory of the whole command, for a workbook and for CSV."""

import csv
import datetime
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from openpyxl import Workbook

from api.bench.growth import ORIGIN, Row
from api.bench.whole_process import Measured, fundtrace, measure
from ledger.errors import EnvironmentFault
from ledger.key_files import save_private_key
from verifier.simulation.scale import Plan, stream
from verifier.simulation.scale_bodies import counties
from verifier.simulation.scale_command import write_scale

ENTRIES: Final = 500
"""Of the ledger that the form is posted to."""
TITLES: Final = ("日期", "付款账户", "收款账户", "金额（元）", "功能分类", "银行流水号", "附言")
_DAY: Final = datetime.date(2026, 1, 5)


def load_forms(rows: int, *, clock_ns: Callable[[], int]) -> Iterator[Row]:
    """One row of figures for each format: a form of `rows` uses, tried and then posted, by a command of its own each.

    The baseline of posting is the trial, which reads and judges the same rows.

    Raises:
        EnvironmentFault: a command failed; the message carries the end of its output.
    """
    for suffix in ("csv", "xlsx"):
        with tempfile.TemporaryDirectory(prefix="fundtrace-bench-") as name:
            folder = Path(name)
            command = _prepared(folder, rows, suffix)
            trial = _done([*command, "--dry-run"], folder, clock_ns)
            posted = _done(command, folder, clock_ns)
            for step, measured, baseline in (
                (f"try {suffix}", trial, posted),
                (f"post {suffix}", posted, trial),
            ):
                yield Row(
                    step=step,
                    size=rows,
                    wall_ms=measured.wall_ms,
                    cpu_ms=measured.cpu_ms,
                    peak_bytes=measured.peak_bytes,
                    baseline="post" if step.startswith("try") else "try",
                    baseline_ms=baseline.wall_ms,
                )


def _prepared(folder: Path, rows: int, suffix: str) -> list[str]:
    """A small ledger with a form beside it; the command that posts the form."""
    plan = Plan(entries=ENTRIES, origin=ORIGIN)
    write_scale(plan, folder / "world")
    county = counties(1, 1)[0]
    cast = stream(plan).cast
    for role, signer in cast.signers(county.unit, ()):
        save_private_key(folder / f"{county.unit}-{role}.pem", signer)
    database = str(folder / "bench.db")
    for words in (
        ("init", "--db", database, "--genesis", str(folder / "world" / "genesis.json")),
        ("post", "--db", database, str(folder / "world" / "events.ndjson")),
    ):
        _done(fundtrace(*words), folder, lambda: 0)
    form = folder / f"form.{suffix}"
    uses = (
        (_DAY, county.unit_account, county.trader_account, 10 + n % 90, "30218", f"B-{n:07}", "日常支出")
        for n in range(rows)
    )
    (_write_csv if suffix == "csv" else _write_xlsx)(form, uses)
    return fundtrace(
        "post",
        str(form),
        "--db",
        database,
        "--kind",
        "use",
        "--party",
        county.unit,
        "--keys",
        str(folder),
        "--json",
    )


def _write_csv(path: Path, rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([TITLES, *rows])


def _write_xlsx(path: Path, rows: Iterator[tuple[object, ...]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(TITLES)
    for row in rows:
        sheet.append(row)
    book.save(path)


def _done(command: list[str], folder: Path, clock_ns: Callable[[], int]) -> Measured:
    output = folder / "command.out"
    measured = measure(command, clock_ns=clock_ns, output=output)
    if measured.exit_code:
        tail = output.read_bytes()[-2000:].decode("utf-8", "replace")
        raise EnvironmentFault(
            code="bench-step",
            place=" ".join(command[-9:]),
            message_en=f"ended with exit code {measured.exit_code}: {tail}",
            message_zh=f"以退出码 {measured.exit_code} 结束：{tail}",
            remedy_en="run the step by hand",
            remedy_zh="请手工运行该步骤",
        )
    return measured
