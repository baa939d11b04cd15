# SPDX-License-Identifier: Apache-2.0
"""Which lot paid which bill: first in, first out at every place, as pieces of one hop that became pieces of the next.

Credits of a place stand on one cumulative axis, debits on another; the same coordinate is the same money. Every place is
merged alone, pieces never change when something is appended in order, and there are fewer than there are hops. Paths are
compositions of pieces, exact in both directions (`verifier.tracing.walk`).

What a place held before the record began, or what a gap of statements brought, is the lot `OUTSIDE`. A debit beyond what
came is paid by later credits (Clayton), marked as an advance, where the bank says what the account held; elsewhere nobody
knows what else was there, and it came from `OUTSIDE`.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from verifier.reconciliation.coverage import NOT_COVERED
from verifier.reconciliation.money_facts import CREDIT
from verifier.tracing.account_run import SignedBalance, signed_balances
from verifier.tracing.hops import build_hops
from verifier.tracing.money_books import MoneyBooks

OUTSIDE: Final = 0
"""Stands for a hop where money came from before the record or a gap, or went into a gap."""

_TABLE: Final = """
    CREATE TABLE lot_edge (source INTEGER, source_lo INTEGER, target INTEGER, target_lo INTEGER, amount INTEGER,
        advance INTEGER)"""

# A custodian account holds what its own movements say, any other place what hops bring on the day that is known.
_SIDES: Final = """
    SELECT to_place AS place, taker AS account, coalesce(in_day, out_day) AS day, in_rank AS rank, 2 AS side,
        coalesce(in_seq, out_seq) AS seq, id, amount
    FROM hop WHERE to_place IS NOT NULL AND (in_rank IS NOT NULL OR to_place NOT IN (SELECT place FROM kept_place))
    UNION ALL
    SELECT from_place, giver, coalesce(out_day, in_day), out_rank, 1, coalesce(out_seq, in_seq), id, amount
    FROM hop WHERE from_place IS NOT NULL
        AND (out_rank IS NOT NULL OR from_place NOT IN (SELECT place FROM kept_place))
    ORDER BY place, rank, day, side DESC, seq, id"""


class LotEdge(NamedTuple):
    """`amount` of hop `source`, from `source_lo` on, became that of hop `target`, from `target_lo` on.

    With `advance` the target left before the source came.
    """

    source: int
    source_lo: int
    target: int
    target_lo: int
    amount: int
    advance: int


class _Side(NamedTuple):
    place: str
    account: str | None
    day: int
    rank: int | None
    side: int
    seq: int
    id: int
    amount: int


class _Open:
    """What is left of a credit not yet spent, or of a debit not yet covered."""

    __slots__ = ("hop", "left", "lo")

    def __init__(self, hop: int, amount: int) -> None:
        self.hop = hop
        self.lo = 0
        self.left = amount


class FirstInFirstOut:
    """One place; `advances` if what is short is paid by later credits."""

    __slots__ = ("_advances", "_credits", "_debits", "balance")

    def __init__(self, *, opening: int, advances: bool) -> None:
        """The place holds `opening` from outside."""
        self.balance = 0
        self._advances = advances
        self._credits: deque[_Open] = deque()
        self._debits: deque[_Open] = deque()
        if opening > 0:
            self._credits.append(_Open(OUTSIDE, opening))
        elif opening < 0:
            self._debits.append(_Open(OUTSIDE, -opening))
        self.balance = opening

    def credit(self, hop: int, amount: int) -> Iterator[LotEdge]:
        """`hop` brought `amount`; what it pays of earlier debits."""
        self.balance += amount
        came = _Open(hop, amount)
        while self._debits and came.left:
            yield _join(came, self._debits[0], advance=1)
            if not self._debits[0].left:
                self._debits.popleft()
        if came.left:
            self._credits.append(came)

    def debit(self, hop: int, amount: int) -> Iterator[LotEdge]:
        """`hop` took `amount`; which credits it is paid from."""
        self.balance -= amount
        went = _Open(hop, amount)
        while self._credits and went.left:
            yield _join(self._credits[0], went, advance=0)
            if not self._credits[0].left:
                self._credits.popleft()
        if went.left and self._advances:
            self._debits.append(went)
        elif went.left:
            yield _join(_Open(OUTSIDE, went.left), went, advance=0)


def build_edges(books: MoneyBooks) -> None:
    """The tables `hop` and `lot_edge` of the closed `books` are complete and indexed; done at most once."""
    workspace = books.workspace
    if workspace.look_up(int, "SELECT 1 FROM sqlite_master WHERE name = 'lot_edge'") is not None:
        return
    workspace.run(_TABLE)
    build_hops(books)
    edges = workspace.batch("INSERT INTO lot_edge VALUES (?, ?, ?, ?, ?, ?)")
    for _, sides in groupby(workspace.rows(_Side, _SIDES), key=attrgetter("place")):
        for edge in _merge(books, sides):
            edges.add(*edge)
    workspace.run("CREATE INDEX lot_source ON lot_edge (source, source_lo)")
    workspace.run("CREATE INDEX lot_target ON lot_edge (target, target_lo)")


def _merge(books: MoneyBooks, sides: Iterable[_Side]) -> Iterator[LotEdge]:
    """The edges of one place, whose sides come in its order; balances signed by the bank are put right on the way."""
    place: FirstInFirstOut | None = None
    signed: deque[SignedBalance] = deque()
    for side in sides:
        if place is None:
            kept = side.rank is not None and side.account is not None
            opening = books.opening(side.account) if kept and side.account is not None else None
            place = FirstInFirstOut(opening=opening or 0, advances=opening is not None)
            if opening is not None and side.account is not None:
                coverage = books.coverage.get(side.account, NOT_COVERED)
                signed.extend(signed_balances(coverage, as_of=books.as_of.toordinal()))
        while signed and signed[0].day <= side.day:
            yield from _put_right(place, signed.popleft().balance)
        yield from (place.credit if side.side == CREDIT else place.debit)(side.id, side.amount)


def _put_right(place: FirstInFirstOut, balance: int) -> Iterator[LotEdge]:
    change = balance - place.balance
    if change > 0:
        yield from place.credit(OUTSIDE, change)
    elif change < 0:
        yield from place.debit(OUTSIDE, -change)


def _join(source: _Open, target: _Open, *, advance: int) -> LotEdge:
    """The edge by which `source` pays as much of `target` as it can; both shrink."""
    amount = min(source.left, target.left)
    edge = LotEdge(source.hop, source.lo, target.hop, target.lo, amount, advance)
    for one in (source, target):
        one.lo += amount
        one.left -= amount
    return edge
