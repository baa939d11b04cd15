# SPDX-License-Identifier: Apache-2.0
"""What an import says to people: the table of bad rows, and the sums of source and ledger side by side."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from ledger.amount import group_amount
from ledger.intake.rows import RowError
from verifier.language import Language, counted

ROWS_SHOWN: Final = 100
"""So many rows of a list are shown on a terminal; ``--json`` has all of them."""


def print_errors(console: Console, errors: Sequence[RowError], count: int, language: Language) -> None:
    """The console shows the bad rows, `count` in all: where, what the cell holds, what is wrong, what to do."""
    zh = language == "zh"
    title = f"{count} 处错误" if zh else f"{counted(count, 'error')}"
    headings = (
        ("文件", "行", "列", "值", "问题", "处理")
        if zh
        else ("file", "row", "column", "value", "problem", "remedy")
    )
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for error in errors[:ROWS_SHOWN]:
        table.add_row(*_cells(error, language))
    console.print(table)
    if count > ROWS_SHOWN:
        console.print(f"… {count - ROWS_SHOWN}")


def print_summary(console: Console, summary: dict[str, Any], language: Language) -> None:
    """The console shows for each table: rows, rows left out and why, events, and every sum on both sides."""
    zh = language == "zh"
    for stage in summary["stages"]:
        rows, events = stage["rows"], sum(stage["events"].values())
        console.print(
            f"\n{stage['table']}: "
            + (f"{rows} 行，{events} 个事件" if zh else f"{counted(rows, 'row')}, {counted(events, 'event')}")
        )
        for line in _stage_lines(stage, language):
            console.print(f"  {line}", soft_wrap=True, highlight=False)
        _print_controls(console, stage["controls"], language)
        for tally in stage["tallies"]:
            _print_tally(console, tally, language)


def error_plain(error: RowError) -> dict[str, Any]:
    """`error` for machines."""
    return {
        "table": error.table,
        "file": error.file,
        "sheet": error.sheet,
        "row": error.row,
        "column": error.column,
        "value": error.value,
        "rule": error.rule,
        "message": {"zh": error.message_zh, "en": error.message_en},
        "remedy": {"zh": error.remedy_zh, "en": error.remedy_en},
    }


def _cells(error: RowError, language: Language) -> tuple[str, ...]:
    message, remedy = (
        (error.message_zh, error.remedy_zh) if language == "zh" else (error.message_en, error.remedy_en)
    )
    place = error.file if error.sheet is None else f"{error.file} [{error.sheet}]"
    return (place, str(error.row), error.column, error.value, message, remedy)


def _stage_lines(stage: dict[str, Any], language: Language) -> Iterator[str]:
    zh = language == "zh"
    for skip in stage["skipped"]:
        if skip["rows"]:
            yield ("略过 " if zh else "left out ") + f"{skip['rows']}: {skip['reason'][language]}"
    for label, rows in stage["repeats_that_differ"].items():
        yield f"{label}: " + (
            f"{rows} 行与首行不同，取首行"
            if zh
            else f"{counted(rows, 'row differs', 'rows differ')} from the first, which was kept"
        )
    for compare in stage["compares"]:
        counts = (len(compare["differing"]), len(compare["only_left"]), len(compare["only_right"]))
        yield f"{compare['title'][language]}: " + (
            f"比较 {compare['compared']} 组，不符 {counts[0]} 组；仅一侧有 {counts[1]} / {counts[2]} 组"
            if zh
            else f"{compare['compared']} compared, {counts[0]} differ; on one side only {counts[1]} / {counts[2]}"
        )
    for measure in stage["measures"]:
        spread = " ".join(
            f"{name} {measure[name]}" for name in ("min", "median", "p90", "max") if name in measure
        )
        yield f"{measure['title'][language]}: {measure['count']} · {spread}"


def _print_controls(console: Console, controls: list[dict[str, Any]], language: Language) -> None:
    if not controls:
        return
    zh = language == "zh"
    headings = (
        ["控制总额", "源表", "账本", "", "略过的行"]
        if zh
        else ["control total", "source", "ledger", "", "rows left out"]
    )
    rows = [
        [
            one["title"][language],
            group_amount(one["source"]),
            group_amount(one["events"]),
            "=" if one["equal"] else "≠",
            group_amount(one["skipped"]),
        ]
        for one in controls
    ]
    console.print(_table(headings, rows), crop=False)


def _print_tally(console: Console, tally: dict[str, Any], language: Language) -> None:
    headings = ["", "行" if language == "zh" else "rows", *tally["columns"]]
    rows = [
        [row["key"], str(row["rows"]), *(group_amount(amount) for amount in row["sums"])]
        for row in tally["rows"][:ROWS_SHOWN]
    ]
    console.print(_table(headings, rows, title=tally["title"][language]), crop=False)


def _table(headings: list[str], rows: list[list[str]], *, title: str | None = None) -> Table:
    """A table whose numbers, all but the first column, are never cut however narrow the terminal."""
    table = Table(title=title, title_justify="left")
    for position, heading in enumerate(headings):
        widest = max([len(row[position]) for row in rows], default=0)
        table.add_column(heading, justify="right", min_width=widest) if position else table.add_column(
            heading
        )
    for row in rows:
        table.add_row(*row)
    return table
