# SPDX-License-Identifier: Apache-2.0
"""What an import of bank statements says: bad lines, or each statement with its sums, and which lines are which reports."""

from collections.abc import Iterator
from typing import Any

import msgspec
from rich.console import Console

from api.import_session import Posted
from api.import_text import error_plain, print_errors
from api.statement_import import StatementResult
from ledger.amount import group_amount
from ledger.intake.statement import Statement
from verifier.language import Language, counted
from verifier.reconciliation.line_list import LineList
from verifier.reconciliation.line_text import text_of


def plain(result: StatementResult, found: tuple[LineList, ...]) -> dict[str, Any]:
    """`result` for machines, with the list of each account of the file in `found`."""
    return {
        "errors": [error_plain(error) for error in result.errors],
        "statements": [_plain(statement, account) for statement, account in result.statements],
        "posted": None if result.posted is None else {
            "events": result.posted.events,
            "entries": result.posted.entries,
            "replayed": bool(result.posted.replayed),
        },
        "reconciliation": [msgspec.to_builtins(one) for one in found],
    }  # fmt: skip


def tell(console: Console, result: StatementResult, found: tuple[LineList, ...], language: Language) -> None:
    """The console shows errors, or what went in and what became of its lines."""
    if result.errors:
        print_errors(console, result.errors, len(result.errors), language)
    for line in _lines(result, language == "zh"):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    for one in found:
        for line in text_of(one, language):
            console.print(line, soft_wrap=True, highlight=False, markup=False)


def _lines(result: StatementResult, zh: bool) -> Iterator[str]:  # noqa: FBT001 - a language
    for statement, account in () if result.errors else result.statements:
        sums = " → ".join(group_amount(one) for one in (statement.opening, statement.closing))
        days = f"{statement.from_on} – {statement.to_on}"
        count = len(statement.lines)
        yield f"{account} {statement.number}  {days}  {sums}  " + (
            f"{count} 行" if zh else f"{counted(count, 'line')}"
        )
    if result.errors:
        yield "未写入任何内容。" if zh else "Nothing was written."
    elif result.posted is None:
        yield "检查通过；未写入任何内容。" if zh else "All good; nothing was written."
    else:
        yield _posted(result.posted, zh=zh)


def _posted(posted: Posted, *, zh: bool) -> str:
    number, size = posted.events, posted.entries
    if posted.replayed:
        return (
            f"这 {number} 个事件此前已入账；账本现有 {size} 条。"
            if zh
            else f"{counted(number, 'event was', 'events were')} there before; the ledger has {size} entries."
        )
    return (
        f"已入账 {number} 个事件；账本现有 {size} 条。"
        if zh
        else f"Posted {counted(number, 'event')}; the ledger has {size} entries."
    )


def _plain(statement: Statement, account: str) -> dict[str, Any]:
    return {
        "account": account,
        "statement": statement.number,
        "from": statement.from_on.isoformat(),
        "to": statement.to_on.isoformat(),
        "opening": statement.opening,
        "closing": statement.closing,
        "lines": len(statement.lines),
    }
