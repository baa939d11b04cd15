# SPDX-License-Identifier: Apache-2.0
"""`fundtrace verify`: check a ledger from its bytes alone, and say who vouches for it."""

import contextlib
import json
from pathlib import Path
from typing import Annotated

import typer

from verifier.compare_command import is_comparison, verify_comparison
from verifier.integrity.fund_cash import FundSum
from verifier.integrity.state import load_state
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.integrity.visit import StateFiles, visit
from verifier.reading.sources import Source
from verifier.source_options import (
    AnchorOption,
    AuthoritiesOption,
    DatabaseOption,
    GenesisOption,
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    SourceArgument,
    chosen_anchors,
    chosen_language,
    chosen_source,
    chosen_trust,
    progress_bar,
)
from verifier.verdict_text import fund_record, record_of, text_of

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help="What was verified before must still be there; written after a clean run.",
        show_default=False,
    ),
]
FullOption = Annotated[
    bool, typer.Option("--full", help="With --state: read again what was verified before as well.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        max=256,
        metavar="N",
        help="Hash, read and check signatures in so many processes; one for each core if absent.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """`app` has the command `verify`."""
    app.command("verify", rich_help_panel="Auditors")(verify)


def verify(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    *,
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    state: StateOption = None,
    full: FullOption = False,
    anchor: AnchorOption = None,
    tsa_roots: AuthoritiesOption = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Check a ledger from its bytes alone: hashes, signatures, references, sums (I1 to I10).

    Trust starts outside the ledger: with none of --policy, --log-key, --genesis, --state, --anchor the answer is never
    more than "self-consistent". Exit code 0 clean, 2 integrity broken, 3 could not complete.
    """
    language = chosen_language(lang)
    trust = chosen_trust(policy, log_key, genesis, load_state(state) if state else None)
    trust = chosen_anchors(trust, anchor, tsa_roots)
    if source is not None and is_comparison(source):
        verify_comparison(Path(source), trust.keys, language, as_json=as_json)
    with contextlib.closing(chosen_source(source, db)) as opened:
        verdict, funds = _run(opened, trust, StateFiles(state=state, full=full) if state else None, workers)
    if as_json:
        record = record_of(verdict) | {"funds": [fund_record(one) for one in funds]}
        typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        for line in text_of(verdict, language):
            typer.echo(line)
    raise typer.Exit(verdict.exit_code)


def _run(
    source: Source, trust: Trust, files: StateFiles | None, workers: int | None
) -> tuple[Verdict, tuple[FundSum, ...]]:
    with progress_bar("verify") as progress:
        return visit(source, trust, files=files, workers=workers, progress=progress)
