# SPDX-License-Identifier: Apache-2.0
"""`fundtrace verify`: check a ledger from its bytes alone, and say who vouches for it."""

import contextlib
import json
import re
from pathlib import Path
from typing import Annotated, Final

import typer
from typer.core import TyperCommand

from ledger.clock import system_clock
from ledger.disclosure_file import FILE
from ledger.instant import format_instant, is_instant
from verifier.attachments import told as files_told
from verifier.attachments.check import EvidenceReport, check_files
from verifier.compare_command import is_comparison, verify_comparison
from verifier.disclosures.check import check_disclosures
from verifier.evidence.pack import SUFFIX
from verifier.evidence_command import is_evidence, verify_evidence, write_pack
from verifier.integrity.freshness import Freshness
from verifier.integrity.fund_cash import FundSum
from verifier.integrity.state import load_state
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INCOMPLETE, Verdict
from verifier.integrity.visit import Depth, StateFiles, visit
from verifier.language import say
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
from verifier.verdict_text import freshness_record, fund_record, record_of, text_of

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
    bool, typer.Option("--full", help="With --state: replay again what was verified before as well.")
]
NewOnlyOption = Annotated[
    bool, typer.Option("--new-only", help="With --state: do not even read what was verified before.")
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


EventArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="EVENT", help="With a receipt, the bytes of its entry as downloaded.", show_default=False
    ),
]
TokenOption = Annotated[
    Path | None,
    typer.Option(
        "--anchor-token",
        metavar="FILE.tsr",
        help="With a receipt under a retired log key: a time stamp over its checkpoint.",
        show_default=False,
    ),
]
EntryOption = Annotated[
    int | None,
    typer.Option("--entry", metavar="SEQ", min=0, help="The entry that --pack is about.", show_default=False),
]
PackOption = Annotated[
    Path | None,
    typer.Option(
        "--pack",
        metavar=f"FILE{SUFFIX}",
        help="After a clean run, write the whole evidence of --entry here.",
        show_default=False,
    ),
]
FilesOption = Annotated[
    Path | None,
    typer.Option(
        "--files",
        metavar="FOLDER",
        help="After a sound run, say which evidence files are missing, altered or used twice in this folder.",
        show_default=False,
    ),
]
DisclosuresOption = Annotated[
    Path | None,
    typer.Option(
        "--disclosures",
        metavar="FILE",
        help="Disclosures of personal fields, to hold to their commitments (I9); those in an export folder are found.",
        show_default=False,
    ),
]
NowOption = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="[INSTANT]",
        help="Say how old the newest checkpoint is; without INSTANT by this machine's clock, which is else never read.",
        show_default=False,
    ),
]
_CLOCK: Final = "clock"
_INSTANT: Final = re.compile(r"[0-9]{4}-")


