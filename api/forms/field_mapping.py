# SPDX-License-Identifier: Apache-2.0
"""Field names of another system as titles of a form, its codes as ids of the ledger, and what a row there means here.

Codes are translated by a list that the bureau keeps: account numbers never enter the ledger, and its parties have ids of
its own. Where a field is `listed`, a code that the list does not have is refused.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any, Final

import msgspec

from api.forms.form import Column, form_of
from api.forms.titles import folded
from ledger.errors import EnvironmentFault, FormatError, InputError
from ledger.intake.cells import Cell, refused, text_of

CODES_MAX: Final = 200_000
CODE_TITLES: Final = ("field", "code", "id")

Codes = Mapping[tuple[str, str], str]
"""(field of the form, code of the other system) → what the ledger calls it."""


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a row means whose field `filled` is filled in, or any row: fields it sets, and fields it drops."""

    filled: str | None = None
    set: dict[str, str] = msgspec.field(default_factory=dict)
    drop: tuple[str, ...] = ()


class KindMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind is read: foreign name to field, names that are not taken, fields whose codes must be listed."""

    columns: dict[str, str]
    untaken: tuple[str, ...]
    listed: tuple[str, ...]
    given: tuple[str, ...]
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """A mapping for one kind of event, with the bureau's list of codes."""

    name: str
    kind: str
    rules: KindMapping
    codes: Codes = field(default_factory=dict)

    def columns(self) -> dict[str, Column]:
        """The column for each foreign name, folded."""
        known = {one.name: one for one in form_of(self.kind).columns}
        return {folded(name): known[wanted] for name, wanted in self.rules.columns.items()}

    def untaken(self) -> frozenset[str]:
        """Foreign names that are known and left out, folded."""
        return frozenset(folded(name) for name in self.rules.untaken)

    def translated(self, cell: Cell, column: Column) -> Cell:
        """What the ledger calls the code in `cell`.

        Raises:
            FormatError: the field must be listed, and the code is not.
        """
        found = self.codes.get((column.name, text_of(cell)))
        if found is None and column.name in self.rules.listed:
            raise refused(
                "code.unlisted",
                ("the list of codes does not say what the ledger calls it", "代码对照表中没有该代码"),
                (
                    f"add a row {column.name},{text_of(cell)[:40]},ID to the file of --codes",
                    f"请在 --codes 文件中增加一行：{column.name},{text_of(cell)[:40]},账本编号",
                ),
            )
        return cell if found is None else found

    def meant(self, fields: dict[str, Any]) -> None:
        """`fields` are those of the event that the row means."""
        for case in self.rules.cases:
            if case.filled is None or fields.get(case.filled) is not None:
                fields.update(case.set)
                for name in case.drop:
                    fields.pop(name, None)
                return


def mapping_named(name: str, kind: str, codes: Codes) -> FieldMapping:
    """The mapping that comes with the program under `name`, for `kind`.

    Raises:
        InputError: there is none of that name, or it does not speak of that kind.
    """
    folder = package_files("api.forms") / "mappings"
    names = sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))
    if name not in names:
        raise _no_mapping(name, f"there are {', '.join(names)}", f"可用：{'、'.join(names)}")
    kinds = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
    if kind not in kinds:
        raise _no_mapping(name, f"it is for {', '.join(kinds)}, not {kind}", f"仅用于 {'、'.join(kinds)}")
    return FieldMapping(name=name, kind=kind, rules=msgspec.convert(kinds[kind], KindMapping), codes=codes)


def read_codes(path: Path) -> dict[tuple[str, str], str]:
    """The list of codes in the CSV file at `path`: columns field, code, id.

    Raises:
        FormatError: another header, a row of another width, a code twice, or too many.
        EnvironmentFault: it cannot be read.
    """
    found: dict[tuple[str, str], str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            if tuple(next(rows, ())) != CODE_TITLES:
                raise _bad_codes(path, 1, "the titles are not field,code,id", "表头不是 field,code,id")
            for number, row in _filled(rows):
                if len(row) != len(CODE_TITLES) or not all(cell.strip() for cell in row):
                    raise _bad_codes(
                        path, number, "a row needs field, code and id", "每行须有字段、代码、编号"
                    )
                name, code, identifier = (cell.strip() for cell in row)
                if found.setdefault((name, code), identifier) != identifier or len(found) > CODES_MAX:
                    raise _bad_codes(
                        path,
                        number,
                        f"{code} has two ids, or the list is too long",
                        f"{code} 对应两个编号，或表过长",
                    )
    except OSError as error:
        raise EnvironmentFault(
            code="codes.unreadable",
            place=str(path),
            message_en=f"the list of codes cannot be read: {error.strerror or error}",
            message_zh=f"无法读取代码对照表：{error.strerror or error}",
            remedy_en="Check the path.",
            remedy_zh="请核对路径。",
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad_codes(path, 0, f"no CSV in UTF-8: {error}", f"不是 UTF-8 的 CSV：{error}") from error
    return found


def _filled(rows: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - a reader of csv
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            yield number, row


def _bad_codes(path: Path, row: int, en: str, zh: str) -> FormatError:
    return FormatError(
        code="codes.form",
        place=f"{path.name}, row {row}",
        message_en=en,
        message_zh=zh,
        remedy_en="Correct the row; docs/bureau/integrated-budget.md shows the form.",
        remedy_zh="请更正该行；格式见 docs/bureau/integrated-budget.md。",
    )


def _no_mapping(name: str, en: str, zh: str) -> InputError:
    return InputError(
        code="form.no-mapping",
        place="--mapping",
        message_en=f"the mapping {name[:40]!r} cannot be used: {en}",
        message_zh=f"不能使用映射 {name[:40]!r}：{zh}",
        remedy_en="Choose another mapping or kind.",
        remedy_zh="请更换映射或种类。",
    )
