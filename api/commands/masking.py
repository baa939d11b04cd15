# SPDX-License-Identifier: Apache-2.0
"""`fundtrace mask`: the list of persons of a submission for public posting, masked, each row with its entry."""

import contextlib
import datetime
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from api.books.workbook import write_workbook
from api.commands.signing_in import believed_keys, signed_in
from api.public_lists.opened import Texts, texts_at, texts_in
from api.public_lists.payments import Payment, payments_in
from api.public_lists.public_list import Notice, PublicList, csv_of, public_list, sheet_of
from ledger.client import LedgerClient
from ledger.clock import system_clock
from ledger.entry import GenesisEntry, parse_entry
from ledger.errors import FormatError
from ledger.genesis import Genesis
from ledger.hashing import leaf_hash
from ledger.instant import business_date, format_instant
from ledger.key_files import file_faults
from ledger.masking import PROFILE_BYTES_MAX, VILLAGE, WEB, Circumstance, Profile, parse_profile
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.language import Language, Told, say
from verifier.new_file import new_file
from verifier.reading.sources import Source
from verifier.source_options import (
    DatabaseOption,
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    SourceArgument,
    chosen_language,
    chosen_source,
)

PROFILES: Final = {"village": VILLAGE, "web": WEB}
ENDINGS: Final = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the store of a server, and why."""

    url: str
    key: Path
    reason: str
    case: str | None
    policy: Path | None
    log_keys: list[str] | None


def register(app: typer.Typer) -> None:
    """`app` has the command `mask`."""
    app.command("mask", rich_help_panel="Bureaus")(mask)


def mask(  # noqa: PLR0913 - one parameter for each option of the command
    source: SourceArgument = None,
    *,
    submission: Annotated[
        list[str], typer.Option(metavar="PARTY/ID", help="Whose payments are listed; may be repeated.")
    ],
    profile: Annotated[
        str, typer.Option(metavar="village|web|FILE.toml", help="What is shown of a person (spec §10.9).")
    ],
    title: Annotated[str, typer.Option(metavar="TEXT", help="What the list is of; stands above it.")],
    objections: Annotated[str, typer.Option(metavar="TEXT", help="Where people object; stands above it.")],
    out: Annotated[Path, typer.Option(metavar="OUT.csv|xlsx", help="A new file.")],
    disclosures: Annotated[
        Path | None,
        typer.Option("--disclosures", metavar="FILE", help="What was disclosed to you.", show_default=False),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Or read it from this server, with --key and --reason.",
            show_default=False,
        ),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Your key file.", show_default=False)
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why you read it; it is noted.", show_default=False)
    ] = None,
    case: Annotated[
        str | None,
        typer.Option(metavar="NO", help="Number of the case; audit states one.", show_default=False),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="DATE", help="First day of posting; today if absent.", show_default=False
        ),
    ] = None,
    circumstance: Annotated[
        str, typer.Option(metavar="WHY", help="Why persons are on it; all but ordinary are only counted.")
    ] = "ordinary",
    db: DatabaseOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Write the list of persons paid in a submission as it may be posted in public. Verify ledger and disclosures first.

    Personal fields come from a file of disclosures, or from the store of a server, for whoever may see them there; each
    reading is noted. Exit code 0, 1 when persons are missing on it because nothing discloses them, 3 not done.
    """
    language, shown = chosen_language(lang), _profile(profile)
    if out.suffix.lower() not in ENDINGS:
        raise typer.BadParameter("a file that ends in .csv or .xlsx", param_hint="--out")
    why = _circumstance(circumstance)
    reader = _reader(disclosures, url, key, reason, case, policy, log_key)
    where = url if source is None and db is None and url is not None else source
    with contextlib.closing(chosen_source(where, db)) as opened:
        genesis, genesis_hash = _genesis(opened)
        payments = payments_in(opened, submission)
    texts = (
        texts_in(disclosures, payments, genesis=genesis_hash)
        if reader is None and disclosures is not None
        else _read(reader, payments)
    )
    day = _day(on, genesis)
    made = public_list(payments, texts, shown, on=day, circumstance=why)
    notice = Notice(
        title=title, objections=objections, on=day, ledger=genesis, genesis_hash=genesis_hash,
        submissions=tuple(dict.fromkeys(submission)),
    )  # fmt: skip
    digest = _write(made, notice, shown, out, language)
    _tell(made, out, digest, language, as_json=as_json)
    raise typer.Exit(EXIT_FINDINGS if made.unnamed else EXIT_CLEAN)


