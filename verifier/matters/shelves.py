# SPDX-License-Identifier: Apache-2.0
"""Facts on disk, sorted by family and matter, with the corrections that took some of them back."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from ledger.kinds.control import Correction
from verifier.matters.family import Placed
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.workspace import Workspace

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS matter_fact (family TEXT, matter TEXT, seq INTEGER, name TEXT, leaf TEXT, party TEXT,
        day INTEGER, known INTEGER, said BLOB)""",
    """CREATE TABLE IF NOT EXISTS matter_about (family TEXT, about TEXT, seq INTEGER, name TEXT, leaf TEXT, party TEXT,
        day INTEGER, known INTEGER, said BLOB)""",
    "CREATE TABLE IF NOT EXISTS matter_called (family TEXT, called TEXT, matter TEXT)",
    """CREATE TABLE IF NOT EXISTS matter_reversal (name TEXT PRIMARY KEY, seq INTEGER, by TEXT, leaf TEXT, day INTEGER)
        WITHOUT ROWID""",
)
_ADD: Final = "INSERT INTO matter_fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_ABOUT: Final = "INSERT INTO matter_about VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS matter_fact_name ON matter_fact (family, name)",
    "CREATE INDEX IF NOT EXISTS matter_called_by ON matter_called (family, called)",
)
_PLACE_CALLED: Final = """
    INSERT INTO matter_fact SELECT DISTINCT a.family, c.matter, a.seq, a.name, a.leaf, a.party, a.day, a.known, a.said
    FROM matter_about a JOIN matter_called c ON c.family = a.family AND c.called = a.about"""
_PLACE: Final = """
    INSERT INTO matter_fact SELECT DISTINCT a.family, f.matter, a.seq, a.name, a.leaf, a.party, a.day, a.known, a.said
    FROM matter_about a JOIN matter_fact f ON f.family = a.family AND f.name = a.about"""
_MATTERS: Final = """
    SELECT f.matter, f.seq, f.name, f.leaf, f.party, f.day, f.known, f.said, r.seq, r.by, r.leaf, r.day
    FROM matter_fact f LEFT JOIN matter_reversal r ON r.name = f.name
    WHERE f.family = ? ORDER BY f.matter, f.seq, f.rowid"""

_ENCODER: Final = msgspec.msgpack.Encoder()


class FactRow(NamedTuple):
    """A fact as it lies on disk; days are ordinals, `leaf` hex; the last four are of the correction that took it back."""

    matter: str
    seq: int
    name: str
    leaf: str
    party: str
    day: int
    known: int
    said: bytes
    reversed_seq: int | None = None
    reversed_by: str | None = None
    reversed_leaf: str | None = None
    reversed_day: int | None = None


class Shelves:
    """Facts of all families. Fill in log order, `close` once, then read family by family."""

    def __init__(self, workspace: Workspace) -> None:
        """No fact yet; tables of their own in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._facts = workspace.batch(_ADD)
        self._abouts = workspace.batch(_ADD_ABOUT)
        self._called = workspace.batch("INSERT INTO matter_called VALUES (?, ?, ?)")
        self._reversals = workspace.batch("INSERT OR IGNORE INTO matter_reversal VALUES (?, ?, ?, ?, ?)")

    def add(self, family: str, placed: Placed[Any], posted: PostedEvent, case: Case) -> None:
        """One more fact of `family`, said by `posted`."""
        rows, where = (
            (self._facts, placed.matter) if placed.matter is not None else (self._abouts, placed.about)
        )
        if placed.called is not None and placed.matter is not None:
            self._called.add(family, placed.called, placed.matter)
        rows.add(
            family,
            where,
            posted.seq,
            posted.name,
            posted.leaf.hex(),
            posted.party,
            posted.event.occurred_on.toordinal(),
            case.recorded_on(posted).toordinal(),
            _ENCODER.encode(placed.said),
        )

    def reverse(self, posted: PostedEvent, correction: Correction) -> None:
        """The facts of the event that `correction` names no longer stand."""
        day = posted.event.occurred_on.toordinal()
        self._reversals.add(correction.event, posted.seq, posted.name, posted.leaf.hex(), day)

    def close(self) -> None:
        """What names an earlier event lies with the matters in which that event stands; what names none is dropped.

        First those that name a matter by what it is called: others may name these.
        """
        for statement in (*_INDEXES, _PLACE_CALLED, _PLACE, "DELETE FROM matter_about"):
            self._workspace.run(statement)

    def matters(self, family: str) -> Iterator[tuple[str, tuple[FactRow, ...]]]:
        """Each matter of `family` with its facts in log order, one matter in memory at a time."""
        rows = self._workspace.rows(FactRow, _MATTERS, (family,))
        for matter, group in groupby(rows, key=itemgetter(0)):
            yield matter, tuple(group)
