# SPDX-License-Identifier: Apache-2.0
"""Look-ups of earlier events for `ledger.posting.admit`, answered from the stored log and its indexes.

Most look-ups ask for what is not there: a new submission id, a new bank line. `expect` fetches the answers for a
whole batch in a few queries; whatever was not expected is asked one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from sqlalchemy import Connection, func, select, tuple_

from ledger.entry import EventEntry, parse_entry
from ledger.errors import ProgrammerError
from ledger.kinds.bank import BankBalance, Movement
from ledger.past_events import BankLine, KnownEvent
from ledger.store.log_reader import LogReader, StoredSubmission
from ledger.store.tables import BANK_REFERENCE, STATEMENT_LINE, SUBMISSION
from ledger.submission import Submission

_QUERY_KEYS: Final = 400
"""Keys in one query: below the limits of every database."""

_NAMED_MAX: Final = 2_000
"""Submissions kept that nobody expected: an event is asked for a few times in a row, and hardly again."""

_BANKED: Final = frozenset({Movement, BankBalance})
_Key = tuple[str, str]


class StoredPast:
    """`ledger.register.PastEvents` over the entries before position `before`.

    With `folding` it serves the reading of the log itself: what stands there is no duplicate of itself, since the
    primary keys of the indexes hold submission ids and bank lines apart.
    """

    __slots__ = (
        "_folding",
        "_lines",
        "_named",
        "_reader",
        "_statements",
        "_submissions",
        "before",
        "connection",
    )

    def __init__(self, connection: Connection, *, before: int, folding: bool = False) -> None:
        """Answer through `connection`, which stays the caller's."""
        self.connection = connection
        self.before = before
        self._folding = folding
        self._reader = LogReader(connection)
        self._submissions: dict[_Key, StoredSubmission | None] = {}
        self._named: dict[_Key, StoredSubmission | None] = {}
        self._lines: dict[tuple[str, str, int], int] = {}
        self._statements: set[tuple[str, str, int]] = set()

    def expect(self, submissions: Iterable[Submission]) -> None:
        """Fetch what admitting `submissions` will ask about their ids and bank lines."""
        wanted = {(one.header.party, one.header.id): one for one in submissions}
        self._submissions |= dict.fromkeys(wanted)
        for keys in _chunks(wanted):
            named = select(SUBMISSION).where(tuple_(SUBMISSION.c.party, SUBMISSION.c.id).in_(keys))
            for row in self.connection.execute(named):
                found = StoredSubmission(seq=row.seq, events=row.events, header_hash=row.header_hash)
                self._submissions[row.party, row.id] = found
        self._expect_lines(wanted.values())

    def stored(self, party: str, identifier: str) -> StoredSubmission | None:
        """Return where submission (`party`, `identifier`) stands, or None."""
        key = (party, identifier)
        known = self._submissions if key in self._submissions else self._named
        if key not in known:
            if len(known) >= _NAMED_MAX:
                known.clear()
            known[key] = self._reader.submission(party, identifier)
        found = known[key]
        return found if found is not None and found.seq < self.before else None

    def submission(self, party: str, identifier: str) -> int | None:
        """Return the position of the header entry of submission (`party`, `identifier`), or None."""
        found = None if self._folding else self.stored(party, identifier)
        return None if found is None else found.seq

    def find(self, name: str) -> KnownEvent | None:
        """Return the event with the stable name `name`, or None."""
        party, _, rest = name.partition("/")
        identifier, _, index = rest.partition("/")
        found = self.stored(party, identifier)
        if found is None or not index.isdecimal() or int(index) >= found.events:
            return None
        seq = found.seq + 1 + int(index)
        entry = self._event_entry(seq)
        return KnownEvent(seq=seq, recorded=entry.recorded, party=party, event=entry.event)

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Return the position of that bank line, or None; line 0 is the closing balance."""
        if self._folding:
            return None
        key = (account, statement, line_no)
        if key not in self._statements:
            table = STATEMENT_LINE.c
            named = select(table.seq).where(
                table.account == account, table.statement == statement, table.line_no == line_no
            )
            found = self.connection.execute(named).scalar()
        else:
            found = self._lines.get(key)
        return found if found is not None and found < self.before else None

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """Return the first bank line of the account with that direction and reference, or None."""
        table = BANK_REFERENCE.c
        named = select(func.min(table.seq)).where(
            table.account == account, table.direction == direction, table.bank_ref == bank_ref
        )
        seq: int | None = self.connection.execute(named).scalar()
        if seq is None or seq >= self.before:
            return None
        entry = self._event_entry(seq)
        if not isinstance(entry.event, Movement):
            raise ProgrammerError(f"the index says that entry {seq} is a bank line, which it is not")
        return BankLine(seq=seq, amount=entry.event.amount)

    def _event_entry(self, seq: int) -> EventEntry:
        entry = parse_entry(self._reader.entry(seq) or b"", place=f"entry {seq}")
        if not isinstance(entry, EventEntry):
            raise ProgrammerError(f"the index says that entry {seq} is an event, which it is not")
        return entry

    def _expect_lines(self, submissions: Iterable[Submission]) -> None:
        """Fetch the lines of each statement in one range, which is short: a statement is posted once."""
        wanted: defaultdict[_Key, set[int]] = defaultdict(set)
        for submission in submissions:
            if _BANKED.isdisjoint(map(type, submission.events)):
                continue
            for event in submission.events:
                match event:
                    case Movement():
                        wanted[event.account, event.statement].add(event.line_no)
                    case BankBalance():
                        wanted[event.account, event.statement].add(0)
                    case _:
                        pass
        table = STATEMENT_LINE.c
        for (account, statement), numbers in wanted.items():
            self._statements |= {(account, statement, number) for number in numbers}
            ranged = select(table.line_no, table.seq).where(
                table.account == account,
                table.statement == statement,
                table.line_no.between(min(numbers), max(numbers)),
            )
            for row in self.connection.execute(ranged):
                self._lines[account, statement, row.line_no] = row.seq


def _chunks(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    rest = iter(keys)
    while chunk := list(islice(rest, _QUERY_KEYS)):
        yield chunk
