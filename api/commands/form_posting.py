# SPDX-License-Identifier: Apache-2.0
"""What `fundtrace post FILE.xlsx|csv` does: keys of the party, a private copy, judgement, posting, what is told."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import typer
from rich.console import Console
from sqlalchemy import Engine

from api.commands.signing_in import Counter, signed_in
from api.forms.field_mapping import mapping_named, read_codes
from api.forms.form import form_of
from api.forms.form_draft import write_draft
from api.forms.form_reading import Asked, FilledFile, FormReading, private_copy
from api.forms.form_run import (
    Poster,
    Result,
    events_read,
    good_events,
    judge,
    post_spooled,
    prefix_of,
    read_whole,
    rows_before,
    unjudged,
)
from api.forms.marked_book import annotate
from api.forms.row_file import write_rows
from api.forms.sent_form import send
from api.forms.served_judgement import check_party, judged_there, left_there
from api.forms.told import plain, tell
from api.import_keys import default_folder
from api.log_key import load_key
from api.named_ledger import LedgerNamed, ledger_at, ledger_in
from ledger.client import LedgerClient
from ledger.clock import system_clock
from ledger.cosignature import LogKey
from ledger.errors import EnvironmentFault, InputError
from ledger.genesis import Genesis
from ledger.instant import format_instant
from ledger.intake.batches import Envelope
from ledger.keys import Signer
from ledger.kinds.registry import KeyRole
from ledger.sequencer import Sequencer
from verifier.language import Language
from verifier.source_options import progress_bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line asks for."""

    file: Path
    asked: Asked
    party: str
    url: str
    keys: Path | None
    dry_run: bool
    valid_only: bool
    annotate: Path | None
    rest: Path | None
    draft: Path | None = None
    key: Path | None = None
    desk: bool = False


def order_of(  # noqa: PLR0913 - one parameter an option
    file: Path,
    *,
    kind: str | None,
    party: str | None,
    sheet: str | None,
    ignore: list[str] | None,
    url: str,
    keys: Path | None,
    dry_run: bool,
    valid_only: bool,
    mapping: str | None,
    codes: Path | None,
    annotate: Path | None,
    rest: Path | None,
    draft: Path | None = None,
    key: Path | None = None,
    desk: bool = False,
) -> Order:
    """The order that these options make.

    Raises:
        InputError: kind or party is missing, or the kind has no form.
    """
    if kind is None or party is None:
        raise InputError(
            code="post.form-options",
            place=file.name,
            message_en="a spreadsheet does not say what its rows are, or whose",
            message_zh="表格本身不说明各行是什么事件、由谁登记",
            remedy_en="Add --kind KIND and --party ID (fundtrace template lists the kinds).",
            remedy_zh="请加上 --kind 种类 和 --party 单位编号（fundtrace template 列出种类）。",
        )
    form_of(kind)
    listed = read_codes(codes) if codes is not None else {}
    used = mapping_named(mapping, kind, listed) if mapping is not None else None
    return Order(
        file=file, asked=Asked(kind=kind, sheet=sheet, ignore=tuple(ignore or ()), mapping=used), party=party, url=url,
        keys=keys, dry_run=dry_run, valid_only=valid_only, annotate=annotate, rest=rest, draft=draft,
        key=key, desk=desk,
    )  # fmt: skip


def run(engine: Engine, sequencer: Sequencer, order: Order) -> Result:
    """What became of the file; what the order asks to be written is written.

    Raises:
        InputError: the file is no form of this kind, or the party or its keys are not good.
        EnvironmentFault: a file or the database failed.
    """
    now = _now()
    with tempfile.TemporaryDirectory(prefix="fundtrace-form-") as name, progress_bar("post · 登记") as step:
        file = _copied(order.file, Path(name))
        poster = Poster(
            party=order.party,
            signed_at=now,
            before=lambda found: rows_before(engine, order.party, prefix_of(found)),
        )
        result = judge(sequencer, order.asked, file, poster, step)
        if result.draftable(valid_only=order.valid_only) and not order.dry_run:
            ledger = ledger_in(engine, sequencer.genesis)
            envelope = _envelope(ledger, order, result.reading, now, folder=default_folder(order.url))
            result = (
                post_spooled(engine, sequencer, result, envelope, step)
                if order.draft is None
                else write_draft(result, good_events(result), ledger, envelope, order.draft)
            )
        _write_files(order, result)
    return result


