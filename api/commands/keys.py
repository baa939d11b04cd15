# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys log add | retire`: the log changes its keys, by an entry that its administrators sign (ADR 0015)."""

import contextlib
import datetime
import os
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from uuid import uuid4

import typer
from sqlalchemy import Engine

from api.commands.ledger import DatabaseOption, LogKeyFileOption, chosen_url
from api.log_key import load_key, load_log_signer, log_key_path, remember_log_key
from api.new_ledger import load_or_make_log_keys
from api.own_places import places_beside, published_in
from ledger.clock import system_clock
from ledger.errors import InputError
from ledger.genesis import ADMINISTRATOR
from ledger.hashing import leaf_hash
from ledger.instant import business_date, format_instant
from ledger.keys import key_id
from ledger.kinds.log_key import LogKeyChange
from ledger.log_keys import possession_bytes
from ledger.log_signer import LogSigner
from ledger.outcome import Refused
from ledger.problems import Problem
from ledger.sequencer import Sequencer
from ledger.store.engine import open_engine, reading
from ledger.store.log_key_changes import log_keys_of
from ledger.store.log_reader import LogReader
from ledger.store.schema import check
from ledger.submission import Header, assemble
from verifier.language import Told, say
from verifier.source_options import LanguageOption, chosen_language

AdministratorOption = Annotated[
    list[Path],
    typer.Option(
        "--admin", metavar="FILE", help="Key file of an administrator; as often as the threshold asks for."
    ),
]
_NEXT_ADD: Final = Told(
    en="Now let every server sign with {path} (--log-key, FUNDTRACE_LOG_KEY), publish the new policy, and then retire:",
    zh="请让每台服务器改用 {path} 签发（--log-key 或 FUNDTRACE_LOG_KEY），公布新的策略文件，然后停用旧密钥：",
)
_NEXT_RETIRE: Final = Told(
    en="Retired. Publish the new policy; receipts under the old keys count with witnesses or anchors from before.",
    zh="已停用。请公布新的策略文件；旧密钥下的回执凭此前的见证或锚定仍然有效。",
)


def register(app: typer.Typer) -> None:
    """`app` has the commands `keys log add` and `keys log retire`."""
    keys, log = (
        typer.Typer(no_args_is_help=True, help=text)
        for text in ("Keys of a ledger.", "Keys of the log itself.")
    )
    log.command("add")(add)
    log.command("retire")(retire)
    keys.add_typer(log, name="log")
    app.add_typer(keys, name="keys", rich_help_panel="Operators")


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

    A policy that admits log_key/1 must stand in the ledger. Exit code 0, or 3 when it could not be done.
    """
    language = chosen_language(lang)
    made = load_or_make_log_keys(new)
    with _opened(db, log_key_file, beside=made) as desk:
        before = desk.current()
        desk.post(admin, _additions(desk, made))
    typer.echo(say(_NEXT_ADD, language).format(path=new))
    for vkey in before:
        typer.echo(f"  fundtrace keys log retire '{vkey}'")


def retire(
    vkey: Annotated[list[str], typer.Argument(metavar="VKEY…", help="The keys that sign no more.")],
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
    with _opened(db, log_key_file) as desk:
        desk.post(admin, [LogKeyChange(occurred_on=desk.today(), action="retire", vkey=one) for one in vkey])
        remember_log_key(desk.engine, desk.path)
    typer.echo(say(_NEXT_RETIRE, language))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """A ledger open for posting, the file of the log's keys, and the leaf hash of its genesis in hex."""

    engine: Engine
    path: Path
    sequencer: Sequencer
    genesis_hash: str

    def current(self) -> tuple[str, ...]:
        """The keys of the log now, as texts."""
        with reading(self.engine) as connection:
            return tuple(key.text for key in log_keys_of(connection).current)

    def today(self) -> datetime.date:
        """The business day in the time zone of the ledger."""
        return business_date(format_instant(system_clock()), self.sequencer.genesis.time_zone)

    def post(self, admin: Sequence[Path], events: Sequence[LogKeyChange]) -> None:
        """The events stand in the ledger, signed by the administrators whose key files are given.

        Raises:
            InputError: a key is of no administrator, or the ledger refuses the change.
            EnvironmentFault: a file cannot be read, or nothing may be signed.
        """
        signers = [load_key(one) for one in admin]
        ids = {one.key: one.id for one in self.sequencer.genesis.administrators}
        party = ids.get(key_id(signers[0].alg, signers[0].public)) if signers else None
        if party is None:
            raise _no_administrator()

        def header(count: int, root: str) -> Header:
            return Header(
                count=count,
                genesis=self.genesis_hash,
                id=f"log-key-{uuid4()}",
                origin=self.sequencer.genesis.origin,
                party=party,
                root=root,
                signed_at=format_instant(system_clock()),
            )

        signed = [(ADMINISTRATOR, one) for one in signers]
        outcome = self.sequencer.submit(assemble(events=events, header=header, signers=signed))
        if isinstance(outcome, Refused):
            raise _refused(outcome.problems[0])


@contextlib.contextmanager
def _opened(db: str | None, given: Path | None, *, beside: LogSigner | None = None) -> Iterator[_Desk]:
    """The ledger, whose checkpoint over the change is signed by its present keys and by those `beside`, once current."""
    engine = open_engine(chosen_url(db))
    try:
        check(engine)
        path = log_key_path(engine, given=given)
        signers = (*load_log_signer(path).signers, *(beside.signers if beside else ()))
        places = places_beside(path, published=published_in(os.environ))
        sequencer = Sequencer(engine, LogSigner(signers=signers), places=places)
        with reading(engine) as connection:
            first = LogReader(connection).entry(0) or b""
        yield _Desk(engine=engine, path=path, sequencer=sequencer, genesis_hash=leaf_hash(first).hex())
    finally:
        engine.dispose()


def _additions(desk: _Desk, made: LogSigner) -> list[LogKeyChange]:
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


def _no_administrator() -> InputError:
    return InputError(
        code="keys.no-administrator",
        place="--admin",
        message_en="the first key is of no administrator of this ledger",
        message_zh="首个密钥不属于本账本的管理员",
        remedy_en="Give the key files of as many administrators as the threshold asks for.",
        remedy_zh="请按门限要求给出各管理员的密钥文件。",
    )


def _refused(problem: Problem) -> InputError:
    return InputError(
        code=problem.code,
        place=problem.place,
        message_en=f"the ledger refuses the change: {problem.message_en}",
        message_zh=f"账本拒绝该变更：{problem.message_zh}",
        remedy_en=f"{problem.remedy_en}.",
        remedy_zh=f"{problem.remedy_zh}。",
    )
