# SPDX-License-Identifier: Apache-2.0
"""A backup as one sealed file: it appears whole, or not at all, and nothing is written over."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from ledger.backup import Written, write_backup
from ledger.errors import EnvironmentFault
from ledger.restoration import Progress, Restored, restore_backup
from ledger.sealed_file import SCRYPT_COST, SealedReader, SealedWriter


def save_backup(
    engine: Engine,
    path: Path,
    passphrase: bytes,
    *,
    progress: Progress = lambda _done, _all: None,
    cost: int = SCRYPT_COST,
) -> Written:
    """The file at `path` is a backup of the ledger, on disk, readable by its owner only; after a failure there is none.

    Raises:
        EnvironmentFault: there is such a file already, it cannot be written, or as `ledger.backup.write_backup`.
    """
    with _new_file(path) as file:
        sealed = SealedWriter(file, passphrase, cost=cost)
        written = write_backup(engine, sealed.write, progress=progress)
        sealed.finish()
    return written


def load_backup(
    engine: Engine, path: Path, passphrase: bytes, *, progress: Progress = lambda _done, _all: None
) -> Restored:
    """The database holds the ledger of the backup at `path`.

    Raises:
        EnvironmentFault: the file cannot be read; and as `ledger.restoration.restore_backup`.
        InputError: as `ledger.restoration.restore_backup` and `ledger.sealed_file.SealedReader`.
    """
    with _file_faults(path), path.open("rb") as file:
        lines = SealedReader(file, passphrase, place=str(path))
        return restore_backup(engine, lines, place=str(path), progress=progress)


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and synced; a name that is taken stays with its file."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _file_faults(path):
        if path.exists():  # told before hours of work; the link below refuses as well
            raise FileExistsError(17, "the file exists")
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "wb") as file:  # noqa: PTH123 - of a descriptor with its mode
                yield file
                file.flush()
                os.fsync(file.fileno())
            path.hardlink_to(draft)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _file_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="backup.file",
            place=str(path),
            message_en=f"the file cannot be used: {error.strerror or error}",
            message_zh=f"文件无法使用：{error.strerror or error}",
            remedy_en="Name a file that can be read, or a new one on a disk with room; a backup is never written over.",
            remedy_zh="请指定可读取的文件，或空间充足的磁盘上的新文件；备份从不覆盖。",
        ) from error
