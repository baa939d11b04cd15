# SPDX-License-Identifier: Apache-2.0
"""What a witness remembers, in one SQLite file: the logs it watches and the newest checkpoint cosigned for each.

Everything rests on this file: whoever cosigns without it may cosign a second history. So a commit that returned is on
disk (write-ahead log, `synchronous = FULL`), a change is one `BEGIN IMMEDIATE` transaction that compares before it sets,
and the file carries the state id of the key file that it belongs to (`api.witness.key_file`).
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from api.witness.judgement import Head
from ledger.checkpoint import Checkpoint
from ledger.errors import EnvironmentFault

LOCK_WAIT_SECONDS: Final = 30
"""How long a writer waits for another process, such as the command that enters a log."""

_TABLES: Final = (
    "CREATE TABLE witness (state TEXT NOT NULL, cosigned INTEGER NOT NULL)",
    """CREATE TABLE log (
        origin TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, keys TEXT NOT NULL, begun INTEGER NOT NULL DEFAULT 0,
        size INTEGER NOT NULL DEFAULT 0, root BLOB, seconds INTEGER NOT NULL DEFAULT 0, note BLOB
    ) WITHOUT ROWID""",
)
"""`witness` has one row: state id, and how many cosigned checkpoints were ever remembered. `log` has a row for each log
of the operator: its keys as vkey texts, one a line, empty once it was removed; whether it was ever about to be cosigned;
size, root and time of the newest checkpoint cosigned, and that checkpoint as the read route shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One log of the operator: `seconds` is the POSIX time of the newest cosignature, 0 before the first.

    One that was removed has no keys; what was cosigned for it stays.
    """

    origin: str
    keys: tuple[str, ...]
    begun: bool
    size: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the file says of itself: state id, checkpoints ever remembered, logs that were ever to be cosigned."""

    state: str
    cosigned: int
    begun: int


