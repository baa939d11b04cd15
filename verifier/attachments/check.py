# SPDX-License-Identifier: Apache-2.0
"""Evidence files that the ledger names against those that a folder holds: missing, altered, used twice (spec §6.14).

Hashes of both sides wait in a workspace, so that memory does not grow with them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from ledger.kinds.control import Correction
from verifier.attachments.folder import FileFound, files_in
from verifier.attachments.named import files_named
from verifier.posted import PostedEvent
from verifier.reading.posted_events import posted_events
from verifier.reading.sources import Source
from verifier.workspace import Workspace

Trouble = Literal["missing", "altered", "wrong_size", "used_twice"]

SHOWN_MAX: Final = 1_000
"""Most files told of one trouble; the counts are whole."""
NAMES_MAX: Final = 20
"""Most events told of one file."""

_TABLES: Final = (
    "CREATE TABLE named (hash TEXT, seq INTEGER, event TEXT, subject TEXT, size INTEGER, locator TEXT)",
    "CREATE TABLE reversed_event (event TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE found (path TEXT, hash TEXT, size INTEGER)",
)
_READY: Final = (
    "DELETE FROM named WHERE event IN (SELECT event FROM reversed_event)",
    "CREATE INDEX named_hash ON named (hash, seq)",
    "CREATE INDEX found_hash ON found (hash)",
    "CREATE INDEX found_path ON found (path)",
    # A file of another content stands where the ledger says that this one lies, or under the name of its hash.
    """CREATE TABLE absent AS SELECT n.hash AS hash, min(n.seq) AS seq, min(f.path) AS path
       FROM named n LEFT JOIN found f ON f.path = n.locator OR f.path = n.hash
         OR f.path = substr(n.hash, 1, 2) || '/' || n.hash
       WHERE n.hash NOT IN (SELECT hash FROM found) GROUP BY n.hash""",
    """CREATE TABLE twice AS SELECT hash, min(seq) AS seq, NULL AS path FROM named WHERE subject IS NOT NULL
       GROUP BY hash HAVING count(DISTINCT subject) > 1""",
    """CREATE TABLE resized AS SELECT n.hash AS hash, min(n.seq) AS seq, min(f.path) AS path
       FROM named n JOIN found f ON f.hash = n.hash WHERE n.size <> f.size GROUP BY n.hash""",
)
_ROWS: Final[dict[Trouble, str]] = {
    "missing": "FROM absent WHERE path IS NULL",
    "altered": "FROM absent WHERE path IS NOT NULL",
    "wrong_size": "FROM resized",
    "used_twice": "FROM twice",
}
_EVENTS: Final = "SELECT event, subject FROM named WHERE hash = ? ORDER BY seq LIMIT ?"


class NamedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The event that names a file, and what it uses it for; None where it registers the file alone."""

    event: str
    subject: str | None


class FileTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the file of SHA-256 `hash` (hex), and the first `NAMES_MAX` events that name it.

    `path` is the file in the folder: one of another content where it should lie, or the very one that an event registers
    with another size. Used twice means for different matters; whether that was right is for people to say.
    """

    trouble: Trouble
    hash: str
    path: str | None
    named_in: tuple[NamedIn, ...]


class EvidenceReport(msgspec.Struct, frozen=True, kw_only=True):
    """How files and ledger compare; `counts` has every trouble, `troubles` at most `SHOWN_MAX` of each in log order.

    `named` counts different files that the ledger names and nobody took back, `present` those of them in the folder,
    `unnamed` files in the folder that no event names.
    """

    named: int
    present: int
    unnamed: int
    counts: dict[Trouble, int]
    troubles: tuple[FileTrouble, ...]

    @property
    def is_clean(self) -> bool:
        """Whether there is no trouble at all."""
        return not any(self.counts.values())


class EvidenceCheck:
    """Take every event in log order and every file of the folder, then ask for the `report` once."""

    def __init__(self, workspace: Workspace) -> None:
        """Nothing named and nothing found yet; the tables are made in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._named = workspace.batch("INSERT INTO named VALUES (?, ?, ?, ?, ?, ?)")
        self._reversed = workspace.batch("INSERT OR IGNORE INTO reversed_event VALUES (?)")
        self._found = workspace.batch("INSERT INTO found VALUES (?, ?, ?)")

    def take(self, posted: PostedEvent) -> None:
        """Note the files that `posted` names; what a correction reverses names none."""
        if isinstance(posted.event, Correction):
            self._reversed.add(posted.event.event)
        for one in files_named(posted):
            self._named.add(one.hash, posted.seq, posted.name, one.subject, one.size, one.locator)

    def find(self, files: Iterable[FileFound]) -> None:
        """Note the files of the folder."""
        for file in files:
            self._found.add(file.path, file.hash, file.size)

    def report(self) -> EvidenceReport:
        """How the two compare."""
        for statement in _READY:
            self._workspace.run(statement)
        counts = {trouble: self._count(f"SELECT count(*) {rows}") for trouble, rows in _ROWS.items()}
        named = self._count("SELECT count(DISTINCT hash) FROM named")
        return EvidenceReport(
            named=named,
            present=named - counts["missing"] - counts["altered"],
            unnamed=self._count("SELECT count(*) FROM found WHERE hash NOT IN (SELECT hash FROM named)"),
            counts=counts,
            troubles=tuple(one for trouble in _ROWS for one in self._troubles(trouble)),
        )

    def _troubles(self, trouble: Trouble) -> Iterator[FileTrouble]:
        first = f"SELECT hash, path {_ROWS[trouble]} ORDER BY seq, hash LIMIT {SHOWN_MAX}"
        for name, path in list(self._workspace.rows(_pair, first)):
            events = self._workspace.rows(_named_in, _EVENTS, (name, NAMES_MAX))
            yield FileTrouble(trouble=trouble, hash=name, path=path, named_in=tuple(events))

    def _count(self, sql: str) -> int:
        return self._workspace.look_up(int, sql) or 0


def check_files(source: Source, folder: Path) -> EvidenceReport:
    """How the files that a verified ledger names compare with those in `folder`.

    Raises:
        InputError: an entry is missing or malformed.
        EnvironmentFault: the folder, the disk or the network failed.
    """
    with Workspace() as workspace:
        check = EvidenceCheck(workspace)
        check.find(files_in(folder))
        for posted in posted_events(source):
            check.take(posted)
        return check.report()


def _pair(name: str, path: str | None) -> tuple[str, str | None]:
    return name, path


def _named_in(event: str, subject: str | None) -> NamedIn:
    return NamedIn(event=event, subject=subject)
