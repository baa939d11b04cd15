# SPDX-License-Identifier: Apache-2.0
"""One reader looking at one page: the frame of the page, the folded ledger, and how names and sentences are written."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from api.portal.frame import Frame
from api.portal.names import Names, names_at, present_names
from api.portal.sentences import Sentences
from api.projection.entry_index import IndexedEntry
from api.projection.finding_board import Judged
from api.projection.read_model import ReadModel
from ledger.entry import EventEntry, parse_entry
from ledger.store.log_reader import LogReader


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One entry in a list: position, date, kind, what it says, amount in minor units if it has one."""

    seq: int
    day: str
    kind: str
    says: Markup
    amount: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The reader's side of a page; whoever uses it holds the lock of `model`."""

    frame: Frame
    model: ReadModel
    judged: Judged | None
    reader: LogReader

    @property
    def names(self) -> Names:
        """Names as they are now."""
        return self._names(at=None)

    def names_at(self, seq: int) -> Names:
        """Names as they stood at position `seq`."""
        return self._names(at=seq)

    def sentences(self, *, at: int | None = None) -> Sentences:
        """What entries say, in the names of now, or of position `at`."""
        index, register = self.model.index, self.model.register

        def owner(account: str) -> str | None:
            title = index.title_at("owner", account, seq=self.model.size if at is None else at)
            return None if title is None else title.name

        return Sentences(frame=self.frame, names=self._names(at=at), owner=owner, line=register.lines.get)

    def rows(self, entries: Iterable[IndexedEntry]) -> list[EntryRow]:
        """`entries` as rows of a list, each read again from the log."""
        sentences = self.sentences()
        rows: list[EntryRow] = []
        for one in entries:
            entry = parse_entry(self.reader.entry(one.seq) or b"", place=f"entry {one.seq}")
            kind = self.frame.words.known(f"kind.{one.kind}", one.kind)
            day = entry.event.occurred_on.isoformat() if isinstance(entry, EventEntry) else one.day
            rows.append(
                EntryRow(seq=one.seq, day=day, kind=kind, says=sentences.entry(entry), amount=one.amount)
            )
        return rows

    def _names(self, *, at: int | None) -> Names:
        found = present_names(self.model.register) if at is None else names_at(self.model.index, at)
        return Names(
            language=self.frame.language, wording=self.frame.words, pages=self.frame.url, found=found
        )
