# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all, and are on disk before what depends on them is begun.

Each file is written under a name of its own, synced, and renamed; a rename is durable once its folder is synced,
which `StaticFolder.sync` does for all folders touched since.
"""

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.errors import EnvironmentFault

if sys.platform != "win32":
    import fcntl

READ_BYTES: Final = 1 << 20


class StaticFolder:
    """A folder of published files, which is created when the first file is written."""

    __slots__ = ("_root", "_touched")

    def __init__(self, root: Path) -> None:
        """Write below `root`."""
        self._root = root
        self._touched: set[Path] = set()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """For the time of the block no other process that asks for it writes here; a crash lets go of it.

        Two writers at once could put an older checkpoint over a newer one.

        Raises:
            EnvironmentFault: another process is writing here, or the folder cannot be made.
        """
        with _file_faults(self._root):
            self._make_folder(self._root)
        with _locked(self._root, os.O_RDONLY, target=self._root):
            yield

    def read(self, name: str, limit: int = READ_BYTES) -> bytes | None:
        """Return the file `name` of `limit` bytes at most, or None if there is none.

        Raises:
            EnvironmentFault: it cannot be read, or is larger.
        """
        with _file_faults(self._root / name):
            try:
                with (self._root / name).open("rb") as file:
                    data = file.read(limit + 1)
            except FileNotFoundError:
                return None
            if len(data) > limit:
                raise OSError(f"more than {limit} bytes")
        return data

    def write(self, name: str, data: bytes) -> None:
        """Replace the file `name` by `data`, at once and with the data on disk; the name is durable after `sync`.

        Raises:
            EnvironmentFault: the disk refused; the file is as it was.
        """
        path = self._root / name
        with _file_faults(path):
            self._make_folder(path.parent)
            draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            try:
                with draft.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            except BaseException:
                with contextlib.suppress(OSError):  # the first fault is the one to tell
                    draft.unlink(missing_ok=True)
                raise
        self._touched.add(path.parent)

    def keep(self, name: str) -> None:
        """Let `sync` make the name of a file durable that an interrupted run may have left so."""
        self._touched.add((self._root / name).parent)

    def sync(self) -> None:
        """Make every name written or kept since the last call durable.

        Raises:
            EnvironmentFault: the disk refused.
        """
        for folder in sorted(self._touched):
            if (
                sys.platform == "win32"
            ):  # folders cannot be synced there; the file system keeps a journal of names
                continue
            with _file_faults(folder):
                descriptor = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        self._touched.clear()

    def _make_folder(self, folder: Path) -> None:
        """Create `folder` and what is missing above it; each new name is synced with its parent by `sync`."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        self._touched.add(folder.parent)


@contextlib.contextmanager
def alone_at(path: Path) -> Iterator[None]:
    """For the time of the block no other process that asks for it replaces the file `path`; a crash lets go of it.

    The file itself is replaced, so that the lock is an empty file beside it, which is taken away with the block.

    Raises:
        EnvironmentFault: another process is writing the file, or its folder cannot be written.
    """
    beside = path.with_name(f".{path.name}.lock")
    with _locked(beside, os.O_RDWR | os.O_CREAT, target=path) as descriptor:
        if descriptor is not None and not _is_at(descriptor, beside):
            raise _taken(path, "the other has just ended")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # an empty file that stays is in nobody's way
                beside.unlink()


@contextlib.contextmanager
def _locked(path: Path, flags: int, *, target: Path) -> Iterator[int | None]:
    """For the time of the block `path` is locked, by that descriptor, for whoever writes `target`.

    None on a system without such a lock.
    """
    if sys.platform == "win32":  # the person who starts two exports or mirrors of one target is warned
        yield None
        return
    with _file_faults(path):
        descriptor = os.open(path, flags, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _taken(target, error.strerror) from error
        yield descriptor
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether `path` is still the file that was opened; its last owner may have taken it away before it was locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _file_faults(path: Path) -> Iterator[None]:
    """Turn what the operating system says of `path` into an `EnvironmentFault` that names it."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            code="publish.file-fault",
            place=str(path),
            message_en=f"the file cannot be used: {error.strerror or error}",
            message_zh=f"无法使用该文件：{error.strerror or error}",
            remedy_en="Check permissions and free space, then run the command again: what is shown now is still whole.",
            remedy_zh="请检查权限与磁盘剩余空间后重新运行：当前展示的内容仍然完整。",
        ) from error


def _taken(path: Path, reason: str | None) -> EnvironmentFault:
    return EnvironmentFault(
        code="publish.taken",
        place=str(path),
        message_en=f"another process is writing here ({reason})",
        message_zh=f"另一进程正在写入此处（{reason}）",
        remedy_en="Wait until it is done; what is shown now is whole.",
        remedy_zh="请等待其完成；当前展示的内容完整。",
    )
