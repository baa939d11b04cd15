# SPDX-License-Identifier: Apache-2.0
"""`fundtrace drafts list | show | sign | return | withdraw`: the drafts of a bureau on a server, with a key file.

What is signed is what is shown here: the header that binds these events of this ledger, checked on this machine.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
import typer

from api.commands.signing import ROLES, told_lines
from api.commands.signing_in import Counter, KeyOption, UrlOption, believed_keys, signed_in
from api.drafts.looked_at import DraftAt, LookedAt, hand_in, look_at, read_answer
from api.key_papers import write_new
from ledger.answer import Refused
from ledger.client import LedgerClient
from ledger.draft_file import format_draft
from ledger.errors import InputError
from ledger.problems import error_of
from ledger.served_session import Session
from ledger.submission import sign
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS
from verifier.language import Language, Told, say
from verifier.source_options import JsonOption, LanguageOption, LogKeyOption, PolicyOption, chosen_language

_NAME_DIGITS: Final = 32


class _Row(msgspec.Struct, frozen=True):
    id: str
    submission: str
    dated: str
    state: str
    version: int
    expires: str
    reason: str = ""
    seq: int | None = None


class _Listed(msgspec.Struct, frozen=True):
    drafts: tuple[_Row, ...]
    next: str | None = None


def _name(text: str) -> str:
    if len(text) == _NAME_DIGITS and set(text) <= set("0123456789abcdef"):
        return text
    raise typer.BadParameter("32 hex digits, as fundtrace drafts list shows them", param_hint="ID")


NameArgument = Annotated[str, typer.Argument(metavar="ID", help="Of the draft.", callback=_name)]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def register(app: typer.Typer) -> None:
    """`app` has the commands `drafts …`."""
    drafts = typer.Typer(no_args_is_help=True, help="Drafts on a server: see, sign, return, withdraw.")
    for name, command in (
        ("list", listing), ("show", show), ("sign", sign_one), ("return", send_back), ("withdraw", withdraw),
    ):  # fmt: skip
        drafts.command(name)(command)
    app.add_typer(drafts, name="drafts", rich_help_panel="Bureaus")


def listing(
    url: UrlOption,
    key: KeyOption,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - an option
    lang: LanguageOption = None,
) -> None:
    """List the drafts of your bureau. Exit code 0, or 3."""
    language = chosen_language(lang)
    with _counter(url, key, policy, log_key) as counter:
        rows = list(_all_drafts(counter.session, url))
    if as_json:
        typer.echo(msgspec.json.encode({"drafts": rows}).decode())
        return
    for row in rows:
        line = f"{row.id}  {_state(row, language)}  {row.version}  {row.dated}  {row.submission}"
        typer.echo(_visible(line))


def _all_drafts(session: Session, url: str) -> Iterator[_Row]:
    """Page after page."""
    after: str | None = ""
    while after is not None:
        query = f"?after={quote(after, safe='')}" if after else ""
        page = read_answer(session.read(f"/v1/drafts{query}"), _Listed, url)
        yield from page.drafts
        after = page.next


def show(  # noqa: PLR0913 - one parameter for each option of the command
    name: NameArgument,
    *,
    url: UrlOption,
    key: KeyOption,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it here, for fundtrace sign elsewhere."),
    ] = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Show a draft as it would be signed, and what it waits for. Exit code 0, or 3."""
    language = chosen_language(lang)
    with _counter(url, key, policy, log_key) as counter:
        seen = look_at(counter.session, counter.ledger, name, language=language)
    if out is not None:
        write_new(out, format_draft(seen.draft), private=bool(seen.draft.disclosures))
    if as_json:
        draft = json.loads(format_draft(seen.draft))
        typer.echo(json.dumps({**_plain(seen.at), "draft": draft}, ensure_ascii=False))
    else:
        _tell(seen, language)


