# SPDX-License-Identifier: Apache-2.0
"""The sweep: dated acts in, obligations out; pure, in memory for what is open only (semantics O3, O7 to O9, O12).

Within a day, what opens comes first, then payments and returns by position, then what is taken back or ends.
"""

import bisect
import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, assert_never

import msgspec

from verifier.basis.rulepack import Terms
from verifier.basis.working_days import DAYS_MAX, Due, WorkingDays
from verifier.obligations.open_obligation import OpenObligation
from verifier.obligations.records import (
    Act,
    Dated,
    DatedWaiving,
    Ending,
    Lowering,
    Obligation,
    Opening,
    Payment,
    Return,
)

Waivings = Callable[[Opening, Terms], Iterable[DatedWaiving]]
"""The waivers that mean the obligation of an opening under its terms, by day and position."""


def _none(_opening: Opening, _terms: Terms) -> Iterable[DatedWaiving]:
    return ()


def rank(act: Act) -> int:
    """Order of an act among those of its day."""
    match act:
        case Opening():
            return 0
        case Payment() | Return():
            return 1
        case Lowering() | Ending():
            return 2
        case _:
            assert_never(act)


def sweep(
    acts: Iterable[Dated],
    *,
    as_of: datetime.date,
    terms: Sequence[Terms],
    calendar: WorkingDays,
    waivings: Waivings = _none,
) -> Iterator[Obligation]:
    """Every obligation as it stands at the end of `as_of`, each once, when nothing can touch it any more or at the end.

    `acts` come sorted by (date, `rank`, position) and none is later than `as_of`; `terms` are what openings index, and
    `waivings` what papers say of an opening under its terms.
    Memory is bounded by open obligations and by payments whose return is still to come.
    """
    state = _Sweep(as_of=as_of, terms=terms, calendar=calendar, waivings=waivings)
    for dated in acts:
        yield from state.take(dated)
    yield from state.rest()


def due_of(opening: Opening, start: datetime.date, terms: Terms, calendar: WorkingDays) -> Due:
    """The end of its days after `start`; where a day is named, that day, or `start` if it came later (O4, O8)."""
    if opening.due_on is not None:
        return calendar.fixed(max(opening.due_on, start))
    days = terms.number("days")
    if opening.rolls:
        return calendar.period(start, days, terms.unit or "calendar")
    return calendar.fixed(start + datetime.timedelta(days=min(max(days, 0), DAYS_MAX)))


@dataclass(slots=True, kw_only=True)
class _Pieces:
    """What a payment met, in the order of meeting, and what of it met nothing; kept for its return."""

    met: list[tuple[OpenObligation, int]] = field(default_factory=list)
    excess: int = 0


class _Excess(NamedTuple):
    """A payment of which something met nothing; kept for openings that it may be carried to."""

    payment: Payment
    dated: Dated
    pieces: _Pieces
    begun: bool


