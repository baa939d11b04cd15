# SPDX-License-Identifier: Apache-2.0
"""The evidence files in a folder, by the hash of what they hold; names count for nothing but to find an altered one."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import EnvironmentFault


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFound:
    """A file at `path` (below the folder, with forward slashes) of `size` bytes with SHA-256 `hash` (hex)."""

    path: str
    size: int
    hash: str


def files_in(folder: Path) -> Iterator[FileFound]:
    """Every plain file below `folder`, sorted by name within each folder; links are not followed.

    Raises:
        EnvironmentFault: the folder is none, or a file cannot be read.
    """
    if not folder.is_dir():
        raise _unreadable(folder, "there is no such folder", "没有这个文件夹")
    for parent, folders, names in os.walk(folder, onerror=_failed):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield _found(folder, path)


def file_at(path: Path) -> FileFound:
    """The one file at `path`.

    Raises:
        EnvironmentFault: it cannot be read.
    """
    return _found(path.parent, path)


def _found(folder: Path, path: Path) -> FileFound:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), error.strerror or str(error)) from error
    return FileFound(path=path.relative_to(folder).as_posix(), size=size, hash=digest)


def _failed(error: OSError) -> None:
    raise _unreadable(Path(error.filename or "."), error.strerror or str(error), str(error)) from error


def _unreadable(path: Path, en: str, zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="attachments.unreadable",
        place=str(path),
        message_en=f"the evidence files cannot be read: {en}",
        message_zh=f"无法读取附件：{zh}",
        remedy_en="Check the name and the permissions of the folder, then verify again.",
        remedy_zh="请检查文件夹名称和权限后重新验证。",
    )
