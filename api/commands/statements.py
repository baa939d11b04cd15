# SPDX-License-Identifier: Apache-2.0
"""`fundtrace import --bank-statement`: camt.053 and tables of bank lines, and at once which payment each line is."""

import contextlib
import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from api.statement_import import Period, StatementOrder, StatementResult
from api.statement_text import plain, tell
from verifier.integrity.trust import Trust
from verifier.language import Language
from verifier.reading.sources import open_database
from verifier.reconciliation.line_list import LineList, list_lines
from verifier.source_options import progress_bar
from verifier.tracing.verified_books import verified_books

BankStatementOption = Annotated[
    bool,
    typer.Option(
        "--bank-statement", help="FILE is a bank statement: camt.053 (.xml), or a table (.csv, .xlsx)."
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="DAY..DAY", help="Days that a table of bank lines covers.", show_default=False
    ),
]
AccountOption = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="NUMBER=ID", help="The registered account with this printed number.", show_default=False
    ),
]  # fmt: skip

_WAY: Final = "write 2026-01-01..2026-01-31"


def report(result: StatementResult, url: str, *, as_json: bool, language: Language) -> None:
    """Standard output says what went in, or what is bad, and what became of the lines of the statements."""
    found = () if result.posted is None else _reconciled(url, result)
    if as_json:
        typer.echo(json.dumps(plain(result, found), ensure_ascii=False))
    else:
        tell(Console(), result, found, language)


def order_of(file: Path, period: str | None, accounts: Sequence[str]) -> StatementOrder:
    """What the command line asks for.

    Raises:
        typer.BadParameter: a period or an account that is spelt otherwise.
    """
    said = {}
    for one in accounts:
        number, mark, account = one.partition("=")
        if not mark or not number or not account:
            raise typer.BadParameter(f"{one!r} is not NUMBER=ID", param_hint="--account")
        said[number] = account
    return StatementOrder(file=file, period=None if period is None else _period(period), accounts=said)


def _period(text: str) -> Period:
    first, mark, last = text.partition("..")
    try:
        days = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    except ValueError as error:
        raise typer.BadParameter(_WAY, param_hint="--period") from error
    if not mark or f"{days[0]}..{days[1]}" != text or days[1] < days[0]:
        raise typer.BadParameter(_WAY, param_hint="--period")
    return days


def _reconciled(url: str, result: StatementResult) -> tuple[LineList, ...]:
    """What became of the lines of each statement; empty if the ledger does not verify."""
    with (
        contextlib.closing(open_database(url)) as source,
        progress_bar("reconcile · 对账") as progress,
        verified_books(source, Trust(), progress=progress) as found,
    ):
        books = found.books
        if found.verdict.exit_code or books is None:
            return ()
        books.close()
        return tuple(
            list_lines(
                books.workspace, books.coverage, as_of=books.as_of, account=account, statement=one.number
            )
            for one, account in result.statements
        )
