# SPDX-License-Identifier: Apache-2.0
"""Cosignature lines beside the stored checkpoints: the log's own renewed ones and those of witnesses.

A checkpoint is stored as it was signed in its flush, for good. What is shown is that note with the newest line of each
cosigner. Whoever keeps a line here has verified it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from ledger.cosignature import CosignerKey, seconds_in
from ledger.note import NoteSignature, format_note, parse_note, parse_signature
from ledger.store.log_reader import StoredCheckpoint
from ledger.store.tables import COSIGNATURE


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCosignature:
    """A verified line over the checkpoint of `size` entries, and the POSIX time that it states."""

    size: int
    signature: NoteSignature

    @property
    def seconds(self) -> int:
        """The time in it, seconds since 1970-01-01 UTC."""
        return seconds_in(self.signature.signature)


def keep_cosignatures(connection: Connection, cosignatures: Iterable[StoredCosignature]) -> None:
    """Each line stands in the place of an earlier one of its cosigner over the same size; nothing is committed.

    The connection holds the ledger lock. A line that states an earlier time than the stored one is left away.
    """
    for one in cosignatures:
        key = (
            COSIGNATURE.c.size == one.size,
            COSIGNATURE.c.name == one.signature.name,
            COSIGNATURE.c.key_id == one.signature.key_id.hex(),
        )
        before = connection.execute(select(COSIGNATURE.c.seconds).where(*key)).scalar()
        if before is not None and before >= one.seconds:
            continue
        connection.execute(delete(COSIGNATURE).where(*key))
        row = {"size": one.size, "name": one.signature.name, "key_id": one.signature.key_id.hex()}
        connection.execute(insert(COSIGNATURE).values(**row, line=one.signature.line, seconds=one.seconds))


def cosignatures_of(connection: Connection, size: int) -> tuple[NoteSignature, ...]:
    """Return the newest line of each cosigner over the checkpoint of `size` entries, by name and key id."""
    wanted = select(COSIGNATURE.c.line).where(COSIGNATURE.c.size == size)
    rows = connection.execute(wanted.order_by(COSIGNATURE.c.name, COSIGNATURE.c.key_id)).scalars()
    return tuple(parse_signature(line, "stored cosignature") for line in rows)


def cosigned_sizes(connection: Connection, *, limit: int) -> list[int]:
    """Return the largest sizes that anybody has cosigned, at most `limit`, largest first."""
    wanted = select(COSIGNATURE.c.size).distinct().order_by(COSIGNATURE.c.size.desc()).limit(limit)
    return list(connection.execute(wanted).scalars())


def newest_of(connection: Connection, key: CosignerKey) -> tuple[int, int]:
    """Return the largest size that `key` has cosigned, and the POSIX time of that line; zeros if it never has."""
    wanted = select(COSIGNATURE.c.size, COSIGNATURE.c.seconds).where(
        COSIGNATURE.c.name == key.name, COSIGNATURE.c.key_id == key.note_key_id.hex()
    )
    row = connection.execute(wanted.order_by(COSIGNATURE.c.size.desc()).limit(1)).first()
    return (0, 0) if row is None else (row.size, row.seconds)


def shown_note(connection: Connection, checkpoint: StoredCheckpoint) -> bytes:
    """Return the stored note of `checkpoint` with the newest line of each cosigner, in the place of any older one."""
    lines = cosignatures_of(connection, checkpoint.size)
    if not lines:
        return checkpoint.note
    note = parse_note(checkpoint.note)
    newer = {(one.name, one.key_id) for one in lines}
    kept = [one for one in note.signatures if (one.name, one.key_id) not in newer]
    return format_note(note.text, [*kept, *lines])


def best_cosigned_over(connection: Connection, seq: int, *, origin: str) -> int | None:
    """Return the size of the checkpoint over entry `seq` that most others than the log cosigned, the smallest of those."""
    wanted = (
        select(COSIGNATURE.c.size)
        .where(COSIGNATURE.c.size > seq, COSIGNATURE.c.name != origin)
        .group_by(COSIGNATURE.c.size)
        .order_by(func.count().desc(), COSIGNATURE.c.size)
        .limit(1)
    )
    return connection.execute(wanted).scalar()
