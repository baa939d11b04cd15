# SPDX-License-Identifier: Apache-2.0
"""`fundtrace duplicates`: persons who are paid from several funds, as far as disclosures given to audit tell."""

import contextlib
import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from ledger.amount import group_amount
from ledger.disclosure_file import parse_lines
from verifier.disclosures.check import opened
from verifier.disclosures.duplicates import Duplicates, DuplicateSearch
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INCOMPLETE
from verifier.language import Language, Told, say
from verifier.reading.posted_events import posted_events
from verifier.reading.sources import Source
from verifier.source_options import (
    DatabaseOption,
    JsonOption,
    LanguageOption,
    SourceArgument,
    chosen_language,
    chosen_source,
)
from verifier.workspace import Workspace


def register(app: typer.Typer) -> None:
    """`app` has the command `duplicates`."""
    app.command("duplicates", rich_help_panel="Auditors")(duplicates)


def duplicates(
    source: SourceArgument = None,
    *,
    disclosures: Annotated[
        Path, typer.Option("--disclosures", metavar="FILE", help="The disclosures given to audit.")
    ],
    db: DatabaseOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """List persons, by keyed marks, who are paid from more than one fund. Verify ledger and disclosures first.

    Each is a lead: it may be right. Exit code 0 none, 1 some, 3 not evaluable, because no payment carries a mark.
    """
    language = chosen_language(lang)
    with contextlib.closing(chosen_source(source, db)) as opened_source:
        found = _searched(opened_source, disclosures)
    typer.echo(json.dumps(msgspec.to_builtins(found), indent=2) if as_json else _text(found, language))
    raise typer.Exit(EXIT_FINDINGS if found.found else EXIT_CLEAN if found.marked else EXIT_INCOMPLETE)


def _searched(source: Source, file: Path) -> Duplicates:
    with Workspace() as workspace, opened(file) as lines:
        _, disclosures = parse_lines(lines, place=file.name)
        search = DuplicateSearch(workspace, disclosures)
        for posted in posted_events(source):
            search.take(posted)
        return search.found()


def _text(found: Duplicates, language: Language) -> str:
    if not found.marked:
        told = Told(
            en="not evaluable: no payment carries the mark of a person", zh="无法判断：没有支付带有人员标识"
        )
        return say(told, language)
    counts = Told(
        en=f"{found.marked:,} of {found.payments:,} payments carry a mark; "
        f"{len(found.found):,} persons are paid from several funds",
        zh=f"{found.payments:,} 笔支付中 {found.marked:,} 笔带有人员标识；{len(found.found):,} 人从多项资金领款",
    )
    lines = [say(counts, language)]
    for one in found.found:
        lines.append(one.mark)
        lines.extend(f"    {paid.event}  {paid.fund}  {group_amount(paid.amount)}" for paid in one.payments)
    return "\n".join(lines)
