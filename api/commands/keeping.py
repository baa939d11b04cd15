# SPDX-License-Identifier: Apache-2.0
"""`fundtrace backup`, `restore` and `reindex`: a ledger is kept through the loss of its database."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy import Engine

from api.backup_file import load_backup, save_backup
from api.commands.ledger import DatabaseOption, LogKeyFileOption, chosen_url, opened, telling
from api.log_key import log_key_path, remember_log_key
from api.lookout import Lookout, lookout_of
from api.passphrases import has_characters, named_passphrase
from api.settings import chosen_settings
from ledger.errors import EnvironmentFault, InputError
from ledger.own_checkpoints import find_rival
from ledger.reindexing import reindex as make_indexes
from ledger.restoration import Restored
from ledger.sealed_file import PASSPHRASE_MIN
from ledger.store.engine import reading
from ledger.store.log_key_changes import log_keys_of
from ledger.store.schema import check
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_FINDINGS, Verdict
from verifier.integrity.visit import visit
from verifier.language import Language, Told, counted, say
from verifier.reading.sources import open_database
from verifier.source_options import (
    GenesisOption,
    JsonOption,
    LanguageOption,
    LogKeyOption,
    PolicyOption,
    chosen_language,
    chosen_trust,
    progress_bar,
)
from verifier.verdict_text import record_of, text_of

PASSPHRASE_VARIABLE: Final = "FUNDTRACE_BACKUP_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable

BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, one encrypted file.")]


def register(app: typer.Typer) -> None:
    """`app` has the commands `backup`, `restore` and `reindex`."""
    app.command("backup", rich_help_panel="Operators")(backup)
    app.command("restore", rich_help_panel="Operators")(restore)
    app.command("reindex", rich_help_panel="Operators")(reindex)


def backup(
    file: BackupArgument,
    *,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Write the ledger, and what cannot be rebuilt from it, into one new file that only the passphrase opens.

    The passphrase is asked for, or the first line of the file that $FUNDTRACE_BACKUP_PASSPHRASE_FILE names. Keys are not in
    it. Exit code 0, or 3 when it could not be done: then there is no file.
    """
    language = chosen_language(lang)
    with opened(chosen_url(db)) as engine:
        check(engine)
        secret = _new_passphrase()
        with progress_bar("backup") as progress:
            written = save_backup(engine, file, secret, progress=progress)
    head = written.head
    if as_json:
        record = {
            "file": str(file),
            "genesis": head.genesis,
            "root": head.root,
            "rows": written.rows,
            "size": head.size,
        }
        typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    told = Told(
        en=f"{file}: {counted(head.size, 'entry', 'entries')}, root {head.root}, and "
        f"{counted(written.rows, 'row')} beside them. Keep it apart "
        "from the keys, and the passphrase apart from both.",
        zh=f"{file}：{head.size:,} 条，根哈希 {head.root}，另有 {written.rows:,} 行。请与密钥分开存放，口令另行保管。",
    )
    typer.echo(say(told, language))


