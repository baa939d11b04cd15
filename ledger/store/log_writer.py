# SPDX-License-Identifier: Apache-2.0
"""Writing one flush: rows of the log first, then its indexes, then the checkpoint over all of it.

Rows go in bulk: one prepared statement on SQLite, COPY on PostgreSQL. Nothing is decided here; the primary keys
refuse a second writer of the same position.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String, Table, Text
from sqlalchemy.types import TypeEngine

from ledger.store.disclosures import DisclosureRow, OneErasure, destroy, erased_rows
from ledger.store.edge import FullTile
from ledger.store.engine import is_sqlite
from ledger.store.log_reader import StoredCheckpoint
from ledger.store.tables import (
    ATTACHMENT,
    BANK_REFERENCE,
    CHECKPOINT,
    DISCLOSURE,
    LOG,
    LOG_KEY,
    STATEMENT_LINE,
    SUBMISSION,
    TILE,
)

_COPY_TYPES: Final[dict[type[TypeEngine[Any]], str]] = {
    BigInteger: "int8",
    Integer: "int4",
    LargeBinary: "bytea",
    String: "varchar",
    Text: "text",
}


class LogRow(NamedTuple):
    """One entry, ready to store: position, leaf hash, canonical bytes, position of its header entry."""

    seq: int
    leaf: bytes
    data: bytes
    submission: int


class SubmissionRow(NamedTuple):
    """One accepted submission: idempotency key, header position, number of events, SHA-256 of its header."""

    party: str
    id: str
    seq: int
    events: int
    header_hash: bytes


class StatementLineRow(NamedTuple):
    """One bank line (line 0: the closing balance) and its position."""

    account: str
    statement: str
    line_no: int
    seq: int


class BankReferenceRow(NamedTuple):
    """One bank line that carries a reference, and its position."""

    account: str
    direction: str
    bank_ref: str
    seq: int


class AttachmentRow(NamedTuple):
    """One registration of an evidence file: its SHA-256 in hex, position of the event, size in bytes."""

    hash: str
    seq: int
    size: int


class LogKeyRow(NamedTuple):
    """One change of the log's keys: position, action, verifier key text, recorded instant."""

    seq: int
    action: str
    vkey: str
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Everything that one flush stores."""

    entries: Sequence[LogRow]
    tiles: Sequence[FullTile]
    submissions: Sequence[SubmissionRow]
    statement_lines: Sequence[StatementLineRow]
    bank_references: Sequence[BankReferenceRow]
    checkpoint: StoredCheckpoint
    log_keys: Sequence[LogKeyRow] = ()
    disclosures: Sequence[DisclosureRow] = ()
    erasures: Sequence[OneErasure] = ()
    attachments: Sequence[AttachmentRow] = ()


def write(connection: Connection, addition: Addition) -> None:
    """Store `addition` in the transaction of `connection`, which holds the ledger lock; nothing is committed.

    Raises:
        sqlalchemy.exc.DBAPIError or the driver's error: the transaction must be rolled back.
    """
    insert_rows(connection, LOG, addition.entries)
    write_tiles(connection, addition.tiles)
    write_indexes(connection, addition.submissions, addition.statement_lines, addition.bank_references)
    insert_rows(connection, LOG_KEY, addition.log_keys)
    insert_rows(connection, ATTACHMENT, addition.attachments)
    insert_rows(connection, DISCLOSURE, addition.disclosures)
    destroy(connection, list(erased_rows(connection, addition.erasures)))
    made = addition.checkpoint
    insert_rows(connection, CHECKPOINT, [(made.size, made.note, made.root, made.recorded)])


def write_tiles(connection: Connection, tiles: Sequence[FullTile]) -> None:
    """Store finished tiles in the transaction of `connection`; nothing is committed."""
    insert_rows(connection, TILE, [(tile.level, tile.number, tile.root, tile.hashes) for tile in tiles])


def write_indexes(
    connection: Connection,
    submissions: Sequence[SubmissionRow],
    statement_lines: Sequence[StatementLineRow],
    bank_references: Sequence[BankReferenceRow],
) -> None:
    """Store index rows in the transaction of `connection`; nothing is committed."""
    insert_rows(connection, SUBMISSION, submissions)
    insert_rows(connection, STATEMENT_LINE, statement_lines)
    insert_rows(connection, BANK_REFERENCE, bank_references)


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, whose values stand in the order of the table's columns; nothing is committed."""
    if not rows:
        return
    names = ", ".join(column.name for column in table.columns)
    if is_sqlite(connection):
        marks = ", ".join("?" for _ in table.columns)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 - names of our own tables
        return
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types([_COPY_TYPES[_plain(column.type)] for column in table.columns])
        for row in rows:
            copy.write_row(row)


def _plain(kind: TypeEngine[Any]) -> type[TypeEngine[Any]]:
    return next(
        known for known in (BigInteger, Integer, LargeBinary, Text, String) if isinstance(kind, known)
    )
