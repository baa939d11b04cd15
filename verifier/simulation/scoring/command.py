# SPDX-License-Identifier: Apache-2.0
"""`fundtrace score`: how right the findings of an audit are, against the labels of a simulated world."""

from pathlib import Path
from typing import Annotated

import typer

from verifier.simulation.scoring.leads import read_labels, read_leads
from verifier.simulation.scoring.score import score
from verifier.simulation.scoring.score_text import print_score, to_json
from verifier.source_options import JsonOption, LanguageOption, chosen_language

FindingsArgument = Annotated[
    Path, typer.Argument(metavar="FINDINGS", help="What `fundtrace audit --json` printed.")
]
LabelsArgument = Annotated[
    Path, typer.Argument(metavar="LABELS", help="The file labels.jsonl of the simulated world.")
]
EventsOption = Annotated[
    int | None,
    typer.Option(
        "--events",
        min=1,
        metavar="N",
        help="Events of the ledger, as world.json counts them; without it, entries judged.",
        show_default=False,
    ),
]
AnyRuleOption = Annotated[
    bool,
    typer.Option("--any-rule", help="Credit a finding of any rule: for methods that know no kinds of wrong."),
]


def register(app: typer.Typer) -> None:
    """`app` has the command `score`."""
    app.command("score", rich_help_panel="Demonstration")(score_command)


def score_command(
    findings: FindingsArgument,
    labels: LabelsArgument,
    *,
    events: EventsOption = None,
    any_rule: AnyRuleOption = False,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Compare findings with what is true: precision, recall, amounts, latency, false alarms, with 95 % intervals.

    Exit code 0, or 3 when a file could not be read.
    """
    language = chosen_language(lang)
    made = score(read_labels(labels), read_leads(findings), events=events, any_rule=any_rule)
    if as_json:
        typer.echo(to_json(made))
    else:
        print_score(made, language)