def sign_one(  # noqa: PLR0913 - one parameter for each option of the command
    name: NameArgument,
    *,
    url: UrlOption,
    key: KeyOption,
    role: Annotated[
        str | None, typer.Option("--role", help="As what you sign; needed if your key has several roles.")
    ] = None,
    yes: YesOption = False,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Show a draft, sign it with your key file, and hand in the signature. The last one that is needed posts it.

    Exit code 0, 1 when the signature or the submission was refused, 3 when nothing was signed.
    """
    language = chosen_language(lang)
    if role is not None and role not in ROLES:
        raise typer.BadParameter(", ".join(ROLES), param_hint="--role")
    with _counter(url, key, policy, log_key) as counter:
        seen = look_at(counter.session, counter.ledger, name, language=language)
        _tell(seen, language, to_errors=as_json)
        signs_as = role or _only_role(counter)
        _ask(_SIGN, language, yes=yes, role=signs_as)
        made = sign(seen.draft.header, role=signs_as, signer=counter.signer)
        answer = hand_in(counter.session, seen, made, language=language)
    if isinstance(answer, Refused):
        for problem in answer.problems:
            typer.echo(problem.told_zh() if language == "zh" else problem.told_en(), err=True)
        raise typer.Exit(EXIT_FINDINGS)
    if as_json:
        typer.echo(json.dumps(_plain(answer), ensure_ascii=False))
    else:
        typer.echo(say(_SIGNED, language).format(role=signs_as, key=made.key[:16]))
        _tell_state(answer, language)
    raise typer.Exit(EXIT_CLEAN)


def send_back(  # noqa: PLR0913 - one parameter for each option of the command
    name: NameArgument,
    *,
    url: UrlOption,
    key: KeyOption,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; its maker reads it.")],
    yes: YesOption = False,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show a draft and return it to its maker with a reason. Exit code 0, or 3."""
    language = chosen_language(lang)

    def returned(session: Session, seen: LookedAt) -> bytes | Refused:
        body = msgspec.json.encode({"version": seen.at.version, "reason": reason})
        return session.write("POST", f"/v1/drafts/{name}/return", body)

    with _counter(url, key, policy, log_key) as counter:
        _do(returned, counter, name, _RETURN, language, yes=yes)
    typer.echo(say(_RETURNED, language))


def withdraw(  # noqa: PLR0913 - one parameter for each option of the command
    name: NameArgument,
    *,
    url: UrlOption,
    key: KeyOption,
    yes: YesOption = False,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    lang: LanguageOption = None,
) -> None:
    """Withdraw a draft; nothing of it is kept. Exit code 0, or 3."""
    language = chosen_language(lang)

    def withdrawn(session: Session, _seen: LookedAt) -> bytes | Refused:
        return session.write("DELETE", f"/v1/drafts/{name}")

    with _counter(url, key, policy, log_key) as counter:
        _do(withdrawn, counter, name, _WITHDRAW, language, yes=yes)
    typer.echo(say(_WITHDRAWN, language))


# --- parts --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _counter(url: str, key: Path, policy: Path | None, log_keys: list[str] | None) -> Iterator[Counter]:
    believed = believed_keys(policy, log_keys)
    with LedgerClient(url, log_keys=believed) as client, signed_in(client, believed, key) as counter:
        yield counter


def _only_role(counter: Counter) -> str:
    roles = counter.session.roles
    if len(roles) == 1:
        return roles[0]
    raise InputError(
        code="drafts.role",
        place="--role",
        message_en=f"this key may sign as {', '.join(roles) or 'nothing'}",
        message_zh=f"该密钥可签的角色：{'、'.join(roles) or '无'}",
        remedy_en="Say as what you sign: --role ROLE.",
        remedy_zh="请用 --role 角色 指明。",
    )


def _do(
    act: Callable[[Session, LookedAt], bytes | Refused], counter: Counter, name: str, question: Told,
    language: Language, *, yes: bool,
) -> None:  # fmt: skip
    """The draft was shown, the question answered with yes, and `act` done with what was shown.

    Raises:
        InputError: the server refuses it.
    """
    seen = look_at(counter.session, counter.ledger, name, language=language)
    _tell(seen, language)
    _ask(question, language, yes=yes)
    answer = act(counter.session, seen)
    if isinstance(answer, Refused):
        raise error_of(answer.problems[0], InputError)


def _ask(question: Told, language: Language, *, yes: bool, **named: str) -> None:
    if not yes and not typer.confirm(say(question, language).format(**named), err=True):
        raise typer.Abort


def _tell(seen: LookedAt, language: Language, *, to_errors: bool = False) -> None:
    for line in told_lines(seen.draft, language):
        typer.echo(line, err=to_errors)
    _tell_state(seen.at, language, to_errors=to_errors)


def _tell_state(at: DraftAt, language: Language, *, to_errors: bool = False) -> None:
    stands = say(_STANDS, language).format(state=_state(at, language), version=at.version, expires=at.expires)
    for line in (stands, *(f"  {one.message} · {one.remedy}" for one in at.waiting)):
        typer.echo(_visible(line), err=to_errors)


def _visible(text: str) -> str:
    """`text` of a server without what could make a screen say something else than what is signed."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _state(at: DraftAt | _Row, language: Language) -> str:
    said = say(_STATES[at.state], language) if at.state in _STATES else at.state
    more = at.reason if at.seq is None else str(at.seq)
    return f"{said} {more}".rstrip()


def _plain(at: DraftAt) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(at)
    return found


_STATES: Final = {
    "open": Told(en="open", zh="待签"),
    "returned": Told(en="returned:", zh="已退回："),
    "posting": Told(en="being posted", zh="正在入账"),
    "posted": Told(en="posted, entry", zh="已入账，条目"),
    "expired": Told(en="expired", zh="已过期"),
}
_STANDS: Final = Told(
    en="Draft: {state}; version {version}, to be signed before {expires}",
    zh="草稿：{state}；第 {version} 版，签名期限 {expires}",
)
_SIGN: Final = Told(en="Sign exactly this as {role}?", zh="确认以 {role} 身份对以上内容签名？")
_SIGNED: Final = Told(en="Signed as {role} with key {key}…", zh="已以 {role} 身份签名，密钥 {key}…")
_RETURN: Final = Told(en="Return it to its maker?", zh="确认退回经办？")
_RETURNED: Final = Told(en="Returned.", zh="已退回。")
_WITHDRAW: Final = Told(en="Withdraw it? Nothing of it is kept.", zh="确认撤回？草稿内容将不保留。")
_WITHDRAWN: Final = Told(en="Withdrawn.", zh="已撤回。")
