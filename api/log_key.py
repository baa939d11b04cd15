# SPDX-License-Identifier: Apache-2.0
"""Finding the log's own keys: the one key file that a posting process loads.

The database never holds a key. It remembers the path at which the key lay when the ledger was created, which serves
one machine; elsewhere FUNDTRACE_LOG_KEY or an option names the file.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol, TypeVar

import typer
from sqlalchemy import Engine, delete, insert, select

from api.passphrases import named_passphrase
from ledger.errors import EnvironmentFault, FormatError
from ledger.key_files import FileSigner, load_private_key, load_private_keys
from ledger.keys import Ed25519Signer
from ledger.log_signer import LogSigner
from ledger.store.engine import holding_lock, reading, shown
from ledger.store.tables import META

Loaded_co = TypeVar("Loaded_co", covariant=True)

KEY_VARIABLE: Final = "FUNDTRACE_LOG_KEY"

_REMEMBERED: Final = "log_key_file"


def remember_log_key(engine: Engine, path: Path) -> None:
    """The database knows that the log key lies at `path` on this machine; the key itself stays in its file.

    Raises:
        EnvironmentFault: the database failed.
    """
    with holding_lock(engine) as connection:
        connection.execute(delete(META).where(META.c.name == _REMEMBERED))
        connection.execute(insert(META).values(name=_REMEMBERED, value=str(path.resolve())))
        connection.commit()


def log_key_path(
    engine: Engine, *, given: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Path:
    """Return where the log's keys lie: `given`, else what the environment names, else what the database remembers.

    Raises:
        EnvironmentFault: no file is known.
    """
    path = given or _named(environment) or _remembered(engine)
    if path is None:
        raise EnvironmentFault(
            code="key.unnamed",
            place=shown(engine),
            message_en="nobody said where the key of this log lies",
            message_zh="未指明本日志的密钥文件",
            remedy_en=f"Name it by --log-key-file FILE or by {KEY_VARIABLE}.",
            remedy_zh=f"请用 --log-key-file 文件 或环境变量 {KEY_VARIABLE} 指明。",
        )
    return path


def load_log_signer(path: Path, *, environment: Mapping[str, str] = os.environ) -> LogSigner:
    """Return the log's keys in `path`; the passphrase comes as in `load_key`.

    Raises:
        EnvironmentFault: the file cannot be read, or others may read it.
        FormatError: it holds no key, or the passphrase is wrong.
    """
    return LogSigner(signers=load_keys(path, environment=environment))


def load_key(path: Path, *, environment: Mapping[str, str] = os.environ) -> Ed25519Signer:
    """Return the key in `path`; an encrypted one takes its passphrase from the file that the environment names, or asks.

    Raises:
        EnvironmentFault: the file cannot be read, or others may read it.
        FormatError: it holds no key, or the passphrase is wrong.
    """
    return _unlocked(load_private_key, path, environment)


def load_keys(path: Path, *, environment: Mapping[str, str] = os.environ) -> tuple[FileSigner, ...]:
    """Return all keys in `path`, with a passphrase as `load_key` gets it.

    Raises:
        EnvironmentFault: the file cannot be read, or others may read it.
        FormatError: it holds no key, or the passphrase is wrong.
    """
    return _unlocked(load_private_keys, path, environment)


class _Load(Protocol[Loaded_co]):
    """One of the two ways to read a key file."""

    def __call__(self, path: Path, *, passphrase: bytes | None) -> Loaded_co: ...


def _unlocked(load: _Load[Loaded_co], path: Path, environment: Mapping[str, str]) -> Loaded_co:
    passphrase = named_passphrase(environment)
    try:
        return load(path, passphrase=passphrase)
    except FormatError:
        if passphrase is not None or not sys.stdin.isatty():
            raise
    asked = typer.prompt(f"Passphrase of {path} · 口令", hide_input=True, err=True)
    return load(path, passphrase=str(asked).encode())


def _named(environment: Mapping[str, str]) -> Path | None:
    name = environment.get(KEY_VARIABLE)
    return Path(name) if name else None


def _remembered(engine: Engine) -> Path | None:
    with reading(engine) as connection:
        found = connection.execute(select(META.c.value).where(META.c.name == _REMEMBERED)).scalar()
    return None if found is None else Path(found)