def run_remotely(client: LedgerClient, log_keys: Sequence[LogKey], order: Order) -> Result:
    """As `run`, by the server that `client` speaks to; the keys are those in the folder that the order names.

    Raises:
        InputError: the file is no form of this kind, the keys are not good, or the address is of another ledger.
        EnvironmentFault: a file cannot be read, or no usable answer came.
    """
    with tempfile.TemporaryDirectory(prefix="fundtrace-form-") as name, progress_bar("post · 登记") as step:
        found = FormReading(asked=order.asked, file=_copied(order.file, Path(name)))
        read_whole(found, step)
        if order.key is not None:
            with signed_in(client, log_keys, order.key) as counter:
                result = _at_the_counter(counter, order, found)
        elif order.draft is not None:
            ledger = ledger_at(client, log_keys)
            result = _drafted(ledger, order, unjudged(found), order.draft)
        else:
            ledger = ledger_at(client, log_keys)
            result = send(client, found, _envelope(ledger, order, found, _now(), folder=Path()), step)
        _write_files(order, result)
    return result


def _at_the_counter(counter: Counter, order: Order, found: FormReading) -> Result:
    """The file judged by the server; then left there as a draft, or written as one here, as the order asks."""
    check_party(counter.session, order.party)
    result = judged_there(counter.session, found)
    if order.desk and result.draftable(valid_only=order.valid_only):
        return left_there(counter.session, result, valid_only=order.valid_only)
    if order.draft is not None:
        return _drafted(counter.ledger, order, result, order.draft)
    return result


def _drafted(ledger: LedgerNamed, order: Order, result: Result, out: Path) -> Result:
    """`result`, and `out` holds all rows as a draft, unless one of them is bad."""
    if not result.draftable(valid_only=False):
        return result
    envelope = _envelope(ledger, order, result.reading, _now(), folder=Path())
    return write_draft(result, events_read(result.reading.file), ledger, envelope, out)


def _now() -> str:
    return format_instant(system_clock())


def tell_result(result: Result, *, dry_run: bool, as_json: bool, language: Language) -> None:
    """Standard output has what became of the file."""
    if as_json:
        typer.echo(json.dumps(plain(result, dry_run=dry_run), ensure_ascii=False))
    else:
        tell(Console(), result, language, dry_run=dry_run)


def signers_of(genesis: Genesis, folder: Path, party: str) -> tuple[tuple[str, Signer], ...]:
    """The keys in `folder` that sign for `party`: of administrators all, else ``PARTY-ROLE.pem`` of each role there.

    Raises:
        EnvironmentFault: there are none, or they cannot be read.
    """
    administrators = [one.id for one in genesis.administrators]
    if party in administrators:
        names = [("administrator", folder / f"{one}.pem") for one in administrators]
    else:
        names = [
            (role, folder / f"{party}-{role}.pem") for role in get_args(KeyRole) if role != "administrator"
        ]
    found = tuple((role, load_key(path)) for role, path in names if path.is_file())
    if not found:
        raise EnvironmentFault(
            code="post.no-keys",
            place=str(folder),
            message_en=f"there is no key file of {party}, such as {names[0][1].name}",
            message_zh=f"没有 {party} 的密钥文件，例如 {names[0][1].name}",
            remedy_en="Say with --keys where the keys of maker and checker lie; --dry-run needs none.",
            remedy_zh="请用 --keys 指明经办和复核密钥所在文件夹；试运行不需要密钥。",
        )
    return found


def _copied(path: Path, folder: Path) -> FilledFile:
    try:
        with path.open("rb") as source:
            return private_copy(source, folder, name=path.name)
    except OSError as error:
        raise EnvironmentFault(
            code="post.unreadable",
            place=str(path),
            message_en=f"the file cannot be read: {error.strerror or error}",
            message_zh=f"无法读取文件：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请核对路径。",
        ) from error


def _envelope(
    ledger: LedgerNamed, order: Order, found: FormReading, signed_at: str, *, folder: Path
) -> Envelope:
    """What the submissions say; signed by the keys that the order names, else those in `folder`; a draft by none."""
    return Envelope(
        genesis=ledger.hash,
        origin=ledger.genesis.origin,
        party=order.party,
        prefix=prefix_of(found),
        signed_at=signed_at,
        signers=()
        if order.draft is not None
        else signers_of(ledger.genesis, order.keys or folder, order.party),
    )


def _write_files(order: Order, result: Result) -> None:
    if order.annotate is not None and result.reading.error_count:
        annotate(result.reading, order.annotate)
    if order.rest is not None and result.posted is not None and result.reading.error_count:
        write_rows(result.reading, order.rest, only_bad=True)
