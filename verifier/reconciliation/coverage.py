# SPDX-License-Identifier: Apache-2.0
"""Covered days: the days of closed statements, on which an account moves by its bank lines and nothing else (T2, T4).

A statement is closed when its lines are all there, numbered 1 to n, booked within its days, and opening + credits −
debits = closing. Statements chain when the next one begins on the next day with the same balance; their names are the
bank's own and say nothing about order. A break of the chain is a gap: what moved there, if anything, is unresolved.
Of two statements that share a day the earlier counts; the other one is set aside.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from verifier.workspace import Workspace


class Statement(NamedTuple):
    """A statement as posted, with what its lines add up to: number, lowest and highest, booking days.

    The net amount of the lines comes in two halves, as SQL can add it without overflow.
    """

    account: str
    name: str
    seq: int
    first_day: int
    last_day: int
    opening: int
    closing: int
    lines: int
    found: int = 0
    lowest: int = 0
    highest: int = 0
    net_high: int = 0
    net_low: int = 0
    first_booked: int | None = None
    last_booked: int | None = None

    @property
    def holder(self) -> str:
        """The account that it is of: a sub-ledger of the pool `account`, if its name says so."""
        return self.name.partition(":")[2] or self.account

    @property
    def net(self) -> int:
        """Credits less debits of the lines found."""
        return (self.net_high << 32) + self.net_low

    @property
    def closed(self) -> bool:
        """Whether the lines bear the balances out."""
        numbered = self.found == self.lines and (
            self.found == 0 or (self.lowest, self.highest) == (1, self.found)
        )
        within = self.first_booked is None or (
            self.first_day <= self.first_booked and (self.last_booked or 0) <= self.last_day
        )
        return numbered and within and self.opening + self.net == self.closing


class Stretch(NamedTuple):
    """An unbroken chain of closed statements: covered days, balances at both ends, the statement that opens it."""

    first_day: int
    last_day: int
    opening: int
    closing: int
    opened_by: int


class Gap(NamedTuple):
    """A break between two stretches: the balance before it and the statement (by seq) that shows another one after."""

    account: str
    after_day: int
    before_day: int
    closing: int
    opening: int
    seq: int


class Coverage(NamedTuple):
    """What the bank tells of one account.

    `counted` names the statements whose lines move money; `open_balances` are statements whose lines do not bear them
    out: their balances are known, their days are not covered; `aside` share days with statements that count.
    """

    stretches: tuple[Stretch, ...] = ()
    gaps: tuple[Gap, ...] = ()
    counted: frozenset[str] = frozenset()
    open_balances: tuple[Statement, ...] = ()
    aside: tuple[Statement, ...] = ()

    def covers(self, day: int) -> bool:
        """Whether the account moves by bank lines on `day` (an ordinal)."""
        at = bisect_right(self.stretches, day, key=lambda stretch: stretch.first_day)
        return at > 0 and day <= self.stretches[at - 1].last_day

    def covers_all(self, first: int, last: int) -> bool:
        """Whether the account moves by bank lines on every day from `first` to `last`."""
        day = first
        for stretch in self.stretches:
            if stretch.first_day <= day <= stretch.last_day:
                day = stretch.last_day + 1
        return day > last


NOT_COVERED: Final = Coverage()


def coverage_of(statements: Iterable[Statement]) -> Coverage:
    """The coverage that the statements of one account give, in whatever order they come."""
    stretches: list[Stretch] = []
    gaps: list[Gap] = []
    counted: set[str] = set()
    open_balances: list[Statement] = []
    aside: list[Statement] = []
    for one in sorted(statements, key=lambda one: (one.first_day, one.last_day, one.seq)):
        if not one.closed:
            open_balances.append(one)
        elif stretches and one.first_day <= stretches[-1].last_day:
            aside.append(one)
        else:
            counted.add(one.name)
            _extend(stretches, gaps, one)
    apart = [one for one in open_balances if not any(_overlap(one, stretch) for stretch in stretches)]
    aside += [one for one in open_balances if one not in apart]
    return Coverage(tuple(stretches), tuple(gaps), frozenset(counted), tuple(apart), tuple(aside))


def _overlap(one: Statement, stretch: Stretch) -> bool:
    return one.first_day <= stretch.last_day and stretch.first_day <= one.last_day


def _extend(stretches: list[Stretch], gaps: list[Gap], one: Statement) -> None:
    new = Stretch(one.first_day, one.last_day, one.opening, one.closing, one.seq)
    if not stretches:
        stretches.append(new)
        return
    last = stretches[-1]
    if one.first_day == last.last_day + 1 and one.opening == last.closing:
        stretches[-1] = last._replace(last_day=one.last_day, closing=one.closing)
        return
    gaps.append(Gap(one.account, last.last_day, one.first_day, last.closing, one.opening, one.seq))
    stretches.append(new)


def pooled_coverage(statements: Iterable[Statement]) -> Coverage:
    """The coverage of an account, or of a pool by the statements of all accounts of it (T5).

    A pool is covered on the days for which every account that has statements has a closed one of just these days.
    """
    given = list(statements)
    holders = {one.holder for one in given}
    if len(holders) == 1:
        return coverage_of(given)
    periods: defaultdict[tuple[int, int], dict[str, Statement]] = defaultdict(dict)
    for one in given:
        if one.closed:
            periods[one.first_day, one.last_day].setdefault(one.holder, one)
    whole = [list(parts.values()) for parts in periods.values() if len(parts) == len(holders)]
    made = coverage_of(_joined(parts) for parts in whole)
    by_name = {parts[0].name: parts for parts in whole}
    return made._replace(counted=frozenset(part.name for name in made.counted for part in by_name[name]))


def _joined(parts: Sequence[Statement]) -> Statement:
    """One statement over the same days, closed as all of its parts are."""
    opening, closing = sum(part.opening for part in parts), sum(part.closing for part in parts)
    high, low = divmod(closing - opening, 1 << 32)
    one = Statement(
        parts[0].account,
        parts[0].name,
        parts[0].seq,
        parts[0].first_day,
        parts[0].last_day,
        opening,
        closing,
        0,
    )
    return one._replace(net_high=high, net_low=low)


def read_coverage(
    workspace: Workspace, *, statements: str = "statement", lines: str = "bank_line"
) -> dict[str, Coverage]:
    """The coverage of every account that has a statement, from the tables of `verifier.reconciliation.fact_tables`.

    The names of two other tables with the same columns may be given.
    """
    rows = workspace.rows(Statement, _STATEMENTS.format(statements=statements, lines=lines))
    return {account: pooled_coverage(group) for account, group in groupby(rows, key=attrgetter("account"))}


# High and low halves are added apart: 64 bits hold the sum of any number of lines that a ledger can have.
_STATEMENTS: Final = """
    SELECT s.account, s.statement, s.seq, s.first_day, s.last_day, s.opening, s.closing, s.lines,
        coalesce(l.found, 0), coalesce(l.lowest, 0), coalesce(l.highest, 0), coalesce(l.high, 0), coalesce(l.low, 0),
        l.first_booked, l.last_booked
    FROM {statements} s LEFT JOIN (
        SELECT account, statement, count(*) AS found, min(line_no) AS lowest, max(line_no) AS highest,
            sum(CASE side WHEN 2 THEN amount >> 32 ELSE -(amount >> 32) END) AS high,
            sum(CASE side WHEN 2 THEN amount & 4294967295 ELSE -(amount & 4294967295) END) AS low,
            min(day) AS first_booked, max(day) AS last_booked
        FROM {lines} WHERE void IN (0, 3) GROUP BY account, statement
    ) l ON l.account = s.account AND l.statement = s.statement
    WHERE s.void = 0 ORDER BY s.account, s.first_day"""
