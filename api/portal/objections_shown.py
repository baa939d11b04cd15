# SPDX-License-Identifier: Apache-2.0
"""Objections to a record, by when each is to be answered, and whether it was: the part of an entry's page that changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from api.portal.visit import Visit
from api.projection.entry_index import event_at
from api.projection.finding_board import Judged
from ledger.entry import EventEntry
from ledger.kinds.control import Objection
from verifier.obligations.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRow:
    """One objection at position `seq`, answered within `days` working days by `who`; `task` is None until judged."""

    seq: int
    id: str
    text: str
    days: int
    who: Markup | None
    task: Task | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionsShown:
    """The objections that the page of an entry shows; `own` where the entry is one itself."""

    own: bool
    rows: tuple[ObjectionRow, ...]
    judged: Judged | None

    @property
    def states(self) -> tuple[object, ...]:
        """What changes of it, for the tag of the page; nothing where nobody objected."""
        seen = None if self.judged is None else (self.judged.root, self.judged.as_of)
        return (seen, *((row.seq, row.task) for row in self.rows)) if self.rows else ()


def objections_shown(visit: Visit, judged: Judged | None, entry: EventEntry, name: str) -> ObjectionsShown:
    """The objection that `entry` is, or those to it, by position; one that a correction took back is left out."""
    own = isinstance(entry.event, Objection)
    seqs = (
        [entry.seq] if own else [one.seq for one in visit.model.index.citing(name) if one.kind == "objection"]
    )
    return ObjectionsShown(own=own, rows=tuple(_rows(visit, judged, sorted(seqs))), judged=judged)


def _rows(visit: Visit, judged: Judged | None, seqs: list[int]) -> Iterator[ObjectionRow]:
    for seq in seqs:
        entry = event_at(visit.reader, seq)
        if entry is None or not isinstance(entry.event, Objection):
            continue
        task = None if judged is None else judged.tasks.get((None, entry.event.id))
        if task is None and judged is not None and seq < judged.size:
            continue
        yield ObjectionRow(
            seq=seq,
            id=entry.event.id,
            text=entry.event.text,
            days=entry.event.days,
            who=None if task is None else visit.names.link("party", task.who),
            task=task,
        )
