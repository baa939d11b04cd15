# SPDX-License-Identifier: Apache-2.0
"""Append-only by trigger: the database itself refuses to change or delete a row of `log` and `checkpoint`.

The guards stop mistakes and ordinary privileges. Whoever owns the database can drop them: that is what checkpoints
kept elsewhere are for. `self_test` proves on the live database that they still stand.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Table, insert, text
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
    """Yield the statements that set up the guards of `sqlite` or `postgresql`, once, after the tables exist."""
    if dialect != "sqlite":
        yield _POSTGRESQL_FUNCTION
        for table in APPEND_ONLY:
            yield _POSTGRESQL.format(table=table.name)
        return
    for table in APPEND_ONLY:
        key = _key(table)
        yield _SQLITE.format(table=table.name, name="update", action="UPDATE", condition="")
        yield _SQLITE.format(table=table.name, name="delete", action="DELETE", condition="")
        # INSERT OR REPLACE deletes the old row without asking a delete trigger.
        taken = f"WHEN EXISTS (SELECT 1 FROM {table.name} WHERE {key} = NEW.{key}) "  # noqa: S608 - names of this module only
        yield _SQLITE.format(table=table.name, name="replace", action="INSERT", condition=taken)


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
    blob = "bytes" if table is LOG else "note"
    where = f"WHERE {key} = {_PROBE_POSITION}"
    yield f"UPDATE {name} SET {blob} = {blob} {where}"  # noqa: S608 - names of this module only
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
    if table is CHECKPOINT:
        return {"size": _PROBE_POSITION, "note": b"", "root": b"", "recorded": ""}
    return {"seq": _PROBE_POSITION, "leaf": b"", "bytes": b"", "submission": 0}


def _key(table: Table) -> str:
    return next(iter(table.primary_key)).name
