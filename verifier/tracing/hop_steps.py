# SPDX-License-Identifier: Apache-2.0
"""Hops as findings and traces show them: with entry, day, both ends, and what a reader must know of each."""

import datetime
from collections.abc import Iterator

from verifier.basis.findings import Step
from verifier.tracing.homecoming import Trip
from verifier.tracing.hops import Hop
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import bounded
from verifier.tracing.walk import Walked


def walked_steps(entries: MoneyEntries, piece: Walked) -> Iterator[Step]:
    """The way of a piece, with where in each hop it lies; ADVANCE marks what was spent before it came."""
    for span in piece.spans:
        flags = ("ADVANCE",) if span.advance else ()
        yield _step(entries, span.hop, span.amount, flags=flags, lo=span.lo, hi=span.hi)


def trip_steps(entries: MoneyEntries, trip: Trip) -> tuple[Step, ...]:
    """The way of money that came home, of the same amount at each hop."""
    return tuple(_step(entries, hop, trip.amount) for hop in trip.hops)


def _step(
    entries: MoneyEntries,
    hop: Hop,
    amount: int,
    *,
    flags: tuple[str, ...] = (),
    lo: int | None = None,
    hi: int | None = None,
) -> Step:
    """REPORTED marks what no bank bears out."""
    return Step(
        event=entries.entry(hop.seq).name,
        amount=bounded(amount),
        on=datetime.date.fromordinal(hop.day),
        from_=_named(hop.giver, hop.from_place),
        to=_named(hop.taker, hop.to_place),
        lo=lo,
        hi=hi,
        flags=(*flags, *(() if hop.bank else ("REPORTED",))),
    )


def _named(account: str | None, place: str | None) -> str | None:
    """The account, or the party where none is known; None where nobody is, or a list of persons."""
    if account is not None or place is None:
        return account
    name = place.partition(" ")[2]
    return None if name.startswith("list:") else name
