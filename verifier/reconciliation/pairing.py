# SPDX-License-Identifier: Apache-2.0
"""Which reports a bank line bears out (对账, semantics R1): the two passes over one side of one account, as values.

Pass 1 takes what shares a bank reference (or one voucher that the bank line quotes): reports fill the lines in the order
of the log. Pass 2 takes what is left: equal amounts, at most three working days apart, nearest day first. Reports that
share a voucher and no bank reference are one payment in pass 2.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Windows of reconciliation in working days; parameters of rule R1 in the pack, with the defaults of the semantics.

    `match_days`: most between a report and a line without a common reference; `date_days`: more than this between a
    report and its line is a finding; `report_days`: a report without a line for longer is one; `report_grace_wd`: what
    rests on an unreported line is indicated for so long; `late_days`: a report recorded later counts from its recording.
    `windows_from` names the rows that set them.
    """

    match_days: int = 3
    date_days: int = 5
    report_days: int = 5
    report_grace_wd: int = 5
    late_days: int = 10
    windows_from: str = "R1"


DEFAULT: Final = Windows()


class BankLine(NamedTuple):
    """A bank line on one side of an account, or what is left of it; `order` is its place in the bank's own order."""

    seq: int
    order: tuple[int, str, int]
    amount: int
    counterparty: str | None
    has_ref: bool
    value_day: int

    @property
    def day(self) -> int:
        """Booking day."""
        return self.order[0]


class Told(NamedTuple):
    """One side of a report, or of several that share a voucher: `members` are (position, amount), in log order."""

    seq: int
    day: int
    amount: int
    counterparty: str | None
    has_ref: bool
    funds: tuple[str, ...]
    members: tuple[tuple[int, int], ...]


class Piece(NamedTuple):
    """`amount` of bank line `line` is what report `report` told."""

    line: BankLine
    report: int
    amount: int
    apart: int


class Pass1(NamedTuple):
    """What pass 1 makes of one reference: pieces, and what is left of lines and of reports."""

    pieces: list[Piece]
    lines: list[BankLine]
    reports: list[tuple[int, int]]


class Pair(NamedTuple):
    """A line and the payment that pass 2 chose for it; `shaky` names funds of rivals that would have fitted as well."""

    line: BankLine
    told: Told
    shaky: tuple[str, ...]


def fill(lines: Sequence[BankLine], reports: Sequence[Told], apart: Callable[[int, int], int]) -> Pass1:
    """Pass 1 for one reference: lines in bank order, filled by reports in log order.

    Postcondition: pieces and rests sum to what came in, on both sides.
    """
    pieces: list[Piece] = []
    open_lines, open_reports = deque(lines), deque(reports)
    while open_lines and open_reports:
        line, report = open_lines[0], open_reports[0]
        amount = min(line.amount, report.amount)
        pieces.append(Piece(line, report.seq, amount, apart(report.day, line.day)))
        open_lines[0] = line._replace(amount=line.amount - amount)
        open_reports[0] = report._replace(amount=report.amount - amount)
        if open_lines[0].amount == 0:
            open_lines.popleft()
        if open_reports[0].amount == 0:
            open_reports.popleft()
    return Pass1(pieces, list(open_lines), [(report.seq, report.amount) for report in open_reports])


def pair_up(
    lines: Sequence[BankLine], told: Sequence[Told], number: Callable[[int], int], *, days: int
) -> tuple[list[Pair], list[BankLine], list[Told]]:
    """Pass 2 for one side and one amount: the pairs, the lines left, the payments left.

    `number` counts working days (`verifier.basis.workday_numbers`), of which a pair is at most `days`
    apart. A choice between
    payments of different funds is shaky unless all of them end up on lines of one day, where it changes nothing but the
    order within the day.
    """
    shelves: _Shelves = defaultdict(dict)
    for one in sorted(told, key=lambda one: one.seq):
        shelf = shelves[number(one.day)]
        shelf.setdefault((one.funds, one.counterparty, one.has_ref), deque()).append(one)
    waiting = sorted(lines, key=lambda line: (line.order, line.seq))
    chosen: list[tuple[BankLine, Told, list[Told]]] = []
    for distance in range(days + 1):
        left: list[BankLine] = []
        for line in waiting:
            rivals = _take_nearest(line, shelves, number(line.day), distance)
            if rivals:
                chosen.append((line, rivals[0], rivals))
            else:
                left.append(line)
        waiting = left
    booked = {one.seq: line.day for line, one, _ in chosen}
    pairs = [Pair(line, one, _shaky(line, rivals, booked)) for line, one, rivals in chosen]
    return pairs, waiting, [one for shelf in shelves.values() for queue in shelf.values() for one in queue]


_Shelves = defaultdict[int, dict[tuple[tuple[str, ...], str | None, bool], deque[Told]]]
"""Payments by working-day number, then by what makes two of them alike for a line; each queue in log order."""


def _take_nearest(line: BankLine, shelves: _Shelves, number: int, distance: int) -> list[Told]:
    """The payment at that distance that is this line, taken off its shelf, and then one rival of each other kind."""
    fitting: list[tuple[int, deque[Told]]] = []
    for at in {number - distance, number + distance}:
        for (_, counterparty, has_ref), queue in shelves.get(at, {}).items():
            agrees = counterparty is None or line.counterparty is None or counterparty == line.counterparty
            if queue and agrees and not (has_ref and line.has_ref):
                fitting.append((queue[0].seq, queue))
    fitting.sort(key=itemgetter(0))
    rivals = [queue[0] for _, queue in fitting]
    if fitting:
        fitting[0][1].popleft()
    first = rivals[:1]
    return first + [rival for rival in rivals[1:] if rival.funds != first[0].funds]


def _shaky(line: BankLine, rivals: Sequence[Told], days: dict[int, int]) -> tuple[str, ...]:
    if len(rivals) == 1 or all(days.get(rival.seq) == line.day for rival in rivals):
        return ()
    return tuple(sorted({fund for rival in rivals for fund in rival.funds}))
