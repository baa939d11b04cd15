# SPDX-License-Identifier: Apache-2.0
"""Key files of an imported ledger: made once, kept in one folder, read again by the next import."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from api.passphrases import new_key_passphrase
from ledger.errors import EnvironmentFault
from ledger.intake.history import key_names
from ledger.key_files import FileSigner, save_private_key
from ledger.keys import Ed25519Signer

LOG_KEY_FILE: Final = "log.pem"


def default_folder(url: str) -> Path:
    """Where the keys of the ledger at `url` lie if nobody says otherwise: ``<file>-keys`` beside a SQLite file."""
    path = Path(url)
    if "://" in url:
        parsed = make_url(url)
        path = Path(str(parsed.database) if parsed.get_backend_name() == "sqlite" else "fundtrace")
    return path.with_name(f"{path.stem}-keys")


def has_keys(folder: Path, party: str) -> bool:
    """Whether `folder` holds every key file of a ring."""
    return all(
        (folder / name).is_file() for name in (LOG_KEY_FILE, *(f"{one}.pem" for one in key_names(party)))
    )


def make_signers(party: str) -> dict[str, Ed25519Signer]:
    """New keys for a whole ring but its log, in memory only."""
    return {name: Ed25519Signer.generate() for name in key_names(party)}


def save_signers(folder: Path, log: Sequence[FileSigner], signers: Mapping[str, Ed25519Signer]) -> None:
    """Every key stands in `folder` as PKCS#8 PEM, 0600, encrypted if the environment names a passphrase.

    Raises:
        EnvironmentFault: the folder cannot be made or written, or a key of that name is there.
        InputError: the passphrase is too short.
    """
    secret = new_key_passphrase(os.environ)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            code="import.keys-out",
            place=str(folder),
            message_en=f"the key folder cannot be made: {error.strerror or error}",
            message_zh=f"无法创建密钥文件夹：{error.strerror or error}",
            remedy_en="Name another folder with --keys-out.",
            remedy_zh="请用 --keys-out 指定其他文件夹。",
        ) from error
    save_private_key(folder / LOG_KEY_FILE, *log, passphrase=secret)
    for name, signer in signers.items():
        save_private_key(folder / f"{name}.pem", signer, passphrase=secret)
