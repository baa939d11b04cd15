# SPDX-License-Identifier: Apache-2.0
"""A ledger as a plain method sees it: who paid whom how much, under which fund, and what was agreed and asked for.

Reports are taken at their word and in the order of their dates. Bank lines serve only to name both entries of one
payment; corrected events are left out, as any bookkeeper would.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import Event
from ledger.kinds.registry import Fund, Party
from verifier.posted import PostedEvent

T = TypeVar("T", bound=Event)

CashEvent = Disbursement | Interest | MatchingReceipt | Return | Transfer | Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One reported move of money: from an account to an account or payee, under `fund` if it says so; minor units.

    `lines` are the bank lines with its reference.
    """

    posted: PostedEvent
    event: CashEvent
    giver: str | None
    taker: str | None
    fund: str | None
    lines: tuple[PostedEvent, ...]

    @property
    def on(self) -> datetime.date:
        """Its business date."""
        return self.event.occurred_on

    @property
    def amount(self) -> int:
        """In minor units."""
        return self.event.amount

    @property
    def payee(self) -> str | None:
        """Whom it pays for good, as far as it names somebody; absent for money that only moves on or comes back."""
        match self.event:
            case Disbursement(mode="transfer"):
                return None
            case Disbursement(payee=payee) | Use(payee=payee):
                return payee or self.taker
            case _:
                return None


@dataclass(slots=True, kw_only=True)
class PaymentBook:
    """The events of one ledger in log order, and look-ups over them. `last` is the position of the last entry."""

    genesis: str
    last: int
    events: list[PostedEvent] = field(default_factory=list)
    funds: dict[str, Fund] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    openings: dict[str, int] = field(default_factory=dict)
    _fund_of: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, list[PostedEvent]] = field(default_factory=lambda: defaultdict(list))

    @property
    def last_on(self) -> datetime.date:
        """The latest business date that anything bears."""
        return max(one.event.occurred_on for one in self.events)

    def fund_of(self, line: str) -> str | None:
        """The fund of a line."""
        return self._fund_of.get(line)

    def payments(self) -> list[Payment]:
        """Every payment, by date and position."""
        made = [payment for one in self.events if (payment := self._payment(one)) is not None]
        return sorted(made, key=lambda one: (one.on, one.posted.seq))

    def of_kind(self, kind: type[T]) -> Iterator[tuple[PostedEvent, T]]:
        """The events of one kind, in log order."""
        return ((one, one.event) for one in self.events if isinstance(one.event, kind))

    def take(self, one: PostedEvent) -> None:
        """Note one event, in log order."""
        self.events.append(one)
        match one.event:
            case Fund() as fund:
                self.funds[fund.id] = fund
            case Party() as party:
                self.parties[party.id] = party
            case Allocation() as line:
                fund_id = line.fund or self._fund_of.get(line.parent or line.line)
                if fund_id is not None:
                    self._fund_of[line.line] = fund_id
            case Movement() as booked if booked.bank_ref is not None:
                self._lines[booked.bank_ref].append(one)
            case BankBalance() as balance:
                self.openings.setdefault(balance.account, balance.opening)
            case _:
                return

    def _payment(self, one: PostedEvent) -> Payment | None:
        if not isinstance(one.event, CashEvent):
            return None
        giver, taker = _sides(one.event)
        fund = (
            self._fund_of.get(one.event.line) if isinstance(one.event, Disbursement) else _tagged(one.event)
        )
        lines = tuple(self._lines.get(one.event.bank_ref or "", ()))
        return Payment(posted=one, event=one.event, giver=giver, taker=taker, fund=fund, lines=lines)


def book_of(genesis: str, last: int, events: Iterable[PostedEvent]) -> PaymentBook:
    """The book of `events`, without those that a correction reversed."""
    book = PaymentBook(genesis=genesis, last=last)
    for one in _standing(list(events)):
        book.take(one)
    return book


def _standing(events: list[PostedEvent]) -> Iterator[PostedEvent]:
    reversed_ = {one.event.event for one in events if isinstance(one.event, Correction)}
    return (one for one in events if one.name not in reversed_ and not isinstance(one.event, Correction))


def _sides(event: CashEvent) -> tuple[str | None, str | None]:
    match event:
        case Interest():
            return None, event.account
        case MatchingReceipt():
            return event.from_account, event.account
        case _:
            return event.from_account, event.to_account


def _tagged(event: Interest | MatchingReceipt | Return | Transfer | Use) -> str | None:
    tag = None if isinstance(event, MatchingReceipt) else event.tag
    return None if tag is None else tag.fund