class _VerifyCommand(TyperCommand):
    """`--now` may stand alone."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override,explicit-override]
        """Read `args`, in which a bare `--now` asks for the clock."""
        for at, argument in enumerate(args):
            if argument == "--now" and _INSTANT.match("".join(args[at + 1 : at + 2])) is None:
                args[at] = f"--now={_CLOCK}"
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """`app` has the command `verify`."""
    app.command("verify", cls=_VerifyCommand, rich_help_panel="Auditors")(verify)


def verify(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    event: EventArgument = None,
    *,
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    state: StateOption = None,
    full: FullOption = False,
    new_only: NewOnlyOption = False,
    anchor: AnchorOption = None,
    tsa_roots: AuthoritiesOption = None,
    workers: WorkersOption = None,
    anchor_token: TokenOption = None,
    entry: EntryOption = None,
    pack: PackOption = None,
    files: FilesOption = None,
    disclosures: DisclosuresOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Check a ledger from its bytes alone: hashes, signatures, references, sums (I1 to I10).

    Trust starts outside the ledger: with none of --policy, --log-key, --genesis, --state, --anchor the answer is never
    more than "self-consistent". A receipt is verified with the bytes of its entry, EVENT; an evidence pack by itself.
    Exit code 0 clean, 1 trouble with evidence files, 2 integrity broken, 3 could not complete, or with --now: not known to
    be the newest.
    """
    language = chosen_language(lang)
    asked = None if now is None else _chosen_now(now)
    trust = chosen_trust(policy, log_key, genesis, load_state(state) if state else None)
    trust = chosen_anchors(trust, anchor, tsa_roots)
    if source is not None and is_comparison(source):
        verify_comparison(Path(source), trust.keys, language, as_json=as_json)
    if source is not None and is_evidence(source):
        verify_evidence(Path(source), event, trust, language, token=anchor_token, as_json=as_json)
    _check_pack_options(event, entry, pack)
    with contextlib.closing(chosen_source(source, db)) as opened:
        states = StateFiles(state=state, depth=_depth(full=full, new_only=new_only)) if state else None
        verdict, funds = _run(opened, trust, states, workers)
        if pack is not None and entry is not None and not verdict.exit_code:
            write_pack(opened, entry, pack)
        verdict = _judge_disclosures(opened, verdict, disclosures or _beside(source))
        report = None if files is None or verdict.exit_code else check_files(opened, files)
    fresh = None if asked is None else Freshness(stated=verdict.stated, now=asked)
    if as_json:
        record = record_of(verdict) | freshness_record(fresh) | {"funds": [fund_record(one) for one in funds]}
        record |= {} if report is None else files_told.record_of(report)
        typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        for line in text_of(verdict, language):
            typer.echo(line)
        for line in () if report is None else files_told.text_of(report, language):
            typer.echo(line)
        if fresh is not None:
            typer.echo(say(fresh.told, language))
    raise typer.Exit(verdict.exit_code or _exit_code(fresh, report))


def _judge_disclosures(source: Source, verdict: Verdict, file: Path | None) -> Verdict:
    return verdict if file is None or verdict.exit_code else check_disclosures(source, verdict, file)


def _beside(source: str | None) -> Path | None:
    """The disclosures in the export folder `source`, if there are any."""
    found = None if source is None else Path(source) / FILE
    return found if found is not None and found.is_file() else None


def _exit_code(fresh: Freshness | None, report: EvidenceReport | None) -> int:
    if fresh is not None and not fresh.is_fresh:
        return EXIT_INCOMPLETE
    return EXIT_CLEAN if report is None or report.is_clean else EXIT_FINDINGS


def _chosen_now(text: str) -> str:
    """The instant that the option names, or that of this machine's clock.

    Raises:
        typer.BadParameter: neither.
    """
    if text == _CLOCK:
        return format_instant(system_clock())
    if not is_instant(text):
        raise typer.BadParameter("an instant in UTC, such as 2026-06-12T08:31:07.000Z", param_hint="--now")
    return text


def _check_pack_options(event: Path | None, entry: int | None, pack: Path | None) -> None:
    if event is not None:
        raise typer.BadParameter("EVENT goes with a receipt or a pack", param_hint="EVENT")
    if (entry is None) != (pack is None):
        raise typer.BadParameter("--entry and --pack go together", param_hint="--pack")
    if pack is not None and not pack.name.endswith(SUFFIX):
        raise typer.BadParameter(f"name it …{SUFFIX}", param_hint="--pack")


def _depth(*, full: bool, new_only: bool) -> Depth:
    if full and new_only:
        raise typer.BadParameter("give --full or --new-only, not both", param_hint="--full")
    return "full" if full else "new" if new_only else "hashes"


def _run(
    source: Source, trust: Trust, files: StateFiles | None, workers: int | None
) -> tuple[Verdict, tuple[FundSum, ...]]:
    with progress_bar("verify") as progress:
        return visit(source, trust, files=files, workers=workers, progress=progress)
