# SPDX-License-Identifier: Apache-2.0
"""The database refuses to change or forget what was recorded, and the program notices when it no longer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ledger.errors import EnvironmentFault
from ledger.store.bulk_insert import insert_rows
from ledger.store.engine import holding_lock, open_engine, reading
from ledger.store.guards import self_test
from ledger.store.schema import check, prepare
from ledger.store.tables import ACCESS, CHECKPOINT, LOG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHANGES = [
    "UPDATE log SET bytes = leaf",
    "UPDATE log SET seq = seq + 1",
    "DELETE FROM log",
    "UPDATE checkpoint SET note = root",
    "DELETE FROM checkpoint",
    "UPDATE access SET reason = 'x'",
    "DELETE FROM access",
]


def _filled(url: str) -> Engine:
    engine = open_engine(url, create=True)
    prepare(engine)
    with holding_lock(engine) as connection:
        insert_rows(connection, LOG, [(0, b"leaf", b"bytes", 0)])
        insert_rows(connection, CHECKPOINT, [(1, b"note", b"root", "2026-01-05T01:00:00.000Z")])
        insert_rows(connection, ACCESS, [("a", "now", "key", "unit", "u/s-1/0", "payee_name", "why", "")])
        connection.commit()
    return engine


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with one entry and one checkpoint."""
    engine = _filled(str(tmp_path / "a.db"))
    yield engine
    engine.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """The same on PostgreSQL."""
    engine = _filled(postgres_url)
    yield engine
    engine.dispose()


def _refused(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="is append-only"):
        connection.execute(text(statement))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT bytes FROM log")).all() == [(b"bytes",)]
        assert connection.execute(text("SELECT note FROM checkpoint")).all() == [(b"note",)]


@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES,
        "INSERT OR REPLACE INTO log VALUES (0, x'00', x'01', 0)",
        "REPLACE INTO checkpoint VALUES (1, x'00', x'01', '')",
        "INSERT INTO log VALUES (0, x'00', x'01', 0) ON CONFLICT (seq) DO UPDATE SET bytes = x'01'",
    ],
)
def test_sqlite_refuses(sqlite: Engine, statement: str) -> None:
    """Update, delete, replace and upsert, in both tables."""
    _refused(sqlite, statement)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", [*CHANGES, "TRUNCATE log", "TRUNCATE checkpoint"])
def test_postgresql_refuses(postgres: Engine, statement: str) -> None:
    """Update, delete and truncate, in both tables."""
    _refused(postgres, statement)


def _self_test_leaves_nothing(engine: Engine) -> None:
    with holding_lock(engine) as connection:
        self_test(connection)
        connection.commit()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM log")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM checkpoint")).scalar() == 1


def test_self_test_leaves_nothing_on_sqlite(sqlite: Engine) -> None:
    """It passes on a guarded database and changes nothing, even when committed."""
    _self_test_leaves_nothing(sqlite)


@pytest.mark.postgres
def test_self_test_leaves_nothing_on_postgresql(postgres: Engine) -> None:
    """It passes on a guarded database and changes nothing, even when committed."""
    _self_test_leaves_nothing(postgres)


@pytest.mark.parametrize(
    "trigger",
    [f"{table}_no_{action}" for table in ("log", "checkpoint") for action in ("update", "delete", "replace")],
)
def test_self_test_notices_a_missing_trigger_on_sqlite(sqlite: Engine, trigger: str) -> None:
    """Each dropped trigger is noticed, and the table is named."""
    with holding_lock(sqlite) as connection:
        connection.execute(text(f"DROP TRIGGER {trigger}"))
        with pytest.raises(EnvironmentFault, match="the database did not refuse") as raised:
            self_test(connection)
    assert raised.value.place == f"table {trigger.partition('_')[0]}"


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["log", "checkpoint"])
def test_self_test_notices_a_missing_trigger_on_postgresql(postgres: Engine, table: str) -> None:
    """A dropped trigger is noticed, and the table is named."""
    with holding_lock(postgres) as connection:
        connection.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
        with pytest.raises(EnvironmentFault, match=f"table {table}: the database did not refuse"):
            self_test(connection)


def test_a_second_writer_of_one_position_fails(sqlite: Engine) -> None:
    """The primary key is the last line of defence against a fork."""
    with holding_lock(sqlite) as connection, pytest.raises(DBAPIError):
        insert_rows(connection, LOG, [(0, b"other", b"other", 0)])


@pytest.mark.postgres
def test_a_second_writer_of_one_position_fails_on_postgresql(postgres: Engine) -> None:
    """The primary key refuses a copied row too, and the driver's error is told like any other."""
    with pytest.raises(EnvironmentFault, match="duplicate key"), holding_lock(postgres) as connection:
        insert_rows(connection, LOG, [(0, b"other", b"other", 0)])


def test_preparing_twice_changes_nothing(sqlite: Engine) -> None:
    """A prepared database with entries stays as it is."""
    prepare(sqlite)
    check(sqlite)
    with reading(sqlite) as connection:
        assert connection.execute(text("SELECT count(*) FROM log")).scalar() == 1


def test_an_empty_database_is_no_ledger(tmp_path: Path) -> None:
    """Its revision is none, and the remedy is to initialise it."""
    engine = open_engine(str(tmp_path / "a.db"), create=True)
    with pytest.raises(EnvironmentFault, match="revision none"):
        check(engine)
    engine.dispose()
