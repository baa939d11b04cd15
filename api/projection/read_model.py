# SPDX-License-Identifier: Apache-2.0
"""The log folded into what pages and lists show, up to one position; requests read it and never fold.

One worker of the process calls `fold`; everybody who reads takes `lock` while they do. Memory grows with parties,
lines, funds and payees, never with entries: those are positions in a temporary file.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from api.projection.entry_index import EntryIndex, IndexedEntry, Title, Topic, event_at
from api.projection.fund_book import CashBook, FundBook, open_book
from api.projection.mentions import papers_of, subject_of
from api.projection.money_moves import Source, moves_of
from ledger.effects import take_in
from ledger.entry import Entry, EventEntry, ForeignEntry, GenesisEntry, HeaderEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.first_entry import found
from ledger.hashing import leaf_hash
from ledger.kinds.authority import Disbursement, MatchingPledge
from ledger.kinds.bank import Movement
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Account, Fund, Party, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.open_records import Line
from ledger.past_events import BankLine, KnownEvent
from ledger.register import Register
from ledger.scratch_shelf import ScratchShelf
from ledger.store.log_reader import LogReader
from ledger.submission import Header, event_name

FOLD_ENTRIES: Final = 2_000
"""Entries folded under one hold of the lock, so that no reader waits long."""

ALL_SOURCES: Final[frozenset[Source]] = frozenset({"grant", "match", "interest"})
GRANT: Final[frozenset[Source]] = frozenset({"grant"})

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
        self._header_seq = 0
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
                for data in entries:
                    self._take(data, reader)
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

    def _take(self, data: bytes, reader: LogReader) -> None:
        entry = parse_entry(data, place=f"entry {self.size}")
        leaf = leaf_hash(data)
        match entry:
            case GenesisEntry():
                found(self.register, data)
                self._note(entry, leaf, "genesis")
            case HeaderEntry():
                self._header, self._header_seq = entry.header, entry.seq
                header = entry.header
                self.index.add_submission(header.party, header.id, seq=entry.seq, count=header.count)
                self._note(entry, leaf, "submission")
            case EventEntry():
                self._take_event(entry, leaf, reader)
            case ForeignEntry():
                self._note(entry, leaf, entry.kind)
        self.size += 1
        self.head = leaf.hex()
        self.recorded = entry.recorded

    def _take_event(self, entry: EventEntry, leaf: bytes, reader: LogReader) -> None:
        header = self._header
        if header is None:
            raise ProgrammerError("an event entry before any header: the log was not read from its beginning")
        event = entry.event
        past = _FoldedPast(self.index, reader, before=entry.seq)
        known = KnownEvent(seq=entry.seq, recorded=entry.recorded, party=header.party, event=event)
        moves = moves_of(self.register, event, past)
        for _ in take_in(self.register, known, name=event_name(header, entry.index), past=past):
            pass  # what the ledger holds was judged when it was posted; `fundtrace verify` judges it again
        for move in moves:
            self._cash[move.fund].take(move)
        if isinstance(event, MatchingPledge):
            self._pledged[event.fund][event.party] += event.amount
        self._describe(entry, leaf, actor=header.party)

    def _describe(self, entry: EventEntry, leaf: bytes, *, actor: str) -> None:
        event = entry.event
        subject = subject_of(self.register, event, actor=actor)
        topics: list[tuple[Topic, str]] = [("party", party) for party in subject.parties]
        topics += [("account", account) for account in subject.accounts]
        if subject.fund is not None:
            topics.append(("fund", subject.fund))
        if subject.line is not None:
            topics.append(("line", subject.line))
        if subject.project is not None:
            topics.append(("project", subject.project))
        row = IndexedEntry(
            seq=entry.seq, leaf=leaf, kind=kind_of(event), head=entry.submission,
            day=event.occurred_on.isoformat(), amount=subject.amount,
        )  # fmt: skip
        self.index.add(row, topics=topics, papers=papers_of(event), cites=subject.cites)
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


class _FoldedPast:
    """Earlier events, from the index and the log; satisfies `PastEvents` and `Earlier`."""

    def __init__(self, index: EntryIndex, reader: LogReader, *, before: int) -> None:
        """Answer for the entries before position `before`."""
        self._index = index
        self._reader = reader
        self._before = before

    def find(self, name: str) -> KnownEvent | None:
        """The event with stable name `name`, or None."""
        seq = self._index.seq_named(name)
        entry = None if seq is None or seq >= self._before else event_at(self._reader, seq)
        if entry is None:
            return None
        party = name.partition("/")[0]
        return KnownEvent(seq=entry.seq, recorded=entry.recorded, party=party, event=entry.event)

    def event_named(self, name: str) -> AnyEvent | None:
        """The event itself."""
        known = self.find(name)
        return None if known is None else known.event

    def submission(self, party: str, identifier: str) -> int | None:  # noqa: ARG002 - what stands is no duplicate
        """None: what stands in the log is no duplicate of itself."""
        return None

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:  # noqa: ARG002 - as above
        """None, for the same reason."""
        return None

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line of the account with that direction and reference, or None."""
        for seq in self._index.bank_lines(account=account, bank_ref=bank_ref):
            entry = None if seq >= self._before else event_at(self._reader, seq)
            if entry is not None and isinstance(entry.event, Movement) and entry.event.direction == direction:
                return BankLine(seq=seq, amount=entry.event.amount)
        return None

    def is_paid(self, *, account: str, bank_ref: str, amount: int) -> bool:
        """Whether a direct or authorised disbursement of `amount` from `account` carries that bank reference."""
        for seq in self._index.payments(account=account, bank_ref=bank_ref, amount=amount):
            entry = None if seq >= self._before else event_at(self._reader, seq)
            match None if entry is None else entry.event:
                case Disbursement(mode="direct" | "authorised", from_account=payer) if payer == account:
                    return True
                case _:
                    pass
        return False


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
