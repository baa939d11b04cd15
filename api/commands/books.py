# SPDX-License-Identifier: Apache-2.0
"""`fundtrace statement`: the books of a fund or a unit for a period, as a workbook or as pages to print."""

import contextlib
import hashlib
import io
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from api.books.printed import print_sheets
from api.books.sheets import sheets_of
from api.books.workbook import write_workbook
from ledger.instant import parse_instant
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.language import Language, Told, say
from verifier.new_file import new_file
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
from verifier.statement.draw_up import draw_up
from verifier.statement.period import Span
from verifier.statement.records import Scope, Statement
from verifier.verified_answer import print_answer, standing

ENDINGS: Final = (".xlsx", ".pdf")


def register(app: typer.Typer) -> None:
    """`app` has the command `statement`."""
    app.command("statement", rich_help_panel="Bureaus")(statement)


def statement(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    *,
    period: Annotated[str, typer.Option(metavar="PERIOD", help="2026, 2026-Q2 or 2026-06.")],
    fund: Annotated[
        str | None, typer.Option(metavar="ID", help="The books of this fund.", show_default=False)
    ] = None,
    unit: Annotated[
        str | None, typer.Option(metavar="ID", help="The books of this unit.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A new file, .xlsx or .pdf.", show_default=False),
    ] = None,
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Write the books of a fund or a unit for a period: receipts, payments, balances, lines, bank reconciliation, dues.

    The ledger is verified first; a broken one has no statement. Exit code 0 written and every equation holds, 1 one does
    not, 2 integrity broken, 3 could not complete.
    """
    language = chosen_language(lang)
    scope, span = _scope(fund, unit), Span.parse(period)
    if out is None and not as_json:
        raise typer.BadParameter("say where it goes, or ask for --json", param_hint="--out")
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise typer.BadParameter("a file that ends in .xlsx or .pdf", param_hint="--out")
    trust = chosen_trust(policy, log_key, genesis, None)
    with contextlib.closing(chosen_source(source, db)) as opened, progress_bar("statement") as progress:
        verdict, made = draw_up(opened, trust, scope, span, progress=progress)
    drawn = standing(made, verdict, language)
    written = None if out is None else _write(drawn, out, language)
    record = {"file": None if out is None else str(out), "sha256": written} | msgspec.to_builtins(drawn)
    print_answer(
        record, (say(_told(drawn, out, written or ""), language),), verdict, language, as_json=as_json
    )
    raise typer.Exit(EXIT_CLEAN if all(one.holds for one in drawn.checks) else EXIT_FINDINGS)


def _scope(fund: str | None, unit: str | None) -> Scope:
    if (fund is None) == (unit is None):
        raise typer.BadParameter("name one of --fund and --unit", param_hint="--fund")
    return Scope(kind="unit", id=unit or "") if fund is None else Scope(kind="fund", id=fund)


def _write(drawn: Statement, out: Path, language: Language) -> str:
    """The new file holds the statement; its SHA-256 in hex, which a `period_close` names."""
    sheets, sink = sheets_of(drawn, language), io.BytesIO()
    head = drawn.head
    if out.suffix.lower() == ".pdf":
        foot = f"{'DEMO · 演示 · ' if head.demo else ''}{head.origin} · {head.size} · {head.root}"
        title = f"{drawn.scope.id} {drawn.period}"
        print_sheets(sheets, sink, title=title, foot=foot)
    else:
        write_workbook(sheets, sink, made=parse_instant(head.recorded))
    with new_file(out) as draft:
        draft.write_bytes(sink.getvalue())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _told(drawn: Statement, out: Path | None, digest: str) -> Told:
    silent = [one.id for one in drawn.quiet if one.silent]
    wrong = [f"{one.name} {one.subject}" for one in drawn.checks if not one.holds]
    few = ", ".join(silent[:5]) + (" …" if len(silent) > 5 else "")  # noqa: PLR2004 - names shown
    en = f"{out}: {drawn.scope.id}, {drawn.period}, as of {drawn.as_of}\nsha256 {digest}"
    zh = f"{out}：{drawn.scope.id}，{drawn.period}，截至 {drawn.as_of}\nsha256 {digest}"
    if silent:
        en += f"\nSILENT ({len(silent)}): {few}"
        zh += f"\n静默（{len(silent)}）：{few}"
    if wrong:
        en += f"\nDOES NOT HOLD: {', '.join(wrong)}"
        zh += f"\n勾稽不符：{', '.join(wrong)}"
    return Told(en=en, zh=zh)
