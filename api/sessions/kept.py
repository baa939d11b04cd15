# SPDX-License-Identifier: Apache-2.0
"""Challenges and sessions as rows of the database, which all processes of one server share."""

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from api.sessions.session import WHOLE_LIFE, Challenge, Session
from ledger.instant import format_instant, parse_instant
from ledger.store.tables import SESSION, SESSION_CHALLENGE


def keep_challenge(connection: Connection, challenge: Challenge) -> None:
    """`challenge` may be answered, once."""
    connection.execute(
        insert(SESSION_CHALLENGE).values(
            digest=challenge.digest, key=challenge.key, address=challenge.address, expires=challenge.expires
        )
    )


def unspent(connection: Connection, *, address: str, key: str | None = None) -> int:
    """How many challenges `address` has asked for and not used, for `key` or for any."""
    wanted: list[ColumnElement[bool]] = [SESSION_CHALLENGE.c.address == address]
    if key is not None:
        wanted.append(SESSION_CHALLENGE.c.key == key)
    counted = select(func.count()).select_from(SESSION_CHALLENGE).where(*wanted)
    return connection.execute(counted).scalar_one()


def take_challenge(connection: Connection, digest: str) -> Challenge | None:
    """The challenge, for whoever takes it first; None if there is none, or somebody else has it."""
    row = connection.execute(select(SESSION_CHALLENGE).where(SESSION_CHALLENGE.c.digest == digest)).first()
    gone = connection.execute(delete(SESSION_CHALLENGE).where(SESSION_CHALLENGE.c.digest == digest))
    if row is None or gone.rowcount != 1:
        return None
    return Challenge(digest=row.digest, key=row.key, address=row.address, expires=row.expires)


def keep_session(connection: Connection, session: Session) -> None:
    """`session` is open."""
    connection.execute(
        insert(SESSION).values(
            digest=session.digest,
            key=session.key,
            audience=session.audience,
            began=session.began,
            used=session.used,
        )
    )


def session_kept(connection: Connection, digest: str) -> Session | None:
    """The session, alive or not, or None."""
    row = connection.execute(select(SESSION).where(SESSION.c.digest == digest)).first()
    if row is None:
        return None
    return Session(digest=row.digest, key=row.key, audience=row.audience, began=row.began, used=row.used)


def note_use(connection: Connection, digest: str, instant: str) -> None:
    """The session was used at `instant`; an earlier one changes nothing."""
    used = update(SESSION).where(SESSION.c.digest == digest, SESSION.c.used < instant)
    connection.execute(used.values(used=instant))


def end_session(connection: Connection, digest: str) -> None:
    """The session is gone."""
    connection.execute(delete(SESSION).where(SESSION.c.digest == digest))


def forget_old(connection: Connection, instant: str) -> None:
    """Challenges that expired before `instant` are gone, and sessions that began more than their whole life before."""
    connection.execute(delete(SESSION_CHALLENGE).where(SESSION_CHALLENGE.c.expires <= instant))
    earliest = format_instant(parse_instant(instant) - WHOLE_LIFE)
    connection.execute(delete(SESSION).where(SESSION.c.began <= earliest))
