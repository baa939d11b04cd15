# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys`: a new kind of event is admitted, and the log changes its keys (ADR 0002, ADR 0015)."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final
from uuid import uuid4

import typer

from api.commands import administrators, key_changes, mandates, person_marks
from api.commands.ledger import DatabaseOption, LogKeyFileOption
from api.commands.posting_desk import Desk, opened_desk
from api.log_key import load_key, remember_log_key
from api.new_ledger import load_or_make_log_keys
from ledger.errors import InputError
from ledger.genesis import ADMINISTRATOR
from ledger.keys import key_id
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.registry import Policy
from ledger.kinds.vocabulary import ADMITTED_BY_GENESIS, KNOWN_VERSIONS
from ledger.log_keys import possession_bytes, short_name
from ledger.log_signer import LogSigner
from ledger.store.engine import reading
from ledger.store.log_key_changes import log_keys_of
from verifier.language import Told, say
from verifier.source_options import LanguageOption, chosen_language

AdministratorOption = Annotated[
    list[Path],
    typer.Option(
        "--admin", metavar="FILE", help="Key file of an administrator; as often as the threshold asks for."
    ),
]
_ADMITTED: Final = Told(en="Admitted from here on: {kinds}.", zh="自此准入：{kinds}。")
_NEXT_ADD: Final = Told(
    en="Now let every server sign with {path} (--log-key, FUNDTRACE_LOG_KEY), publish the new policy, and then retire:",
    zh="请让每台服务器改用 {path} 签发（--log-key 或 FUNDTRACE_LOG_KEY），公布新的策略文件，然后停用旧密钥：",
)
_NEXT_RETIRE: Final = Told(
    en="Retired. Publish the new policy; receipts under the old keys count with witnesses or anchors from before.",
    zh="已停用。请公布新的策略文件；旧密钥下的回执凭此前的见证或锚定仍然有效。",
)


def register(app: typer.Typer) -> None:
    """`app` has the commands `keys admit` and `keys log add | retire`."""
    keys, log = (
        typer.Typer(no_args_is_help=True, help=text)
        for text in ("Keys of a ledger.", "Keys of the log itself.")
    )
    keys.command("admit")(admit)
    log.command("add")(add)
    log.command("retire")(retire)
    for commands in (key_changes, mandates, administrators, person_marks):
        commands.add_to(keys)
    keys.add_typer(log, name="log")
    app.add_typer(keys, name="keys", rich_help_panel="Operators")


def admit(  # noqa: PLR0913 - one parameter for each option of the command
    kind: Annotated[
        list[str], typer.Argument(metavar="KIND/V…", help="What genesis does not admit, such as log_key/1.")
    ],
    *,
    party: Annotated[str, typer.Option(metavar="ID", help="The audit or supervision party that admits it.")],
    maker: Annotated[Path, typer.Option(metavar="FILE", help="Key file of its maker.")],
    checker: Annotated[Path, typer.Option(metavar="FILE", help="Key file of its checker: another person.")],
    db: DatabaseOption = None,
    log_key_file: LogKeyFileOption = None,
    lang: LanguageOption = None,
) -> None:
    """Post the policy without which the ledger takes no event of that kind; it acts from its own position on.

    Exit code 0, or 3 when it could not be done.
    """
    language = chosen_language(lang)
    kinds = tuple(sorted(set(kind)))
    _check_kinds(kinds)
    signed = [("maker", load_key(maker)), ("checker", load_key(checker))]
    with opened_desk(db, log_key_file, language) as desk:
        today = desk.today()
        policy = Policy(
            occurred_on=today,
            id=f"admit-{uuid4()}",
            effective_on=today,
            title=f"准入 {'、'.join(kinds)}",
            admits=kinds,
        )
        desk.post(party, signed, [policy], about="admit")
    typer.echo(say(_ADMITTED, language).format(kinds=", ".join(kinds)))


def add(
    new: Annotated[
        Path, typer.Argument(metavar="NEW.pem", help="The new keys; made there if there is no file.")
    ],
    *,
    admin: AdministratorOption,
    db: DatabaseOption = None,
    log_key_file: LogKeyFileOption = None,
    lang: LanguageOption = None,
) -> None:
    """Add the keys in NEW.pem to those of the log; the present ones go on signing until they are retired.

    A policy that admits log_key/1 must stand in the ledger (keys admit). Exit code 0, or 3 when it could not be done.
    """
    language = chosen_language(lang)
    made = load_or_make_log_keys(new)
    with opened_desk(db, log_key_file, language, beside=made) as desk:
        before = " ".join(f"'{short_name(vkey)}'" for vkey in _current(desk))
        _post(desk, admin, _additions(desk, made))
    typer.echo(say(_NEXT_ADD, language).format(path=new))
    typer.echo(f"  fundtrace keys log retire {before} --log-key-file {new}")


