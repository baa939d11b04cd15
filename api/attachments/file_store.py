# SPDX-License-Identifier: Apache-2.0
"""Where the content of evidence files lies: a protocol small enough for any object store, and a folder behind it."""

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Protocol

from ledger.errors import EnvironmentFault

_CHUNK: Final = 256 * 1024


class FileStore(Protocol):
    """Contents by their SHA-256 in hex; what is put stays, and is never changed.

    Methods raise `EnvironmentFault` where disk or network fails.
    """

    def size(self, digest: str) -> int | None:
        """Bytes of the content, or None if it is not there."""
        ...

    def put(self, digest: str, content: IO[bytes]) -> None:
        """Return once the rest of `content`, which the caller has hashed, is durable under `digest`."""
        ...

    def read(self, digest: str) -> Iterator[bytes]:
        """The content, piece by piece; it is there."""
        ...


class FolderStore:
    """A folder of files ``<first two digits>/<hash>``, as `verify --files` looks for them."""

    def __init__(self, folder: Path) -> None:
        """Keep contents below `folder`, which is made with the first of them."""
        self._folder = folder

    def size(self, digest: str) -> int | None:
        """Bytes of the content, or None."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _fault(self._path(digest), error) from error

    def put(self, digest: str, content: IO[bytes]) -> None:
        """Return once the content and its name are on disk; half a file is never seen under that name."""
        path = self._path(digest)
        draft = path.with_name(f".{digest}.{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                shutil.copyfileobj(content, file, _CHUNK)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            for folder in (path.parent, self._folder):
                _sync(folder)
        except OSError as error:
            raise _fault(path, error) from error
        finally:
            with contextlib.suppress(OSError):  # the first fault is the one to tell
                draft.unlink(missing_ok=True)

    def read(self, digest: str) -> Iterator[bytes]:
        """The content, piece by piece."""
        try:
            with self._path(digest).open("rb") as file:
                while piece := file.read(_CHUNK):
                    yield piece
        except OSError as error:
            raise _fault(self._path(digest), error) from error

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _sync(folder: Path) -> None:
    if sys.platform == "win32":  # folders cannot be synced there; the file system keeps a journal of names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fault(path: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault(
        code="attachments.store",
        place=str(path),
        message_en=f"the store of evidence files failed: {error.strerror or error}",
        message_zh=f"附件存储出错：{error.strerror or error}",
        remedy_en="Check the folder, its disk and its permissions, then send the file again.",
        remedy_zh="请检查存储文件夹、磁盘和权限，然后重新发送文件。",
    )
