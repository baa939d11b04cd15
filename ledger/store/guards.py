# SPDX-License-Identifier: Apache-2.0
"""Append-only by trigger: the database itself refuses to change or delete a row of `log`, `checkpoint`, `access`.

The guards stop mistakes and ordinary privileges. Whoever owns the database can drop them: that is what checkpoints
kept elsewhere are for. `self_test` proves on the live database that they still stand.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, insert, text
from sqlalchemy.exc import DBAPIError

from ledger.errors import EnvironmentFault
from ledger.store.engine import is_sqlite
from ledger.store.tables import APPEND_ONLY, CHECKPOINT, LOG

_MARK: Final = "append-only"
"""In the message of every refusal, so that the self-test can tell it from another error."""

_SQLITE: Final = """
CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table}
{condition}BEGIN SELECT RAISE(ABORT, '{table} is append-only: {name} refused'); END
"""
_POSTGRESQL_FUNCTION: Final = """
CREATE FUNCTION fundtrace_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only: ' || lower(TG_OP) || ' refused';
END $$
"""
_POSTGRESQL: Final = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION fundtrace_append_only()
"""
_PROBE_POSITION: Final = 2**62


def guard_statements(dialect: str) -> Iterator[str]:
    """Yield the statements that set up the guards of `sqlite` or `postgresql` over the ledger, once, after its tables."""
    if dialect != "sqlite":
        yield _POSTGRESQL_FUNCTION
    for table in (LOG, CHECKPOINT):
        yield from guards_of(table.name, dialect=dialect, key=_key(table))


def guards_of(table: str, *, dialect: str, key: str) -> Iterator[str]:
    """Yield the statements that guard one table more, whose primary key is the column `key`."""
    if dialect != "sqlite":
        yield _POSTGRESQL.format(table=table)
        return
    yield _SQLITE.format(table=table, name="update", action="UPDATE", condition="")
    yield _SQLITE.format(table=table, name="delete", action="DELETE", condition="")
    # INSERT OR REPLACE deletes the old row without asking a delete trigger.
    taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "  # noqa: S608 - names of this program only
    yield _SQLITE.format(table=table, name="replace", action="INSERT", condition=taken)


def self_test(connection: Connection) -> None:
    """Return only if this very database refused to change, delete and truncate; nothing is left changed.

    Each attempt runs in a savepoint that is rolled back, on a row that the test itself inserts there.

    Raises:
        EnvironmentFault: an attempt went through: the guards are gone. The place names the table.
    """
    for table in APPEND_ONLY:
        for attempt in _attempts(table, sqlite=is_sqlite(connection)):
            if not _refused(connection, table, attempt):
                raise EnvironmentFault(
                    code="store.unguarded",
                    place=f"table {table.name}",
                    message_en=f"the database did not refuse: {attempt}",
                    message_zh=f"数据库未拒绝操作：{attempt}",
                    remedy_en="Stop posting, verify the ledger, and restore it from a backup that has its triggers.",
                    remedy_zh="请停止登记，验证账本，并从带触发器的备份恢复。",
                )


def _attempts(table: Table, *, sqlite: bool) -> Iterator[str]:
    name, key = table.name, _key(table)
    other = next(column.name for column in table.columns if column.name != key)
    where = f"WHERE {key} = '{_probe(table)[key]}'"
    yield f"UPDATE {name} SET {other} = {other} {where}"  # noqa: S608 - names of this module only
    yield f"DELETE FROM {name} {where}"  # noqa: S608 - as above
    if sqlite:
        yield f"INSERT OR REPLACE INTO {name} SELECT * FROM {name} {where}"  # noqa: S608 - as above
    else:
        yield f"TRUNCATE {name}"


def _refused(connection: Connection, table: Table, attempt: str) -> bool:
    savepoint = connection.begin_nested()
    try:
        connection.execute(insert(table).values(_probe(table)))
        connection.execute(text(attempt))
    except DBAPIError as error:
        return _MARK in str(error.orig)
    else:
        return False
    finally:
        savepoint.rollback()


def _probe(table: Table) -> dict[str, object]:
    """A row that the ledger never has."""
    return {column.name: _filler(column) for column in table.columns}


def _filler(column: Column[object]) -> object:
    match column.type:
        case Integer():
            return _PROBE_POSITION
        case LargeBinary():
            return b""
        case _:
            return "probe"


def _key(table: Table) -> str:
    return next(iter(table.primary_key)).name
