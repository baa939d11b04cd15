# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys deputise | override`: one person signs for another, or two leaders for the pair (spec §3.13, §3.14)."""

from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from api.commands.key_changes import DraftOption, hand_out, named_key
from api.commands.ledger import DatabaseOption, chosen_url
from api.key_papers import known_keys, read_events
from ledger.clock import system_clock
from ledger.instant import format_instant
from ledger.kinds.mandate import Deputation, LentRole, Override
from verifier.language import Told
from verifier.source_options import LanguageOption, chosen_language


def add_to(keys: typer.Typer) -> None:
    """`keys` has these commands."""
    for command in (deputise, override):
        keys.command(command.__name__)(command)


def deputise(  # noqa: PLR0913 - one parameter for each option of the command
    principal: Annotated[str, typer.Argument(metavar="PRINCIPAL", help="Id of the key whose role is lent.")],
    deputy: Annotated[str, typer.Argument(metavar="DEPUTY", help="Id of the key that may sign for it.")],
    *,
    role: Annotated[str, typer.Option(metavar="ROLE", help="The role that is lent.")],
    until: Annotated[str, typer.Option(metavar="INSTANT", help="When it ends by itself, 92 days at most.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Leave, illness …; it is public.")],
    out: DraftOption,
    valid_from: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help="Now, if absent.")
    ] = None,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft by which one person lets another sign in a role of his for a while.

    Maker and checker of the party sign it, and the principal in the role that he lends. Exit code 0, or 3.
    """
    language = chosen_language(lang)
    known, entry0 = known_keys(chosen_url(db))
    lender, taker = named_key(known, principal), named_key(known, deputy)
    now = format_instant(system_clock())
    event = Deputation(
        occurred_on=system_clock().date(), action="grant", id=f"dep-{now[:10]}-{taker.key[:8]}", principal=lender.key,
        deputy=taker.key, role=_lendable(role), valid_from=valid_from or now, valid_to=until, reason=reason,
    )  # fmt: skip
    hand_out(entry0, lender.holder or "", [event], out, language, about="deputation", steps=(_SIGN_AS_LENT,))


def override(  # noqa: PLR0913 - one parameter for each option of the command
    events: Annotated[Path, typer.Argument(metavar="EVENTS.ndjson", help="What it covers, one to a line.")],
    *,
    party: Annotated[str, typer.Option(metavar="ID", help="The party whose leaders act.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What the emergency is; it is public.")],
    out: DraftOption,
    document: Annotated[str | None, typer.Option(metavar="NUMBER", help="The paper that orders it.")] = None,
    db: DatabaseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the draft by which two leaders act in place of maker and checker. Each is a finding. Exit code 0, or 3.

    The events are unsigned ones, as in a submission: allocations, disbursements, transfers and claims.
    """
    language = chosen_language(lang)
    declared = Override(occurred_on=system_clock().date(), action="declare", reason=reason, document=document)
    _, entry0 = known_keys(chosen_url(db))
    covered = read_events(events)
    hand_out(entry0, party, [declared, *covered], out, language, about="override", steps=(_SIGN_AS_LEADERS,))


def _lendable(role: str) -> LentRole:
    known: tuple[LentRole, ...] = get_args(LentRole)
    if role not in known:
        raise typer.BadParameter(", ".join(known), param_hint="--role")
    return known[known.index(role)]


_SIGN_AS_LENT: Final = Told(
    en="Maker, checker and the principal sign {path} in their roles (fundtrace sign); then fundtrace keys gather, and "
    "fundtrace post.",
    zh="经办、复核和委托人以各自角色对 {path} 签名（fundtrace sign），然后 fundtrace keys gather、fundtrace post。",
)
_SIGN_AS_LEADERS: Final = Told(
    en="Two leaders sign {path} as approver (fundtrace sign); then fundtrace keys gather, and fundtrace post. Let maker "
    "and checker ratify it as soon as they can.",
    zh="两位负责人以 approver 角色对 {path} 签名（fundtrace sign），然后 fundtrace keys gather、fundtrace post；"
    "请经办、复核尽快追认。",
)
