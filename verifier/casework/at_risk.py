# SPDX-License-Identifier: Apache-2.0
"""Amounts of findings united per payment: one payment counts once, however many findings are about it (DESIGN §6).

Of each payment counts the largest amount that any finding says of it, never the sum. Money of two funds on one payment is
not the same money, so it is the largest for each fund. What a finding is about where it is about no payment, such as a line
not passed on, is the event that started it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from verifier.basis.findings import Finding
from verifier.casework.payments import Piece

PEAK = "peak_outstanding"
"""The figure that stands for the amount of a shortage: the most that was open at once (semantics T11)."""


class PaymentsTold(Protocol):
    """What `verifier.casework.payments.Payments` answers."""

    def told_by(self, seq: int) -> tuple[Piece, ...]:
        """The payments that the entry at `seq` tells."""
        ...


class Stake(NamedTuple):
    """An amount of one finding, laid out over the payments or matters that it is about; `fund` is None for several."""

    fund: str | None
    pieces: tuple[Piece, ...]


def amount_at_risk(finding: Finding) -> int:
    """What the finding says is at risk, minor units; of a shortage the most that was open at once (T11)."""
    return finding.figures.get(PEAK, finding.amount or 0)


def stake(finding: Finding, amount: int, payments: PaymentsTold) -> Stake:
    """`amount` of `finding`, laid out over its payments up to what each comes to.

    The steps of its paths where it has any, else its payments from the latest back, since what goes beyond a limit is paid
    last; nothing but the event that started it where something was not done by a day. The rest is with its decisive event.
    """
    left, laid = amount, dict[str, int]()
    for key, room in _rooms(finding, payments):
        part = min(left, room)
        if part > 0:
            laid[key] = laid.get(key, 0) + part
            left -= part
    if left > 0:
        laid[_matter(finding)] = laid.get(_matter(finding), 0) + left
    return Stake(finding.fund, tuple(Piece(key, part) for key, part in laid.items()))


def united(stakes: Iterable[Stake]) -> int:
    """The amounts of `stakes` with every payment counted once; minor units."""
    most: defaultdict[str, dict[str | None, int]] = defaultdict(dict)
    for one in stakes:
        for key, amount in one.pieces:
            by_fund = most[key]
            by_fund[one.fund] = max(amount, by_fund.get(one.fund, 0))
    return sum(map(_largest, most.values()))


def _largest(by_fund: dict[str | None, int]) -> int:
    """Of one payment: what findings of no one fund say, or what those of its funds say, whichever is more."""
    of_funds = sum(amount for fund, amount in by_fund.items() if fund is not None)
    return max(of_funds, by_fund.get(None, 0))


def _rooms(finding: Finding, payments: PaymentsTold) -> Iterator[Piece]:
    """Payments in the order in which they are filled, with what each can hold at most."""
    if finding.due is not None:
        return
    positions = {entry.name: entry.seq for entry in finding.evidence}
    for path in finding.paths:
        step = path[0]
        told = payments.told_by(positions[step.event]) if step.event in positions else ()
        yield from _within(step.amount, told or (Piece(step.event, step.amount),))
    if not finding.paths:
        pieces = (one for entry in reversed(finding.evidence) for one in payments.told_by(entry.seq))
        yield from dict[str, Piece]((one.key, one) for one in pieces).values()


def _within(amount: int, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """`pieces` cut off where they come to `amount`."""
    for key, room in pieces:
        yield Piece(key, min(room, amount))
        amount -= min(room, amount)


def _matter(finding: Finding) -> str:
    """The event that a finding is about, or the finding itself where it names none."""
    return (finding.first_event if finding.due is not None else finding.decisive_event) or finding.id
