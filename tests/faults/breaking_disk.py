# SPDX-License-Identifier: Apache-2.0
"""A disk on which a process stops at a chosen file operation, and which knows what a power cut would undo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from tests.faults.breaking import Crash

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Disk:
    """Watches the file operations of an export, stops at one of them, and knows what a power cut would undo.

    A rename is undone by a power cut until its folder was synced; what it replaced comes back.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Watch `os.fsync`, `Path.replace`, `Path.mkdir` and the opening of new files."""
        self.count = 0
        self.stop_at: int | None = None
        self.after = False
        self.failure: Callable[[], BaseException] = Crash
        self.unsynced: dict[Path, bytes | None] = {}
        real_fsync, real_replace, real_mkdir, real_open = os.fsync, Path.replace, Path.mkdir, Path.open

        def fsync(descriptor: int) -> None:
            place = Path(f"/proc/self/fd/{descriptor}").readlink()
            self.step(lambda: real_fsync(descriptor))
            for path in [path for path in self.unsynced if path.parent == place]:
                del self.unsynced[path]

        def replace(source: Path, target: Path) -> Path:
            old = target.read_bytes() if target.exists() else None
            self.unsynced.setdefault(target.resolve(), old)
            self.step(lambda: real_replace(source, target))
            return target

        def mkdir(path: Path, *, exist_ok: bool = False) -> None:
            self.step(lambda: real_mkdir(path, exist_ok=exist_ok))

        def open_(path: Path, mode: str = "r") -> IO[bytes]:
            if "x" not in mode:
                return cast("IO[bytes]", real_open(path, mode))
            self.step(lambda: real_open(path, mode).close())
            return cast("IO[bytes]", real_open(path, "wb"))

        patch.setattr(os, "fsync", fsync)
        patch.setattr(Path, "replace", replace)
        patch.setattr(Path, "mkdir", mkdir)
        patch.setattr(Path, "open", open_)

    def step(self, operation: Callable[[], object]) -> None:
        """One file operation; the process may die before it, or after it."""
        self.count += 1
        if self.count == self.stop_at and not self.after:
            raise self.failure()
        operation()
        if self.count == self.stop_at:
            raise self.failure()

    def cut_power(self, *, spare: str | None = None) -> None:
        """Undo every rename that is not yet durable, but not that of the file named `spare`."""
        for path, old in self.unsynced.items():
            if path.name == spare:
                continue
            path.unlink(missing_ok=True)
            if old is not None:
                path.write_bytes(old)
