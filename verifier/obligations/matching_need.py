# SPDX-License-Identifier: Apache-2.0
"""How much matching money a party owes and how much genuinely came (semantics M1, M3), as values.

need = floor(base · num / den). Genuine = receipt − everything that went back to the payer or its related parties within
`match_return_days`. Two readings: the firm one, which findings state; and the generous one, in which receipts count
that the bank may still bear out, and only refunds count that say so themselves. What is short even in the generous
reading is the provable minimum.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from verifier.basis.findings import Evidence
from verifier.obligations.case import Case
from verifier.obligations.matching_demands import Demand, Owed
from verifier.obligations.matching_facts import BackRow, BaseRow, MatchingFacts, ReceiptRow
from verifier.obligations.settling import Dates, Reported, Settled, effective, settle


def owed_by(case: Case, facts: MatchingFacts, fund: str, name: str, demand: Demand) -> Iterator[Owed]:
    """What each party owes by `demand`: the party it names, or every finance party of its level that got money (M1)."""
    named = demand.party is not None
    parties = [demand.party] if demand.party is not None else facts.owing(fund)
    due, day = demand.due_on, demand.due_on or case.as_of
    for party in parties:
        if named or (case.standing.is_finance(party) and case.standing.level(party) == demand.level):
            yield Owed(fund=fund, name=name, term=demand, party=party, day=day, due=due)


@dataclass(slots=True, kw_only=True)
class Base:
    """The base of one party: changes by (business date, date on which they were on record)."""

    changes: Counter[tuple[datetime.date, datetime.date]] = field(default_factory=Counter)
    first: BaseRow | None = None
    last: BaseRow | None = None
    own_acts: bool = True

    def until(self, day: datetime.date, *, known: datetime.date = datetime.date.max) -> int:
        """The base at the end of `day`, by what was on record on `known`; never negative."""
        return max(0, sum(amount for (on, at), amount in self.changes.items() if on <= day and at <= known))

    def add(self, row: BaseRow, on: datetime.date, amount: int) -> None:
        """One more change, on or before the day of the check."""
        self.changes[on, max(on, datetime.date.fromordinal(row.known))] += amount
        if self.first is None or (row.day, row.seq) < (self.first.day, self.first.seq):
            self.first = row
        if self.last is None or (row.day, row.seq) > (self.last.day, self.last.seq):
            self.last = row
        self.own_acts = self.own_acts and bool(row.own)


@dataclass(slots=True, kw_only=True)
class Receipt:
    """A part of a matching receipt that counts from `on`, or may count from the date `claimed` while `pending`.

    `banked` if the bank bore it out. `back` is what of it went back, by date; `refunded` the part of that whose
    report says itself that it undoes the receipt or is match money; `takers` the entries that took it.
    """

    entry: Evidence
    payers: frozenset[str]
    account: str
    amount: int
    on: datetime.date
    claimed: datetime.date
    pending: bool
    banked: bool
    back: Counter[datetime.date] = field(default_factory=Counter)
    refunded: int = 0
    takers: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Base, need, receipts and what went back, at the end of one day."""

    base: int
    need: int
    received: int
    returned: int

    @property
    def genuine(self) -> int:
        """What came and stayed."""
        return self.received - self.returned

    @property
    def gap(self) -> int:
        """What is missing; never negative."""
        return max(0, self.need - self.genuine)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingAccount:
    """What is owed by one party under one term of one fund, and what came."""

    owed: Owed
    base: Base
    receipts: tuple[Receipt, ...]

    def firm(
        self,
        day: datetime.date,
        *,
        gone: datetime.date = datetime.date.max,
        known: datetime.date = datetime.date.max,
    ) -> Tally:
        """The firm reading at the end of `day`, by what had gone back until `gone` and was on record on `known`."""
        counted = [one for one in self.receipts if one.on <= day and not one.pending]
        returned = sum(amount for one in counted for on, amount in one.back.items() if on <= gone)
        return self._tally(self.base.until(day, known=known), sum(one.amount for one in counted), returned)

    def generous(self, day: datetime.date) -> Tally:
        """The generous reading at the end of `day`."""
        counted = [one for one in self.receipts if one.claimed <= day]
        refunded = sum(one.refunded for one in counted)
        return self._tally(self.base.until(day), sum(one.amount for one in counted), refunded)

    def turning_days(self) -> list[datetime.date]:
        """Every date on which the firm reading may change, sorted."""
        days = {day for pair in self.base.changes for day in pair}
        for one in self.receipts:
            days |= {one.on, *one.back}
        return sorted(days)

    def _tally(self, base: int, received: int, returned: int) -> Tally:
        return Tally(base=base, need=self.owed.need(base), received=received, returned=returned)


