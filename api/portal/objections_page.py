# SPDX-License-Identifier: Apache-2.0
"""The page of the objections to a record: by when each is to be answered, and whether it was."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from api.portal.visit import Visit
from api.projection.entry_index import event_at
from api.projection.finding_board import Judged
from ledger.entry import EventEntry, HeaderEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.kinds.control import Objection
from ledger.submission import event_name
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
class ObjectionsPage:
    """The objections to the event at `seq`, which `sentence` tells; `own` where that is an objection itself."""

    seq: int
    sentence: Markup
    own: bool
    rows: tuple[ObjectionRow, ...]
    judged: Judged | None


def objections_page(visit: Visit, seq: int) -> ObjectionsPage | None:
    """The objection that the event at `seq` is, or those to it, by position; None where no event stands there.

    An objection that a correction took back is left out.
    """
    entry = event_at(visit.reader, seq)
    if entry is None:
        return None
    own = isinstance(entry.event, Objection)
    seqs = [seq] if own else _objecting(visit, entry)
    return ObjectionsPage(
        seq=seq,
        sentence=visit.sentences(at=seq).entry(entry),
        own=own,
        rows=tuple(_rows(visit, visit.judged, seqs)),
        judged=visit.judged,
    )


def _objecting(visit: Visit, entry: EventEntry) -> list[int]:
    head = parse_entry(visit.reader.entry(entry.submission) or b"", place=f"entry {entry.submission}")
    if not isinstance(head, HeaderEntry):
        raise ProgrammerError(f"entry {entry.seq} names entry {entry.submission}, which is no header")
    name = event_name(head.header, entry.index)
    return sorted(one.seq for one in visit.model.index.citing(name) if one.kind == "objection")


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
