# SPDX-License-Identifier: Apache-2.0
"""A mapping and its files, read into events: one pass over each table, all errors collected, nothing kept but keys.

The rows of a stage stream; the tables that it joins are held with the cells that the mapping names. Memory grows with
the distinct keys of `once` and `sum_by`, and with joined tables, not with rows.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ledger.document_number import one_spelling
from ledger.errors import FormatError
from ledger.intake.cells import refused
from ledger.intake.columns import RowValues, holds, prepare
from ledger.intake.grammar import joined
from ledger.intake.mapping import EventTemplate, Join, Stage
from ledger.intake.mapping import Mapping as MappingFile
from ledger.intake.partners import Partners, beside, gather, good
from ledger.intake.reckoning import Reckoning
from ledger.intake.rows import EventAt, RowError
from ledger.intake.tables import Header, Row, SourceFile, read_table
from ledger.intake.templates import Lookup, Text, Tree, Value, fill_text, fill_tree, parse_text, parse_tree
from ledger.kinds.form import Provenance
from ledger.kinds.vocabulary import KINDS, version_said

ERRORS_KEPT: Final = 10_000
"""So many errors are told in full; further ones are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """An event template with its texts parsed."""

    template: EventTemplate
    tree: Tree
    once: Text | None
    sum_by: Text | None


@dataclass(slots=True, kw_only=True)
class Reading:
    """One reading of the files of a mapping; take `events()` once, then look at errors and summaries."""

    mapping: MappingFile
    files: Mapping[str, SourceFile]
    errors: list[RowError] = field(default_factory=list)
    error_count: int = 0
    reckonings: list[Reckoning] = field(default_factory=list)
    seen: dict[str, dict[str, tuple[str, bytes]]] = field(default_factory=dict)
    """Kind → key of `once` → label of the template that made the first event, digest of its fields."""

    def events(self) -> Iterator[EventAt]:
        """The events of all stages in order; rows with errors give none and are kept in `errors`.

        Raises:
            FormatError: a file is not what the mapping says, as a whole.
            EnvironmentFault: a file cannot be read.
        """
        for stage in self.mapping.stages:
            reckoning = Reckoning(stage=stage)
            self.reckonings.append(reckoning)
            yield from _StageReading(reading=self, stage=stage, reckoning=reckoning).events()

    def summary(self) -> dict[str, Any]:
        """Plain data about files, errors and every stage."""
        files = [
            {"table": one.table, "file": one.path.name, "sha256": one.digest} for one in self.files.values()
        ]
        return {
            "mapping": self.mapping.id,
            "files": files,
            "errors": self.error_count,
            "stages": [one.summary() for one in self.reckonings],
            "equal": not any(one.unequal() for one in self.reckonings),
        }

    def note(self, error: RowError) -> None:
        """`error` is counted, and kept while there is room."""
        self.error_count += 1
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append(error)


