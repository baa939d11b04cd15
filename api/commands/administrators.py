# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys appoint | assign | dismiss`: who the administrators are, each with one duty (spec §3.15)."""

from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from api.commands.key_changes import BY_ADMINISTRATORS, WITH_NEW_KEYS, ByOption, DraftOption, hand_out
from api.commands.key_requests import tell
from api.commands.ledger import DatabaseOption, chosen_url
from api.key_papers import known_keys, read_request
from ledger.clock import system_clock
from ledger.errors import InputError
from ledger.genesis import ADMINISTRATOR
from ledger.kinds.mandate import AdministratorChange
from ledger.rights import Duty
from verifier.source_options import LanguageOption, chosen_language

_DUTIES: Final[tuple[Duty, ...]] = get_args(Duty)

DutyOption = Annotated[str, typer.Option(metavar="DUTY", help=f"One of {', '.join(_DUTIES)}.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The administrator.")]


def add_to(keys: typer.Typer) -> None:
    """`keys` has these commands."""
    for command in (appoint, assign, dismiss):
        keys.command(command.__name__)(command)


def appoint(
    request: Annotated[
        Path, typer.Argument(metavar="REQUEST", help="Made by keys request --role administrator --holder ID.")
    ],
    *,
    duty: DutyOption,
    by: ByOption,
    out: DraftOption,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft that appoints an administrator, whose id is the holder in the request. Exit code 0, or 3.

    The new key signs it as possession, the administrators to their threshold, and one with the duty audit, if there is one.
    """
    language = chosen_language(lang)
    asked = read_request(request)
    if asked.roles != (ADMINISTRATOR,):
        raise _no_administrator(request)
    event = AdministratorChange(
        occurred_on=system_clock().date(), action="appoint", id=asked.holder or "", duty=_duty(duty), person=asked.person,
        device=asked.device, alg=asked.alg, key=asked.key, public=asked.public,
    )  # fmt: skip
    tell(asked, language)
    _, entry0 = known_keys(chosen_url(db))
    hand_out(entry0, by, [event], out, language, about="administrators", steps=WITH_NEW_KEYS)


def assign(
    administrator: IdArgument,
    *,
    duty: DutyOption,
    by: ByOption,
    out: DraftOption,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft that gives one duty, for good, to an administrator who has none. Exit code 0, or 3."""
    language = chosen_language(lang)
    event = AdministratorChange(
        occurred_on=system_clock().date(), action="assign", id=administrator, duty=_duty(duty)
    )
    _, entry0 = known_keys(chosen_url(db))
    hand_out(entry0, by, [event], out, language, about="administrators", steps=BY_ADMINISTRATORS)


def dismiss(
    administrator: IdArgument,
    *,
    by: ByOption,
    out: DraftOption,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="It is public.")] = None,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft that dismisses an administrator. Exit code 0, or 3."""
    language = chosen_language(lang)
    event = AdministratorChange(
        occurred_on=system_clock().date(), action="dismiss", id=administrator, reason=reason
    )
    _, entry0 = known_keys(chosen_url(db))
    hand_out(entry0, by, [event], out, language, about="administrators", steps=BY_ADMINISTRATORS)


def _duty(given: str) -> Duty:
    if given not in _DUTIES:
        raise typer.BadParameter(", ".join(_DUTIES), param_hint="--duty")
    return _DUTIES[_DUTIES.index(given)]


def _no_administrator(request: Path) -> InputError:
    return InputError(
        code="keys.not-administrator",
        place=request.name,
        message_en="the request is not for an administrator's key",
        message_zh="该申请不是管理员密钥",
        remedy_en="Make it with fundtrace keys request --role administrator; such a key signs no business.",
        remedy_zh="请用 fundtrace keys request --role administrator 生成；管理员密钥不得办理业务。",
    )
