# SPDX-License-Identifier: Apache-2.0
"""Bank statements of a simulated world: one a month for every covered account, closed after the month's last day."""

import calendar
import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.vocabulary import AnyEvent
from verifier.simulation.diary import SLOTS, Booking, Diary
from verifier.simulation.holidays import YEAR, working

MONTHS: Final = tuple(datetime.date(YEAR, month, 1) for month in range(1, 8))
"""The first days of the months that the demonstration lives through: January to July."""


def months_from(first: datetime.date, count: int) -> Iterator[datetime.date]:
    """The first days of `count` months, from the month of `first` on."""
    for number in range(first.month - 1, first.month - 1 + count):
        yield datetime.date(first.year + number // 12, number % 12 + 1, 1)


def close_months(diary: Diary, months: Iterable[datetime.date] = MONTHS) -> dict[tuple[str, str], str]:
    """Every bank posts the statements of `months`, lines first; returns (account, reference) → name of its line."""
    balances = {account: feed.opening for account, feed in diary.feeds.items()}
    names: dict[tuple[str, str], str] = {}
    for month in months:
        for bank in sorted({feed.bank for feed in diary.feeds.values()}):
            names.update(_close_month(diary, month, bank, balances))
    return names


def closed_on(day: datetime.date) -> datetime.date:
    """When banks post the statement that shows `day`: on the first working day after its month."""
    return working(_last_day(day) + datetime.timedelta(days=1))


def _close_month(
    diary: Diary, month: datetime.date, bank: str, balances: dict[str, int]
) -> dict[tuple[str, str], str]:
    identifier = f"statements-{month:%Y-%m}"
    names: dict[tuple[str, str], str] = {}
    events: list[AnyEvent] = []
    for account in sorted(account for account, feed in diary.feeds.items() if feed.bank == bank):
        booked = sorted(
            (
                one
                for one in diary.bookings[account]
                if (one.day.year, one.day.month) == (month.year, month.month)
            ),
            key=lambda one: (one.day, one.moment),
        )
        for line, booking in enumerate(booked, start=len(events)):
            names[account, booking.reference] = f"{bank}/{identifier}/{line}"
        closed = _closed(account, month, booked, balances[account])
        balances[account] = closed.closing
        events += [*_lines(account, closed.statement, booked), closed]
    diary.act(closed_on(month), bank, identifier, *events, slot=SLOTS - 1)
    return names


def _lines(account: str, statement: str, booked: Sequence[Booking]) -> list[AnyEvent]:
    return [
        Movement(
            occurred_on=booking.day,
            account=account,
            statement=statement,
            line_no=number,
            direction=booking.direction,
            amount=booking.amount,
            counterparty=booking.counterparty,
            bank_ref=booking.reference,
        )
        for number, booking in enumerate(booked, start=1)
    ]


def _closed(account: str, month: datetime.date, booked: Sequence[Booking], opening: int) -> BankBalance:
    signed = (one.amount if one.direction == "credit" else -one.amount for one in booked)
    return BankBalance(
        occurred_on=closed_on(month),
        account=account,
        statement=f"{month:%Y-%m}",
        from_on=month,
        to_on=_last_day(month),
        opening=opening,
        closing=opening + sum(signed),
        lines=len(booked),
    )


def _last_day(day: datetime.date) -> datetime.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
