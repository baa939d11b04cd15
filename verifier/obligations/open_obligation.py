# SPDX-License-Identifier: Apache-2.0
"""One obligation while something can still happen to it, and how it stands in the end (semantics O3, O12)."""

import datetime
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from verifier.basis.findings import Evidence
from verifier.basis.rulepack import Terms
from verifier.obligations.records import (
    EVIDENCE_MAX,
    Dated,
    DatedWaiving,
    Doubt,
    Fulfilment,
    Obligation,
    Opening,
    Payment,
    State,
    Waiving,
    days_before,
    running,
)

_HALF: Final = EVIDENCE_MAX // 2
_DAY: Final = datetime.timedelta(days=1)


@dataclass(slots=True, kw_only=True, eq=False)
class OpenObligation:
    """An obligation that something can still happen to."""

    opening: Opening
    start: datetime.date
    due: datetime.date
    calendars: tuple[str, ...]
    provisional: bool
    known_on: datetime.date
    ends_on: datetime.date | None = None
    ended_as: Literal["corrected", "returned", "waived"] | None = None
    ended_by: Evidence | None = None
    lowered: int = 0
    in_time: int = 0
    late: int = 0
    dropped: int = 0
    met_on: datetime.date | None = None
    count: int = 0
    first: list[Fulfilment] = field(default_factory=list)
    last: deque[Fulfilment] = field(default_factory=lambda: deque(maxlen=_HALF))
    unfed: bool = False
    doubt: Doubt | None = None
    waivings: list[Waiving] = field(default_factory=list)
    late_waiving: Waiving | None = None
    accrues_until: datetime.date | None = None

    @property
    def unmet(self) -> int:
        """What may still be met."""
        return self.opening.amount - self.lowered - self.in_time - self.late - self.dropped

    @property
    def order(self) -> tuple[datetime.date, int]:
        """(start, position), by which payments meet obligations (O7)."""
        return (self.start, self.opening.entry.seq)

    def is_owed_on(self, day: datetime.date) -> bool:
        """Whether what comes back on `day` is owed anew: no claim that ended, and no duty lifted by then."""
        if self.ended_as == "waived" and self.ends_on is not None:
            return day < self.ends_on
        return self.ended_as is None

    def waive(self, waivings: Iterable[DatedWaiving]) -> None:
        """What papers say of it, by day: in time they move the due day or lift it; later they end its lateness (O6)."""
        for paper, on, doubt in waivings:
            if self.ended_as == "waived":
                return
            in_time = on <= self.due
            if in_time and paper.until is not None and paper.until <= self.due:
                continue  # it moves nothing: a duty is never made shorter by a paper that puts it off
            self.waivings.append(paper)
            self.doubt = self.doubt or doubt
            if not in_time and self.accrues_until is None:
                self.late_waiving, self.accrues_until = paper, on
            if paper.until is None:
                self.ends_on, self.ended_as, self.ended_by = on, "waived", paper.entry
            elif in_time:
                self.due = paper.until

    def meet(self, payment: Payment, dated: Dated, amount: int) -> None:
        """`payment` meets `amount` of it."""
        if dated.on <= self.due:
            self.in_time += amount
        else:
            self.late += amount
        self.met_on = dated.on
        self.unfed = self.unfed or dated.unfed
        self.doubt = self.doubt or dated.doubt
        met = Fulfilment(entry=payment.entry, on=dated.on, amount=amount, account=payment.account)
        self.count += 1
        (self.first if len(self.first) < _HALF else self.last).append(met)

    def closed(self, terms: Terms, as_of: datetime.date) -> Obligation:
        """How it stands at the end of `as_of`, by its own `terms`; nothing can touch it any more."""
        if self.ended_as is not None:
            self.dropped += self.unmet
        state = self._state(terms, as_of)
        breached = state in {"met_late", "overdue", "lapsed", "corrected"}
        return Obligation(
            opening=self.opening,
            start=self.start,
            due=self.due,
            calendars=self.calendars,
            provisional=self.provisional,
            terms=terms,
            amount=self.opening.amount,
            lowered=self.lowered,
            in_time=self.in_time,
            late=self.late,
            dropped=self.dropped,
            state=state,
            known_on=max(self.known_on, self.due + _DAY) if breached else self.known_on,
            met_on=self.met_on,
            ended_by=self.ended_by,
            waivings=tuple(self.waivings),
            late_waiving=self.late_waiving,
            accrues_until=self.accrues_until,
            fulfilments=(*self.first, *self.last),
            fulfilments_count=self.count,
            reported_only=self.unfed,
            surely_unmet=self.opening.amount - self.lowered - self.in_time,
            shaken=self.doubt,
        )

    def _state(self, terms: Terms, as_of: datetime.date) -> State:
        unmet_at_due = self.opening.amount - self.lowered - self.in_time
        if self.ended_as is not None and self.ends_on is not None and self.ends_on <= self.due:
            return self._ended(unmet_at_due)
        if unmet_at_due == 0:
            return "met" if self.in_time or not self.lowered else "ended"
        if self.ended_as == "corrected":
            return "corrected"
        if self.unmet == 0:
            return "lapsed" if self.dropped else "met_late"
        return running(as_of, soon_from=days_before(self.due, terms.number("soon")), due=self.due)

    def _ended(self, unmet: int) -> State:
        """On or before its due day; one that was met before it was waived is met."""
        if self.ended_as != "waived":
            return "ended"
        return "waived" if unmet else "met"
