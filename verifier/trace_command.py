# SPDX-License-Identifier: Apache-2.0
"""`fundtrace trace`: where the money of a line or a fund is now, and how it came there."""

import contextlib
from typing import Annotated

import typer

from ledger.errors import InputError
from ledger.register import Register
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.reading.sources import Source
from verifier.source_options import (
    DatabaseOption,
    GenesisOption,
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    RuleOption,
    SourceArgument,
    chosen_language,
    chosen_source,
    chosen_trust,
    progress_bar,
)
from verifier.tracing.money_books import ClosingTerms, MoneyBooks
from verifier.tracing.money_paths import Caps, trace_fund, trace_line
from verifier.tracing.trace_records import MoneyTrace
from verifier.tracing.trace_text import text_of
from verifier.tracing.verified_books import verified_books
from verifier.verified_answer import print_answer, standing

LineOption = Annotated[
    str | None, typer.Option("--line", metavar="ID", help="The money of this line.", show_default=False)
]
FundOption = Annotated[
    str | None, typer.Option("--fund", metavar="ID", help="The money of this fund.", show_default=False)
]
DepthOption = Annotated[int, typer.Option("--depth", min=1, help="Levels of the tree of lines to show.")]
RowsOption = Annotated[
    int, typer.Option("--rows", min=1, help="Rows of each list to show; sums are always whole.")
]


def register(app: typer.Typer) -> None:
    """`app` has the command `trace`."""
    app.command("trace", rich_help_panel="Auditors")(trace)


def trace(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    *,
    line: LineOption = None,
    fund: FundOption = None,
    rule: RuleOption = DEFAULT_TRACING,
    depth: DepthOption = 8,
    rows: RowsOption = 50,
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Show where the money of a line or a fund is now, and how it came there.

    The ledger is verified first; a broken one is not traced. Exit code 0 traced, 2 integrity broken, 3 could not complete.
    """
    language = chosen_language(lang)
    if (line is None) == (fund is None):
        raise typer.BadParameter("name one of --line and --fund", param_hint="--line")
    trust = chosen_trust(policy, log_key, genesis, None)
    caps = Caps(depth=depth, rows=rows)
    with contextlib.closing(chosen_source(source, db)) as opened:
        verdict, found, currency = _run(opened, trust, caps, rule, line=line, fund=fund)
    traced = standing(found, verdict, language)
    print_answer(traced, text_of(traced, currency, language), verdict, language, as_json=as_json)


def _run(
    source: Source, trust: Trust, caps: Caps, rule: TracingRule, *, line: str | None, fund: str | None
) -> tuple[Verdict, MoneyTrace | None, str]:
    """The verdict, the trace if the ledger stands, and the currency.

    Raises:
        InputError: the ledger has no such line or fund.
    """
    with progress_bar("trace") as progress, verified_books(source, trust, progress=progress) as found:
        if found.verdict.exit_code:
            return found.verdict, None, ""
        if found.books is None:
            raise _unknown("fund" if line is None else "line", line or fund or "")
        traced = _traced(found.books, found.register, caps, rule, line=line, fund=fund)
        return found.verdict, traced, found.genesis.currency


def _traced(
    books: MoneyBooks,
    register: Register,
    caps: Caps,
    rule: TracingRule,
    *,
    line: str | None,
    fund: str | None,
) -> MoneyTrace:
    if line is not None and line not in register.lines:
        raise _unknown("line", line)
    if fund is not None and fund not in register.funds:
        raise _unknown("fund", fund)
    books.close(ClosingTerms(rule=rule))
    if line is not None:
        return trace_line(books, register.lines, line, caps)
    return trace_fund(books, register.lines, fund or "", caps)


def _unknown(kind: str, asked: str) -> InputError:
    return InputError(
        code=f"trace.unknown-{kind}",
        place=f"--{kind} {asked}",
        message_en=f"the ledger has no {kind} {asked}",
        message_zh=f"账本中没有{'指标' if kind == 'line' else '资金'} {asked}",
        remedy_en="Check the spelling; `fundtrace trace --fund` lists the lines of a fund.",
        remedy_zh="请核对编号；可用 fundtrace trace --fund 查看资金的全部指标。",
    )
