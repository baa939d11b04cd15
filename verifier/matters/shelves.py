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
        day INTEGER, known INTEGER, said BLOB, via TEXT)""",
    """CREATE TABLE IF NOT EXISTS matter_about (family TEXT, about TEXT, seq INTEGER, name TEXT, leaf TEXT, party TEXT,
        day INTEGER, known INTEGER, said BLOB)""",
    "CREATE TABLE IF NOT EXISTS matter_called (family TEXT, called TEXT, matter TEXT)",
    """CREATE TABLE IF NOT EXISTS matter_reversal (name TEXT PRIMARY KEY, seq INTEGER, by TEXT, leaf TEXT, day INTEGER)
        WITHOUT ROWID""",
)
_ADD: Final = "INSERT INTO matter_fact VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_ADD_ABOUT: Final = "INSERT INTO matter_about VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS matter_fact_name ON matter_fact (family, name)",
    "CREATE INDEX IF NOT EXISTS matter_called_by ON matter_called (family, called)",
    "CREATE INDEX IF NOT EXISTS matter_about_by ON matter_about (family, about)",
)
_MATTER: Final = "CREATE INDEX IF NOT EXISTS matter_fact_matter ON matter_fact (family, matter, seq)"
_NEW: Final = """NOT EXISTS (
        SELECT 1 FROM matter_fact o
        WHERE o.family = a.family AND o.name = a.name AND o.matter = {to}.matter AND o.said = a.said)"""
_ABOUT: Final = "a.family, {to}.matter, a.seq, a.name, a.leaf, a.party, a.day, a.known, a.said"
_PLACE_CALLED: Final = tuple(
    f"""INSERT INTO matter_fact SELECT DISTINCT {_ABOUT.format(to="c")}, 'called'
    FROM {tables} ON c.family = a.family AND c.called = a.about
    WHERE {new}.rowid > ? AND {_NEW.format(to="c")}"""  # noqa: S608 - text of our own
    for new, tables in (
        ("a", "matter_about a CROSS JOIN matter_called c"),
        ("c", "matter_called c CROSS JOIN matter_about a"),
    )
)
_PLACE: Final = tuple(
    f"""INSERT INTO matter_fact SELECT DISTINCT {_ABOUT.format(to="f")}, 'named'
    FROM {tables} ON f.family = a.family AND f.name = a.about
    WHERE f.via IS NOT 'named' AND {new}.rowid > ? AND {_NEW.format(to="f")}"""  # noqa: S608 - as above
    for new, tables in (
        ("a", "matter_about a CROSS JOIN matter_fact f"),
        ("f", "matter_fact f CROSS JOIN matter_about a"),
    )
)
"""First what was said since, then what was placed or called since; CROSS JOIN so that the new rows are read first."""
_LAST: Final = "SELECT coalesce(max(rowid), 0) FROM "
_FACTS: Final = """
    SELECT f.matter, f.seq, f.name, f.leaf, f.party, f.day, f.known, f.said, r.seq, r.by, r.leaf, r.day
    FROM matter_fact f LEFT JOIN matter_reversal r ON r.name = f.name"""
_IN_ORDER: Final = "ORDER BY f.matter, f.seq, f.said"
_MATTERS: Final = f"{_FACTS} WHERE f.family = ? {_IN_ORDER}"
_ONE: Final = f"{_FACTS} WHERE f.family = ? AND f.matter = ? {_IN_ORDER}"
_SINCE: Final = "SELECT DISTINCT family, matter FROM matter_fact WHERE rowid > ?"
_REVERSED_SINCE: Final = """
    SELECT DISTINCT f.family, f.matter FROM matter_reversal r JOIN matter_fact f ON f.name = r.name WHERE r.seq > ?"""

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
        self._abouts_seen = self._called_seen = self._facts_seen = 0
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
        """What names an earlier event lies with the matters in which that event stands; what names none is left out.

        First those that name a matter by what it is called: others may name these.
        """
        self._place()

    def place_new(self, since: int) -> set[tuple[str, str]]:
        """As `close`, for what was added since the last call; (family, matter) of all that changed.

        `since` is the position up to which corrections were seen.
        """
        self._workspace.run(_MATTER)
        self._workspace.run("CREATE INDEX IF NOT EXISTS matter_fact_event ON matter_fact (name)")
        first = self._facts_seen
        self._place()
        changed = set(self._workspace.rows(_pair, _SINCE, (first,)))
        return changed | set(self._workspace.rows(_pair, _REVERSED_SINCE, (since,)))

    def facts(self, family: str, matter: str) -> tuple[FactRow, ...]:
        """The facts of one matter in log order."""
        return tuple(self._workspace.rows(FactRow, _ONE, (family, matter)))

    def of_event(self, name: str) -> set[tuple[str, str]]:
        """(family, matter) in which the event stands."""
        sql = "SELECT DISTINCT family, matter FROM matter_fact WHERE name = ?"
        return set(self._workspace.rows(_pair, sql, (name,)))

    def all_matters(self) -> set[tuple[str, str]]:
        """(family, matter) of every fact."""
        return set(self._workspace.rows(_pair, "SELECT DISTINCT family, matter FROM matter_fact"))

    def _place(self) -> None:
        for statement in _INDEXES:
            self._workspace.run(statement)
        abouts, called, facts = self._abouts_seen, self._called_seen, self._facts_seen
        for statements, seen in ((_PLACE_CALLED, (abouts, called)), (_PLACE, (abouts, facts))):
            for statement, since in zip(statements, seen, strict=True):
                self._workspace.run(statement, (since,))
        self._abouts_seen, self._called_seen, self._facts_seen = (
            self._workspace.look_up(int, _LAST + table) or 0
            for table in ("matter_about", "matter_called", "matter_fact")
        )

    def matters(self, family: str) -> Iterator[tuple[str, tuple[FactRow, ...]]]:
        """Each matter of `family` with its facts in log order, one matter in memory at a time."""
        rows = self._workspace.rows(FactRow, _MATTERS, (family,))
        for matter, group in groupby(rows, key=itemgetter(0)):
            yield matter, tuple(group)


def _pair(family: str, matter: str) -> tuple[str, str]:
    return family, matter
