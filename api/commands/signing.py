# SPDX-License-Identifier: Apache-2.0
"""`fundtrace sign DRAFT`: see what will be signed, and sign it with a key file, on a machine without a network."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from api.drafts.looked_at import check_seen
from api.drafts.signing_view import SeenDraft, SeenEvent, seen_draft
from api.log_key import load_key
from api.portal.frame import Frame, HeadFacts
from api.portal.names import Names
from api.portal.sentences import Sentences
from ledger.draft_file import DraftFile, format_draft, parse_draft, with_signature
from ledger.errors import EnvironmentFault, InputError
from ledger.key_files import file_faults, owner_only
from ledger.submission import WIRE_BYTES_MAX, Signature, sign, wire_bytes
from verifier.language import Language, Told, say
from verifier.source_options import LanguageOption, chosen_language

SIGNATURE_SUFFIX: Final = ".sig.json"
SUBMISSION_SUFFIX: Final = ".ndjson"

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
ROLES: Final = ("maker", "checker", "approver", "bank", "panel", "auditor", "administrator", "possession")


def register(app: typer.Typer) -> None:
    """`app` has the command `sign`."""
    app.command("sign", rich_help_panel="Bureaus")(sign_command)


def sign_command(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="A draft file, as the desk hands it out.")],
    *,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Your key file; without it nothing is signed."),
    ] = None,
    role: Annotated[
        str, typer.Option("--role", help="As what you sign: maker, checker, approver …")
    ] = "checker",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write here instead: the draft with your signature, or, to *.ndjson, the submission for post.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Show what a draft would post, and sign it with your key file. No network is used.

    The signature is written beside the draft, for the desk or for whoever gathers them. Exit code 0, or 3 when nothing was
    signed.
    """
    language = chosen_language(lang)
    if role not in ROLES:
        raise typer.BadParameter(", ".join(ROLES), param_hint="--role")
    found = read_draft(draft)
    for line in told_lines(found, language):
        typer.echo(line)
    if key is None:
        typer.echo(say(_ONLY_SHOWN, language))
        return
    if not yes and not typer.confirm(say(_ASK, language).format(role=role)):
        raise typer.Abort
    made = sign(found.header, role=role, signer=load_key(key))
    signed = with_signature(found, made)
    target = out or draft.with_name(f"{draft.name}.{role}-{made.key[:8]}{SIGNATURE_SUFFIX}")
    private = out is not None and bool(signed.disclosures)
    _write(target, _ENCODER.encode(made) if out is None else _whole(signed, out), private=private)
    typer.echo(say(_SIGNED, language).format(role=role, key=made.key[:16], path=target))


def read_draft(path: Path) -> DraftFile:
    """The draft in the file at `path`, all of whose texts can be seen.

    Raises:
        EnvironmentFault: the file cannot be read.
        FormatError: it holds no draft, or a text holds characters that cannot be seen, or that turn others round.
    """
    with file_faults(path), path.open("rb") as file:
        data = file.read(WIRE_BYTES_MAX + 1)
    draft = parse_draft(data, place=path.name)
    check_seen(draft, path.name)
    return draft


def told_lines(draft: DraftFile, language: Language) -> list[str]:
    """What will be signed, line by line: the ledger, the header, each event with its amount, and what changed."""
    seen = seen_draft(_sentences(draft, language), draft.events, draft.last, disclosures=draft.disclosures)
    header, genesis = draft.header, draft.genesis
    lines = [
        say(_LEDGER, language).format(
            name=genesis.name_en or genesis.name if language == "en" else genesis.name,
            origin=header.origin,
            genesis=header.genesis,
            demo=" DEMO" if genesis.demo else "",
        ),
        say(_HEADER, language).format(
            party=header.party, id=header.id, signed_at=header.signed_at, count=header.count, root=header.root
        ),
    ]
    for one in (*seen.events, *seen.gone):
        lines += _event_lines(one, language)
    lines += _closing_lines(seen, draft.signatures, language, revised=bool(draft.last))
    return lines


def _whole(draft: DraftFile, path: Path) -> bytes:
    """The signed draft in the form that the name of the file asks for."""
    if path.suffix == SUBMISSION_SUFFIX:
        return wire_bytes(draft.submission) + b"\n"
    return format_draft(draft)


def _event_lines(one: SeenEvent, language: Language) -> list[str]:
    mark = say(_MARKS[one.change], language)
    lines = [f"{one.number:>4}. {mark}[{one.kind}] {one.says.striptags()}"]
    if one.amount is not None:
        lines.append(f"      {one.figure}  {one.capitals}".rstrip())
    lines.append("      " + " | ".join(f"{label} {text}" for label, text in one.facts))
    if one.personal:
        shown = " | ".join(f"{field.label} {field.text}" for field in one.personal)
        lines.append("      " + say(_PERSONAL, language).format(shown=shown))
    if one.before is not None:
        lines.append("      " + say(_BEFORE, language).format(before=one.before.striptags()))
    return lines


