# SPDX-License-Identifier: Apache-2.0
"""When a reported payment counts: by the bank where it is fed, else by its report (semantics O1, T2)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from verifier.basis.working_days import WorkingDays
from verifier.obligations.records import BankDates, Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What puts dates on reports: the as-of date, the calendars of the prefix, the bank.

    A report recorded more than `late_days` working days after its date, with no bank line to bear it out, counts from
    its recording (T2).
    """

    as_of: datetime.date
    calendar: WorkingDays
    bank: BankDates
    late_days: int = 10


class Reported(NamedTuple):
    """A report as posted: its stable name, amount, business date, and the date on which it was recorded."""

    name: str
    amount: int
    on: datetime.date
    recorded: datetime.date


class Settled(NamedTuple):
    """A part of a report and the date it counts from.

    `doubt` is ``pending`` when its bank line may still come, ``backdated`` when it counts from its late recording;
    `unfed` when no bank could bear it out.
    """

    amount: int
    on: datetime.date
    doubt: Doubt | None = None
    unfed: bool = False


def settle(report: Reported, dates: Dates) -> Iterator[Settled]:
    """The parts of `report` that count or may still count; what the bank refutes is left out."""
    for booking in dates.bank.bookings(report.name, report.amount):
        match booking.on:
            case datetime.date():
                yield Settled(booking.amount, booking.on)
            case "unfed":
                yield effective(report._replace(amount=booking.amount), dates)._replace(unfed=True)
            case "pending":
                yield Settled(booking.amount, report.on, "pending")
            case "refuted":
                pass
            case _:
                assert_never(booking.on)


def effective(report: Reported, dates: Dates) -> Settled:
    """What rests on the report alone, on its effective date (T2)."""
    late = (report.recorded - report.on).days > dates.late_days and (
        report.recorded > dates.calendar.add(report.on, dates.late_days)
    )
    if late:
        return Settled(report.amount, report.recorded, "backdated")
    return Settled(report.amount, report.on)
