# SPDX-License-Identifier: Apache-2.0
"""Whose money an account holds, and whose leaves first: FIFO, LIFO and pro-rata by fund, exact in integers.

Money is kept by fund, never by entry, so that pro-rata stays as small as the number of funds: by entry its work grows
without bound (arXiv 2110.05041). Money of no fund is `GENERAL`. An overdrawn account holds nothing and has debts, which the
next credits fill: for FIFO the oldest first (Clayton's case, 1816), for LIFO the newest, in proportion otherwise.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final, Protocol, assert_never

from ledger.amount import share_out
from verifier.basis.tracing_rule import TracingRule

GENERAL: Final = ""
"""Money of no fund."""


class Lots(Protocol):
    """What an account holds, by fund, and which of its debts a credit fills."""

    def put(self, fund: str, amount: int) -> None:
        """`amount` of `fund` came in."""

    def draw(self, amount: int) -> list[tuple[str, int]]:
        """(fund, amount) of what leaves when `amount` is paid, as it is taken; less where less is held."""

    def draw_of(self, fund: str, amount: int) -> int:
        """How much of `fund` leaves when `amount` of it is taken out whatever else is held; less where less is held."""

    def fill(self, amount: int, debts: Sequence[int]) -> list[tuple[int, int]]:
        """(index, part) of the `debts`, oldest first, that a credit of `amount` fills; less where less is owed."""


class _Lot:
    __slots__ = ("amount", "fund")

    def __init__(self, fund: str, amount: int) -> None:
        self.fund = fund
        self.amount = amount


class Queue:
    """First in, first out; or, taken from the other end, last in, first out."""

    __slots__ = ("_lots", "_newest")

    def __init__(self, *, newest: bool) -> None:
        """Nothing held; `newest` takes from the end that came in last."""
        self._lots: deque[_Lot] = deque()
        self._newest = newest

    def put(self, fund: str, amount: int) -> None:
        """`amount` of `fund` stands behind what is held; beside money of the same fund it joins it."""
        if self._lots and self._lots[-1].fund == fund:
            self._lots[-1].amount += amount
        else:
            self._lots.append(_Lot(fund, amount))

    def draw(self, amount: int) -> list[tuple[str, int]]:
        """From one end, lot by lot."""
        taken: list[tuple[str, int]] = []
        while amount and self._lots:
            lot = self._lots[-1 if self._newest else 0]
            part = min(amount, lot.amount)
            taken.append((lot.fund, part))
            amount -= part
            lot.amount -= part
            if not lot.amount:
                (self._lots.pop if self._newest else self._lots.popleft)()
        return taken

    def draw_of(self, fund: str, amount: int) -> int:
        """From one end, past money of others."""
        left = amount
        for lot in list(reversed(self._lots) if self._newest else self._lots):
            if lot.fund == fund:
                part = min(left, lot.amount)
                lot.amount -= part
                left -= part
        self._lots = deque(lot for lot in self._lots if lot.amount)
        return amount - left

    def fill(self, amount: int, debts: Sequence[int]) -> list[tuple[int, int]]:
        """From one end, debt by debt."""
        order = range(len(debts) - 1, -1, -1) if self._newest else range(len(debts))
        return list(_fill(amount, debts, order))


class Shares:
    """In proportion to what each fund holds, and to the size of each debt; largest remainder, ties by fund id and age."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        """Nothing held."""
        self._held: dict[str, int] = {}

    def put(self, fund: str, amount: int) -> None:
        """The share of `fund` grows."""
        self._held[fund] = self._held.get(fund, 0) + amount

    def draw(self, amount: int) -> list[tuple[str, int]]:
        """From every fund by its share."""
        parts = share_out(min(amount, sum(self._held.values())), self._held)
        self._held = {fund: held - parts[fund] for fund, held in self._held.items() if held > parts[fund]}
        return sorted((fund, part) for fund, part in parts.items() if part)

    def draw_of(self, fund: str, amount: int) -> int:
        """The share of `fund` shrinks."""
        part = min(amount, self._held.get(fund, 0))
        if part:
            self._held[fund] -= part
        return part

    def fill(self, amount: int, debts: Sequence[int]) -> list[tuple[int, int]]:
        """Every debt by its size."""
        width = len(str(len(debts)))
        parts = share_out(min(amount, sum(debts)), {f"{at:0{width}}": debt for at, debt in enumerate(debts)})
        return [(int(at), part) for at, part in sorted(parts.items()) if part]


def lots_of(rule: TracingRule) -> Lots | None:
    """Empty lots for `rule`; None for the lowest intermediate balance, which needs none."""
    match rule:
        case "libr":
            return None
        case "fifo":
            return Queue(newest=False)
        case "lifo":
            return Queue(newest=True)
        case "prorata":
            return Shares()
        case _:
            assert_never(rule)


def _fill(amount: int, debts: Sequence[int], order: range) -> Iterator[tuple[int, int]]:
    for at in order:
        part = min(amount, debts[at])
        if not part:
            return
        yield at, part
        amount -= part
