# SPDX-License-Identifier: Apache-2.0
"""The log folded into what pages and lists show, up to one position; requests read it and never fold.

One worker of the process calls `fold`; everybody who reads takes `lock` while they do. Memory grows with parties,
lines, funds and payees, never with entries: those are positions in a temporary file.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from api.projection.entry_index import EntryIndex, IndexedEntry, Title, Topic, is_funded
from api.projection.folded_past import FoldedPast
from api.projection.fund_book import CashBook, FundBook, open_book
from api.projection.mentions import Subject, papers_of, subject_of
from api.projection.money_moves import Source, moves_of, moves_of_alike
from ledger.alike import PLAIN, sort_of, take_in_alike
from ledger.effects import take_in
from ledger.entry import Entry, EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.first_entry import found
from ledger.hashing import leaf_hash
from ledger.kinds.authority import MatchingPledge
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Account, Fund, Party, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.open_records import Line
from ledger.past_events import KnownEvent
from ledger.register import Register
from ledger.scratch_shelf import ScratchShelf
from ledger.store.log_reader import LogReader
from ledger.submission import Header, event_name

FOLD_ENTRIES: Final = 2_000
"""Entries folded under one hold of the lock, so that no reader waits long."""

ALL_SOURCES: Final[frozenset[Source]] = frozenset({"grant", "match", "interest"})
GRANT: Final[frozenset[Source]] = frozenset({"grant"})

_Read = tuple[Entry | ForeignEntry, bytes, bytes]
"""An entry, its leaf hash and its bytes."""

_BookKey = tuple[str, frozenset[Source]]


@dataclass(slots=True)
class _Books:
    """Books computed for one position, and the lines by fund they are computed from."""

    size: int = -1
    lines: dict[str, list[Line]] = field(default_factory=dict)
    books: dict[_BookKey, FundBook] = field(default_factory=dict)


class ReadModel:
    """The folded log: `size` entries, the last with leaf hash `head`, which commits to all of them, recorded at `recorded`.

    `register` and `index` may be read while `lock` is held.
    """

    def __init__(self) -> None:
        """Nothing folded yet."""
        self.lock: Final = threading.RLock()
        self.register: Final = Register(shelf=ScratchShelf())
        self.index: Final = EntryIndex()
        self.size = 0
        self.head = ""
        self.recorded = ""
        self._cash: defaultdict[str, CashBook] = defaultdict(CashBook)
        self._pledged: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._header: Header | None = None
        self._books = _Books()

    def close(self) -> None:
        """Remove the temporary file."""
        self.index.close()

    def fold(self, reader: LogReader, *, to: int, most: int = FOLD_ENTRIES) -> bool:
        """Fold up to `most` further entries of the first `to`; whether any are left.

        Raises:
            FormatError: the stored bytes are no entry: the ledger is damaged, and verification says where.
        """
        stop = min(to, self.size + most)
        if self.size >= stop:
            return False
        entries = list(reader.entries(self.size, stop))
        with self.lock:
            self.index.begin()
            try:
                for run in _runs(entries, self.size):
                    self._take_run(run, reader)
            finally:
                self.index.commit()
                self.register.settle()
        return self.size < to

    def book(self, fund: str, sources: frozenset[Source] = ALL_SOURCES) -> FundBook:
        """The book of `fund` at the present position; computed once for each position."""
        self._renew_books()
        key = (fund, sources)
        if key not in self._books.books:
            lines = self._books.lines.get(fund, [])
            cash = self._cash.get(fund) or CashBook()
            self._books.books[key] = open_book(self.register, fund, lines, cash, sources=sources)
        return self._books.books[key]

    def lines_of(self, fund: str) -> list[Line]:
        """Every line of `fund`, parents before their children, in the order in which they were opened."""
        self._renew_books()
        return self._books.lines.get(fund, [])

    def pledged(self, fund: str) -> dict[str, int]:
        """Matching money promised for `fund` by the party that promised it; minor units."""
        return dict(self._pledged.get(fund, {}))

    def matched(self, fund: str) -> dict[str, int]:
        """Matching money that arrived for `fund` by the party that paid it, net of what was returned; minor units."""
        cash = self._cash.get(fund) or CashBook()
        return {place.id: amount for (source, place), amount in cash.inputs.items() if source == "match"}

    def _renew_books(self) -> None:
        if self._books.size == self.size:
            return
        lines: defaultdict[str, list[Line]] = defaultdict(list)
        for line in self.register.lines.values():
            lines[line.fund].append(line)
        self._books = _Books(size=self.size, lines=dict(lines))

    def _take_run(self, run: Sequence[_Read], reader: LogReader) -> None:
        """Take in some neighbouring entries: one, or events of one plain kind out of one submission."""
        if len(run) == 1:
            self._take(*run[0], reader)
        else:
            self._take_alike(run, reader)
        entry, leaf, _ = run[-1]
        self.size += len(run)
        self.head = leaf.hex()
        self.recorded = entry.recorded

    def _take(self, entry: Entry | ForeignEntry, leaf: bytes, data: bytes, reader: LogReader) -> None:
        match entry:
            case GenesisEntry():
                found(self.register, data)
                self._note(entry, leaf, "genesis")
            case HeaderEntry():
                self._header = entry.header
                header = entry.header
                self.index.add_submission(header.party, header.id, seq=entry.seq, count=header.count)
                self._note(entry, leaf, "submission")
            case EventEntry():
                self._take_event(entry, leaf, reader)
            case ForeignEntry():
                self._note(entry, leaf, entry.kind)

    def _take_alike(self, run: Sequence[_Read], reader: LogReader) -> None:
        """As `_take` of one after the other, with one look at each sort of event (`ledger.alike`)."""
        events = [(entry, leaf) for entry, leaf, _ in run if isinstance(entry, EventEntry)]
        past = FoldedPast(self.index, reader, before=events[0][0].seq)
        header = self._current_header()
        sort = sort_of(type(events[0][0].event))
        sorts: defaultdict[object, list[AnyEvent]] = defaultdict(list)
        for entry, _ in events:
            sorts[sort(entry.event)].append(entry.event)
        for like in sorts.values():
            for move in moves_of_alike(self.register, like, past):
                self._cash[move.fund].take(move)
        if not take_in_alike(self.register, [(entry.seq, entry.event) for entry, _ in events], past):
            for entry, _ in events:
                self._take_in(entry, header, past)
        topics = {
            one: _topics(subject_of(self.register, like[0], actor=header.party))
            for one, like in sorts.items()
        }
        rows: dict[bool, list[tuple[IndexedEntry, list[str]]]] = {True: [], False: []}
        for entry, leaf in events:
            one = topics[sort(entry.event)]
            rows[is_funded(one)].append((_indexed(entry, leaf), papers_of(entry.event)))
            self.index.span(one, entry.seq, entry.seq)
        for funded, of_fund in rows.items():
            self.index.add_alike(of_fund, funded=funded)

    def _take_event(self, entry: EventEntry, leaf: bytes, reader: LogReader) -> None:
        header = self._current_header()
        event = entry.event
        past = FoldedPast(self.index, reader, before=entry.seq)
        moves = moves_of(self.register, event, past)
        self._take_in(entry, header, past)
        for move in moves:
            self._cash[move.fund].take(move)
        if isinstance(event, MatchingPledge):
            self._pledged[event.fund][event.party] += event.amount
        self._describe(entry, leaf, actor=header.party)

    def _current_header(self) -> Header:
        """The header of the submission that is being folded."""
        if self._header is None:
            raise ProgrammerError("an event entry before any header: the log was not read from its beginning")
        return self._header

    def _take_in(self, entry: EventEntry, header: Header, past: FoldedPast) -> None:
        """The register after the event of `entry`."""
        known = KnownEvent(seq=entry.seq, recorded=entry.recorded, party=header.party, event=entry.event)
        for _ in take_in(self.register, known, name=event_name(header, entry.index), past=past):
            pass  # what the ledger holds was judged when it was posted; `fundtrace verify` judges it again

    def _describe(self, entry: EventEntry, leaf: bytes, *, actor: str) -> None:
        event = entry.event
        subject = subject_of(self.register, event, actor=actor)
        topics = _topics(subject)
        self.index.add(_indexed(entry, leaf), topics=topics, papers=papers_of(event), cites=subject.cites)
        for title in _titles_of(event, entry.seq):
            self.index.entitle(title)

    def _note(
        self,
        entry: Entry | ForeignEntry,
        leaf: bytes,
        kind: str,
        *,
        topics: list[tuple[Topic, str]] | None = None,
    ) -> None:
        head = entry.submission if isinstance(entry, ForeignEntry | EventEntry) else entry.seq
        row = IndexedEntry(
            seq=entry.seq, leaf=leaf, kind=kind, head=head, day=entry.recorded[:10], amount=None
        )
        self.index.add(row, topics=topics or ())


def _runs(entries: Iterable[bytes], start: int) -> Iterator[Sequence[_Read]]:
    """The entries from position `start` on; neighbours of one plain kind and submission together."""
    read = (
        (parse_entry(data, place=f"entry {seq}"), leaf_hash(data), data)
        for seq, data in enumerate(entries, start)
    )
    for _, run in groupby(read, key=_run_of):
        yield list(run)


def _run_of(read: _Read) -> object:
    entry = read[0]
    if isinstance(entry, EventEntry) and type(entry.event) in PLAIN:
        return entry.submission, type(entry.event)
    return entry.seq


def _indexed(entry: EventEntry, leaf: bytes) -> IndexedEntry:
    event = entry.event
    amount = getattr(event, "amount", None)
    return IndexedEntry(
        seq=entry.seq, leaf=leaf, kind=kind_of(event), head=entry.submission,
        day=event.occurred_on.isoformat(), amount=amount,
    )  # fmt: skip


def _topics(subject: Subject) -> list[tuple[Topic, str]]:
    """What entries about `subject` are found by."""
    topics: list[tuple[Topic, str]] = [("party", party) for party in subject.parties]
    topics += [("account", account) for account in subject.accounts]
    if subject.fund is not None:
        topics.append(("fund", subject.fund))
    if subject.line is not None:
        topics.append(("line", subject.line))
    if subject.project is not None:
        topics.append(("project", subject.project))
    return topics


def _titles_of(event: AnyEvent, seq: int) -> Iterator[Title]:
    match event:
        case Party() | Fund() | Project():
            yield Title(
                topic=kind_of(event), id=event.id, seq=seq, name=event.name, name_en=event.name_en or ""
            )
        case Account():
            yield Title(topic="account", id=event.id, seq=seq, name=event.id, name_en="")
            yield Title(topic="owner", id=event.id, seq=seq, name=event.owner, name_en="")
        case _:
            pass
