# SPDX-License-Identifier: Apache-2.0
"""`fundtrace audit`: verify a ledger, then judge what stands of it by rules, and say what cannot be decided."""

import contextlib
import datetime
import sys
from typing import Annotated

import typer

from ledger.errors import FormatError
from ledger.instant import parse_instant
from verifier.audit_report.asking import (
    WRITTEN,
    DisclosuresOption,
    EvidenceOption,
    ReportOption,
    asked_for,
)
from verifier.basis.tracing_rule import DEFAULT_TRACING
from verifier.judgement.audit import Audit, Question, audited
from verifier.judgement.pack_text import file_of, print_pack
from verifier.judgement.report import closing, print_report
from verifier.judgement.rule_options import (
    DifferencesOption,
    PackOption,
    RegistryOption,
    ShowPackOption,
    WhatIfOption,
    chosen_pack,
    rules_asked,
)
from verifier.language import Language, say
from verifier.sharding.engine_options import (
    EngineName,
    EngineOption,
    FolderOption,
    JudgesOption,
    MasterOption,
    chosen_judge,
)
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
from verifier.verdict_text import sentence

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Judge at the end of this date, by what is dated until then; the last entry's date if absent.",
        show_default=False,
    ),
]
KnownByOption = Annotated[
    str | None,
    typer.Option(
        "--known-by",
        metavar="SEQ|INSTANT",
        help="Judge by what was recorded up to this position or instant only.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """`app` has the command `audit`."""
    app.command("audit", rich_help_panel="Auditors")(audit)


def audit(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    *,
    db: DatabaseOption = None,
    as_of: AsOfOption = None,
    known_by: KnownByOption = None,
    rule: RuleOption = DEFAULT_TRACING,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    report: ReportOption = None,
    evidence: EvidenceOption = None,
    disclosures: DisclosuresOption = None,
    pack: PackOption = None,
    registry: RegistryOption = None,
    what_if: WhatIfOption = None,
    differences: DifferencesOption = None,
    show_pack: ShowPackOption = None,
    engine: EngineOption = EngineName.LOCAL,
    workers: JudgesOption = 1,
    spark_master: MasterOption = None,
    spark_folder: FolderOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Verify a ledger, then find where its money went astray, came late, or was not matched.

    With --json one finding a line, sorted by rule and id, and what is said about the whole on standard error. With
    --what-if differences take the place of findings: what appears, vanishes or changes, a line for each. Exit code
    0 no findings, 1 findings or matters that cannot be decided, 2 integrity broken, 3 could not complete.
    """
    language = chosen_language(lang)
    if show_pack is not None:
        shown = chosen_pack(show_pack)
        typer.echo(file_of(shown), nl=False) if as_json else print_pack(shown, language)
        return
    asked = asked_for(report, evidence, disclosures, source)
    rules = rules_asked(pack, registry, what_if, differences)
    question = Question(
        as_of=_date(as_of),
        known_by=_position(known_by),
        trust=chosen_trust(policy, log_key, genesis, None),
        tracing=rule,
        by=rules.by,
        beside=rules.beside,
    )
    with contextlib.closing(chosen_source(source, db)) as opened, contextlib.ExitStack() as stack:
        judge = stack.enter_context(chosen_judge(engine, workers, spark_master, spark_folder))
        with progress_bar("audit") as progress:
            done = stack.enter_context(audited(opened, question, progress=progress, judge=judge))
        if not rules.what_if:
            (_print_lines if as_json else print_report)(done, language)
        rules.answer(done, language, as_json=as_json)
        for path in asked.answer(done, opened, language, what_if=rules.what_if):
            typer.echo(f"{say(WRITTEN, language)}{path}", err=as_json)
        raise typer.Exit(done.exit_code)


def _print_lines(done: Audit, language: Language) -> None:
    """Findings for programs on standard output, the verdict and the count for people on standard error."""
    out = sys.stdout.buffer
    for line in [] if done.judgement is None else done.judgement.lines():
        out.write(line + b"\n")
    out.flush()
    for told in (sentence(done.verdict), closing(done)):
        typer.echo(say(told, language), err=True)


def _date(text: str | None) -> datetime.date | None:
    """The date that `text` spells.

    Raises:
        typer.BadParameter: no such date, or another spelling.
    """
    if text is None:
        return None
    try:
        made = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write a date as 2026-06-30", param_hint="--as-of") from error
    if made.isoformat() != text:
        raise typer.BadParameter("write a date as 2026-06-30", param_hint="--as-of")
    return made


def _position(text: str | None) -> int | str | None:
    """The position or the instant that `text` spells.

    Raises:
        typer.BadParameter: neither.
    """
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and str(int(text)) == text:
        return int(text)
    try:
        parse_instant(text)
    except FormatError as error:
        message = "write a position such as 1200, or an instant such as 2026-06-30T16:00:00.000Z"
        raise typer.BadParameter(message, param_hint="--known-by") from error
    return text
