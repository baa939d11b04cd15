# SPDX-License-Identifier: Apache-2.0
"""Where checkpoints of our own are left and looked for: beside the log key, and in the published folder (spec §2.15)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from api.log_key import log_key_path
from ledger.errors import EnvironmentFault
from ledger.key_files import replace_secret
from ledger.note import MAX_NOTE_BYTES
from ledger.own_checkpoints import find_rival
from ledger.publisher import CHECKPOINT
from ledger.store.engine import reading
from ledger.store.log_key_changes import log_keys_of
from ledger.store.log_reader import LogReader

HEAD_SUFFIX: Final = ".head"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFile:
    """A file with a signed checkpoint; a `ledger.own_checkpoints.Place`."""

    path: Path

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    @property
    def ours(self) -> bool:
        """Yes: nobody else writes there."""
        return True

    def note(self) -> bytes | None:
        """Return what the file holds; None where there is no such file.

        Raises:
            EnvironmentFault: it cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                return file.read(MAX_NOTE_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EnvironmentFault(
                code="ledger.place-unreadable",
                place=str(self.path),
                message_en=f"whether this log has signed more cannot be seen here: {error.strerror or error}",
                message_zh=f"无法在此查看本日志是否已签发更多：{error.strerror or error}",
                remedy_en="Let this process read the file.",
                remedy_zh="请允许本进程读取该文件。",
            ) from error

    def keep(self, note: bytes) -> None:
        """The file holds `note`, whole or as before.

        Raises:
            EnvironmentFault: it cannot be written.
        """
        if self.note() != note:
            replace_secret(self.path, note)


def head_file(log_key: Path) -> NoteFile:
    """The file beside the log's key file that remembers the newest checkpoint shown to anybody."""
    return NoteFile(path=log_key.with_name(log_key.name + HEAD_SUFFIX))


def published_folder(folder: Path) -> NoteFile:
    """The checkpoint in an export folder."""
    return NoteFile(path=folder / CHECKPOINT)


def remember_newest(engine: Engine) -> None:
    """The file beside the log key holds the newest checkpoint, if the key lies on this machine and nothing contradicts it.

    Raises:
        EnvironmentFault: the database failed, or the file cannot be written.
    """
    try:
        path = log_key_path(engine)
    except EnvironmentFault:
        return  # published by a machine that signs nothing
    if not path.exists():
        return
    head = head_file(path)
    with reading(engine) as connection:
        newest, keys = LogReader(connection).head(), log_keys_of(connection)
        if newest is None or not keys.ever:
            return
        contradicted = find_rival(connection, [head], origin=keys.ever[0].name, keys=keys.ever)
    if contradicted is None:
        head.keep(newest.note)
