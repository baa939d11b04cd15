# SPDX-License-Identifier: Apache-2.0
"""Accesses: who was shown what that is not public, when and why; written before it is shown, and never changed."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from api.sessions.front_desk import Present
from ledger.store.tables import ACCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`key` of `party` was shown `field` of `event` at `at`, for `reason`; `case_id` is empty without a case.

    `id` begins with the instant, so that accesses sort by time.
    """

    id: str
    at: str
    key: str
    party: str
    event: str
    field: str
    reason: str
    case_id: str


def access_of(present: Present, *, at: str, event: str, field: str, reason: str, case_id: str = "") -> Access:
    """The access of whoever is `present`, with an id of its own."""
    return Access(
        id=f"{at}-{secrets.token_hex(8)}",
        at=at,
        key=present.session.key,
        party=present.party,
        event=event,
        field=field,
        reason=reason,
        case_id=case_id,
    )


def note(connection: Connection, accesses: Iterable[Access]) -> None:
    """`accesses` stand, once the transaction of `connection` is committed."""
    for access in accesses:
        connection.execute(insert(ACCESS).values(asdict(access)))


def accesses_after(connection: Connection, after: str, *, most: int) -> list[Access]:
    """Accesses in the order of time, at most `most`, those that follow the id `after`."""
    wanted = select(ACCESS).where(ACCESS.c.id > after).order_by(ACCESS.c.id).limit(most)
    return [Access(**dict(row._mapping)) for row in connection.execute(wanted)]  # noqa: SLF001 - the public way of SQLAlchemy to a row as a mapping
