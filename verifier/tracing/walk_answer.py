# SPDX-License-Identifier: Apache-2.0
"""The answer to `fundtrace trace --forward` and `--backward`: where money went on to, or came from, piece by piece.

What is followed: forward the payments from lines of a fund (or of a line and those split from it), with the match and
interest that came in for the fund, since a yuan is paid from one line once; backward the final payments that were declared
as its. For an event, whatever it moved. Sums are over everything; lists show the largest.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ledger.errors import ProgrammerError
from ledger.open_records import Line
from verifier.tracing.hop_steps import walked_steps
from verifier.tracing.hops import Hop
from verifier.tracing.line_tree import lines_below
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.walk import Walked, Walker
from verifier.tracing.walk_records import Direction, Ending, MoneyWalk, WalkCaps, WalkedPiece

_ENTERED: Final = "kind IN ('disbursement', 'matching_receipt', 'interest')"
_PAID: Final = "kind = 'disbursement'"
_SPENT: Final = """
    from_place IN (SELECT place FROM kept_place) AND (to_place IS NULL OR to_place NOT IN (SELECT place FROM kept_place))
    AND kind <> 'return'"""


_NAMED: Final = (
    "SELECT seq FROM report WHERE name = ?",
    "SELECT seq FROM bank_line WHERE name = ?",
    "SELECT seq FROM other_line WHERE name = ?",
)


class Asked(NamedTuple):
    """What is followed: a fund, a line, or an event; exactly one of them."""

    fund: str | None = None
    line: str | None = None
    event: str | None = None

    @property
    def words(self) -> str:
        """What was asked for."""
        return self.fund or self.line or self.event or ""


def walk_money(
    books: MoneyBooks, lines: Mapping[str, Line], asked: Asked, direction: Direction, caps: WalkCaps
) -> MoneyWalk | None:
    """The walk over closed `books`; None where no movement of money is behind what is `asked`.

    Raises:
        ProgrammerError: the pieces do not sum to what they are pieces of.
    """
    walker = Walker(books)
    starts = list(_starts(books, walker, lines, asked, direction))
    if not starts:
        return None
    answer = _Answer(caps)
    for piece in walker.walk(starts, direction, caps):
        answer.take(piece)
    total = sum(hop.amount for hop in starts)
    if answer.ends.total() != total:
        raise ProgrammerError(f"pieces of {asked.words} sum to {answer.ends.total()}, not to {total}")
    return answer.record(books, asked, direction, total)


def empty_walk(books: MoneyBooks, asked: Asked, direction: Direction) -> MoneyWalk:
    """The walk of no money at all."""
    return _Answer(WalkCaps()).record(books, asked, direction, 0)


class _Answer:
    """Sums of all pieces, and the largest of them."""

    def __init__(self, caps: WalkCaps) -> None:
        self.ends: Counter[str] = Counter()
        self._places: Counter[tuple[str, str | None]] = Counter()
        self._counts: Counter[tuple[str, str | None]] = Counter()
        self._largest: list[tuple[int, int, Walked]] = []
        self._count = 0
        self._rows = caps.rows

    def take(self, piece: Walked) -> None:
        """One more piece."""
        key = (piece.end, piece.place)
        self.ends[piece.end] += piece.amount
        self._places[key] += piece.amount
        self._counts[key] += 1
        self._count += 1
        heapq.heappush(self._largest, (piece.amount, -self._count, piece))
        if len(self._largest) > self._rows:
            heapq.heappop(self._largest)

    def record(self, books: MoneyBooks, asked: Asked, direction: Direction, total: int) -> MoneyWalk:
        """What is shown of them."""
        entries = MoneyEntries(books.workspace)
        shown = sorted(self._largest, key=lambda one: (-one[0], -one[1]))
        pieces = tuple(
            WalkedPiece(amount=piece.amount, end=piece.end, steps=tuple(walked_steps(entries, piece)))
            for _, _, piece in shown
        )
        endings = sorted(self._places.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or ""))
        rest = {
            "pieces": self._count - len(pieces),
            "amount": total - sum(piece.amount for piece in pieces),
            "endings": max(len(endings) - self._rows, 0),
        }
        return MoneyWalk(
            asked=asked.words,
            direction=direction,
            as_of=books.as_of,
            total=total,
            ends=dict(sorted(self.ends.items())),
            endings=tuple(self._ending(end) for end, _ in endings[: self._rows]),
            pieces=pieces,
            rest={name: number for name, number in rest.items() if number},
        )

    def _ending(self, key: tuple[str, str | None]) -> Ending:
        end, place = key
        return Ending(
            end=end,  # type: ignore[arg-type]  # a counter forgets the literal
            amount=self._places[key],
            pieces=self._counts[key],
            place=None if place is None else place.partition(" ")[2],
        )


def _starts(
    books: MoneyBooks, walker: Walker, lines: Mapping[str, Line], asked: Asked, direction: Direction
) -> Iterator[Hop]:
    onward = direction == "forward"
    if asked.fund is not None:
        yield from walker.hops(f"fund = ? AND {_ENTERED if onward else _SPENT}", (asked.fund,))
    elif asked.line is not None:
        for line in lines_below(lines, asked.line):
            yield from walker.hops(f"line = ? AND {_PAID if onward else _SPENT}", (line,))
    else:
        for sql in _NAMED:
            seq = books.workspace.look_up(int, sql, (asked.event or "",))
            if seq is not None:
                yield from walker.hops("report = ?1 OR out_seq = ?1 OR in_seq = ?1", (seq,))
