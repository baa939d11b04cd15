# SPDX-License-Identifier: Apache-2.0
"""What a worksheet says beside its cells: merged ranges and hidden rows; and whether it is small enough to be read.

One pass over the XML in flat memory, before any cell is read. Document types are refused, as ECMA-376-2 §6.1.4 asks: they
are the door for entity bombs.
"""

import contextlib
import re
from dataclasses import dataclass, field
from typing import IO, Final
from xml.parsers import expat

from ledger.errors import FormatError
from ledger.intake.cells import refused

ROW_NUMBER_MAX: Final = 1_048_576
COLUMN_LETTERS_MAX: Final = 2
"""Cells up to column ZZ (702)."""
MERGES_MAX: Final = 20_000
HIDDEN_TOLD: Final = 1_000
"""So many hidden rows are told by number."""

_CHUNK: Final = 1 << 16
_RANGE: Final = re.compile(r"([A-Z]{1,2})([0-9]{1,7}):([A-Z]{1,2})([0-9]{1,7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merged range; rows from 1, columns from 0, both ends included."""

    ref: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(slots=True, kw_only=True)
class SheetFacts:
    """Merged ranges in the order of their rows, and the numbers of the first hidden rows."""

    merges: list[Merge] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    hidden_count: int = 0


def sheet_facts(source: IO[bytes], *, place: str) -> SheetFacts:
    """The facts of the worksheet in `source`.

    Raises:
        FormatError: broken XML, a document type, or rows, columns or merged ranges beyond the limits.
    """
    facts = SheetFacts()
    pass_ = _Pass(facts, place)
    parser = expat.ParserCreate()
    parser.StartElementHandler = pass_.start
    parser.StartDoctypeDeclHandler = pass_.refuse_doctype
    try:
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003 - the library has it by position
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except expat.ExpatError as error:
        raise not_a_form(place, f"its XML is broken: {error}", f"XML 已损坏：{error}") from error
    facts.merges.sort(key=lambda one: one.first_row)
    return facts


def refuse_doctype(source: IO[bytes], *, place: str) -> None:
    """Nothing, if no document type stands before the first element of the XML in `source`; broken XML is for its reader.

    Raises:
        FormatError: one does.
    """
    begun: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, _: begun.append(tag)
    parser.StartDoctypeDeclHandler = _Pass(SheetFacts(), place).refuse_doctype
    with contextlib.suppress(expat.ExpatError):
        while not begun and (chunk := source.read(_CHUNK)):
            parser.Parse(chunk, False)  # noqa: FBT003 - the library has it by position


def column_letters(position: int) -> str:
    """The letters of the column at `position` from 0: 0 → ``A``, 26 → ``AA``."""
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def not_a_form(place: str, en: str, zh: str) -> FormatError:
    """The refusal of a whole file."""
    return refused(
        "form.workbook",
        (en, zh),
        (
            "save it anew as .xlsx from a spreadsheet program, with the data alone on one sheet",
            "请用表格软件另存为 .xlsx，数据单独放在一个工作表",
        ),
        place=place,
    )


class _Pass:
    """Takes in start tags one after another."""

    def __init__(self, facts: SheetFacts, place: str) -> None:
        self._facts = facts
        self._place = place
        self._row = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "c":
                self._cell(attributes.get("r", ""))
            case "row":
                self._start_row(attributes)
            case "mergeCell":
                self._merge(attributes.get("ref", ""))
            case _:
                pass

    def refuse_doctype(self, *_: object) -> None:
        raise not_a_form(self._place, "it declares a document type", "其中声明了文档类型")

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", str(self._row + 1))
        if not number.isdecimal() or not self._row < int(number[:8]) <= ROW_NUMBER_MAX:
            raise not_a_form(
                self._place, f"row {number[:12]} is out of order", f"第 {number[:12]} 行次序有误"
            )
        self._row = int(number)
        if attributes.get("hidden") in {"1", "true"}:
            self._facts.hidden_count += 1
            if len(self._facts.hidden) < HIDDEN_TOLD:
                self._facts.hidden.append(self._row)

    def _cell(self, coordinate: str) -> None:
        letters = coordinate.rstrip("0123456789")
        if len(letters) > COLUMN_LETTERS_MAX:
            raise not_a_form(
                self._place,
                f"cell {coordinate[:12]} lies beyond column ZZ; delete the columns to the right of the data",
                f"单元格 {coordinate[:12]} 超出 ZZ 列，请删除数据右侧的列",
            )

    def _merge(self, ref: str) -> None:
        found = _RANGE.fullmatch(ref)
        if found is None or len(self._facts.merges) >= MERGES_MAX:
            raise not_a_form(
                self._place,
                f"merged range {ref[:24]!r} is broken, or one of more than {MERGES_MAX:,}",
                f"合并区域 {ref[:24]!r} 有误，或合并区域超过 {MERGES_MAX:,} 个",
            )
        self._facts.merges.append(
            Merge(
                ref=ref,
                first_row=int(found[2]),
                last_row=int(found[4]),
                first_column=_position(found[1]),
                last_column=_position(found[3]),
            )
        )


def _position(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
