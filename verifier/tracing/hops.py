# SPDX-License-Identifier: Apache-2.0
"""Every movement of money as one hop from place to place, over the tables of closed books (資金链, layer 2 of tracing).

A place is a custodian account, or a party that keeps none: money paid to a supplier is with the supplier, into whichever of
its accounts it went. Wage accounts stand for themselves, since what leaves them is wages. A transfer between two fed
accounts is one report on two bank lines and one hop; lines that nobody reports are joined where amount and counterparty
agree and the days are near (as in reconciliation, R1). What has no other side ends there, or begins there.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from ledger.kinds.registry import CUSTODIAN_CLASSES
from verifier.basis.workday_numbers import WorkdayNumbers
from verifier.reconciliation.money_facts import CREDIT, DEBIT
from verifier.tracing.money_books import MoneyBooks

_TABLE: Final = """
    CREATE TABLE hop (
        id INTEGER PRIMARY KEY, giver TEXT, taker TEXT, from_place TEXT, to_place TEXT, amount INTEGER, out_day INTEGER,
        in_day INTEGER, out_rank INTEGER, in_rank INTEGER, out_seq INTEGER, in_seq INTEGER, report INTEGER, kind TEXT,
        fund TEXT, source TEXT, line TEXT, refers INTEGER, bank INTEGER)"""

_TOLD: Final = """
    SELECT m.side, m.account, m.amount, m.day, m.rowid, m.seq, m.bank, m.part, r.kind, r.from_account, r.to_account,
        r.payee, coalesce(r.debit_fund, r.credit_fund), r.source, r.line, r.original_seq IS NOT NULL
    FROM movement m JOIN report r ON r.seq = m.part WHERE m.part > 0 ORDER BY m.part, m.rowid"""
_UNTOLD: Final = """
    SELECT m.side, m.account, m.amount, m.day, m.rowid, m.seq, m.bank, 0, 'movement', b.counterparty, b.counterparty,
        NULL, NULL, NULL, NULL, 0
    FROM movement m JOIN bank_line b ON b.seq = m.seq WHERE m.part = 0 ORDER BY m.rowid"""
_OTHERS: Final = """
    SELECT side, account, amount, day, NULL, seq, 1, 0, 'movement', counterparty, counterparty, NULL, NULL,
        NULL, NULL, 0
    FROM other_line WHERE void = 0 AND day <= ? ORDER BY account, day, statement, line_no"""
_ADD_HOP: Final = """
    INSERT INTO hop (giver, taker, from_place, to_place, amount, out_day, in_day, out_rank, in_rank, out_seq, in_seq,
        report, kind, fund, source, line, refers, bank)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class Hop(NamedTuple):
    """`amount` went from `giver` to `taker`, accounts where known; `from_place` and `to_place` are the places they are.

    It left on `out_day` and came on `in_day`, each None where only the other side is known; `out_rank` and `in_rank` are
    the rows of `movement` where custodian accounts saw it, `out_seq` and `in_seq` the entries that tell it, `report` the
    report, 0 for none. `fund`, `source` and `line` are what the report declares; `refers` if it is a return and names
    what it undoes.
    """

    id: int
    giver: str | None
    taker: str | None
    from_place: str | None
    to_place: str | None
    amount: int
    out_day: int | None
    in_day: int | None
    out_rank: int | None
    in_rank: int | None
    out_seq: int | None
    in_seq: int | None
    report: int
    kind: str
    fund: str | None
    source: str | None
    line: str | None
    refers: int
    bank: int

    @property
    def day(self) -> int:
        """The day it left, or else came."""
        return self.out_day if self.out_day is not None else self.in_day or 0

    @property
    def seq(self) -> int:
        """The entry that tells it best: its report, else the line of the side it left."""
        return self.report or self.out_seq or self.in_seq or 0


class Places:
    """Which place an account or a party is."""

    __slots__ = ("_accounts",)

    def __init__(self, books: MoneyBooks) -> None:
        """By the accounts that the log registers."""
        self._accounts = books.tables.accounts

    def of(self, account: str | None, party: str | None = None) -> str | None:
        """The place of `account`, or of `party` where no account is known; None where neither is."""
        if account is None:
            return None if party is None else f"party {party}"
        found = self._accounts.get(account)
        if found is None or found.account_class in CUSTODIAN_CLASSES or found.account_class == "wage":
            return f"account {account}"
        return f"party {found.owner}"


class _Half(NamedTuple):
    """One side of a hop: what an account saw."""

    side: int
    account: str
    amount: int
    day: int
    rank: int | None
    seq: int
    bank: int
    report: int
    kind: str
    giver: str | None
    taker: str | None
    payee: str | None
    fund: str | None
    source: str | None
    line: str | None
    refers: int


_Ends = tuple[str | None, str | None]
_ANYBODY: Final = "*"