def retire(
    vkey: Annotated[
        list[str], typer.Argument(metavar="KEY…", help="The keys that sign no more, as NAME+ID or in full.")
    ],
    *,
    admin: AdministratorOption,
    db: DatabaseOption = None,
    log_key_file: LogKeyFileOption = None,
    lang: LanguageOption = None,
) -> None:
    """Retire keys of the log: it signs nothing with them any more, from that entry on and for ever.

    The log key file must hold the keys that stay. Exit code 0, or 3 when it could not be done.
    """
    language = chosen_language(lang)
    with opened_desk(db, log_key_file, language) as desk:
        today, gone = desk.today(), _named(desk, vkey)
        _post(desk, admin, [LogKeyChange(occurred_on=today, action="retire", vkey=one) for one in gone])
        remember_log_key(desk.engine, desk.path)
    typer.echo(say(_NEXT_RETIRE, language))


def _current(desk: Desk) -> tuple[str, ...]:
    """The keys of the log now, as texts."""
    with reading(desk.engine) as connection:
        return tuple(key.text for key in log_keys_of(connection).current)


def _named(desk: Desk, texts: Sequence[str]) -> list[str]:
    """The current keys that `texts` name, in full or as name and id.

    Raises:
        InputError: one of them names no current key.
    """
    current = {name: vkey for vkey in _current(desk) for name in (vkey, short_name(vkey))}
    for text in texts:
        if text not in current:
            raise InputError(
                code="keys.not-current",
                place=text[:120],
                message_en="it is no current key of this log",
                message_zh="不是本账本的现行密钥",
                remedy_en=f"Current are: {', '.join(map(short_name, _current(desk)))}.",
                remedy_zh=f"现行密钥为：{'、'.join(map(short_name, _current(desk)))}。",
            )
    return [current[text] for text in texts]


def _post(desk: Desk, admin: Sequence[Path], events: Sequence[LogKeyChange]) -> None:
    """The events stand in the ledger, signed by the administrators whose key files are given.

    Raises:
        InputError: a key is of no administrator, or the ledger refuses the change.
        EnvironmentFault: a file cannot be read, or nothing may be signed.
    """
    signers = [load_key(one) for one in admin]
    ids = {one.key: one.id for one in desk.sequencer.administrators.values()}
    party = ids.get(key_id(signers[0].alg, signers[0].public)) if signers else None
    if party is None:
        raise _no_administrator()
    desk.post(party, [(ADMINISTRATOR, one) for one in signers], events, about="log-key")


def _additions(desk: Desk, made: LogSigner) -> list[LogKeyChange]:
    """One event for each key, with its own signature as proof that it is held."""
    return [
        LogKeyChange(
            occurred_on=desk.today(),
            action="add",
            vkey=vkey,
            proof=b64encode(one.sign(possession_bytes(desk.genesis_hash, vkey))).decode(),
        )
        for one, vkey in zip(made.signers, made.vkeys(desk.sequencer.genesis.origin), strict=True)
    ]


def _check_kinds(kinds: Sequence[str]) -> None:
    """Return only if this program knows each kind and version, and none is admitted by genesis.

    Raises:
        InputError: otherwise.
    """
    founding = {(kind, 1) for kind in ADMITTED_BY_GENESIS}
    open_ = sorted(f"{kind}/{version}" for kind, version in KNOWN_VERSIONS - founding)
    for one in kinds:
        if one not in open_:
            raise InputError(
                code="keys.no-kind",
                place=one[:64],
                message_en="no kind that this program knows and that genesis leaves to a policy",
                message_zh="不是本程序所知且须另行准入的种类",
                remedy_en=f"Admit one of: {', '.join(open_)}.",
                remedy_zh=f"可准入：{'、'.join(open_)}。",
            )


def _no_administrator() -> InputError:
    return InputError(
        code="keys.no-administrator",
        place="--admin",
        message_en="the first key is of no administrator of this ledger",
        message_zh="首个密钥不属于本账本的管理员",
        remedy_en="Give the key files of as many administrators as the threshold asks for.",
        remedy_zh="请按门限要求给出各管理员的密钥文件。",
    )
