# SPDX-License-Identifier: Apache-2.0
"""Follow money piece by piece from hop to hop, forward or backward, exact to the unit (资金流向, layer 2: paths only).

A piece is an interval of a hop. What it becomes next are intervals of the next hops, by first in, first out at the place
between (`verifier.tracing.lot_edges`); so pieces get smaller and never overlap, and their amounts always sum to what was
asked for. The largest piece is followed first: whatever is cut is the smallest.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from verifier.tracing.hops import Hop
from verifier.tracing.lot_edges import OUTSIDE, build_edges
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.walk_records import Direction, End, WalkCaps


class Span(NamedTuple):
    """From `lo` up to `hi` of a hop; `advance` if it was spent before it came."""

    hop: Hop
    lo: int
    hi: int
    advance: bool = False

    @property
    def amount(self) -> int:
        """How much it is."""
        return self.hi - self.lo


class Walked(NamedTuple):
    """A piece followed to its end at `place`; `spans` in the order of time, each of the same amount."""

    end: End
    place: str | None
    spans: tuple[Span, ...]

    @property
    def amount(self) -> int:
        """How much it is."""
        return self.spans[0].amount


Way = tuple[Span, ...]
"""A piece on its way: spans of one amount in the order in which they were found."""

_HOPS: Final = "SELECT * FROM hop"
_IN_ORDER: Final = "ORDER BY coalesce(out_seq, in_seq), id"
_EDGES: Final[dict[Direction, str]] = {
    "forward": """
        SELECT source_lo, target, target_lo, amount, advance FROM lot_edge
        WHERE source = ? AND source_lo < ? AND source_lo + amount > ? ORDER BY source_lo""",
    "backward": """
        SELECT target_lo, source, source_lo, amount, advance FROM lot_edge
        WHERE target = ? AND target_lo < ? AND target_lo + amount > ? ORDER BY target_lo""",
}


class _Edge(NamedTuple):
    """A lot edge as seen from one of its hops: `near_lo` in it, `far` the other one and where it lies there."""

    near_lo: int
    far: int
    far_lo: int
    amount: int
    advance: int


class Walker:
    """Follows money over closed books; the pieces of all places are computed when it is made."""

    def __init__(self, books: MoneyBooks) -> None:
        """Ready to walk."""
        build_edges(books)
        self._workspace = books.workspace

    def hops(self, where: str, values: Sequence[str | int] = ()) -> list[Hop]:
        """The hops that the SQL condition `where` names, by position."""
        return list(self._workspace.rows(Hop, f"{_HOPS} WHERE {where} {_IN_ORDER}", values))

    def walk(self, starts: Iterable[Hop], direction: Direction, caps: WalkCaps) -> Iterator[Walked]:
        """Every piece of `starts` with its end, as it is found; the amounts sum to those of `starts`."""
        queue: list[tuple[int, int, Way]] = []
        for hop in starts:
            heapq.heappush(queue, (-hop.amount, len(queue), (Span(hop, 0, hop.amount),)))
        count = work = len(queue)
        while queue:
            _, _, way = heapq.heappop(queue)
            if work - len(queue) > caps.work:
                yield _ended(way, "cut_work", direction)
                continue
            for longer in self._followed(way, direction, caps):
                if isinstance(longer, Walked):
                    yield longer
                    continue
                count += 1
                work += 1
                heapq.heappush(queue, (-longer[-1].amount, count, longer))

    def _followed(self, way: Way, direction: Direction, caps: WalkCaps) -> Iterator[Walked | Way]:
        """What the piece becomes: longer ways, or its end, in parts that sum to it."""
        last = way[-1]
        place = _place(last.hop, direction)
        if place is not None and place in _passed(way, direction):
            yield _ended(way, "round_trip", direction)
            return
        if len(way) >= caps.depth:
            yield _ended(way, "cut_depth", direction)
            return
        done = last.lo
        edges = self._workspace.rows(_Edge, _EDGES[direction], (last.hop.id, last.hi, last.lo))
        for edge in list(edges):
            if edge.near_lo > done:
                yield self._stopped(_part(way, done, edge.near_lo), direction)
            lo, done = max(last.lo, edge.near_lo), min(last.hi, edge.near_lo + edge.amount)
            yield self._beyond(_part(way, lo, done), edge, direction, caps)
        if done < last.hi:
            yield self._stopped(_part(way, done, last.hi), direction)

    def _beyond(self, way: Way, edge: _Edge, direction: Direction, caps: WalkCaps) -> Walked | Way:
        """The piece `way` with its next hop, or its end where there is none to follow."""
        if edge.far == OUTSIDE:
            return _ended(way, "gap" if direction == "forward" else "outside", direction)
        hop = self.hops("id = ?", (edge.far,))[0]
        if abs(hop.day - way[0].hop.day) > caps.days:
            return _ended(way, "cut_days", direction)
        lo = edge.far_lo + way[-1].lo - edge.near_lo
        return (*way, Span(hop, lo, lo + way[-1].amount, bool(edge.advance)))

    def _stopped(self, way: Way, direction: Direction) -> Walked:
        """The end of a piece that no further hop took up."""
        place = _place(way[-1].hop, direction)
        if place is None:
            return _ended(way, "unknown" if direction == "forward" else "outside", direction)
        if direction == "backward":
            return _ended(way, "uncovered", direction)
        kept = self._workspace.look_up(int, "SELECT 1 FROM kept_place WHERE place = ?", (place,))
        if kept is None:
            return _ended(way, "paid", direction)
        return _ended(way, "unseen" if way[-1].hop.in_rank is None else "held", direction)


def _place(hop: Hop, direction: Direction) -> str | None:
    """The place at the far end of `hop`."""
    return hop.to_place if direction == "forward" else hop.from_place


def _passed(way: Way, direction: Direction) -> set[str | None]:
    """The places that the piece left or passed before its last hop ended."""
    first = way[0].hop
    begun = first.from_place if direction == "forward" else first.to_place
    return {begun, *(_place(span.hop, direction) for span in way[:-1])}


def _part(way: Way, lo: int, hi: int) -> Way:
    """The part of a piece that lies from `lo` up to `hi` of its last span."""
    skipped, size = lo - way[-1].lo, hi - lo
    return tuple(span._replace(lo=span.lo + skipped, hi=span.lo + skipped + size) for span in way)


def _ended(way: Way, end: End, direction: Direction) -> Walked:
    spans = way if direction == "forward" else way[::-1]
    return Walked(end, _place(way[-1].hop, direction), spans)
