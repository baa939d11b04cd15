# SPDX-License-Identifier: Apache-2.0
"""`fundtrace post`: a file of signed submissions into a ledger, in its database or over the network."""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Annotated

import typer
from sqlalchemy import Engine

from api.commands.form_options import (
    FORM_SUFFIXES,
    AnnotateOption,
    CodesOption,
    DeskOption,
    DraftOption,
    IgnoreOption,
    KeyFileOption,
    KeysOption,
    KindOption,
    MappingOption,
    PartyOption,
    RestOption,
    SheetOption,
    ValidOnlyOption,
)
from api.commands.ledger import DatabaseOption, LogKeyFileOption, chosen_url, opened, telling
from api.commands.ledger_text import Tally, outcome_text, record_of_posting, summary_text
from api.commands.signing_in import believed_keys
from api.log_key import load_log_signer, log_key_path
from api.lookout import lookout_of
from api.settings import chosen_settings
from ledger.client import LedgerClient
from ledger.errors import EnvironmentFault
from ledger.file_posting import bounded_lines, post_lines, rehearse_lines
from ledger.sequencer import Sequencer
from ledger.store.schema import check
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.language import Language, say
from verifier.source_options import (
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    chosen_language,
    progress_bar,
)


def register(app: typer.Typer) -> None:
    """`app` has the command `post`."""
    app.command("post", rich_help_panel="Bureaus")(post)


