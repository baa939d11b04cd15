# SPDX-License-Identifier: Apache-2.0
"""The acts of one matter, dated when the whole prefix is known, then swept in date order.

Dates wait for the end because they depend on what comes later: calendars adopted after the event (O5), bank lines
(O1), corrections. Where a payment or a paper is in doubt the acts are swept a second time, generously: what the bank may
still bear out counts, and what was recorded late counts from the date that it claims.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, assert_never

import msgspec

from verifier.basis.rulepack import Terms
from verifier.obligations.fulfilment import Waivings, due_of, rank, sweep
from verifier.obligations.records import (
    Act,
    Dated,
    DatedWaiving,
    Doubt,
    Ending,
    Lowering,
    Obligation,
    Opening,
    Payment,
    Return,
    Waiving,
)
from verifier.obligations.settling import Dates, Reported, Settled, effective, settle
from verifier.obligations.waiving import FindingOf, Waivers, in_order

_NO_WAIVERS: Final = Waivers()
_Key = tuple[int, str, datetime.date]


def _no_finding(_opening: Opening) -> str:
    return ""


class Docket:
    """The acts of one matter. Fill it in log order with `add`, then ask for `obligations`."""

    def __init__(self, terms: Sequence[Terms], waivers: Waivers = _NO_WAIVERS) -> None:
        """An empty docket; `terms` are what openings name by number, `waivers` those of the ledger."""
        self._terms = terms
        self._waivers = waivers
        self._acts: list[tuple[Act, datetime.date | None]] = []
        self._returned: set[str] = set()

    def add(self, act: Act, *, reversed_on: datetime.date | None = None) -> None:
        """One more act, of an event not later than the as-of date; the event was corrected on `reversed_on`."""
        self._acts.append((act, reversed_on))
        if isinstance(act, Return):
            self._returned.add(act.undoes)

    def obligations(self, dates: Dates, finding_of: FindingOf = _no_finding) -> Iterator[Obligation]:
        """Every obligation as it stands at the end of the as-of date, in an order fixed by the acts.

        `finding_of` says what a waiver may call it.
        """
        dated = list(self._dated(dates))
        meaning = _Meaning(self._waivers, dates, finding_of)
        firm = list(_swept(dated, dates, self._terms, meaning.firm))
        if meaning.doubtful or any(one.doubt is not None for one in dated):
            claimed = [_claimed(one) for one in dated]
            surely = {
                _key(one): (one.unmet_at_due if one.breached else 0, one.shaken)
                for one in _swept(claimed, dates, self._terms, meaning.generous, pending=True)
            }
            firm = [_compared(one, surely) if one.breached else replace(one, shaken=None) for one in firm]
        else:
            firm = [replace(one, shaken=None) for one in firm]
        return iter(firm)

    def _dated(self, dates: Dates) -> Iterator[Dated]:
        """Every act with its dates, in log order."""
        for act, voided in self._standing():
            returned = act.entry.name in self._returned
            for plain in _dated(act, dates, self._terms):
                yield msgspec.structs.replace(plain, voided_on=voided, returned=returned)

    def _standing(self) -> Iterator[tuple[Act, datetime.date | None]]:
        """Each act with the date of its reversal.

        An ending that takes effect by reversal stands from that date, and nothing reverses it again.
        """
        for act, voided in self._acts:
            if not (isinstance(act, Ending) and act.if_reversed):
                yield act, voided
            elif voided is not None:
                yield msgspec.structs.replace(act, on=voided), None


class _Meaning:
    """The waivers that mean an opening, by the date that counts and by the date that they claim."""

    def __init__(self, waivers: Waivers, dates: Dates, finding_of: FindingOf) -> None:
        self._waivers = waivers
        self._dates = dates
        self._finding_of = finding_of
        self.doubtful = False
        """Whether one that was asked about counts from its late recording."""

    def firm(self, opening: Opening, terms: Terms) -> list[DatedWaiving]:
        return in_order(self._meant(opening, terms))

    def generous(self, opening: Opening, terms: Terms) -> list[DatedWaiving]:
        return in_order(one._replace(on=one.paper.on) for one in self._meant(opening, terms))

    def _meant(self, opening: Opening, terms: Terms) -> list[DatedWaiving]:
        found = [self._date(one) for one in self._waivers.meaning(opening, terms, self._finding_of)]
        self.doubtful = self.doubtful or any(one.doubt is not None for one in found)
        return found

    def _date(self, paper: Waiving) -> DatedWaiving:
        """One recorded too long after its date counts from its recording (T2)."""
        settled = effective(Reported(paper.entry.name, 0, paper.on, paper.recorded), self._dates)
        return DatedWaiving(paper, settled.on, settled.doubt)


def _swept(
    dated: Sequence[Dated], dates: Dates, terms: Sequence[Terms], waivings: Waivings, *, pending: bool = False
) -> Iterator[Obligation]:
    counted = [one for one in dated if one.on <= dates.as_of and (pending or one.doubt != "pending")]
    acts = sorted(counted, key=lambda one: (one.on, rank(one.act), one.act.entry.seq))
    return sweep(acts, as_of=dates.as_of, terms=terms, calendar=dates.calendar, waivings=waivings)


def _compared(one: Obligation, surely: dict[_Key, tuple[int, Doubt | None]]) -> Obligation:
    """`one` with what the generous reading leaves unmet of it."""
    unmet, doubt = surely.get(_key(one), (0, None))
    return replace(
        one,
        surely_unmet=min(unmet, one.unmet_at_due),
        shaken=(doubt or "pending") if unmet == 0 else None,
    )


def _dated(act: Act, dates: Dates, terms: Sequence[Terms]) -> Iterator[Dated]:
    """`act` with the dates that count: in parts where the bank saw it in parts, nothing of what it refutes."""
    match act:
        case Opening():
            yield from (_opened(act, settled, dates, terms[act.terms]) for settled in _starts(act, dates))
        case Lowering() | Ending():
            yield Dated(act=act, on=act.on)
        case Payment() if not act.banked:
            yield _part(act, effective(_reported(act), dates))
        case Payment():
            yield from (_part(act, settled) for settled in settle(_reported(act), dates))
        case Return():
            for settled in _seen(act, dates):
                yield _part(act, settled._replace(doubt=None, unfed=False))
        case _:
            assert_never(act)


def _starts(act: Opening, dates: Dates) -> Iterator[Settled]:
    return _seen(act, dates) if act.banked else iter((Settled(act.amount, act.on),))


def _seen(act: Opening | Return, dates: Dates) -> Iterator[Settled]:
    """The parts of `act` that opened something: what the bank has not shown opens nothing (O1)."""
    return (settled for settled in settle(_reported(act), dates) if settled.doubt != "pending")


def _opened(act: Opening, settled: Settled, dates: Dates, terms: Terms) -> Dated:
    """The part of `act` that `settled` is, with its start and its due day."""
    due = due_of(act, settled.on, terms, dates.calendar)
    part = msgspec.structs.replace(act, amount=settled.amount)
    return Dated(act=part, on=settled.on, due=due.on, calendars=due.calendars, provisional=due.provisional)


def _reported(act: Opening | Payment | Return) -> Reported:
    return Reported(name=act.entry.name, amount=act.amount, on=act.on, recorded=act.recorded)


def _part(act: Payment | Return, settled: Settled) -> Dated:
    part = msgspec.structs.replace(act, amount=settled.amount)
    return Dated(act=part, on=settled.on, doubt=settled.doubt, unfed=settled.unfed)


def _claimed(dated: Dated) -> Dated:
    """A doubtful payment on the date that its report claims."""
    return msgspec.structs.replace(dated, on=dated.act.on) if dated.doubt is not None else dated


def _key(one: Obligation) -> _Key:
    """What tells an obligation from all others of the matter."""
    opening = one.opening
    return opening.entry.seq, f"{opening.reopens.name if opening.reopens else ''} {opening.group}", one.start
