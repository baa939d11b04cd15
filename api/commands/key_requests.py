# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys request | show`: a key of one's own, and what the ledger knows of keys."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from api.commands.ledger import DatabaseOption, chosen_url
from api.key_papers import (
    REQUEST_SUFFIX,
    Wanted,
    exists_already,
    known_keys,
    read_request,
    request_of,
    write_new,
)
from api.log_key import load_key
from api.passphrases import check_key_passphrase, new_key_passphrase
from ledger.clock import system_clock
from ledger.deputies import is_valid
from ledger.instant import format_instant
from ledger.key_files import save_private_key
from ledger.keys import Ed25519Signer, key_id
from ledger.kinds.registry import Custody, Key, KeyRole
from ledger.open_records import KeyState
from verifier.language import Language, Told, say
from verifier.source_options import LanguageOption, chosen_language

_ROLES: Final[tuple[KeyRole, ...]] = get_args(KeyRole)
_HELD_BY: Final[tuple[Custody, ...]] = ("file", "device")
"""What may hold a key that this program makes; a browser makes its own."""


def request(  # noqa: PLR0913 - one parameter for each option of the command
    key: Annotated[Path, typer.Argument(metavar="KEY.pem", help="Where your new key goes; yours alone.")],
    *,
    holder: Annotated[
        str,
        typer.Option(metavar="ID", help="The party that you sign for; your id, if you are to administer."),
    ],
    person: Annotated[str, typer.Option(metavar="ID", help="Your pseudonym in the ledger; no name.")],
    device: Annotated[str, typer.Option(metavar="ID", help="The device on which the key lies.")],
    role: Annotated[list[str], typer.Option(metavar="ROLE", help=f"As what you sign: {', '.join(_ROLES)}.")],
    division: Annotated[
        list[str], typer.Option(metavar="CODE", help="Places that it may act on, by division code.")
    ],
    valid_from: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help="Now, if absent.")
    ] = None,
    valid_to: Annotated[str | None, typer.Option("--until", metavar="INSTANT")] = None,
    custody: Annotated[
        str, typer.Option(metavar="WHAT", help="What holds it: file, or a device of its own (device).")
    ] = "file",
    lang: LanguageOption = None,
) -> None:
    """Make a signing key of your own, encrypted, and a request that an administrator can register.

    The key never leaves its file; the request beside it (KEY.request.json) holds nothing secret. Exit code 0, or 3.
    """
    language = chosen_language(lang)
    now = format_instant(system_clock())
    signer = Ed25519Signer.generate()
    wanted = Wanted(
        holder=holder, person=person, device=device, roles=_roles(role), divisions=tuple(division),
        valid_from=valid_from or now, valid_to=valid_to, custody=_custody(custody),
    )  # fmt: skip
    data = request_of(signer, wanted, today=system_clock().date())
    beside = key.with_name(key.stem + REQUEST_SUFFIX)
    if beside.exists():
        raise exists_already(beside)
    save_private_key(key, signer, passphrase=_new_passphrase(language))
    write_new(beside, data)
    typer.echo(
        say(_REQUESTED, language).format(key=key, request=beside, id=key_id(signer.alg, signer.public))
    )


def show(
    file: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]…", help="Key files (*.pem) and requests.")
    ] = None,
    *,
    party: Annotated[str | None, typer.Option(metavar="ID", help="The keys of this party only.")] = None,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show keys: those in files, or, without files, those that the ledger knows. Exit code 0, or 3."""
    language = chosen_language(lang)
    for one in file or ():
        if one.suffix == ".pem":
            signer = load_key(one)
            typer.echo(f"{one}  {signer.alg}  {key_id(signer.alg, signer.public)}")
        else:
            typer.echo(f"{one}  {say(_NOT_YET, language)}")
            tell(read_request(one), language)
    if not file:
        register_, _ = known_keys(chosen_url(db))
        now = format_instant(system_clock())
        for state in register_.keys.values():
            if party in {None, state.registered.holder}:
                typer.echo(_standing(state, now, language))
                tell(state.registered, language)


def tell(key: Key, language: Language) -> None:
    """Print whose key it is, and what for."""
    window = f"{key.valid_from} – {key.valid_to or '…'}"
    typer.echo(
        say(_KEY, language).format(
            id=key.key, holder=key.holder, person=key.person, device=key.device, roles=", ".join(key.roles),
            divisions=", ".join(key.jurisdiction), window=window, held=say(_HELD[key.custody], language),
        )
    )  # fmt: skip


def _standing(state: KeyState, now: str, language: Language) -> str:
    if state.revoked_at is not None:
        return say(_REVOKED, language).format(at=state.revoked_at)
    return say(_VALID if is_valid(state, now) else _NOT_VALID, language)


def _roles(given: Sequence[str]) -> tuple[KeyRole, ...]:
    found = tuple(role for role in _ROLES if role in given)
    if set(given) - set(found) or ("administrator" in found and len(found) > 1):
        raise typer.BadParameter(", ".join(_ROLES), param_hint="--role")
    return found


def _custody(given: str) -> Custody:
    for one in _HELD_BY:
        if one == given:
            return one
    raise typer.BadParameter(", ".join(_HELD_BY), param_hint="--custody")


def _new_passphrase(language: Language) -> bytes:
    """A passphrase for a new key, from the file that the environment names, or typed twice."""
    found = new_key_passphrase(os.environ)
    if found is None:
        asked = say(_PASSPHRASE, language)
        found = str(typer.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)).encode()
        check_key_passphrase(found, "passphrase")
    return found


_PASSPHRASE: Final = Told(en="Passphrase for the new key", zh="新密钥的口令")
_REQUESTED: Final = Told(
    en="Your key: {key} (keep it to yourself)\nRequest for the administrators: {request}\nTell them its id by another "
    "channel: {id}",
    zh="您的密钥：{key}（请自行妥善保管）\n交管理员的申请：{request}\n请另经其他渠道告知其编号：{id}",
)
_KEY: Final = Told(
    en="  {id}\n  {holder}, person {person}, device {device}; signs as {roles}; acts on {divisions}; {window}; {held}",
    zh="  {id}\n  {holder}，人员 {person}，设备 {device}；签名角色 {roles}；管辖 {divisions}；{window}；{held}",
)
_HELD: Final[Mapping[Custody | None, Told]] = {
    "file": Told(en="held in a file", zh="存放于文件"),
    "browser": Told(en="held in a browser", zh="存放于浏览器"),
    "device": Told(en="held in a device", zh="存放于设备"),
    None: Told(en="not said what holds it", zh="未注明存放方式"),
}
_NOT_YET: Final = Told(en="a request, not in the ledger", zh="申请，尚未入账")
_VALID: Final = Told(en="valid", zh="有效")
_NOT_VALID: Final = Told(en="outside its window", zh="不在有效期内")
_REVOKED: Final = Told(en="revoked at {at}", zh="已于 {at} 吊销")
