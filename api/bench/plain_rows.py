# SPDX-License-Identifier: Apache-2.0
"""The same log rows stored without a ledger: chained by a trigger of the database, and copied in with nothing at all.

Both write, for each batch, one durable transaction with the rows that the ledger stored for it (position, leaf hash, bytes,
header position); no request, no check, no index.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine

from ledger.store.engine import is_sqlite

Rows = Sequence[tuple[int, bytes, bytes, int]]

_COLUMNS: Final = (
    "(seq bigint PRIMARY KEY, leaf bytea NOT NULL, bytes bytea NOT NULL, submission bigint NOT NULL"
)
_CHAIN: Final = (
    f"CREATE TABLE bench_chain {_COLUMNS}, chained bytea)",
    """CREATE FUNCTION bench_chained() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.chained := sha256(coalesce(
            (SELECT chained FROM bench_chain ORDER BY seq DESC LIMIT 1), ''::bytea) || NEW.bytes);
        RETURN NEW;
    END $$""",
    "CREATE TRIGGER bench_chained BEFORE INSERT ON bench_chain FOR EACH ROW EXECUTE FUNCTION bench_chained()",
)


def chain_by_trigger(engine: Engine, batches: Sequence[Rows], *, clock_ns: Callable[[], int]) -> list[int]:
    """Nanoseconds of each batch, inserted into a PostgreSQL table whose trigger hashes each row with the one before."""
    with engine.begin() as connection:
        for statement in _CHAIN:
            connection.exec_driver_sql(statement)
    insert = "INSERT INTO bench_chain (seq, leaf, bytes, submission) VALUES (%s, %s, %s, %s)"
    return _timed(engine, batches, lambda one, rows: _insert(one, insert, rows), clock_ns)


def copy_raw(engine: Engine, batches: Sequence[Rows], *, clock_ns: Callable[[], int]) -> list[int]:
    """Nanoseconds of each batch by COPY; on SQLite, which has none, by one prepared statement."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE bench_copy {_COLUMNS})")
    if is_sqlite(engine):
        insert = "INSERT INTO bench_copy VALUES (?, ?, ?, ?)"
        return _timed(engine, batches, lambda one, rows: _insert(one, insert, rows), clock_ns)
    return _timed(engine, batches, _copy, clock_ns)


def _timed(
    engine: Engine,
    batches: Sequence[Rows],
    write: Callable[[Connection, Rows], None],
    clock_ns: Callable[[], int],
) -> list[int]:
    times = []
    with engine.connect() as connection:
        for rows in batches:
            begun = clock_ns()
            write(connection, rows)
            connection.commit()
            times.append(clock_ns() - begun)
    return times


def _insert(connection: Connection, insert: str, rows: Rows) -> None:
    connection.exec_driver_sql(insert, list(rows))


def _copy(connection: Connection, rows: Rows) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY bench_copy FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "bytea", "bytea", "int8"])
        for row in rows:
            copy.write_row(row)
