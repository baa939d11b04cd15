# SPDX-License-Identifier: Apache-2.0
"""`fundtrace witness`: an office of its own watches the logs of others and cosigns what only ever grows."""

import json
import os
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.log_key import load_keys
from api.passphrases import new_key_passphrase
from api.serving import answer
from api.settings import LOOPBACK
from api.witness.app import create_app
from api.witness.key_file import KeyFile
from api.witness.memory import Watched
from api.witness.opening import create_witness, enter_log, opened_desk, remove_log, sound_memory
from ledger.clock import system_clock
from ledger.cosignature import CosignerKey, LogKey, parse_log_key
from ledger.instant import instant_of
from ledger.key_files import pem_of
from ledger.keys import Ed25519Signer, MlDsa44Signer
from verifier.language import Language, Told, say
from verifier.source_options import JsonOption, LanguageOption, chosen_language, policy_at

DEFAULT_PORT: Final = 8001

FolderOption = Annotated[Path, typer.Option("--dir", metavar="DIR", help="The folder of the witness.")]


def register(app: typer.Typer) -> None:
    """`app` has the command `witness` with its own commands."""
    witness = typer.Typer(help="Watch the logs of others and cosign their checkpoints.", no_args_is_help=True)
    for name, command in (
        ("init", init_command),
        ("add", add_command),
        ("remove", remove_command),
        ("serve", serve_command),
        ("show", show_command),
    ):
        witness.command(name)(command)
    app.add_typer(witness, name="witness", rich_help_panel="Operators")


def init_command(
    *,
    name: Annotated[str, typer.Option(help="Its name in cosignatures: an address without scheme.")],
    folder: FolderOption,
    lang: LanguageOption = None,
) -> None:
    """Make a new witness with new keys in an empty folder, and print the keys to hand out."""
    signers = (Ed25519Signer.generate(), MlDsa44Signer.generate())
    create_witness(folder, name, signers, pem_of(*signers, passphrase=new_key_passphrase(os.environ)))
    _tell(_MADE, chosen_language(lang), path=KeyFile(folder).path)
    for signer in signers:
        typer.echo(CosignerKey(name=name, alg=signer.alg, public=signer.public).text)


def add_command(
    *,
    logs: Annotated[
        list[str], typer.Argument(metavar="LOG...", help="Policy files of logs, or their verifier keys.")
    ],
    folder: FolderOption,
    lang: LanguageOption = None,
) -> None:
    """Watch these logs, with these keys and no others; a log that is watched already gets new keys."""
    with sound_memory(folder) as memory:
        for keys in _by_log(logs):
            origin = enter_log(memory, keys, witness=KeyFile(folder).preamble.name)
            _tell(_ENTERED, chosen_language(lang), origin=origin, keys=len(keys))


def remove_command(
    *,
    origin: Annotated[
        str, typer.Argument(metavar="ORIGIN", help="The name of the log, as `show` prints it.")
    ],
    folder: FolderOption,
    lang: LanguageOption = None,
) -> None:
    """Cosign nothing more of this log. What was cosigned stays remembered, and binds the log if it is added again."""
    with sound_memory(folder) as memory:
        remove_log(memory, origin)
    _tell(_REMOVED, chosen_language(lang), origin=origin)


def serve_command(
    *,
    folder: FolderOption,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one.")] = DEFAULT_PORT,
    lang: LanguageOption = None,
) -> None:
    """Answer logs over HTTP until stopped (C2SP tlog-witness). A witness that has lost its memory stops for good."""
    language = chosen_language(lang)
    with opened_desk(folder, load_keys, now=system_clock) as desk:
        answer(
            create_app(desk),
            host,
            port,
            told=lambda address: _tell(_OPEN, language, name=desk.name, address=address),
        )


def show_command(*, folder: FolderOption, json_: JsonOption = False, lang: LanguageOption = None) -> None:
    """Print the logs it watches: newest size cosigned and when."""
    with sound_memory(folder) as memory:
        for log in memory.logs():
            typer.echo(json.dumps(_record(log)) if json_ else _line(log, chosen_language(lang)))


def _by_log(given: Iterable[str]) -> list[tuple[LogKey, ...]]:
    """The keys in policy files and in vkey texts, those of one log together.

    Raises:
        InputError: a key or a policy that cannot be read, or a key twice.
        EnvironmentFault: a file that cannot be read.
    """
    keys = {key.text: key for text in given for key in _keys_in(text)}
    by_name = sorted(keys.values(), key=lambda key: (key.name, key.text))
    return [tuple(group) for _, group in groupby(by_name, key=lambda key: key.name)]


def _keys_in(text: str) -> list[LogKey]:
    """The key that `text` is; or those in the policy file at `text`, with what a log cosigns itself with."""
    if "+" in text and not Path(text).is_file():
        return [parse_log_key(text)]
    policy = policy_at(Path(text))
    names = {log.key.name for log in policy.logs}
    own = [parse_log_key(one.key.text) for one in policy.witnesses.values() if one.key.name in names]
    return [*(log.key for log in policy.logs), *own]


def _record(log: Watched) -> dict[str, Any]:
    cosigned = instant_of(log.seconds) if log.seconds else None
    return {"origin": log.origin, "size": log.size, "cosigned": cosigned, "keys": list(log.keys)}


def _line(log: Watched, language: Language) -> str:
    told = _COSIGNED if log.seconds else _NEVER
    line = say(told, language).format(
        origin=log.origin, size=f"{log.size:,}", instant=instant_of(log.seconds)
    )
    return line if log.keys else f"{line}{say(_GONE, language)}"


def _tell(told: Told, language: Language, **gaps: object) -> None:
    typer.echo(say(told, language).format(**gaps))


_MADE: Final = Told(
    en="The keys of the witness lie in {path}; never put back a copy of this folder. Logs and readers need:",
    zh="见证方密钥在 {path}；切勿用副本恢复此文件夹。请将以下公钥交给各日志与读者：",
)
_ENTERED: Final = Told(en="Watching {origin} ({keys} keys)", zh="已登记 {origin}（{keys} 个密钥）")
_REMOVED: Final = Told(
    en="Cosigning nothing more of {origin}; what was cosigned is remembered",
    zh="不再为 {origin} 共签；已共签的内容仍予保留",
)
_GONE: Final = Told(en=" (removed)", zh="（已移除）")
_OPEN: Final = Told(
    en="Witness {name} answers at {address} (stop with Ctrl-C)",
    zh="见证方 {name}：{address}（按 Ctrl-C 停止）",
)
_COSIGNED: Final = Told(
    en="{origin}: {size} entries, cosigned {instant}", zh="{origin}：{size} 条，共签于 {instant}"
)
_NEVER: Final = Told(en="{origin}: not cosigned yet", zh="{origin}：尚未共签")