def _reader(  # noqa: PLR0913, PLR0917 - the options that go together
    disclosures: Path | None,
    url: str | None,
    key: Path | None,
    reason: str | None,
    case: str | None,
    policy: Path | None,
    log_keys: list[str] | None,
) -> Reader | None:
    """Who reads the store; None where a file of disclosures is given instead."""
    if (disclosures is None) == (url is None):
        raise typer.BadParameter("give --disclosures FILE or --url ADDRESS", param_hint="--disclosures")
    if url is None:
        if key is not None or reason is not None or case is not None:
            raise typer.BadParameter("--key, --reason and --case go with it", param_hint="--url")
        return None
    if key is None or not reason:
        raise typer.BadParameter("needs --key FILE and --reason TEXT", param_hint="--url")
    return Reader(url=url, key=key, reason=reason, case=case, policy=policy, log_keys=log_keys)


def _read(reader: Reader | None, payments: Sequence[Payment]) -> Texts:
    if reader is None:
        return {}
    believed = believed_keys(reader.policy, reader.log_keys)
    with (
        LedgerClient(reader.url, log_keys=believed) as client,
        signed_in(client, believed, reader.key) as counter,
    ):
        return texts_at(counter.session, payments, reason=reader.reason, case=reader.case)


def _profile(named: str) -> Profile:
    if named in PROFILES:
        return PROFILES[named]
    path = Path(named)
    with file_faults(path), path.open("rb") as file:
        return parse_profile(file.read(PROFILE_BYTES_MAX + 1), place=path.name)


def _circumstance(text: str) -> Circumstance:
    known: tuple[Circumstance, ...] = get_args(Circumstance)
    for one in known:
        if one == text:
            return one
    raise typer.BadParameter(", ".join(known), param_hint="--circumstance")


def _genesis(source: Source) -> tuple[Genesis, str]:
    data = next(iter(source.entries(0, 1)))
    entry = parse_entry(data, place="entry 0")
    if not isinstance(entry, GenesisEntry):
        raise FormatError(
            code="mask.no-genesis",
            place="entry 0",
            message_en="it is not entry 0 of a ledger",
            message_zh="不是账本的第 0 条",
            remedy_en="Give an export, an address or a database of a ledger.",
            remedy_zh="请提供账本的导出、地址或数据库。",
        )
    return entry.genesis, leaf_hash(data).hex()


def _day(text: str | None, genesis: Genesis) -> datetime.date:
    if text is None:
        return business_date(format_instant(system_clock()), genesis.time_zone)
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("write it like 2026-04-01", param_hint="--on") from error
    if day.isoformat() != text:
        raise typer.BadParameter("write it like 2026-04-01", param_hint="--on")
    return day


def _write(made: PublicList, notice: Notice, profile: Profile, out: Path, language: Language) -> str:
    """The new file holds the list; its SHA-256 in hex, which a `publication` names."""
    sheet, sink = sheet_of(made, notice, profile, language), io.BytesIO()
    if out.suffix.lower() == ".csv":
        sink.write(csv_of(sheet))
    else:
        posted = datetime.datetime.combine(notice.on, datetime.time(), datetime.UTC)
        write_workbook((sheet,), sink, made=posted)
    with new_file(out) as draft:
        draft.write_bytes(sink.getvalue())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _tell(made: PublicList, out: Path, digest: str, language: Language, *, as_json: bool) -> None:
    if as_json:
        record = {
            "file": str(out), "sha256": digest, "rows": len(made.rows), "withheld": made.withheld,
            "unnamed": made.unnamed,
        }  # fmt: skip
        typer.echo(json.dumps(record, ensure_ascii=False))
        return
    typer.echo(say(_WRITTEN, language).format(out=out, rows=len(made.rows), digest=digest))
    if made.unnamed:
        typer.echo(say(_UNNAMED, language).format(n=made.unnamed), err=True)


_WRITTEN: Final = Told(
    en="{out}: {rows} persons\nsha256 {digest} (a publication event names it)",
    zh="{out}：{rows} 人\nsha256 {digest}（登记公示事件时填写）",
)
_UNNAMED: Final = Told(
    en="NOT LISTED: {n} payments whose payee nothing discloses, or was erased",
    zh="未列出：{n} 笔支付的收款人未披露或已脱敏删除",
)
