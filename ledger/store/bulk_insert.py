# SPDX-License-Identifier: Apache-2.0
"""Inserting many rows into one table: one prepared statement on SQLite, COPY on PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String, Table, Text
from sqlalchemy.types import TypeEngine

from ledger.store.engine import is_sqlite

_COPY_TYPES: Final[dict[type[TypeEngine[Any]], str]] = {
    BigInteger: "int8",
    Integer: "int4",
    LargeBinary: "bytea",
    String: "varchar",
    Text: "text",
}


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