def post(  # noqa: PLR0913 - one parameter for each option of the command
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.ndjson|xlsx|csv",
            help="One signed submission to a line (- for input), or a form that people filled in.",
        ),
    ],
    *,
    db: DatabaseOption = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Post to the server at this http(s) address.", show_default=False
        ),
    ] = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be refused; store nothing.")
    ] = False,
    kind: KindOption = None,
    party: PartyOption = None,
    keys: KeysOption = None,
    sheet: SheetOption = None,
    ignore_column: IgnoreOption = None,
    mapping: MappingOption = None,
    codes: CodesOption = None,
    valid_only: ValidOnlyOption = False,
    annotate: AnnotateOption = None,
    rest: RestOption = None,
    draft: DraftOption = None,
    key: KeyFileOption = None,
    desk: DeskOption = False,
    log_key_file: LogKeyFileOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Post signed submissions, or the rows of a form signed with the keys of a party.

    What was posted before is answered with its first receipt. A form goes in whole or not at all, unless --valid-only.
    With --url, --policy or --log-key verify each receipt, and what a broken connection left open is sent again.
    Exit code 0, 1 when anything was refused (other lines of NDJSON are posted all the same), 3 when not completed.
    """
    language = chosen_language(lang)
    is_form = file.suffix.lower() in FORM_SUFFIXES
    own = db is not None or log_key_file is not None or (dry_run and key is None)
    if (url is not None and own) or (url is None and (policy is not None or log_key)):
        raise typer.BadParameter(
            "--policy and --log-key go with it; --db and --log-key-file do not, --dry-run only with --key",
            param_hint="--url",
        )
    _check_form_options(is_form, url, draft=draft, key=key, desk=desk, dry_run=dry_run)
    if is_form:
        _check_remote_form(
            url, valid_only=valid_only and not desk, unmapped=mapping is None or key is None, rest=rest
        )
        # Imported late: other commands do without the reader of spreadsheets.
        from api.commands import form_posting  # noqa: PLC0415

        order = form_posting.order_of(
            file, kind=kind, party=party, sheet=sheet, ignore=ignore_column, url=chosen_url(db), keys=keys,
            dry_run=dry_run, valid_only=valid_only, mapping=mapping, codes=codes, annotate=annotate, rest=rest,
            draft=draft, key=key, desk=desk,
        )  # fmt: skip
        with contextlib.ExitStack() as stack:
            if url is None:
                engine, sequencer = stack.enter_context(_own_office(order.url, log_key_file, language))
                result = form_posting.run(engine, sequencer, order)
            else:
                believed = believed_keys(policy, log_key)
                client = stack.enter_context(LedgerClient(url, log_keys=believed))
                result = form_posting.run_remotely(client, believed, order)
        form_posting.tell_result(result, dry_run=dry_run, as_json=as_json, language=language)
        raise typer.Exit(EXIT_FINDINGS if result.reading.error_count else EXIT_CLEAN)
    tally = Tally()
    with contextlib.ExitStack() as stack:
        office = (
            stack.enter_context(_own_office(chosen_url(db), log_key_file, language))[1]
            if url is None
            else stack.enter_context(LedgerClient(url, log_keys=believed_keys(policy, log_key)))
        )
        lines, whole = stack.enter_context(_lines_of(file))
        progress = stack.enter_context(progress_bar("post"))
        outcomes = (
            rehearse_lines(office, lines)
            if dry_run and isinstance(office, Sequencer)
            else post_lines(office, lines)
        )
        for outcome in outcomes:
            progress(outcome.bytes_read, max(whole, outcome.bytes_read))
            if tally.take(outcome) and not as_json:
                typer.echo(say(outcome_text(outcome), language), err=True)
        size = office.size
    typer.echo(
        record_of_posting(tally, size, dry_run=dry_run)
        if as_json
        else say(summary_text(tally, size, dry_run=dry_run), language)
    )
    raise typer.Exit(EXIT_FINDINGS if tally.refused else EXIT_CLEAN)


def _check_form_options(
    is_form: bool,  # noqa: FBT001 - said by its name
    url: str | None,
    *,
    draft: Path | None,
    key: Path | None,
    desk: bool,
    dry_run: bool,
) -> None:
    """Nothing, if what is asked for fits together."""
    if draft is not None and (dry_run or desk or not is_form):
        raise typer.BadParameter(
            "a form becomes a draft, and not with --dry-run or --desk", param_hint="--draft"
        )
    if desk and (dry_run or key is None or url is None or not is_form):
        raise typer.BadParameter(
            "a form is left at --url with --key, and not with --dry-run", param_hint="--desk"
        )
    if key is not None and (url is None or not is_form or not (dry_run or desk or draft)):
        raise typer.BadParameter(
            "signs in at --url for --dry-run, --draft or --desk of a form", param_hint="--key"
        )


def _check_remote_form(url: str | None, *, valid_only: bool, unmapped: bool, rest: Path | None) -> None:
    """Nothing, if the server can do with a form what is asked for."""
    if url is not None and valid_only:
        raise typer.BadParameter("a form is sent whole or not at all", param_hint="--valid-only")
    if url is not None and rest is not None:
        raise typer.BadParameter("a server tells bad rows; mark them by --annotate", param_hint="--rest")
    if url is not None and not unmapped:
        raise typer.BadParameter("the server reads titles of its own forms only", param_hint="--mapping")


@contextlib.contextmanager
def _own_office(
    url: str, log_key_file: Path | None, language: Language
) -> Iterator[tuple[Engine, Sequencer]]:
    """The database at `url` and its commit path."""
    with opened(url) as engine:
        check(engine)
        path = log_key_path(engine, given=log_key_file)
        places = lookout_of(chosen_settings(), telling(language)).places_of(engine, path)
        yield engine, Sequencer(engine, load_log_signer(path), places=places)


@contextlib.contextmanager
def _lines_of(path: Path) -> Iterator[tuple[Iterable[bytes], int]]:
    """The lines of the file and its length in bytes, 0 where that is unknown."""
    try:
        with _input(path) as file:
            yield bounded_lines(file), 0 if str(path) == "-" else path.stat().st_size
    except OSError as error:
        raise EnvironmentFault(
            code="post.unreadable",
            place=str(path),
            message_en=f"the file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取文件：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请核对路径。",
        ) from error


def _input(path: Path) -> contextlib.AbstractContextManager[IO[bytes]]:
    return contextlib.nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb")