@dataclass(slots=True, kw_only=True)
class _Sweep:
    as_of: datetime.date
    terms: Sequence[Terms]
    calendar: WorkingDays
    waivings: Waivings
    groups: dict[str, list[OpenObligation]] = field(default_factory=dict)
    named: dict[str, list[OpenObligation]] = field(default_factory=dict)
    pieces: dict[str, _Pieces] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    excess: dict[str, list[_Excess]] = field(default_factory=dict)

    def take(self, dated: Dated) -> Iterator[Obligation]:
        act = dated.act
        match act:
            case Opening():
                yield from self._open(act, dated)
            case Payment() if dated.voided_on is not None:
                self._note_reversed(act, dated.on, dated.voided_on)
            case Payment():
                yield from self._pay(act, dated)
            case Return() if dated.voided_on is None:
                self._reopen(act)
            case Lowering() if dated.voided_on is None:
                yield from self._lower(act)
            case Ending() if dated.voided_on is None:
                yield from self._end(act)
            case Return() | Lowering() | Ending():
                pass
            case _:
                assert_never(act)

    def rest(self) -> Iterator[Obligation]:
        """What is still open at the end."""
        for found in self.groups.values():
            for one in found:
                yield one.closed(self.terms[one.opening.terms], self.as_of)

    def _open(self, act: Opening, dated: Dated) -> Iterator[Obligation]:
        one = OpenObligation(
            opening=act,
            start=dated.on,
            due=dated.due or dated.on,
            calendars=dated.calendars,
            provisional=dated.provisional,
            known_on=act.recorded,
            ends_on=dated.voided_on,
            ended_as=None if dated.voided_on is None else "corrected",
        )
        one.waive(self.waivings(act, self.terms[act.terms]))
        if dated.voided_on is not None and dated.voided_on <= one.due:
            return  # reversed before it could be late: as if it had never been
        self._add(one)
        self.begun.add(act.group)
        if act.carries is not None:
            self._carry(one, everything=act.carries == "all")
            if one.unmet == 0:
                yield self._close(one)

    def _carry(self, one: OpenObligation, *, everything: bool) -> None:
        """What was paid too much before meets `one`, the oldest first."""
        for paid in self.excess.get(one.opening.group, ()):
            part = min(paid.pieces.excess, one.unmet)
            if part and (everything or paid.begun):
                one.meet(paid.payment, paid.dated, part)
                paid.pieces.met.append((one, part))
                paid.pieces.excess -= part

    def _add(self, one: OpenObligation) -> None:
        bisect.insort(self.groups.setdefault(one.opening.group, []), one, key=lambda other: other.order)
        if one.opening.named is not None:
            bisect.insort(self.named.setdefault(one.opening.named, []), one, key=lambda other: other.order)

    def _candidates(self, payment: Payment, on: datetime.date) -> list[OpenObligation]:
        """The oldest open obligations that a payment of `on` may meet, as many as its amount reaches (O7)."""
        named, left, reached = payment.named, payment.amount, []
        for one in self.groups.get(payment.group, []) if named is None else self.named.get(named, []):
            if one.ends_on is not None and on >= one.ends_on:
                continue
            if named is None and not one.opening.traits.fits(payment.traits):
                continue
            reached.append(one)
            left -= one.unmet
            if left <= 0:
                break
        return reached

    def _pay(self, payment: Payment, dated: Dated) -> Iterator[Obligation]:
        left, name = payment.amount, payment.entry.name
        pieces = self.pieces.setdefault(name, _Pieces()) if dated.returned else _Pieces()
        for one in self._candidates(payment, dated.on):
            part = min(left, one.unmet)
            one.meet(payment, dated, part)
            pieces.met.append((one, part))
            left -= part
            if one.unmet == 0:
                yield self._close(one)
        pieces.excess += left
        if left and payment.carries:
            begun = payment.group in self.begun
            self.excess.setdefault(payment.group, []).append(_Excess(payment, dated, pieces, begun))

    def _note_reversed(self, payment: Payment, on: datetime.date, voided_on: datetime.date) -> None:
        """A payment that was reversed later met nothing, but until then the obligation could not be known unmet."""
        for one in self._candidates(payment, on):
            one.known_on = max(one.known_on, voided_on)

    def _reopen(self, act: Return) -> None:
        """What came back is owed anew, last matched first (O8); never under a claim that has ended or was waived before."""
        pieces = self.pieces.get(act.undoes)
        if pieces is None:
            return
        left = act.amount - min(act.amount, pieces.excess)
        pieces.excess -= min(act.amount, pieces.excess)
        while left and pieces.met:
            one, part = pieces.met.pop()
            back = min(left, part)
            left -= back
            if back < part:
                pieces.met.append((one, part - back))
            if one.is_owed_on(act.on):
                self._add(self._reopened(act, one, back))

    def _reopened(self, act: Return, before: OpenObligation, amount: int) -> OpenObligation:
        terms = self.terms[before.opening.terms]
        due = due_of(before.opening, act.on, terms, self.calendar)
        opening = msgspec.structs.replace(
            before.opening,
            entry=act.entry,
            on=act.on,
            recorded=act.recorded,
            amount=amount,
            own_act=before.opening.own_act and (act.by_bank or act.poster == before.opening.who),
            reopens=before.opening.entry,
        )
        one = OpenObligation(
            opening=opening,
            start=act.on,
            due=due.on,
            calendars=due.calendars,
            provisional=due.provisional,
            known_on=act.recorded,
        )
        one.waive(self.waivings(opening, terms))
        return one

    def _lower(self, act: Lowering) -> Iterator[Obligation]:
        """What was taken back is no longer owed, newest first: a correction undoes the latest receipt."""
        left = act.amount
        for one in reversed(list(self.groups.get(act.group, []))):
            part = min(left, one.unmet)
            if act.on <= one.due:
                one.lowered += part
            else:
                one.dropped += part
            one.ended_by = act.entry
            left -= part
            if one.unmet == 0:
                yield self._close(one)
            if left == 0:
                break

    def _end(self, act: Ending) -> Iterator[Obligation]:
        for one in list(self.named.get(act.named, [])):
            if one.ends_on is None or act.on < one.ends_on:
                one.ends_on, one.ended_as, one.ended_by = act.on, "returned", act.entry
                yield self._close(one)

    def _close(self, one: OpenObligation) -> Obligation:
        """Nothing can meet it any more."""
        for table, key in ((self.groups, one.opening.group), (self.named, one.opening.named)):
            if key is not None:
                table[key].remove(one)
                if not table[key]:
                    del table[key]
        return one.closed(self.terms[one.opening.terms], self.as_of)
