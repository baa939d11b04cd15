# SPDX-License-Identifier: Apache-2.0
"""Reports as files: JSON by this install, pages, prints and workbooks by whatever else is installed (entry points).

What a user asks for is known to be possible before the ledger is read: judging a large one takes long.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import EnvironmentFault, FormatError
from verifier.audit_report.records import Report
from verifier.language import Language
from verifier.new_file import new_file, unwritable

WRITER_GROUP: Final = "fundtrace.reports"
"""Entry-point group; each is called ``write(report, language)`` and answers the bytes of a file with that ending."""
ENDINGS: Final = ("html", "pdf", "xlsx", "json")
EXTRA: Final = "fundtrace[report]"
STEM: Final = "report"
PACKS: Final = "evidence"

Writer = Callable[[Report, Language], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A file to be written, and what writes it; `packs` is the folder for evidence packs that comes with it."""

    path: Path
    write: Writer
    packs: Path | None = None


def planned(asked: Iterable[Path]) -> tuple[Planned, ...]:
    """The files to write for each path: a file by its ending, or a folder with one of each kind and packs of evidence.

    Raises:
        FormatError: a file with another ending.
        EnvironmentFault: a file is there already, or what writes its kind is not installed.
    """
    made = [one for path in asked for one in _planned(path)]
    for one in made:
        if one.path.exists():
            raise unwritable(one.path, FileExistsError(17, "File exists"))
    return tuple(made)


def write_files(plan: Iterable[Planned], report: Report, language: Language, packs: Path | None) -> None:
    """Every planned file holds `report`; text for people is in `language`, links lead to the folder `packs`.

    Raises:
        EnvironmentFault: a file cannot be written.
    """
    for one in plan:
        make_folder(one.path.parent)
        held = report if packs is None else msgspec.structs.replace(report, packs=_from(one.path, packs))
        with new_file(one.path) as draft:
            draft.write_bytes(one.write(held, language))


def _from(file: Path, folder: Path) -> str:
    """The way from where `file` lies to `folder`, as links are written."""
    return Path(os.path.relpath(folder, file.parent)).as_posix()


def make_folder(folder: Path) -> None:
    """`folder` is there.

    Raises:
        EnvironmentFault: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def to_json(report: Report, _language: Language) -> bytes:
    """The report for programs, both languages in it; two spaces a level, a line feed at the end."""
    text = json.dumps(msgspec.to_builtins(report, str_keys=True), ensure_ascii=False, indent=2)
    return f"{text}\n".encode()


def _planned(path: Path) -> list[Planned]:
    ending = path.suffix.lower().removeprefix(".")
    if path.is_dir() or not ending:
        return [
            Planned(path=path / f"{STEM}.{one}", write=_writer(one), packs=path / PACKS) for one in ENDINGS
        ]
    if ending not in ENDINGS:
        raise FormatError(
            code="report.ending",
            place=str(path),
            message_en=f"a report is a folder, or a file that ends in {', '.join(f'.{one}' for one in ENDINGS)}",
            message_zh=f"报告须为文件夹，或以 {'、'.join(f'.{one}' for one in ENDINGS)} 结尾的文件",
            remedy_en="Name it so.",
            remedy_zh="请更改名称。",
        )
    return [Planned(path=path, write=_writer(ending))]


def _writer(ending: str) -> Writer:
    if ending == "json":
        return to_json
    for point in entry_points(group=WRITER_GROUP, name=ending):
        try:
            write: Writer = point.load()
        except ModuleNotFoundError as error:
            raise _no_writer(ending, str(error.name)) from error
        return write
    raise _no_writer(ending, EXTRA)


def _no_writer(ending: str, missing: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="report.no-writer",
        place=f"--report .{ending}",
        message_en=f"this installation cannot write it: {missing} is missing",
        message_zh=f"当前安装不能写出该格式：缺少 {missing}",
        remedy_en=f"pip install '{EXTRA}', or ask for a .json report.",
        remedy_zh=f"请安装 {EXTRA}，或改用 .json 报告。",
    )
