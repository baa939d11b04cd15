# SPDX-License-Identifier: Apache-2.0
"""Money that comes back to who paid it, over places in between (回流, semantics P4, M3).

From a payment on, every way over later hops within the days and hops allowed that ends at home, as far as amounts carry:
the payment goes first, as if nothing else had been there, since what else an intermediary held is seldom in the ledger.
That is the most that may have come back; how much of it must have is another question (`verifier.tracing.forced`). A hop
carries each unit once, whatever number of payments it might be the return of. Short ways count before long ones.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from verifier.tracing.hops import Hop, build_hops
from verifier.tracing.money_books import MoneyBooks

WORK_MAX: Final = 5_000
"""Most hops that are looked at for one payment; beyond it the search is cut, and counted."""

_ONWARD: Final = """
    SELECT * FROM hop WHERE from_place = ? AND coalesce(out_day, in_day) BETWEEN ? AND ?
    ORDER BY coalesce(out_day, in_day), coalesce(out_seq, in_seq), id"""
_TOLD: Final = "SELECT * FROM hop WHERE report = ? ORDER BY coalesce(out_seq, in_seq), id"


_MAY_RETURN: Final = """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM other_line WHERE side = 1)
        OR EXISTS (SELECT 1 FROM report WHERE keeps = 2 AND from_account IS NOT NULL)
        OR EXISTS (SELECT 1 FROM bank_line b LEFT JOIN kept_account k ON k.account = b.counterparty
            WHERE b.side = 2 AND b.counterparty IS NOT NULL AND k.account IS NULL)"""


def may_return(books: MoneyBooks) -> bool:
    """Whether anything at all comes from places that are no custodians; asked of open `books` too, and quickly."""
    workspace = books.workspace
    workspace.run("CREATE TABLE IF NOT EXISTS kept_account (account TEXT PRIMARY KEY) WITHOUT ROWID")
    kept = ((one,) for one in books.tables.accounts if books.tables.keeps(one))
    workspace.write("INSERT OR IGNORE INTO kept_account VALUES (?)", kept)
    return workspace.look_up(int, _MAY_RETURN) is not None


class Reach(NamedTuple):
    """How far money is followed home: days after the payment, and hops, the payment counted."""

    days: int
    hops: int


class Trip(NamedTuple):
    """`amount` that left by the first of `hops` and came home by the last."""

    hops: tuple[Hop, ...]
    amount: int


class Journey(NamedTuple):
    """All that came home of one payment."""

    payment: tuple[Hop, ...]
    trips: tuple[Trip, ...]

    @property
    def paid(self) -> int:
        """What was paid."""
        return sum(hop.amount for hop in self.payment)

    @property
    def back(self) -> int:
        """What came home."""
        return sum(trip.amount for trip in self.trips)


class Manners(NamedTuple):
    """What a search takes for home, and which hops it may use to get there."""

    home: Callable[[Hop], bool]
    passable: Callable[[Hop], bool]


class Homecomings:
    """Searches over closed books; what one accepted search used up, no later one uses again."""

    def __init__(self, books: MoneyBooks) -> None:
        """Ready to search; hops are computed here."""
        build_hops(books)
        self._workspace = books.workspace
        self._used: Counter[int] = Counter()
        self.cut = 0
        """How many searches were ended early."""

    def of(self, report: int, reach: Reach, manners: Manners) -> Journey:
        """What came home of the payment told by `report`."""
        payment = tuple(self._workspace.rows(Hop, _TOLD, (report,)))
        search = _Search(self._onward, self._used, reach, manners)
        trips = tuple(trip for hop in payment for trip in search.trips(hop))
        self.cut += search.cut
        return Journey(payment, trips)

    def accept(self, journey: Journey) -> None:
        """What `journey` brought home is spoken for."""
        for trip in journey.trips:
            self._used.update({hop.id: trip.amount for hop in trip.hops[1:]})

    def _onward(self, place: str, first: int, last: int) -> Iterator[Hop]:
        return self._workspace.rows(Hop, _ONWARD, (place, first, last))


class _Search:
    """One payment; hops are looked at in the order of days, ways of few hops first."""

    def __init__(
        self,
        onward: Callable[[str, int, int], Iterable[Hop]],
        used: Counter[int],
        reach: Reach,
        manners: Manners,
    ) -> None:
        self._onward = onward
        self._used = used.copy()
        self._reach = reach
        self._manners = manners
        self._work = 0
        self._known: dict[tuple[str, int], list[Hop]] = {}

    @property
    def cut(self) -> bool:
        return self._work > WORK_MAX

    def trips(self, start: Hop) -> Iterator[Trip]:
        left = start.amount
        for length in range(2, self._reach.hops + 1):
            for way in self._ways((start,), length):
                amount = min(left, *(self._left(hop) for hop in way[1:]))
                if amount > 0:
                    left -= amount
                    self._used.update({hop.id: amount for hop in way[1:]})
                    yield Trip(way, amount)
                if not left:
                    return

    def _ways(self, way: tuple[Hop, ...], length: int) -> Iterator[tuple[Hop, ...]]:
        """Ways home that begin with `way` and have `length` hops."""
        last, begun = way[-1], way[0].day
        passed = {hop.from_place for hop in way}
        for hop in self._from(last.to_place, begun):
            if hop.day < last.day or not self._left(hop) or not self._manners.passable(hop):
                continue
            if self._manners.home(hop):
                if len(way) + 1 == length:
                    yield (*way, hop)
            elif len(way) + 1 < length and hop.to_place not in passed:
                yield from self._ways((*way, hop), length)

    def _from(self, place: str | None, begun: int) -> list[Hop]:
        """Hops from `place` within the days after `begun`; none once the search is cut."""
        if place is None or self.cut:
            return []
        key = (place, begun)
        if key not in self._known:
            self._known[key] = list(self._onward(place, begun, begun + self._reach.days))
        self._work += len(self._known[key])
        return self._known[key]

    def _left(self, hop: Hop) -> int:
        return hop.amount - self._used[hop.id]
