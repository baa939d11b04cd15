# SPDX-License-Identifier: Apache-2.0
"""The form of a rule pack: every number with unit, legal basis and how well that basis is known; read strictly.

As one file a pack is a JSON object ``{id, version, title, rows}``. As it ships it is a folder: ``pack.json`` without the
rows, and for each rule a file named after it that lists its rows. Both forms refuse the same things.
"""

import datetime
import hashlib
from collections.abc import Container, Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ledger.canonical import jcs
from ledger.errors import FormatError
from ledger.kinds.form import TEXT_CHARACTERS_MAX, Version
from ledger.party import Id, Level
from verifier.basis.findings import Record
from verifier.basis.strict_json import line_of, read_json
from verifier.basis.working_days import Unit
from verifier.language import Told

Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
ParameterName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}(?!\\n)$")]


class PackRow(Record, frozen=True, kw_only=True):
    """Defaults of one rule, narrowed to a level or to direct funds, from `effective_on` on where it says so.

    A `final` row wins over what policies and funds say; packs of auditors have such rows, packs that ship have none.
    `status` says how well `basis` is known: ``law`` read in the statute, ``published`` seen in a published document,
    ``convention`` neither. `unit` is that of the parameter `days`.
    """

    id: Id
    rule: Id
    parameters: dict[ParameterName, Number]
    status: Literal["law", "published", "convention"]
    basis: Told
    unit: Unit | None = None
    level: Level | None = None
    direct: Literal[True] | None = None
    effective_on: datetime.date | None = None
    final: Literal[True] | None = None


class _Head(Record, frozen=True, kw_only=True):
    id: Id
    version: Version
    title: Told


class Pack(Record, frozen=True, kw_only=True):
    """A rule pack: id, version, title, rows; rows of one rule from the most general to the most particular."""

    id: Id
    version: Version
    title: Told
    rows: tuple[PackRow, ...]

    @property
    def name(self) -> str:
        """Id and version, as findings name it."""
        return f"{self.id}/{self.version}"

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the JCS of the pack: two packs with one digest say the same."""
        return hashlib.sha256(jcs(msgspec.to_builtins(self))).hexdigest()


def parse_pack(data: bytes, *, place: str) -> Pack:
    """The pack that the file `data` holds.

    Raises:
        FormatError: naming line and field; no pack, a key or a row id twice, a value in a second spelling.
        LimitError: more than `strict_json.JSON_BYTES_MAX` bytes.
    """
    pack: Pack = read_json(data, Pack, place=place, wrong=_wrong)
    _check_rows(pack.rows, (), "$.rows", data, place)
    return pack


def pack_of_parts(parts: Iterable[tuple[str, bytes]], *, place: str) -> Pack:
    """The pack whose folder holds the files `parts` (name, bytes): ``pack.json`` and rows by rule.

    Raises:
        FormatError, LimitError: as `parse_pack`; or a file holds rows of another rule than it is named after.
    """
    files = dict(sorted(parts))
    head: _Head = read_json(files.pop("pack.json", b""), _Head, place=f"{place}/pack.json", wrong=_wrong)
    rows: list[PackRow] = []
    for name, data in files.items():
        where = f"{place}/{name}"
        found: tuple[PackRow, ...] = read_json(data, tuple[PackRow, ...], place=where, wrong=_wrong)
        strange = next((row for row in found if f"{row.rule}.json" != name), None)
        if strange is not None:
            raise _wrong(
                where, f"row {strange.id} is of rule {strange.rule}", f"{strange.id} 属于规则 {strange.rule}"
            )
        _check_rows(found, {row.id for row in rows}, "$", data, where)
        rows += found
    return Pack(id=head.id, version=head.version, title=head.title, rows=tuple(rows))


def _check_rows(
    rows: tuple[PackRow, ...], taken: Container[str], rows_at: str, data: bytes, place: str
) -> None:
    """Ids stand once and are none of `taken`; days say of which kind they are; the basis is said twice."""
    seen: set[str] = set()
    for index, row in enumerate(rows):
        where = f"{place}:{line_of(data.decode(), f'{rows_at}[{index}]')}"
        if row.id in seen or row.id in taken:
            raise _wrong(where, f"a second row has the id {row.id}", f"编号 {row.id} 重复")
        if "days" in row.parameters and row.unit is None:
            raise _wrong(where, f"row {row.id} has days and no unit", f"{row.id} 有天数而未注明 unit")
        if not all(0 < len(text) <= TEXT_CHARACTERS_MAX for text in (row.basis.zh, row.basis.en)):
            raise _wrong(where, f"row {row.id} has no basis, or too long a one", f"{row.id} 的依据为空或过长")
        seen.add(row.id)


def _wrong(place: str, en: str, zh: str) -> FormatError:
    return FormatError(
        code="pack-form",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="Begin with what `fundtrace audit --show-pack NAME --json` prints, and change numbers and bases there.",
        remedy_zh="请以 fundtrace audit --show-pack NAME --json 的输出为底稿，修改其中的参数和依据。",
    )