def restore(  # noqa: PLR0913 - one parameter for each option of the command
    file: BackupArgument,
    *,
    db: DatabaseOption = None,
    log_key_file: LogKeyFileOption = None,
    policy: PolicyOption = None,
    log_key: LogKeyOption = None,
    genesis: GenesisOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Put a backup back into an empty database, verify it, and look for anything newer that this log has signed.

    Nothing is signed. Exit code 0 restored and nothing newer known, 1 behind a checkpoint of its own (it can be read and
    will sign nothing), 2 it does not verify, 3 could not be done: then the database is as before.
    """
    language = chosen_language(lang)
    trust = chosen_trust(policy, log_key, genesis, None)
    url, lookout = chosen_url(db), lookout_of(chosen_settings(), telling(language))
    with opened(url, create=True) as engine, progress_bar("restore") as progress:
        restored = load_backup(engine, file, _known_passphrase(), progress=progress)
        if log_key_file is not None:
            remember_log_key(engine, log_key_file)
        ahead = newer_elsewhere(engine, lookout)
    verdict = _verified(url, trust)
    if as_json:
        record = {
            "before": restored.before,
            "ahead": None if ahead is None else ahead.place,
            **record_of(verdict),
        }
        typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        _tell(restored, verdict, ahead, language)
    raise typer.Exit(verdict.exit_code or (EXIT_CLEAN if ahead is None else EXIT_FINDINGS))


def reindex(*, db: DatabaseOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Make every index table anew from the bytes of the log, in one transaction; the log is not touched.

    Exit code 0, or 3 when it could not be done: then the indexes are as before.
    """
    language = chosen_language(lang)
    with opened(chosen_url(db)) as engine, progress_bar("reindex") as progress:
        check(engine)
        size = make_indexes(engine, progress=progress)
    told = Told(
        en=f"indexes of {counted(size, 'entry', 'entries')} made anew", zh=f"已重建 {size:,} 条的索引"
    )
    typer.echo(json.dumps({"size": size}) if as_json else say(told, language))


def newer_elsewhere(engine: Engine, lookout: Lookout) -> EnvironmentFault | None:
    """Why the restored ledger will sign nothing: a checkpoint of its own that it does not lead to, in a place we know.

    Without a log key on this machine the file beside it is not looked for; the published folder and the witnesses are.

    Raises:
        EnvironmentFault: the database failed.
        FormatError: the policy gives a witness an address that is none.
    """
    try:
        key: Path | None = log_key_path(engine)
    except EnvironmentFault:
        key = None
    places = lookout.places_of(engine, key)
    with reading(engine) as connection:
        keys = log_keys_of(connection).ever
        return find_rival(connection, places, origin=keys[0].name, keys=keys)


def _verified(url: str, trust: Trust) -> Verdict:
    with contextlib.closing(open_database(url)) as source, progress_bar("verify") as progress:
        verdict, _ = visit(source, trust, progress=progress)
    return verdict


def _tell(restored: Restored, verdict: Verdict, ahead: EnvironmentFault | None, language: Language) -> None:
    head = restored.head
    told = Told(
        en=f"{counted(head.size, 'entry', 'entries')} {'were there already' if restored.before else 'restored'}, "
        f"root {head.root}",
        zh=f"{head.size:,} 条{'此前已在' if restored.before else '已恢复'}，根哈希 {head.root}",
    )
    typer.echo(say(told, language))
    for line in text_of(verdict, language):
        typer.echo(line)
    if ahead is not None:
        typer.echo(ahead.told_zh() if language == "zh" else str(ahead))


def _known_passphrase() -> bytes:
    """The passphrase of a backup: from the file that the environment names, or asked for."""
    found = named_passphrase(os.environ, variable=PASSPHRASE_VARIABLE)
    if found is None and sys.stdin.isatty():
        found = str(typer.prompt("Passphrase of the backup · 备份口令", hide_input=True, err=True)).encode()
    if not found:
        raise _no_passphrase("no passphrase was given", "未给出口令")
    return found


def _new_passphrase() -> bytes:
    """The passphrase of a new backup; asked for twice, and long enough."""
    found = named_passphrase(os.environ, variable=PASSPHRASE_VARIABLE)
    if found is None and sys.stdin.isatty():
        asked = typer.prompt("New passphrase · 新口令", hide_input=True, confirmation_prompt=True, err=True)
        found = str(asked).encode()
    if found is None:
        raise _no_passphrase("no passphrase was given", "未给出口令")
    if not has_characters(found, PASSPHRASE_MIN):
        raise _no_passphrase(
            f"the passphrase is shorter than {PASSPHRASE_MIN} characters", f"口令少于 {PASSPHRASE_MIN} 个字符"
        )
    return found


def _no_passphrase(en: str, zh: str) -> InputError:
    return InputError(
        code="backup.passphrase",
        place=PASSPHRASE_VARIABLE,
        message_en=en,
        message_zh=zh,
        remedy_en=f"Type one of {PASSPHRASE_MIN} characters or more, or put it into a file and name that.",
        remedy_zh=f"请输入至少 {PASSPHRASE_MIN} 个字符的口令，或写入文件并指明该文件。",
    )
