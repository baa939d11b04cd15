# SPDX-License-Identifier: Apache-2.0
"""Opening the database of a ledger, reading from it, and the one lock under which it is written.

SQLite runs with a write-ahead log and `synchronous = FULL`: a commit that returned is on disk. PostgreSQL runs with
`synchronous_commit = on` for the same reason, and at READ COMMITTED, so that what is read after the ledger lock was
granted is the newest state and not a snapshot from before.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ledger.errors import EnvironmentFault, InputError

DEFAULT_FILE: Final = "fundtrace.db"
LOCK_WAIT_MS: Final = 60_000
"""How long a writer waits for the ledger lock before it gives up, in milliseconds: longer than the longest flush."""

LEDGER_LOCK: Final = 0x66756E6474726163
"""The advisory lock of PostgreSQL that stands for the ledger of the current database (`fundtrac` as a number)."""

_POOL: Final = 20
"""Connections kept, and as many again under load: a web server answers with about forty threads."""

_SESSION: Final = (
    "synchronous_commit=on",
    f"lock_timeout={LOCK_WAIT_MS}",
    # A holder of the lock that hangs, or whose machine lost power, must not stop every other one for hours.
    "idle_in_transaction_session_timeout=300000",
    "tcp_keepalives_idle=30",
    "tcp_keepalives_interval=10",
    "tcp_keepalives_count=3",
)

_WRITER: Final = "ledger_writer"
_LONGEST_URL: Final = 2_048


def open_engine(url: str, *, create: bool = False) -> Engine:
    """Return an engine for the ledger at `url`: a file path, `sqlite:///PATH` or `postgresql://…`.

    Nothing is read or written yet. A missing SQLite file is created only with `create`, at the first use, for its owner
    alone (0600). The caller disposes of it.

    Raises:
        InputError: `url` names no database that a ledger can live in.
        EnvironmentFault: the SQLite file does not exist.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, create=create)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_pre_ping=True,  # the server may have been restarted since
        isolation_level="READ COMMITTED",
        connect_args={"options": " ".join(f"-c {one}" for one in _SESSION), "connect_timeout": 10},
    )


def is_sqlite(bind: Engine | Connection) -> bool:
    """Whether the database is SQLite; otherwise it is PostgreSQL."""
    return bind.dialect.name == "sqlite"


def shown(engine: Engine) -> str:
    """Return the address as it may stand in messages: without a password."""
    return engine.url.render_as_string(hide_password=True)


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that only reads; its transaction is rolled back at the end.

    Raises:
        EnvironmentFault: the database cannot be reached or does not answer.
    """
    with told(engine), engine.connect() as connection:
        yield connection


@contextlib.contextmanager
def holding_lock(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside a transaction that holds the ledger lock; the caller commits, or all is rolled back.

    Whoever holds it sees every entry committed before, and nobody else can append until the transaction ends:
    also not a transaction whose client died, because the lock ends with it.

    Raises:
        EnvironmentFault: the database cannot be reached, or the lock was not granted in time.
    """
    with told(engine), engine.connect() as connection:
        locked = connection.execution_options(**{_WRITER: True})
        locked.begin()
        if not is_sqlite(engine):
            locked.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LEDGER_LOCK})
        try:
            yield locked
        except BaseException:
            # After a commit that failed the pool would keep the connection with its transaction still open.
            locked.invalidate()
            raise


@contextlib.contextmanager
def writing_beside(engine: Engine) -> Iterator[Connection]:
    """Give a connection for tables that lie beside the log; committed at the end, rolled back on an exception.

    The ledger lock is not taken, so flushes do not wait; on SQLite, which has one writer, they do.

    Raises:
        EnvironmentFault: the database cannot be reached or does not answer.
    """
    with told(engine), engine.connect() as connection:
        writer = connection.execution_options(**{_WRITER: True})
        with writer.begin():
            yield writer


@contextlib.contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn what the driver says into an `EnvironmentFault` that names the database and the remedy."""
    try:
        yield
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise EnvironmentFault(
            code="store.database",
            place=shown(engine),
            message_en=f"the database failed: {reason}",
            message_zh=f"数据库出错：{reason}",
            remedy_en="Check that it runs, can be reached and has free disk space, then try again.",
            remedy_zh="请检查数据库是否运行、可连接且磁盘有剩余空间，然后重试。",
        ) from error


def _parse(url: str) -> URL:
    try:
        if len(url) <= _LONGEST_URL and "://" not in url and url and url != ":memory:":
            return URL.create("sqlite", database=url)
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql" or _names_file(parsed):
            return parsed
    except ArgumentError:
        pass
    raise InputError(
        code="store.bad-address",
        place="--db",
        message_en="it names no database that a ledger can live in",
        message_zh="不是账本可用的数据库地址",
        remedy_en="Give a file, sqlite:///PATH, or postgresql://USER@HOST/DATABASE.",
        remedy_zh="请给出文件路径、sqlite:///路径 或 postgresql://用户@主机/数据库。",
    )


def _names_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"} and not url.query


def _open_sqlite(url: URL, *, create: bool) -> Engine:
    path = Path(str(url.database))
    if not create and not path.is_file():
        raise EnvironmentFault(
            code="store.no-file",
            place=str(path),
            message_en="there is no ledger here",
            message_zh="此处没有账本",
            remedy_en="Check the path, or create a ledger with: fundtrace init --db PATH",
            remedy_zh="请核对路径，或用 fundtrace init --db 路径 新建账本。",
        )
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), pool_size=_POOL, max_overflow=_POOL)
    if create:
        event.listen(engine, "do_connect", lambda *_: _make_private(path))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """A missing file is made for its owner alone: beside the public log it holds disclosures, drafts and sessions.

    Its write-ahead log gets the mode of the file. Where none can be made, SQLite itself says why.
    """
    with contextlib.suppress(OSError):
        if not path.exists():
            path.touch(mode=0o600)


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's pool record
    connection.isolation_level = None  # transactions are begun below, not behind our back
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MS}")
    mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what an erasure deletes must not stay in free pages
    cursor.close()
    if mode != "wal":
        raise EnvironmentFault(
            code="store.no-wal",
            place="SQLite",
            message_en=f"the file system offers no write-ahead log (journal mode {mode})",
            message_zh=f"文件系统不支持预写日志（日志模式 {mode}）",
            remedy_en="Put the file on a local disk, or use PostgreSQL.",
            remedy_zh="请将文件放在本地磁盘，或改用 PostgreSQL。",
        )


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get(_WRITER, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")
