# SPDX-License-Identifier: Apache-2.0
"""The diary of a simulated world: every act with the moment of its signing, and what the banks saw of it.

Scripts write acts in any order; the diary sorts them by moment. Money moves at the bank on the business date of its
report, under a reference that the report and all its statement lines share.
"""

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from ledger.errors import ProgrammerError
from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.vocabulary import AnyEvent
from verifier.simulation.holidays import is_working

TIME_ZONE: Final = "Asia/Shanghai"
_OPENING: Final = 9 * 60
_SLOT_MINUTES: Final = 45
SLOTS: Final = 11
"""Office hours from 09:00 to 17:15 in slots of 45 minutes; acts of one day that build on each other take later slots."""

NOON: Final = 4

CashEvent = Disbursement | Transfer | Use | Interest | MatchingReceipt | Return


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One submission to be: `events` of `party` under submission `id`, signed at `moment`."""

    moment: datetime.datetime
    party: str
    id: str
    events: tuple[AnyEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What a bank books on one account: `reference` joins it to its report; `counterparty` is the other account."""

    day: datetime.date
    moment: datetime.datetime
    direction: Literal["credit", "debit"]
    amount: int
    counterparty: str | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Banked:
    """What the bank did where it differs from the report.

    It booked another `amount` (0: nothing moved), or on another day, `on`; or the money had moved before under
    `reference`, and nothing is booked again.
    """

    amount: int | None = None
    reference: str | None = None
    on: datetime.date | None = None


AS_TOLD: Final = Banked()
"""The bank booked what is reported, on its business date."""


@dataclass(frozen=True, slots=True)
class _Move:
    """Money that moved at the bank from the first of `accounts` to the second, under `reference`."""

    day: datetime.date
    moment: datetime.datetime
    amount: int
    accounts: tuple[str | None, str | None]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A covered account: `bank` signs its statements, which begin with balance `opening`."""

    bank: str
    opening: int


@dataclass(slots=True, kw_only=True)
class Diary:
    """Acts and bookings of one world, being written."""

    acts: list[Act] = field(default_factory=list)
    feeds: dict[str, Feed] = field(default_factory=dict)
    bookings: dict[str, list[Booking]] = field(default_factory=dict)

    def cover(self, account: str, *, bank: str, opening: int) -> None:
        """From now on `account` has statements signed by `bank` that open with `opening` minor units."""
        self.feeds[account] = Feed(bank=bank, opening=opening)
        self.bookings[account] = []

    def act(
        self,
        day: datetime.date,
        party: str,
        identifier: str,
        *events: AnyEvent,
        slot: int = NOON,
        bank: Banked = AS_TOLD,
    ) -> tuple[str, ...]:
        """Stable names of `events`, posted by `party` on `day` as submission `identifier`; money among them is booked.

        The bank books what is reported, but for what `bank` says.

        Raises:
            ProgrammerError: `day` is no working day, or `slot` lies outside office hours.
        """
        if not (is_working(day) and 0 <= slot < SLOTS):
            raise ProgrammerError(f"{party}/{identifier}: nobody works on {day}, slot {slot}")
        moment = _moment(day, slot, f"{party}/{identifier}")
        names = tuple(f"{party}/{identifier}/{index}" for index in range(len(events)))
        kept = tuple(
            self._reported(event, name, moment, bank) if isinstance(event, CashEvent) else event
            for name, event in zip(names, events, strict=True)
        )
        self.acts.append(Act(moment=moment, party=party, id=identifier, events=kept))
        return names

    def in_order(self) -> Iterator[Act]:
        """The acts by moment; acts of one moment in the order in which they were written."""
        return iter(sorted(self.acts, key=lambda act: act.moment))

    def book(
        self, day: datetime.date, amount: int, accounts: tuple[str | None, str | None], reference: str
    ) -> None:
        """The bank moves `amount` from the first of `accounts` to the second at noon of `day`; nobody reports it."""
        moment = _moment(day, NOON, reference)
        self._book(_Move(day, moment, amount, accounts, reference))

    def _reported(self, event: CashEvent, name: str, moment: datetime.datetime, bank: Banked) -> AnyEvent:
        """`event` with the bank's reference, and its money booked unless it moved before."""
        if bank.reference is not None:
            return _with_reference(event, bank.reference)
        reference = reference_of(name, event.occurred_on)
        if bank.amount != 0:
            day, amount = bank.on or event.occurred_on, bank.amount or event.amount
            self._book(_Move(day, moment, amount, sides(event), reference))
        return _with_reference(event, reference)

    def _book(self, move: _Move) -> None:
        """Every covered side of `move` has its line."""
        giver, taker = move.accounts
        lines: Sequence[tuple[str | None, str | None, Literal["credit", "debit"]]] = (
            (giver, taker, "debit"),
            (taker, giver, "credit"),
        )
        for account, other, direction in lines:
            if account in self.feeds:
                booking = Booking(
                    day=move.day,
                    moment=move.moment,
                    direction=direction,
                    amount=move.amount,
                    counterparty=other,
                    reference=move.reference,
                )
                self.bookings[account].append(booking)


T = TypeVar("T", bound=msgspec.Struct)


def _with_reference(event: T, reference: str) -> T:
    return msgspec.structs.replace(event, bank_ref=reference)


def sides(event: CashEvent) -> tuple[str | None, str | None]:
    """The registered accounts that `event` takes money from and brings it to."""
    match event:
        case Interest():
            return None, event.account
        case MatchingReceipt():
            return event.from_account, event.account
        case _:
            return event.from_account, event.to_account


def reference_of(name: str, day: datetime.date) -> str:
    """The bank's reference for the payment reported as event `name`: its day and eight digits."""
    digest = hashlib.sha256(name.encode()).digest()
    return f"{day:%Y%m%d}{int.from_bytes(digest[:8], 'big') % 10**8:08d}"


def _moment(day: datetime.date, slot: int, salt: str) -> datetime.datetime:
    """A second inside `slot` of `day`: scattered, since offices do not sign on the dot."""
    scatter = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:4], "big") % (_SLOT_MINUTES * 60)
    start = datetime.datetime.combine(day, datetime.time.min, tzinfo=ZoneInfo(TIME_ZONE))
    return start + datetime.timedelta(minutes=_OPENING + slot * _SLOT_MINUTES, seconds=scatter)
