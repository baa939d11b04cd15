# SPDX-License-Identifier: Apache-2.0
"""Disclosures of personal fields, beside the log: kept with the flush that stores their event, destroyed with an erasure.

Both happen in the transaction that stores the entry, so that no event stands without its disclosures, and no erasure while
they are still there. SQLite overwrites what is deleted (`secure_delete`); a database server keeps freed space, write-ahead
files and backups until they are reused or dropped, which is its operator's to see to.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, tuple_

from ledger.commitments import commitment_of
from ledger.entry import EventEntry, parse_entry
from ledger.kinds.control import Erasure
from ledger.store.tables import DISCLOSURE, ERASED, LOG, SUBMISSION

_ROWS: Final = 500


class DisclosureRow(NamedTuple):
    """Position of the event, its commitment, the disclosure that opens it."""

    seq: int
    commitment: str
    text: str


class ErasedRow(NamedTuple):
    """Position of the event, its commitment, position of the erasure that lets nobody open it any more."""

    seq: int
    commitment: str
    erasure: int


class OneErasure(NamedTuple):
    """An erasure and its own position."""

    seq: int
    event: Erasure


def erased_rows(connection: Connection, erasures: Iterable[OneErasure]) -> Iterator[ErasedRow]:
    """What `erasures` erase, each commitment once; the events that they name are indexed already."""
    seen: set[tuple[int, str]] = set()
    for one in erasures:
        at = _position(connection, one.event.event)
        if at is None:
            continue
        for commitment in one.event.commitments:
            if (at, commitment) not in seen:
                seen.add((at, commitment))
                yield ErasedRow(at, commitment, one.seq)


def destroy(connection: Connection, rows: Sequence[ErasedRow]) -> None:
    """Nobody can open what `rows` name any more, and it is noted which erasure says so; nothing is committed."""
    for row in rows:
        of = (row.seq, row.commitment)
        connection.execute(
            delete(DISCLOSURE).where(DISCLOSURE.c.seq == of[0], DISCLOSURE.c.commitment == of[1])
        )
        known = select(ERASED.c.seq).where(ERASED.c.seq == of[0], ERASED.c.commitment == of[1])
        if connection.execute(known).first() is None:
            connection.execute(insert(ERASED).values(row._asdict()))


def disclosures_of(connection: Connection, seq: int) -> dict[str, str]:
    """The disclosures of the event at `seq` that are kept, by commitment."""
    found = select(DISCLOSURE.c.commitment, DISCLOSURE.c.text).where(DISCLOSURE.c.seq == seq)
    return {row.commitment: row.text for row in connection.execute(found)}


def erasures_of(connection: Connection, seq: int) -> dict[str, int]:
    """Positions of the erasures of the event at `seq`, by commitment."""
    found = select(ERASED.c.commitment, ERASED.c.erasure).where(ERASED.c.seq == seq)
    return {row.commitment: row.erasure for row in connection.execute(found)}


def all_disclosures(connection: Connection, *, below: int) -> Iterator[DisclosureRow]:
    """Every disclosure kept for entries before position `below`, by position and commitment."""
    at = (-1, "")
    while True:
        further = (
            select(DISCLOSURE)
            .where(DISCLOSURE.c.seq < below, tuple_(DISCLOSURE.c.seq, DISCLOSURE.c.commitment) > at)
            .order_by(DISCLOSURE.c.seq, DISCLOSURE.c.commitment)
            .limit(_ROWS)
        )
        rows = [DisclosureRow(*row) for row in connection.execute(further)]
        yield from rows
        if len(rows) < _ROWS:
            return
        at = (rows[-1].seq, rows[-1].commitment)


def take_back(connection: Connection, kept: Iterable[tuple[int, str]]) -> tuple[int, int]:
    """Disclosures of a backup are kept again: (position of the event, text). Returns how many were, and how many were not.

    Only what opens a commitment of that event is taken, and nothing that the log says was erased, also since the backup.
    """
    taken = left = 0
    for seq, text in kept:
        commitment = commitment_of(text)
        if _may_be_kept(connection, seq, commitment):
            connection.execute(insert(DISCLOSURE).values(seq=seq, commitment=commitment, text=text))
            taken += 1
        else:
            left += 1
    return taken, left


def _may_be_kept(connection: Connection, seq: int, commitment: str) -> bool:
    if commitment in erasures_of(connection, seq) or commitment in disclosures_of(connection, seq):
        return False
    data = connection.execute(select(LOG.c.bytes).where(LOG.c.seq == seq)).scalar()
    entry = None if data is None else parse_entry(bytes(data), place=f"entry {seq}")
    return isinstance(entry, EventEntry) and commitment in entry.event.sd


def _position(connection: Connection, name: str) -> int | None:
    party, identifier, index = name.split("/")
    found = connection.execute(
        select(SUBMISSION.c.seq).where(SUBMISSION.c.party == party, SUBMISSION.c.id == identifier)
    ).scalar()
    return None if found is None else found + 1 + int(index)
