# SPDX-License-Identifier: Apache-2.0
"""Joins: rows of other tables beside the row at hand, by key, held with the cells that the mapping names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ledger.errors import FormatError
from ledger.intake.cells import Cell, refused, text_of
from ledger.intake.mapping import Join
from ledger.intake.tables import Row

Cells = dict[str, Mapping[str, Cell] | None]
"""The cells of a row by table (or join name) and header name; None where a join found no partner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """The rows of one joined table by key; `doubled` are keys that stand twice where they may not."""

    join: Join
    rows: Mapping[str, Mapping[str, Cell]]
    doubled: frozenset[str]


def gather(join: Join, rows: Iterable[Row]) -> Partners:
    """The partners that `join` offers out of `rows`.

    Raises:
        FormatError: a key or a `where` cell that is no text.
    """
    found: dict[str, Mapping[str, Cell]] = {}
    doubled: set[str] = set()
    for row in rows:
        if any(text_of(row.cells[name]) != wanted for name, wanted in join.where.items()):
            continue
        key = text_of(row.cells[join.right])
        if key in found:
            doubled.add(key)
        if key and (key not in found or join.repeated == "last"):
            found[key] = row.cells
    return Partners(join=join, rows=found, doubled=frozenset(doubled if join.repeated == "refuse" else ()))


def beside(table: str, row: Row, partners: Iterable[Partners]) -> Cells:
    """The cells of `row` of `table` and of its partner in each join.

    Raises:
        FormatError: a partner is missing or doubled, and the join does not allow it.
    """
    cells: Cells = {table: row.cells}
    for one in partners:
        cells[one.join.name or one.join.table] = _partner(one, cells, table)
    return cells


def _partner(one: Partners, cells: Cells, table: str) -> Mapping[str, Cell] | None:
    left, _, header = one.join.left.rpartition(".")
    given = cells[left or table]
    key = text_of(given[header]) if given is not None else ""
    if key in one.doubled:
        raise _refuse(
            one.join, f"several rows with {one.join.right} {key!r}", f"多行的 {one.join.right} 为 {key!r}"
        )
    if key not in one.rows and one.join.missing == "refuse":
        raise _refuse(
            one.join, f"no row with {one.join.right} {key!r}", f"没有 {one.join.right} 为 {key!r} 的行"
        )
    return one.rows.get(key)


def good(rows: Iterator[Row]) -> Iterator[Row]:
    """`rows` as long as they are good.

    Raises:
        FormatError: at a row with a fault, naming it.
    """
    for row in rows:
        if row.fault is not None:
            raise refused(
                row.fault.code,
                (row.fault.message_en, row.fault.message_zh),
                (row.fault.remedy_en, row.fault.remedy_zh),
                place=f"row {row.number}",
            )
        yield row


def _refuse(join: Join, en: str, zh: str) -> FormatError:
    return refused(
        "join.partner",
        (f"table {join.table} has {en}", f"表 {join.table} 中{zh}"),
        (
            "give all files of the same day, or correct the key; the mapping may allow it",
            "请提供同一时点的全部文件，或更正关联键；也可在映射中放宽",
        ),
        place=join.left,
    )
