# SPDX-License-Identifier: Apache-2.0
"""Anchors as stored: the signed checkpoint as it was published, and the time-stamp token over exactly those bytes."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from ledger.anchor import INDEX_FILE, AnchorName, format_index, parse_path
from ledger.errors import FormatError, MissingError
from ledger.store.tables import ANCHOR


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnchor:
    """Signed note, token over it, and what the token says: the authority and the instant."""

    note: bytes
    token: bytes
    authority: str
    stamped: str


def anchor_names(connection: Connection, *, up_to: int) -> tuple[AnchorName, ...]:
    """Return the anchors of checkpoints over at most `up_to` entries, in order."""
    wanted = select(ANCHOR.c.size, ANCHOR.c.number).where(ANCHOR.c.size <= up_to)
    rows = connection.execute(wanted.order_by(ANCHOR.c.size, ANCHOR.c.number))
    return tuple(AnchorName(size=row.size, number=row.number) for row in rows)


def stored_anchor(connection: Connection, name: AnchorName) -> StoredAnchor:
    """Return the anchor `name`.

    Raises:
        MissingError: there is none.
    """
    named = select(ANCHOR).where(ANCHOR.c.size == name.size, ANCHOR.c.number == name.number)
    row = connection.execute(named).first()
    if row is None:
        raise _no_anchor(f"anchor {name.text}")
    return StoredAnchor(note=row.note, token=row.token, authority=row.authority, stamped=row.stamped)


def anchor_file(connection: Connection, path: str, *, up_to: int) -> bytes:
    """Return the file at `path` below the log, such as ``anchor/300-1.tsr``; the index lists anchors up to that size.

    Raises:
        MissingError: there is no such file; without any anchor there is no index.
    """
    if path == INDEX_FILE:
        names = anchor_names(connection, up_to=up_to)
        if not names:
            raise _no_anchor(path)
        return format_index(names)
    try:
        name = parse_path(path)
    except FormatError as error:
        raise _no_anchor(path) from error
    kept = stored_anchor(connection, name)
    return kept.note if path == name.note else kept.token


def is_anchored(connection: Connection, *, size: int, authority: str | None = None) -> bool:
    """Whether the checkpoint over `size` entries has an anchor, of `authority` if one is given."""
    wanted = select(ANCHOR.c.number).where(ANCHOR.c.size == size)
    if authority is not None:
        wanted = wanted.where(ANCHOR.c.authority == authority)
    return connection.execute(wanted.limit(1)).first() is not None


def keep_anchor(connection: Connection, *, size: int, anchor: StoredAnchor) -> AnchorName | None:
    """Store `anchor` over `size` entries under the next number; None if that authority has stamped this size before.

    The connection holds the ledger lock; nothing is committed.
    """
    if is_anchored(connection, size=size, authority=anchor.authority):
        return None
    last = connection.execute(select(func.max(ANCHOR.c.number)).where(ANCHOR.c.size == size)).scalar()
    name = AnchorName(size=size, number=(last or 0) + 1)
    row = {"size": name.size, "number": name.number, "authority": anchor.authority, "note": anchor.note}
    connection.execute(insert(ANCHOR).values(**row, token=anchor.token, stamped=anchor.stamped))
    return name


def _no_anchor(place: str) -> MissingError:
    """The error for a file of anchors that is not there."""
    return MissingError(
        code="anchor.unknown",
        place=place,
        message_en="the log has no such anchor",
        message_zh="账本没有该锚定",
        remedy_en="Ask for one that anchor/index lists; without anchors there is no index.",
        remedy_zh="请查询 anchor/index 所列的锚定；没有锚定时无此索引。",
    )
