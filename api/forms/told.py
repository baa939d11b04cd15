# SPDX-License-Identifier: Apache-2.0
"""What the reading of a form says: errors as a table for people, everything as plain data for programs."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from api.forms.form_run import Result
from api.forms.header import Header
from api.import_text import error_plain, print_errors
from verifier.language import Language, Told, counted, say


def plain(result: Result, *, dry_run: bool) -> dict[str, Any]:
    """`result` for programs."""
    found, posted = result.reading, result.posted
    facts = found.filled.facts if found.filled is not None else None
    header = found.header
    return {
        "dry_run": dry_run,
        "kind": found.asked.kind,
        "file": {"name": found.file.name, "sha256": found.file.digest, "sheet": found.sheet},
        "other_sheets": list(found.filled.others) if found.filled is not None else [],
        "columns": {
            one.column.name: {
                "title": one.title, **({"unit": one.unit} if one.column.sort == "amount" else {})
            }
            for one in (header.columns if header is not None else ())
        },
        "columns_not_taken": list(header.untaken) if header is not None else [],
        "rows": {
            "read": found.rows,
            "good": result.good,
            "posted_before": result.before,
            "bad": sorted(found.bad_rows)[: len(found.errors)],
            "passed_over": found.passed_over,
            "hidden": facts.hidden if facts is not None else [],
        },
        "errors": [error_plain(one) for one in found.errors],
        "error_count": found.error_count,
        "posted": None
        if posted is None
        else {
            "submissions": posted.submissions,
            "replayed": posted.replayed,
            "events": posted.events,
            "entries": posted.entries,
        },
        "draft": result.draft,
    }  # fmt: skip


def tell(console: Console, result: Result, language: Language, *, dry_run: bool) -> None:
    """The console shows every error, what was passed over or hidden, how money was read, and what was posted."""
    found = result.reading
    if found.error_count:
        print_errors(console, found.errors, found.error_count, language)
    for told in (*_notices(result), _verdict(result, dry_run=dry_run)):
        console.print(say(told, language), soft_wrap=True, highlight=False)


def _notices(result: Result) -> Iterator[Told]:
    found = result.reading
    filled = found.filled
    if found.header is not None:
        yield from _column_notices(found.header)
    if result.before:
        yield Told(
            en=f"{counted(result.before, 'row')} of this file stood in the ledger before.",
            zh=f"该文件有 {result.before:,} 行此前已入账。",
        )
    if found.passed_over:
        rows = _numbers(found.passed_over)
        yield Told(en=f"Rows passed over (sums and examples): {rows}", zh=f"略过的合计行和示例行：{rows}")
    if filled is not None and filled.facts.hidden_count:
        rows = _numbers(filled.facts.hidden)
        yield Told(
            en=f"{counted(filled.facts.hidden_count, 'hidden row')} read like the others: {rows}",
            zh=f"隐藏的 {filled.facts.hidden_count} 行与其他行同样读取：{rows}",
        )
    if filled is not None and filled.others:
        names = ", ".join(filled.others)
        yield Told(en=f"Sheets not read: {names}", zh=f"未读取的工作表：{names}")


def _column_notices(header: Header) -> Iterator[Told]:
    for one in header.columns:
        if one.column.sort == "amount" and one.unit != "元":
            yield Told(
                en=f"Money under {one.title!r} was read in {one.unit}.",
                zh=f"“{one.title}”列按{one.unit}读取。",
            )
    if header.untaken:
        names = ", ".join(header.untaken)
        yield Told(en=f"Columns not taken: {names}", zh=f"未取用的列：{names}")


def _verdict(result: Result, *, dry_run: bool) -> Told:
    found, posted = result.reading, result.posted
    bad = len(found.bad_rows)
    if posted is not None:
        return Told(
            en=f"Posted {posted.events:,} of {counted(found.rows, 'row')} in "
            f"{counted(posted.submissions, 'submission')} ({posted.replayed:,} of them before); the ledger has "
            f"{counted(posted.entries, 'entry', 'entries')}.",
            zh=f"已入账 {posted.events:,} 行（共 {found.rows:,} 行），{posted.submissions:,} 次提交"
            f"（其中 {posted.replayed:,} 次此前已有）；账本共 {posted.entries:,} 条。",
        )
    if result.draft is not None:
        return Told(
            en=f"Draft of {result.good:,} of {counted(found.rows, 'row')}: {result.draft}; "
            "nothing is posted before it is signed.",
            zh=f"草稿含 {result.good:,} 行（共 {found.rows:,} 行）：{result.draft}；签名齐备前不登记任何内容。",
        )
    why = Told(en="dry run; ", zh="试运行；") if dry_run else Told(en="", zh="")
    return Told(
        en=f"{counted(found.rows, 'row')}: {result.good:,} good, {bad:,} bad; {why.en}nothing was posted.",
        zh=f"共 {found.rows:,} 行：{result.good:,} 行可登记，{bad:,} 行有误；{why.zh}未登记任何内容。",
    )


def _numbers(rows: list[int]) -> str:
    """Row numbers with runs drawn together: 3, 5–9."""
    shown: list[str] = []
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:50]]
    return ", ".join(shown) + (" …" if len(runs) > len(shown) else "")
