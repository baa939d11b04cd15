# SPDX-License-Identifier: Apache-2.0
"""Opening databases, their durability settings, and the one ledger lock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from ledger.errors import EnvironmentFault, InputError
from ledger.store.engine import holding_lock, open_engine, reading, shown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "url", ["", ":memory:", "sqlite://", "sqlite:///:memory:", "mysql://host/x", "sqlite:///x?mode=ro", "://"]
)
def test_only_databases_that_keep_a_ledger_are_opened(url: str) -> None:
    """Memory, other servers and SQLite options are refused with a remedy."""
    with pytest.raises(InputError, match="Give a file"):
        open_engine(url, create=True)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """With the write-ahead log beside it; the mode of a file that stands is whatever its owner chose."""
    path = tmp_path / "ledger.db"
    engine = open_engine(str(path), create=True)
    assert not path.exists()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
        assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}
        assert len(list(tmp_path.iterdir())) > 1
    engine.dispose()
    path.chmod(0o640)
    engine = open_engine(str(path))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_missing_file_is_not_created_by_reading(tmp_path: Path) -> None:
    """A misspelt path gives an error and no empty database."""
    with pytest.raises(EnvironmentFault, match="there is no ledger here"):
        open_engine(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_sqlite_commits_are_on_disk_when_they_return(tmp_path: Path, form: str) -> None:
    """Write-ahead log and full synchronisation, whatever the spelling of the address."""
    engine = open_engine(form.format(tmp_path / "a.db"), create=True)
    with reading(engine) as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_commits_are_on_disk_when_they_return(postgres_url: str) -> None:
    """The session insists on it, and reads what was committed before each statement."""
    engine = open_engine(postgres_url)
    with reading(engine) as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    engine.dispose()


def test_no_password_is_shown() -> None:
    """Messages name the database, not the secret."""
    engine = open_engine("postgresql://user:secret@db.example/ledger")
    assert "secret" not in shown(engine)
    assert "db.example/ledger" in shown(engine)


def test_an_unreachable_database_is_an_environment_fault(tmp_path: Path) -> None:
    """The driver's words arrive with the place and a remedy, and no driver exception leaks."""
    engine = open_engine(f"postgresql:///ledger?host={tmp_path}")
    with pytest.raises(EnvironmentFault, match="Check that it runs"), reading(engine):
        pass


def _second_waits(url: str) -> list[str]:
    """Two threads want the lock; the order of what they do."""
    engine = open_engine(url, create=True)
    seen: list[str] = []
    held = threading.Event()

    def second() -> None:
        held.wait()
        with holding_lock(engine):
            seen.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with holding_lock(engine):
        held.set()
        thread.join(timeout=0.2)
        seen.append("first")
    thread.join()
    engine.dispose()
    return seen


def test_one_writer_at_a_time_on_sqlite(tmp_path: Path) -> None:
    """The second waits until the first has ended."""
    assert _second_waits(str(tmp_path / "a.db")) == ["first", "second"]


@pytest.mark.postgres
def test_one_writer_at_a_time_on_postgresql(postgres_url: str) -> None:
    """The second waits until the first has ended."""
    assert _second_waits(postgres_url) == ["first", "second"]


def test_without_a_commit_nothing_stays(tmp_path: Path) -> None:
    """Leaving the lock without committing rolls back."""
    engine = open_engine(str(tmp_path / "a.db"), create=True)
    with holding_lock(engine) as connection:
        connection.execute(text("CREATE TABLE probe (n INTEGER)"))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    engine.dispose()
