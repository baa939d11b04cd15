# SPDX-License-Identifier: Apache-2.0
"""`fundtrace trace`: where the money of a line or a fund is now, and how it came there."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from ledger.errors import InputError
from ledger.register import Register
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.language import Language
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
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_paths import Caps, trace_fund, trace_line
from verifier.tracing.reconciling import ClosingTerms
from verifier.tracing.trace_records import MoneyTrace
from verifier.tracing.trace_text import text_of
from verifier.tracing.verified_books import verified_books
from verifier.tracing.walk_answer import Asked, empty_walk, walk_money
from verifier.tracing.walk_records import DAYS, Direction, MoneyWalk, WalkCaps
from verifier.tracing.walk_text import text_of_walk
from verifier.verified_answer import print_answer, standing

LineOption = Annotated[
    str | None, typer.Option("--line", metavar="ID", help="The money of this line.", show_default=False)
]
FundOption = Annotated[
    str | None, typer.Option("--fund", metavar="ID", help="The money of this fund.", show_default=False)
]
EventOption = Annotated[
    str | None,
    typer.Option(
        "--event",
        metavar="NAME",
        help="The money that this event moved, piece by piece; with --forward or --backward.",
        show_default=False,
    ),
]
DirectionOption = Annotated[
    bool | None,
    typer.Option(
        "--forward/--backward",
        help="Follow the money piece by piece to where it went on, or back to where it came from.",
        show_default=False,
    ),
]
DepthOption = Annotated[int, typer.Option("--depth", min=1, help="Levels of lines, or hops, to show.")]
DaysOption = Annotated[int, typer.Option("--days", min=0, help="Days to follow money piece by piece.")]
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
    event: EventOption = None,
    forward: DirectionOption = None,
    rule: RuleOption = DEFAULT_TRACING,
    depth: DepthOption = 8,
    days: DaysOption = DAYS,
    rows: RowsOption = 50,
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Show where the money of a line or a fund is now, and how it came there.

    With --forward or --backward it is followed piece by piece. The ledger is verified first; a broken one is not traced.
    Exit code 0 traced, 2 integrity broken, 3 could not complete.
    """
    language = chosen_language(lang)
    if [line, fund, event].count(None) != _ALL_BUT_ONE or (event is not None and forward is None):
        raise typer.BadParameter(
            "name one of --line and --fund, or --event with --forward or --backward", param_hint="--line"
        )
    trust = chosen_trust(policy, log_key, genesis, None)
    asked = Asked(fund=fund, line=line, event=event)
    if forward is None:
        question: Question = StandQuestion(caps=Caps(depth=depth, rows=rows), rule=rule)
    else:
        question = WalkQuestion(
            direction="forward" if forward else "backward", caps=WalkCaps(depth=depth, days=days, rows=rows)
        )
    with contextlib.closing(chosen_source(source, db)) as opened:
        verdict, found, currency = _run(opened, trust, asked, question)
    print_answer(
        standing(found, verdict, language),
        _text(found, currency, language),
        verdict,
        language,
        as_json=as_json,
    )


_ALL_BUT_ONE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StandQuestion:
    """Where the money stands, with what other payments took by `rule`."""

    caps: Caps
    rule: TracingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkQuestion:
    """Which way the money went, piece by piece."""

    direction: Direction
    caps: WalkCaps


Question = StandQuestion | WalkQuestion


def _text(found: MoneyTrace | MoneyWalk | None, currency: str, language: Language) -> Iterator[str]:
    match found:
        case MoneyTrace():
            yield from text_of(found, currency, language)
        case MoneyWalk():
            yield from text_of_walk(found, currency, language)
        case None:
            return


def _run(
    source: Source, trust: Trust, asked: Asked, question: Question
) -> tuple[Verdict, MoneyTrace | MoneyWalk | None, str]:
    """The verdict, the trace if the ledger stands, and the currency.

    Raises:
        InputError: the ledger has no such line, fund or event.
    """
    with progress_bar("trace") as progress, verified_books(source, trust, progress=progress) as found:
        if found.verdict.exit_code:
            return found.verdict, None, ""
        if found.books is None:
            raise _unknown(asked)
        traced = _traced(found.books, found.register, asked, question)
        return found.verdict, traced, found.genesis.currency


def _traced(
    books: MoneyBooks, register: Register, asked: Asked, question: Question
) -> MoneyTrace | MoneyWalk:
    if asked.line is not None and asked.line not in register.lines:
        raise _unknown(asked)
    if asked.fund is not None and asked.fund not in register.funds:
        raise _unknown(asked)
    match question:
        case StandQuestion():
            books.close(ClosingTerms(rule=question.rule))
            if asked.line is not None:
                return trace_line(books, register.lines, asked.line, question.caps)
            return trace_fund(books, register.lines, asked.fund or "", question.caps)
        case WalkQuestion():
            books.close()
            walk = walk_money(books, register.lines, asked, question.direction, question.caps)
            if walk is None and asked.event is not None:
                raise _unknown(asked)
            return walk or empty_walk(books, asked, question.direction)


_KINDS_ZH: Final = {"fund": "资金", "line": "指标", "event": "涉及资金收付的条目"}


def _unknown(asked: Asked) -> InputError:
    kind = next(name for name, value in asked._asdict().items() if value is not None)
    moved = " that moved money" if kind == "event" else ""
    return InputError(
        code=f"trace.unknown-{kind}",
        place=f"--{kind} {asked.words}",
        message_en=f"the ledger has no {kind} {asked.words}{moved}",
        message_zh=f"账本中没有{_KINDS_ZH[kind]} {asked.words}",
        remedy_en="Check the spelling; `fundtrace trace --fund` lists the lines and payments of a fund.",
        remedy_zh="请核对编号；可用 fundtrace trace --fund 查看资金的全部指标和收付。",
    )
