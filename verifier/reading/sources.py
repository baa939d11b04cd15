# SPDX-License-Identifier: Apache-2.0
"""Where a ledger is read from: an export folder, a bundle file, an http(s) address, or a live database.

A source is never believed: it hands out bytes, and `verifier.integrity.walk` judges them. What a source
may do wrong is told
apart from what the machine may do wrong: a part that is missing or malformed is an `InputError` (the ledger is broken,
exit 2), a disk or network that fails is an `EnvironmentFault` (nothing is known, exit 3).
"""

import contextlib
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, Protocol

from ledger.bundle import BundleReader
from ledger.errors import EnvironmentFault, InputError
from verifier.reading.static_log import StaticLog, missing, within
from verifier.reading.web_source import open_web

SOURCE_GROUP: Final = "fundtrace.sources"
"""Entry-point group; the server extra brings `db`, a function from a database URL to a source."""


class Source(Protocol):
    """One log at one moment; every method may be called any number of times.

    Methods raise `InputError` for what the log lacks or spells wrongly, `EnvironmentFault` for a failing machine.
    """

    @property
    def size(self) -> int:
        """How many entries the checkpoint of the source promises."""
        ...

    def checkpoint(self) -> bytes:
        """The signed note, always the same one."""
        ...

    def policy(self) -> str | None:
        """The policy file that the source itself offers, or None."""
        ...

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of entries `start` to `stop` − 1 in order; it ends early or raises where the source lacks one."""
        ...

    def fetch(self, path: str) -> bytes:
        """The bytes of a hash tile by its path below the log, such as ``tile/0/000.p/3``."""
        ...

    def anchor(self, path: str) -> bytes:
        """The bytes of a file below ``anchor/``; the index there is no newer than the checkpoint (`ledger.anchor`)."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def open_source(text: str) -> Source:
    """The log that `text` names: an http(s) address, an export folder, or a bundle file.

    Raises:
        EnvironmentFault: there is nothing of that name, or it cannot be read.
        InputError: it is there and is no log.
    """
    if text.startswith(("http://", "https://")):
        return open_web(text)
    path = Path(text)
    if path.is_dir():
        return StaticLog(folder_reader(path))
    if path.is_file():
        return _open_bundle(path)
    raise EnvironmentFault(
        code="source.absent",
        place=text,
        message_en="there is no such folder or file",
        message_zh="没有这样的文件夹或文件",
        remedy_en="Give an export folder, a bundle file, an http(s) address, or --db URL.",
        remedy_zh="请提供导出文件夹、打包文件、http(s) 地址，或 --db URL。",
    )


def _open_bundle(path: Path) -> StaticLog:
    opened = contextlib.ExitStack()
    bundle = opened.enter_context(BundleReader(path))
    try:
        return StaticLog(lambda name, limit: within(bundle.read(name), limit, name), close=opened.close)
    except InputError:
        opened.close()
        raise


def open_database(url: str) -> Source:
    """The live log in the database at `url`, opened by the server extra.

    Raises:
        EnvironmentFault: the server extra is not installed, or the database cannot be opened.
    """
    for point in entry_points(group=SOURCE_GROUP, name="db"):
        try:
            opened: Source = point.load()(url)
        except ModuleNotFoundError as error:
            raise _no_database(f"{error.name} is missing", f"缺少 {error.name}") from error
        return opened
    raise _no_database("nothing here opens them", "没有相应的组件")


def _no_database(why_en: str, why_zh: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="source.no-database",
        place="--db",
        message_en=f"this installation cannot read databases: {why_en}",
        message_zh=f"当前安装不能读取数据库：{why_zh}",
        remedy_en="Install fundtrace[server], or verify an export folder.",
        remedy_zh="请安装 fundtrace[server]，或改为验证导出文件夹。",
    )


def folder_reader(folder: Path) -> Callable[[str, int], bytes]:
    """A function from a path below `folder`, and a limit in bytes, to the bytes of that file."""

    def read(path: str, limit: int) -> bytes:
        try:
            with (folder / path).open("rb") as file:
                return within(file.read(limit + 1), limit, path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise missing(path) from error
        except OSError as error:
            raise EnvironmentFault(
                code="source.unreadable",
                place=str(folder / path),
                message_en=f"the file cannot be read: {error.strerror or error}",
                message_zh=f"无法读取文件：{error.strerror or error}",
                remedy_en="Check the disk and the permissions of the folder, then verify again.",
                remedy_zh="请检查磁盘和文件夹权限后重新验证。",
            ) from error

    return read