def read_matching(case: Case, facts: MatchingFacts, owed: Owed, dates: Dates, window: int) -> MatchingAccount:
    """The matching account of what is `owed`, the base up to its day; `window` is `match_return_days`."""
    fund, party = owed.fund, owed.party
    base = Base()
    for row in facts.base(fund, party, owed.base):
        for on, amount in _base_parts(row, dates):
            if on <= owed.day:
                base.add(row, on, amount)
    receipts = _receipts(case, facts.receipts(fund, party), dates)
    for account in sorted({one.account for one in receipts}):
        into = [one for one in receipts if one.account == account]
        payers = frozenset().union(*(one.payers for one in into))
        names = {one.entry.name for one in into}
        back = [row for row in facts.left(account) if row.taker in payers or row.target in names]
        _take_back(into, back + facts.roundabout(account), fund, dates, window)
    return MatchingAccount(owed=owed, base=base, receipts=tuple(receipts))


def _base_parts(row: BaseRow, dates: Dates) -> Iterator[tuple[datetime.date, int]]:
    on, sign = datetime.date.fromordinal(row.day), 1 if row.amount > 0 else -1
    if not row.banked:
        yield on, row.amount
        return
    report = Reported(row.name, abs(row.amount), on, datetime.date.fromordinal(row.known))
    for part in settle(report, dates):
        if part.doubt != "pending":
            yield part.on, sign * part.amount


def _receipts(case: Case, rows: Iterable[ReceiptRow], dates: Dates) -> list[Receipt]:
    found: list[Receipt] = []
    for row in rows:
        claimed = datetime.date.fromordinal(row.day)
        report = Reported(row.name, row.amount, claimed, datetime.date.fromordinal(row.known))
        payers = case.standing.related(row.payer)
        if row.giver is not None and row.giver not in payers:
            payers |= case.standing.related(row.giver)
        parts = [effective(report, dates)] if row.in_kind else list(settle(report, dates))
        found.extend(_receipt(row, payers, part, claimed if part.doubt else part.on) for part in parts)
    return sorted(found, key=lambda one: (one.on, one.entry.seq))


def _receipt(row: ReceiptRow, payers: frozenset[str], part: Settled, claimed: datetime.date) -> Receipt:
    return Receipt(
        entry=Evidence(name=row.name, seq=row.seq, leaf=row.leaf),
        payers=payers,
        account=row.account,
        amount=part.amount,
        on=part.on,
        claimed=claimed,
        pending=part.doubt == "pending",
        banked=not row.in_kind and not part.unfed and part.doubt is None,
    )


def _take_back(
    receipts: Sequence[Receipt], rows: Sequence[BackRow], fund: str, dates: Dates, window: int
) -> None:
    """What went back is taken from the receipts of one account, oldest first.

    Reports and bank lines tell the same money twice: whichever of the two tells more counts. What went back over others
    is told apart from both.
    """
    names = {one.entry.name for one in receipts}
    told = [_Flow.of(row, part, names) for row in rows if not row.line for part in _settled(row, dates)]
    seen = [_Flow.of(row, part, names) for row in rows if row.line for part in _settled(row, dates)]
    best = max(
        (
            _attribute(receipts, [one for one in flows if one.row.fund in {None, fund}], window)
            for flows in (told, seen)
        ),
        key=lambda pieces: sum(amount for _, _, amount in pieces),
    )
    for receipt, flow, amount in best:
        receipt.back[flow.on] += amount
        receipt.refunded += amount if flow.says_so else 0
        receipt.takers.append(Evidence(name=flow.row.name, seq=flow.row.seq, leaf=flow.row.leaf))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flow:
    """A part of what left an account; `says_so` if its report calls it match money or the undoing of a receipt."""

    row: BackRow
    on: datetime.date
    amount: int
    says_so: bool

    @classmethod
    def of(cls, row: BackRow, part: Settled, receipts: set[str]) -> Self:
        """The flow that a settled part of a row is."""
        return cls(
            row=row, on=part.on, amount=part.amount, says_so=row.fund is not None or row.target in receipts
        )

    def may_undo(self, receipt: Receipt, window: int) -> bool:
        """Whether it can be what came in by `receipt`."""
        if self.row.target is not None and self.row.target != receipt.entry.name:
            return False
        towards = self.row.target is not None or self.row.taker in receipt.payers
        return towards and 0 <= (self.on - receipt.on).days <= window


def _settled(row: BackRow, dates: Dates) -> Iterator[Settled]:
    on = datetime.date.fromordinal(row.day)
    if row.line:
        yield Settled(row.amount, on)
        return
    report = Reported(row.name, row.amount, on, datetime.date.fromordinal(row.known))
    yield from (part for part in settle(report, dates) if part.doubt != "pending")


def _attribute(
    receipts: Sequence[Receipt], flows: Sequence[_Flow], window: int
) -> list[tuple[Receipt, _Flow, int]]:
    """Which flow takes how much of which receipt, by date, then position."""
    room = [one.amount for one in receipts]
    pieces = []
    for flow in sorted(flows, key=lambda one: (one.on, one.row.seq)):
        left = flow.amount
        for number, receipt in enumerate(receipts):
            part = min(left, room[number]) if flow.may_undo(receipt, window) else 0
            if part:
                pieces.append((receipt, flow, part))
                room[number] -= part
                left -= part
    return pieces
