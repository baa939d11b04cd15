# SPDX-License-Identifier: Apache-2.0
"""Which notices went out, as rows of the database: of several processes one sends, and a restart sends nothing twice.

Whoever wants to send claims the row first, for a while. A process that dies between sending and noting it leaves a claim
that runs out; the notice then goes once more, under the same id, by which receivers know it.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, exists, insert, literal, select, update

from ledger.instant import format_instant
from ledger.store.tables import NOTICE

LEASE: Final = datetime.timedelta(minutes=10)
"""How long a claim holds; sending takes far less."""
FIRST_PAUSE: Final = datetime.timedelta(minutes=1)
LONGEST_PAUSE: Final = datetime.timedelta(hours=1)
KEPT: Final = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of the notice of a day to a recipient: attempts so far, and whether it was sent."""

    recipient: str
    attempts: int
    sent: bool


def claim(connection: Connection, day: datetime.date, recipient: str, now: datetime.datetime) -> int:
    """The number of this attempt, from 1, if the caller is to make it; 0 if it is not time, not ours, or done."""
    row = (NOTICE.c.day == day.isoformat(), NOTICE.c.recipient == recipient)
    fresh = select(
        literal(day.isoformat()), literal(recipient), literal(0), literal(0), literal(format_instant(now))
    ).where(~exists().where(*row))
    connection.execute(insert(NOTICE).from_select(["day", "recipient", "attempts", "sent", "next_at"], fresh))
    ready = (NOTICE.c.sent == 0, NOTICE.c.next_at <= format_instant(now))
    held = {"attempts": NOTICE.c.attempts + 1, "next_at": format_instant(now + LEASE)}
    if connection.execute(update(NOTICE).where(*row, *ready).values(held)).rowcount != 1:
        return 0
    return int(connection.execute(select(NOTICE.c.attempts).where(*row)).scalar_one())


def keep_sent(connection: Connection, day: datetime.date, recipient: str) -> None:
    """The notice was sent; rows of long ago are gone."""
    row = (NOTICE.c.day == day.isoformat(), NOTICE.c.recipient == recipient)
    connection.execute(update(NOTICE).where(*row).values(sent=1))
    connection.execute(delete(NOTICE).where(NOTICE.c.day < (day - KEPT).isoformat()))


def keep_failed(
    connection: Connection, day: datetime.date, recipient: str, *, attempt: int, now: datetime.datetime
) -> None:
    """Attempt number `attempt` failed: the next one is due after a pause that doubles each time."""
    pause = min(FIRST_PAUSE * 2 ** min(attempt - 1, 10), LONGEST_PAUSE)
    row = (NOTICE.c.day == day.isoformat(), NOTICE.c.recipient == recipient)
    connection.execute(update(NOTICE).where(*row).values(next_at=format_instant(now + pause)))


def fates(connection: Connection, day: datetime.date, recipients: Iterable[str]) -> dict[str, Fate]:
    """What became of the notices of `day`, by recipient; those not begun are left out."""
    wanted = select(NOTICE).where(NOTICE.c.day == day.isoformat(), NOTICE.c.recipient.in_(list(recipients)))
    return {
        row.recipient: Fate(recipient=row.recipient, attempts=row.attempts, sent=bool(row.sent))
        for row in connection.execute(wanted)
    }
