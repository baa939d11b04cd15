# SPDX-License-Identifier: Apache-2.0
"""A shelf in a workspace, so that it is put down and taken up with the other scratch tables of a run."""

from collections.abc import Iterable, Iterator

from verifier.workspace import Workspace


class WorkspaceShelf:
    """`ledger.shelf.Shelf` in one table of a workspace; a failure ends the run that the workspace is of."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        """The shelf called `name` with what lies on it in `workspace`, nothing if it is new."""
        workspace.run(
            f"CREATE TABLE IF NOT EXISTS {name} (name TEXT, key BLOB, record BLOB, PRIMARY KEY (name, key)) WITHOUT ROWID"
        )
        self._workspace = workspace
        self._get = f"SELECT record FROM {name} WHERE name = ? AND key = ?"  # noqa: S608 - a name of our own
        self._put = f"INSERT OR REPLACE INTO {name} VALUES (?, ?, ?)"  # noqa: S608 - as above
        self._rows = f"SELECT key, record FROM {name} WHERE name = ? AND record IS NOT NULL ORDER BY key"  # noqa: S608

    def get(self, table: str, key: bytes) -> bytes | None:
        """The record put under `key` last, or None."""
        return self._workspace.look_up(_record, self._get, (table, key))

    def put(self, table: str, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Each record lies under its key; None takes away what lay there."""
        self._workspace.write(self._put, ((table, *row) for row in rows))

    def rows(self, table: str) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its record, in the order of the keys; nothing may be put meanwhile."""
        return self._workspace.rows(_row, self._rows, (table,))


def _record(record: bytes | None) -> bytes | None:
    return record


def _row(key: bytes, record: bytes) -> tuple[bytes, bytes]:
    return key, record
