# SPDX-License-Identifier: Apache-2.0
"""Bank statements of a simulated world: one a month for every covered account, closed after the month's last day."""

import calendar
import datetime
from collections.abc import Sequence
from typing import Final

from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.vocabulary import AnyEvent
from verifier.simulation.diary import SLOTS, Booking, Diary
from verifier.simulation.holidays import YEAR, working

MONTHS: Final = range(1, 8)
"""The months that the simulation lives through: January to July."""


def close_months(diary: Diary) -> dict[tuple[str, str], str]:
    """Every bank posts the statements of every month, lines first; returns (account, reference) → name of its line."""
    balances = {account: feed.opening for account, feed in diary.feeds.items()}
    names: dict[tuple[str, str], str] = {}
    for month in MONTHS:
        for bank in sorted({feed.bank for feed in diary.feeds.values()}):
            names.update(_close_month(diary, month, bank, balances))
    return names


def closed_on(month: int) -> datetime.date:
    """The day on which banks post the statements of `month`: the first working day after it."""
    return working(_last_day(month) + datetime.timedelta(days=1))


def _close_month(diary: Diary, month: int, bank: str, balances: dict[str, int]) -> dict[tuple[str, str], str]:
    identifier = f"statements-{YEAR}-{month:02d}"
    names: dict[tuple[str, str], str] = {}
    events: list[AnyEvent] = []
    for account in sorted(account for account, feed in diary.feeds.items() if feed.bank == bank):
        booked = sorted(
            (one for one in diary.bookings[account] if one.day.month == month),
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


def _closed(account: str, month: int, booked: Sequence[Booking], opening: int) -> BankBalance:
    signed = (one.amount if one.direction == "credit" else -one.amount for one in booked)
    return BankBalance(
        occurred_on=closed_on(month),
        account=account,
        statement=f"{YEAR}-{month:02d}",
        from_on=datetime.date(YEAR, month, 1),
        to_on=_last_day(month),
        opening=opening,
        closing=opening + sum(signed),
        lines=len(booked),
    )


def _last_day(month: int) -> datetime.date:
    return datetime.date(YEAR, month, calendar.monthrange(YEAR, month)[1])
