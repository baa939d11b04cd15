# SPDX-License-Identifier: Apache-2.0
"""`fundtrace reconcile`: which bank line is which report, and what is left on either side."""

import contextlib
from typing import Annotated

import typer

from ledger.errors import InputError
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS, Verdict
from verifier.reading.sources import Source
from verifier.reconciliation.line_list import LineList, list_lines
from verifier.reconciliation.line_text import text_of
from verifier.source_options import (
    DatabaseOption,
    GenesisOption,
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    SourceArgument,
    chosen_language,
    chosen_source,
    chosen_trust,
    progress_bar,
)
from verifier.tracing.verified_books import verified_books
from verifier.verified_answer import print_answer, standing

AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="ID", help="This account alone.", show_default=False)
]
StatementOption = Annotated[
    str | None,
    typer.Option("--statement", metavar="NUMBER", help="Lines of this statement alone.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """`app` has the command `reconcile`."""
    app.command("reconcile", rich_help_panel="Bureaus")(reconcile)


def reconcile(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    *,
    account: AccountOption = None,
    statement: StatementOption = None,
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """List bank lines with the payments that they are, and what is open on either side.

    The ledger is verified first. Exit code 0 nothing is open, 1 something is, 2 integrity broken, 3 could not complete.
    """
    language = chosen_language(lang)
    trust = chosen_trust(policy, log_key, genesis, None)
    with contextlib.closing(chosen_source(source, db)) as opened:
        verdict, made = listed(opened, trust, account=account, statement=statement)
    found = standing(made, verdict, language)
    print_answer(found, text_of(found, language), verdict, language, as_json=as_json)
    whole = not found.reports and found.count("matched") == len(found.lines)
    raise typer.Exit(EXIT_CLEAN if whole else EXIT_FINDINGS)


def listed(
    source: Source, trust: Trust, *, account: str | None, statement: str | None
) -> tuple[Verdict, LineList | None]:
    """The verdict, and the list if the ledger stands.

    Raises:
        InputError: the ledger has no such account.
    """
    with (
        progress_bar("reconcile · 对账") as progress,
        verified_books(source, trust, progress=progress) as found,
    ):
        if found.verdict.exit_code:
            return found.verdict, None
        books = found.books
        if books is None or (account is not None and account not in found.register.accounts):
            raise _unknown(account)
        books.close()
        made = list_lines(
            books.workspace, books.coverage, as_of=books.as_of, account=account, statement=statement
        )
        return found.verdict, made


def _unknown(account: str | None) -> InputError:
    return InputError(
        code="reconcile.unknown-account",
        place=f"--account {account or ''}",
        message_en="the ledger has no such account",
        message_zh="账本中没有该账户",
        remedy_en="Check the spelling.",
        remedy_zh="请核对账户编号。",
    )