class _Pool:
    """What left somewhere and did not arrive yet, by where it left and where it goes, the oldest first."""

    def __init__(self) -> None:
        self._outs: list[_Half | None] = []
        self._waiting: defaultdict[_Ends, deque[int]] = defaultdict(deque)

    def add(self, half: _Half, giver: str | None, taker: str | None) -> None:
        for ends in ((giver, taker), (_ANYBODY, taker)):
            self._waiting[ends].append(len(self._outs))
        self._outs.append(half)

    def take(self, giver: str | None, taker: str | None, fits: Callable[[_Half], bool]) -> _Half | None:
        """The oldest that fits and names both ends, or leaves open what the other side says."""
        asked: tuple[_Ends, ...] = ((giver, taker), (giver, None)) if giver else ((_ANYBODY, taker),)
        for ends in asked:
            group = self._waiting[ends]
            while group:
                out = self._outs[group[0]]
                if out is not None and fits(out):
                    self._outs[group.popleft()] = None
                    return out
                group.popleft()  # taken already, or too old for all that follow
        return None

    def left(self) -> Iterator[_Half]:
        return (out for out in self._outs if out is not None)


def build_hops(books: MoneyBooks) -> None:
    """The tables `hop` and `kept_place` hold every movement of the closed `books`, and its custodian accounts.

    Done at most once, whoever asks first.
    """
    if books.workspace.look_up(int, "SELECT 1 FROM sqlite_master WHERE name = 'hop'") is not None:
        return
    books.workspace.run("CREATE TABLE kept_place (place TEXT PRIMARY KEY) WITHOUT ROWID")
    kept = books.workspace.batch("INSERT INTO kept_place VALUES (?)")
    for account in books.tables.accounts:
        if books.tables.keeps(account):
            kept.add(f"account {account}")
    books.workspace.run(_TABLE)
    _Builder(books).run()
    books.workspace.run("CREATE INDEX hop_report ON hop (report)")
    books.workspace.run("CREATE INDEX hop_from ON hop (from_place)")
    books.workspace.run("CREATE INDEX hop_to ON hop (to_place)")


class _Builder:
    def __init__(self, books: MoneyBooks) -> None:
        self._workspace = books.workspace
        self._places = Places(books)
        self._numbers = WorkdayNumbers(books.tables.calendars)
        self._days = books.windows.match_days
        self._as_of = books.as_of.toordinal()
        self._hops = books.workspace.batch(_ADD_HOP)

    def run(self) -> None:
        self._workspace.run("""
            CREATE TABLE half (side INTEGER, account TEXT, amount INTEGER, day INTEGER, rank INTEGER, seq INTEGER,
                bank INTEGER, report INTEGER, kind TEXT, giver TEXT, taker TEXT, payee TEXT, fund TEXT, source TEXT,
                line TEXT, refers INTEGER)""")
        halves = self._workspace.batch(
            "INSERT INTO half VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        for _, group in groupby(self._workspace.rows(_Half, _TOLD), key=attrgetter("report")):
            for half in self._join(list(group)):
                halves.add(*half)
        for sql, values in ((_UNTOLD, ()), (_OTHERS, (self._as_of,))):
            for half in self._workspace.rows(_Half, sql, values):
                halves.add(*self._seen(half))
        rows = self._workspace.rows(_Half, "SELECT * FROM half ORDER BY amount, day, side, seq")
        for _, group in groupby(rows, key=attrgetter("amount")):
            self._pair(group)
        self._workspace.run("DROP TABLE half")

    def _seen(self, half: _Half) -> _Half:
        """A bank line: the counterparty is where it went, or came from."""
        if half.side == DEBIT:
            return half._replace(giver=half.account)
        return half._replace(taker=half.account)

    def _join(self, halves: list[_Half]) -> Iterator[_Half]:
        """The hops of one report whose sides both moved; yields what moved on one side alone."""
        outs = deque(half for half in halves if half.side == DEBIT)
        ins = deque(half for half in halves if half.side == CREDIT)
        while outs and ins:
            amount = min(outs[0].amount, ins[0].amount)
            self._add(outs[0], ins[0], amount)
            for side in (outs, ins):
                left = side[0].amount - amount
                if left:
                    side[0] = side[0]._replace(amount=left)
                else:
                    side.popleft()
        yield from outs
        yield from ins

    def _pair(self, halves: Iterable[_Half]) -> None:
        """Halves of one amount: those that tell the same hop are joined, the rest are hops with one side."""
        pool = _Pool()
        for half in halves:
            giver, taker = self._places.of(half.giver), self._places.of(half.taker, half.payee)
            if half.side == DEBIT:
                pool.add(half, giver, taker)
            else:
                self._add(pool.take(giver, taker, partial(self._fits, half)), half, half.amount)
        for one in pool.left():
            self._add(one, None, one.amount)

    def _fits(self, half: _Half, out: _Half) -> bool:
        told_twice = bool(out.report and half.report)
        return not told_twice and self._numbers.apart(out.day, half.day) <= self._days

    def _add(self, out: _Half | None, came: _Half | None, amount: int) -> None:
        """One hop, told by either side; a hop within one place is none."""
        told = out if out is not None and (out.report or came is None or not came.report) else came
        if told is None:
            return
        giver = told.giver if out is None else out.account
        taker = told.taker if came is None else came.account
        from_place = self._places.of(giver)
        to_place = self._places.of(taker, told.payee if taker is None else None)
        if from_place is not None and from_place == to_place:
            return
        self._hops.add(
            giver,
            taker,
            from_place,
            to_place,
            amount,
            None if out is None else out.day,
            None if came is None else came.day,
            None if out is None else out.rank,
            None if came is None else came.rank,
            None if out is None else out.seq,
            None if came is None else came.seq,
            told.report,
            told.kind,
            told.fund,
            told.source,
            told.line,
            told.refers,
            int((out is None or bool(out.bank)) and (came is None or bool(came.bank))),
        )
