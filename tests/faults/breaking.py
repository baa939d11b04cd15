# SPDX-License-Identifier: Apache-2.0
"""A database that fails at a chosen step: each statement, each bulk copy and each commit is one.

    with breaking(engine, at=7, persisted=True) as steps: ...

The step fails before it happens (*not persisted*) or after it has happened (*persisted*): the two things that an
error can mean. `steps.seen` says what the steps were.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from ledger.store import index_rows, log_writer
from ledger.store.bulk_insert import insert_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine


class Crash(BaseException):
    """The process dies here: nobody may catch it and go on."""


@dataclass(slots=True, kw_only=True)
class Steps:
    """The steps seen so far; those whose numbers (from 1) are in `at` fail."""

    at: frozenset[int]
    persisted: bool
    crash: bool = False
    seen: list[str] = field(default_factory=list)

    def take(self, name: str, operation: Callable[[], object]) -> None:
        """One step: it happens, unless it is to fail and not to be persisted."""
        self.seen.append(name)
        fails = len(self.seen) in self.at
        if not (fails and not self.persisted):
            operation()
        if fails:
            raise self.failure(name)

    def failure(self, name: str) -> BaseException:
        """What a failing step raises."""
        if self.crash:
            return Crash(name)
        return OperationalError(name, None, Exception("planted failure"))


@contextlib.contextmanager
def breaking(
    engine: Engine, *, at: set[int] | None = None, persisted: bool = False, crash: bool = False
) -> Iterator[Steps]:
    """Let the steps numbered `at` fail for the time of the block."""
    steps = Steps(at=frozenset(at or ()), persisted=persisted, crash=crash)

    def before(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event
        if not steps.persisted:
            steps.take(_short(statement), _nothing)

    def after(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - as above
        if steps.persisted:
            steps.take(_short(statement), _nothing)

    real_commit = engine.dialect.do_commit

    def commit(connection: Any) -> None:  # noqa: ANN401 - the driver's connection
        steps.take("COMMIT", lambda: real_commit(connection))

    def insert(connection: Any, table: Any, rows: Any) -> None:  # noqa: ANN401 - handed through
        if rows and engine.dialect.name != "sqlite":
            steps.take(f"COPY {table.name}", lambda: insert_rows(connection, table, rows))
        else:
            insert_rows(connection, table, rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.dialect, "do_commit", commit)
        patch.setattr(log_writer, "insert_rows", insert)
        patch.setattr(index_rows, "insert_rows", insert)
        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
        try:
            yield steps
        finally:
            event.remove(engine, "before_cursor_execute", before)
            event.remove(engine, "after_cursor_execute", after)


def _short(statement: str) -> str:
    return " ".join(statement.split())[:40]


def _nothing() -> None:
    """The driver does it."""