@dataclass(slots=True, kw_only=True)
class _StageReading:
    """One pass over the table of a stage."""

    reading: Reading
    stage: Stage
    reckoning: Reckoning
    header: Header = field(init=False)
    groups: dict[str, dict[str, tuple[RowValues, dict[str, int]]]] = field(default_factory=dict)

    def events(self) -> Iterator[EventAt]:
        mapping, stage = self.reading.mapping, self.stage
        partners = [self._partners(join) for join in stage.joins]
        prepared = prepare(mapping, stage)
        ready = [_ready(template) for template in stage.events]
        self.header, rows = self._open(stage.table)
        for row in rows:
            values = RowValues(prepared=prepared, constants=mapping.constants, number=row.number, cells={})
            try:
                if row.fault is not None:
                    raise row.fault
                values.cells = beside(stage.table, row, partners)
                yield from self._row_events(values, ready)
            except FormatError as error:
                self._note(error, values)
        for one in ready:
            yield from self._group_events(one)

    def _row_events(self, values: RowValues, ready: list[_Ready]) -> Iterator[EventAt]:
        self.reckoning.count_row(values)
        for reason, skip in enumerate(self.stage.skips):
            if holds(skip.when, values.value):
                self.reckoning.count_skipped(values, reason)
                return
        self.reckoning.count_read(values)
        told: set[tuple[str, str]] = set()
        for one in ready:
            try:
                made = self._event(values, one)
            except FormatError as error:
                if (
                    error.place,
                    error.code,
                ) not in told:  # a bad cell spoils several events, and is told once
                    told.add((error.place, error.code))
                    self._note(error, values)
                continue
            if made is not None:
                yield made

    def _event(self, values: RowValues, one: _Ready) -> EventAt | None:
        if not holds(one.template.when, values.value):
            return None
        if one.sum_by is not None:
            groups = self.groups.setdefault(one.template.label, {})
            key = fill_text(one.sum_by, values.value)
            _, sums = groups.setdefault(key, (values, dict.fromkeys(one.template.sums, 0)))
            for name in sums:
                value = values.value(name)
                sums[name] += value if isinstance(value, int) else 0
            return None
        fields = _spelled(fill_tree(one.tree, values.value) or {})
        if one.once is not None and not self._first(one, fill_text(one.once, values.value), fields):
            return None
        return self._made(one, fields, values.number)

    def _first(self, one: _Ready, key: str, fields: dict[str, Any]) -> bool:
        """Whether `key` is new to its kind; a repeat by the same template with other values is counted."""
        seen = self.reading.seen.setdefault(one.template.kind, {})
        digest = hashlib.blake2b(repr(fields).encode(), digest_size=8).digest()
        made = (one.template.label, digest)
        known = seen.setdefault(key, made)
        if known is made:
            return True
        if known[0] == made[0] and known[1] != digest:
            self.reckoning.repeats[one.template.label] += 1
        return False

    def _group_events(self, one: _Ready) -> Iterator[EventAt]:
        for values, sums in self.groups.get(one.template.label, {}).values():
            if not any(sums.values()):
                continue
            try:
                fields = _spelled(fill_tree(one.tree, _with_sums(values, sums)) or {})
                yield self._made(one, fields, values.number)
            except FormatError as error:
                self._note(error, values)

    def _made(self, one: _Ready, fields: dict[str, Any], row: int) -> EventAt:
        digest = self.reading.files[self.stage.table].digest
        provenance = Provenance(file=digest, row=row, sheet=self.header.sheet)
        kind = one.template.kind
        told = {"v": version_said(kind, fields), "provenance": msgspec.to_builtins(provenance)}
        plain = {"kind": kind, **fields, **told}
        try:
            event = msgspec.convert(plain, KINDS[kind])
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at ")
            raise refused(
                "event.form",
                (
                    f"the {one.template.kind} event is not good: {what}",
                    f"{one.template.kind} 事件不符合格式：{what}",
                ),
                ("correct the cell or the template", "请更正单元格或事件模板"),
                place=f"{one.template.label}{where.strip('`').removeprefix('$')}",
            ) from error
        self.reckoning.count_event(one.template.label, event)
        return EventAt(event=event, label=one.template.label, table=self.stage.table)

    def _open(self, name: str) -> tuple[Header, Iterator[Row]]:
        return read_table(self.reading.files[name].path, self.reading.mapping.tables[name])

    def _partners(self, join: Join) -> Partners:
        _, rows = self._open(join.table)
        try:
            return gather(join, good(rows))
        except FormatError as error:
            raise refused(
                error.code,
                (error.message_en, error.message_zh),
                (error.remedy_en, error.remedy_zh),
                place=f"{self.reading.files[join.table].path.name}, {error.place}",
            ) from error

    def _note(self, error: FormatError, values: RowValues) -> None:
        prepared = values.prepared.get(error.place)
        table = joined(self.stage).get(prepared.table, self.stage.table) if prepared else self.stage.table
        headers = self.reading.mapping.tables[table].headers
        given = headers.get(prepared.header, error.place) if prepared else error.place
        self.reading.note(
            RowError(
                table=self.stage.table,
                file=self.reading.files[self.stage.table].path.name,
                sheet=self.header.sheet,
                row=values.number,
                column=given if isinstance(given, str) else given[0],
                value=values.raw(error.place),
                rule=error.code,
                message_en=error.message_en,
                message_zh=error.message_zh,
                remedy_en=error.remedy_en,
                remedy_zh=error.remedy_zh,
            )
        )


def _ready(template: EventTemplate) -> _Ready:
    return _Ready(
        template=template,
        tree=parse_tree(template.set),
        once=parse_text(template.once) if template.once is not None else None,
        sum_by=parse_text(template.sum_by) if template.sum_by is not None else None,
    )


def _with_sums(values: RowValues, sums: Mapping[str, int]) -> Lookup:
    def lookup(name: str) -> Value:
        return sums[name] if name in sums else values.value(name)

    return lookup


def _spelled(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with the number of their paper in its one spelling, so that two spellings of it are a repeat."""
    paper = fields.get("document")
    return {**fields, "document": one_spelling(paper)} if isinstance(paper, str) else fields
