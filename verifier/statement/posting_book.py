# SPDX-License-Identifier: Apache-2.0
"""Every change of a fund's cash, of an account's claim and of a line, entry by entry, on disk.

The amounts are those of `verifier.integrity.fund_cash` (I8) and of the ledger's own lines; nothing is reckoned here. What a
correction takes back is booked on the day of the correction, so that books of an earlier day stay what they were.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Final, NamedTuple

from ledger.kinds.control import Correction, PeriodClose
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import kind_of
from ledger.kinds.registry import CUSTODIAN_CLASSES
from ledger.kinds.vocabulary import AnyEvent
from verifier.integrity.fund_cash import FundCash, Posting
from verifier.obligations.line_fold import LineChange, LineFold
from verifier.posted import PostedEvent
from verifier.statement.period import Span
from verifier.statement.records import Book, Close, Entry, Figure, Row, Scope, Table
from verifier.workspace import Workspace

FUND_COLUMNS: Final = {
    "disbursed": 1, "unrecorded": 1, "matched": 1, "interest": 1, "used": -1, "returned": -1,
}  # fmt: skip
LINE_COLUMNS: Final = {
    "received": 1, "restored": 1, "split_out": -1, "lowered": -1, "recalled": -1, "carried_out": -1, "disbursed": -1,
}  # fmt: skip
ACCOUNT_KINDS: Final = ("disbursement", "matching_receipt", "interest", "transfer", "return", "use")
ACCOUNT_COLUMNS: Final = {f"in_{kind}": 1 for kind in ACCOUNT_KINDS} | {
    f"out_{kind}": -1 for kind in ACCOUNT_KINDS if kind not in {"matching_receipt", "interest"}
}
COLUMNS: Final[dict[Book, dict[str, int]]] = {
    "fund": FUND_COLUMNS,
    "account": ACCOUNT_COLUMNS,
    "line": LINE_COLUMNS,
}

_CASH_KINDS: Final = (Transfer, Use, Interest, MatchingReceipt)
_TABLES: Final = (
    """CREATE TABLE posting (book TEXT, fund TEXT, subject TEXT, col TEXT, day INTEGER, seq INTEGER, name TEXT,
        kind TEXT, amount INTEGER, corrects TEXT, unit TEXT)""",
    "CREATE TABLE holder (book TEXT, subject TEXT, unit TEXT, PRIMARY KEY (book, subject)) WITHOUT ROWID",
)
_ADD: Final = "INSERT INTO posting VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ROWS: Final = """
    SELECT p.fund, p.subject, p.col, p.day, p.seq, p.name, p.kind, p.amount, p.corrects, coalesce(h.unit, p.unit)
    FROM posting p LEFT JOIN holder h ON h.book = p.book AND h.subject = p.subject
    WHERE p.book = ?1 AND p.day <= ?2 AND (?3 IS NULL OR p.fund = ?3) AND (?4 IS NULL OR h.unit = ?4)
    ORDER BY p.fund, p.subject, p.day, p.seq, p.rowid"""
_END_USE: Final = """
    UPDATE posting SET book = 'fund', subject = '', col = 'used',
        amount = CASE WHEN col LIKE 'in%' THEN amount ELSE -amount END
    WHERE book = 'account' AND subject NOT IN (SELECT subject FROM holder WHERE book = 'account')"""


class _Posted(NamedTuple):
    fund: str
    subject: str
    column: str
    day: int
    seq: int
    name: str
    kind: str
    amount: int
    corrects: str | None
    unit: str


class PostingBook:
    """Takes events in log order; after `finish` its tables can be read for any period and scope."""

    def __init__(self, workspace: Workspace) -> None:
        """Nothing posted yet; tables in `workspace`, which nobody else uses."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._fold = LineFold(workspace, also=_CASH_KINDS)
        self.cash: Final = FundCash(self._fold.register)
        self.closes: list[Close] = []
        self._closed_by: defaultdict[str, list[Close]] = defaultdict(list)
        self._add = workspace.batch(_ADD)

    def take(self, posted: PostedEvent) -> None:
        """The book after `posted`."""
        event = posted.event
        for change in self._fold.take(posted):
            self._book_line(posted, change)
        match event:
            case Correction():
                self._book_correction(posted, event)
            case PeriodClose():
                self.closes.append(_close(posted, event))
            case _:
                made = self.cash.take(event, seq=posted.seq, original=self._undone_by(event))
                self._book_cash(posted, event, made, corrects=None)

    def finish(self) -> None:
        """Called once, after the last event: who holds what, and what final payees got counts as used (semantics T1)."""
        register = self._fold.register
        kept = [one for one in register.accounts.values() if one.account_class in CUSTODIAN_CLASSES]
        holders = [("account", one.id, one.owner) for one in kept]
        holders += [("line", one.id, one.holder) for one in register.lines.values()]
        for close in self.closes:
            self._closed_by[close.unit].append(close)
        self._workspace.flush()
        self._workspace.write("INSERT INTO holder VALUES (?, ?, ?)", holders)
        self._workspace.run(_END_USE)
        self._workspace.run("CREATE INDEX posting_at ON posting (seq)")
        self._workspace.run("CREATE INDEX posting_order ON posting (book, fund, subject, day, seq)")

    def name_of(self, seq: int) -> str | None:
        """The stable name of the event at `seq`, if it is of those that were booked."""
        return self._workspace.look_up(str, "SELECT name FROM posting WHERE seq = ?", (seq,))

    def moved(self, fund: str, names: AbstractSet[str]) -> frozenset[str]:
        """Those of the events `names` that moved money of `fund`."""
        if not names:
            return frozenset()
        found = self._workspace.rows(str, "SELECT DISTINCT name FROM posting WHERE fund = ?", (fund,))
        return frozenset(name for name in found if name in names)

    def table(self, book: Book, scope: Scope, span: Span) -> Table:
        """The rows of `book` in `scope` that had a balance or moved in `span`."""
        fund, unit = (scope.id, None) if scope.kind == "fund" else (None, scope.id)
        found = self._workspace.rows(_Posted, _ROWS, (book, span.days[1], fund, unit))
        rows: list[Row] = []
        for (fund_id, subject), group in groupby(found, key=lambda one: (one.fund, one.subject)):
            row = self._row(len(rows) + 1, (fund_id, subject), group, COLUMNS[book], span.days[0])
            if row.opening or row.closing or row.entries:
                rows.append(row)
        return Table(book=book, columns=COLUMNS[book], rows=tuple(rows))

    def _row(
        self,
        number: int,
        subject: tuple[str, str],
        posted: Iterable[_Posted],
        signs: dict[str, int],
        first: int,
    ) -> Row:
        """What stood before day `first` is summed on the way; what came since is kept entry by entry."""
        opening = 0
        entries = []
        for one in posted:
            if one.day < first:
                opening += signs[one.column] * one.amount
            else:
                entries.append(self._entry(one))
        shown = {one.column for one in entries}
        figures = {column: _figure(entries, column) for column in signs if column in shown}
        return Row(
            number=number,
            fund=subject[0],
            subject=subject[1],
            opening=opening,
            figures=figures,
            closing=opening + sum(signs[column] * figure.net for column, figure in figures.items()),
            after_close=sum(signs[one.column] * one.amount for one in entries if one.after_close),
            entries=tuple(entries),
        )

    def _entry(self, one: _Posted) -> Entry:
        day = Span.day(one.day)
        return Entry(
            seq=one.seq,
            name=one.name,
            on=day,
            kind=one.kind,
            column=one.column,
            amount=one.amount,
            corrects=one.corrects,
            after_close=any(
                close.seq < one.seq and close.fund in {None, one.fund} and Span.parse(close.period).holds(day)
                for close in self._closed_by[one.unit]
            ),
        )

    # --- booking ------------------------------------------------------------------------------------------

    def _book_line(self, posted: PostedEvent, change: LineChange) -> None:
        before, after = change
        corrects = posted.event.event if isinstance(posted.event, Correction) else None
        for column in LINE_COLUMNS:
            delta = getattr(after, column) - (getattr(before, column) if before else 0)
            if delta:
                self._post(
                    "line", after.fund, after.id, column, posted, kind_of(posted.event), delta, corrects
                )

    def _book_correction(self, posted: PostedEvent, event: Correction) -> None:
        known = self._fold.past.find(event.event)
        if known is None:
            self.closes = [one for one in self.closes if one.name != event.event]
            return
        original = self._undone_by(known.event)
        made = self.cash.take(known.event, seq=known.seq, original=original, times=-1)
        self._book_cash(posted, known.event, made, corrects=event.event)

    def _book_cash(
        self, posted: PostedEvent, event: AnyEvent, made: Sequence[Posting], *, corrects: str | None
    ) -> None:
        kind = kind_of(event)
        again = any(one.name == "paid_again" for one in made)
        for one in made:
            if again and one.name in {"disbursed", "paid_again"}:
                continue  # paid out of money that the fund had: it came in before, and comes in no second time
            if one.account is None:
                self._post("fund", one.fund, "", one.name, posted, kind, one.amount, corrects)
                continue
            came_in = (one.amount > 0) == (corrects is None)
            column = f"{'in' if came_in else 'out'}_{kind}"
            amount = one.amount if came_in else -one.amount
            self._post("account", one.fund, one.account, column, posted, kind, amount, corrects)

    def _post(  # noqa: PLR0913, PLR0917 - the columns of the table
        self, book: Book, fund: str, subject: str, column: str, posted: PostedEvent, kind: str, amount: int,
        corrects: str | None,
    ) -> None:  # fmt: skip
        day = posted.event.occurred_on.toordinal()
        self._add.add(
            book, fund, subject, column, day, posted.seq, posted.name, kind, amount, corrects, posted.party
        )

    def _undone_by(self, event: AnyEvent) -> AnyEvent | None:
        """The event whose money a return brings back."""
        if not isinstance(event, Return) or event.event is None:
            return None
        known = self._fold.past.find(event.event)
        return None if known is None else known.event


def _figure(entries: Sequence[Entry], column: str) -> Figure:
    own = [one for one in entries if one.column == column]
    return Figure(
        gross=sum(one.amount for one in own if one.corrects is None),
        corrected=sum(one.amount for one in own if one.corrects is not None),
    )


def _close(posted: PostedEvent, event: PeriodClose) -> Close:
    return Close(
        seq=posted.seq,
        name=posted.name,
        unit=event.unit,
        period=event.period,
        fund=event.fund,
        statement=event.statement,
    )