def _closing_lines(
    seen: SeenDraft, signatures: tuple[Signature, ...], language: Language, *, revised: bool
) -> list[str]:
    lines = [say(_TOTAL, language).format(figure=seen.total_figure, capitals=seen.total_capitals).rstrip()]
    opened, unopened = sum(len(one.personal) for one in seen.events), sum(one.unopened for one in seen.events)
    if opened:
        lines.append(say(_OPENED, language).format(n=opened))
    if unopened:
        lines.append(say(_UNOPENED, language).format(n=unopened))
    if revised:
        lines.append(say(_CHANGES, language).format(n=seen.changes))
    lines += [say(_SIGNED_BEFORE, language).format(role=one.role, key=one.key[:16]) for one in signatures]
    return lines


def _sentences(draft: DraftFile, language: Language) -> Sentences:
    """Ids stand for names, of which a machine without a network knows none; ids are what is signed."""
    frame = Frame(
        genesis=draft.genesis,
        genesis_hash=draft.header.genesis,
        language=language,
        exact=True,
        path="",
        query={},
        head=HeadFacts(size=0, root="", recorded=draft.genesis.created_at),
    )
    names = Names(language=language, wording=frame.words, pages=frame.url, found=lambda _topic, _id: None)
    return Sentences(frame=frame, names=names, owner=lambda account: account, line=lambda _id: None)


def _write(path: Path, data: bytes, *, private: bool) -> None:
    """A new file at `path` holds `data`, for its owner alone if it is `private`.

    Raises:
        EnvironmentFault: it cannot be written.
        InputError: there is a file of that name already.
    """
    try:
        with open(path, "xb", opener=owner_only if private else None) as file:
            file.write(data)
    except FileExistsError as error:
        raise InputError(
            code="sign.exists",
            place=str(path),
            message_en="there is a file of this name already",
            message_zh="同名文件已存在",
            remedy_en="Move it away, or name another by --out.",
            remedy_zh="请移走该文件，或用 --out 另指文件名。",
        ) from error
    except OSError as error:
        raise EnvironmentFault(
            code="sign.unwritable",
            place=str(path),
            message_en=f"it cannot be written: {error.strerror or error}",
            message_zh=f"无法写入：{error.strerror or error}",
            remedy_en="Name a file in a folder that is yours by --out.",
            remedy_zh="请用 --out 指定可写文件夹中的文件。",
        ) from error


_LEDGER: Final = Told(
    en="Ledger{demo}: {name} ({origin})\n  genesis {genesis}",
    zh="账本{demo}：{name}（{origin}）\n  创世哈希 {genesis}",
)
_HEADER: Final = Told(
    en="Submission {party}/{id}, dated {signed_at}, {count} events\n  root {root}",
    zh="提交 {party}/{id}，日期 {signed_at}，共 {count} 个事件\n  根哈希 {root}",
)
_MARKS: Final = {
    "first": Told(en="", zh=""),
    "same": Told(en="= ", zh="〔未变〕"),
    "new": Told(en="NEW ", zh="〔新增〕"),
    "changed": Told(en="CHANGED ", zh="〔改动〕"),
    "gone": Told(en="NO LONGER THERE ", zh="〔删去〕"),
}
_BEFORE: Final = Told(en="before: {before}", zh="上一版：{before}")
_PERSONAL: Final = Told(en="personal, not in the ledger: {shown}", zh="个人信息（不入账本）：{shown}")
_OPENED: Final = Told(
    en="Personal fields shown: {n}, each checked against the commitment that is signed",
    zh="已显示个人信息 {n} 项，均与所签承诺值核对一致",
)
_UNOPENED: Final = Told(
    en="Personal fields NOT shown: {n}; this draft does not carry them. Before you sign, ask for one that does.",
    zh="未显示的个人信息 {n} 项：本草稿未附内容。签名之前请索取附有内容的草稿。",
)
_TOTAL: Final = Told(en="Sum of the amounts: {figure}  {capitals}", zh="金额合计：{figure}  {capitals}")
_CHANGES: Final = Told(en="Changes since the last version: {n}", zh="与上一版相比的改动：{n} 处")
_SIGNED_BEFORE: Final = Told(
    en="Already signed as {role} by key {key}… (not checked here)",
    zh="已有 {role} 签名，密钥 {key}…（此处未核验）",
)
_ONLY_SHOWN: Final = Told(
    en="Nothing was signed. Give your key file to sign: --key FILE --role ROLE",
    zh="未签名。如需签名，请给出密钥文件：--key 文件 --role 角色",
)
_ASK: Final = Told(en="Sign exactly this as {role}?", zh="确认以 {role} 身份对以上内容签名？")
_SIGNED: Final = Told(
    en="Signed as {role} with key {key}…: {path}", zh="已以 {role} 身份签名，密钥 {key}…：{path}"
)