class Memory:
    """The file, open; safe for many threads, and beside other processes."""

    __slots__ = ("_lock", "_path", "_sqlite")

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, which must be there.

        Raises:
            EnvironmentFault: there is none, or it cannot be read and written.
        """
        self._path = path
        self._lock = threading.Lock()
        with _told(path):
            self._sqlite = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=LOCK_WAIT_SECONDS,
                isolation_level=None,  # transactions are begun below, not behind our back
                check_same_thread=False,  # one thread at a time, under the lock
            )
            self._sqlite.execute("PRAGMA journal_mode = WAL")
            self._sqlite.execute("PRAGMA synchronous = FULL")

    @classmethod
    def create(cls, path: Path, *, state: str) -> Self:
        """Return the new, empty memory at `path`, which carries `state`.

        Raises:
            EnvironmentFault: the name is taken, or the folder cannot be written.
        """
        with _told(path), contextlib.suppress(OSError):
            path.touch(mode=0o600, exist_ok=False)
        memory = cls(path)
        with memory.changing() as change:
            for table in _TABLES:
                change.sqlite.execute(table)
            change.sqlite.execute("INSERT INTO witness VALUES (?, 0)", (state,))
        return memory

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._sqlite.close()

    def account(self) -> Account | None:
        """Return what the file says of itself; None if it is empty, as a file is that something else made anew.

        Raises:
            EnvironmentFault: it is no SQLite file, or the disk failed.
        """
        if self._one("SELECT name FROM sqlite_master WHERE name = 'witness'", ()) is None:
            return None
        row = self._one("SELECT state, cosigned, (SELECT count(*) FROM log WHERE begun) FROM witness", ())
        return None if row is None else Account(state=row[0], cosigned=row[1], begun=row[2])

    def keys_of(self, origin: str) -> tuple[str, ...] | None:
        """Return the vkey texts believed for a log, or None if the operator has not entered it, or has removed it."""
        row = self._one("SELECT keys FROM log WHERE origin = ? AND keys != ''", (origin,))
        return None if row is None else tuple(row[0].split("\n"))

    def shown(self, hash_: str) -> bytes | None:
        """Return the newest cosigned checkpoint of the log whose origin has the SHA-256 `hash_` (hex), if any."""
        row = self._one("SELECT note FROM log WHERE hash = ?", (hash_,))
        return None if row is None else row[0]

    def logs(self) -> list[Watched]:
        """Return the logs of the operator, by origin."""
        with self._lock, _told(self._path):
            rows = self._sqlite.execute(
                "SELECT origin, keys, begun, size, seconds FROM log ORDER BY origin"
            ).fetchall()
        return [
            Watched(origin=origin, keys=tuple(keys.split()), begun=bool(begun), size=size, seconds=seconds)
            for origin, keys, begun, size, seconds in rows
        ]

    @contextlib.contextmanager
    def changing(self) -> Iterator["Change"]:
        """Give a transaction that nobody else can come between; it is on disk when the block ends without an exception.

        Raises:
            EnvironmentFault: the disk failed. What the block did is then on disk whole or not at all.
        """
        with self._lock, _told(self._path):
            try:
                self._sqlite.execute("BEGIN IMMEDIATE")
                yield Change(self._sqlite)
                self._sqlite.execute("COMMIT")  # the point of no return
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # SQLite may have ended it already
                    self._sqlite.execute("ROLLBACK")
                raise

    def _one(self, query: str, values: tuple[str, ...]) -> tuple[Any, ...] | None:
        with self._lock, _told(self._path):
            row: tuple[Any, ...] | None = self._sqlite.execute(query, values).fetchone()
        return row


class Change:
    """An open transaction of a `Memory`."""

    __slots__ = ("sqlite",)

    def __init__(self, sqlite: sqlite3.Connection) -> None:
        """Work inside the transaction that `sqlite` has begun."""
        self.sqlite = sqlite

    def enter(self, origin: str, keys: Sequence[str]) -> None:
        """The witness watches the log `origin`, and believes these keys and no others for it."""
        self.sqlite.execute(
            "INSERT INTO log (origin, hash, keys) VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET keys = excluded.keys",
            (origin, sha256(origin.encode()).hexdigest(), "\n".join(keys)),
        )

    def remove(self, origin: str) -> bool:
        """The witness believes no key of the log any more; whether it did before. What was cosigned stays remembered."""
        gone = self.sqlite.execute("UPDATE log SET keys = '' WHERE origin = ? AND keys != ''", (origin,))
        return gone.rowcount == 1

    def begin(self, origins: Iterable[str]) -> int:
        """These logs are about to be cosigned, or have been; return how many logs are or have been in all."""
        self.sqlite.executemany(
            "UPDATE log SET begun = 1 WHERE origin = ? AND NOT begun", ((origin,) for origin in origins)
        )
        return int(self.sqlite.execute("SELECT count(*) FROM log WHERE begun").fetchone()[0])

    def cosigned(self) -> int:
        """Return how many checkpoints were ever remembered."""
        return int(self.sqlite.execute("SELECT cosigned FROM witness").fetchone()[0])

    def newest(self, origin: str) -> tuple[Head, int]:
        """Return the newest checkpoint cosigned for the log, and the POSIX time of its cosignature."""
        size, root, seconds = self.sqlite.execute(
            "SELECT size, root, seconds FROM log WHERE origin = ?", (origin,)
        ).fetchone()
        return (Head() if root is None else Head(size=size, root=root)), seconds

    def remember(self, checkpoint: Checkpoint, *, note: bytes, seconds: int) -> None:
        """The checkpoint is the newest cosigned one of its log."""
        self.sqlite.execute(
            "UPDATE log SET size = ?, root = ?, seconds = ?, note = ? WHERE origin = ?",
            (checkpoint.size, checkpoint.root, seconds, note, checkpoint.origin),
        )
        self.sqlite.execute("UPDATE witness SET cosigned = cosigned + 1")


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite says into an `EnvironmentFault` that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise _failed(path, str(error)) from error


def _failed(path: Path, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="witness.database",
        place=str(path),
        message_en=f"the memory of the witness cannot be used: {reason}",
        message_zh=f"无法使用见证方的数据库：{reason}",
        remedy_en="Check permissions and free disk space; never put an older copy in its place.",
        remedy_zh="请检查权限与磁盘空间；切勿用旧副本替换。",
    )
