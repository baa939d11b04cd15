# SPDX-License-Identifier: Apache-2.0
"""What was found so far, by what was judged: an account with its pool, or a matter; and when each is to be judged again.

Findings are kept as they were when they were judged; as-of date and position are those of the reader.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from verifier.basis.findings import parse_line, seal, to_line
from verifier.judgement.run import FindingRow
from verifier.language import Told
from verifier.obligations.watch import Gap, summed
from verifier.workspace import Workspace

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS kept_finding (owner TEXT, rule TEXT, id TEXT, line BLOB)",
    "CREATE INDEX IF NOT EXISTS kept_finding_owner ON kept_finding (owner)",
    "CREATE INDEX IF NOT EXISTS kept_finding_id ON kept_finding (id)",
    "CREATE TABLE IF NOT EXISTS kept_gap (owner TEXT, rule TEXT, zh TEXT, en TEXT, times INTEGER)",
    "CREATE INDEX IF NOT EXISTS kept_gap_owner ON kept_gap (owner)",
    "CREATE TABLE IF NOT EXISTS kept_wake (owner TEXT PRIMARY KEY, day INTEGER) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS kept_wake_day ON kept_wake (day)",
)


class Kept:
    """Findings, gaps and wake days by owner, in a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        """What lies in `workspace`, nothing if it is new."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace

    def replace(
        self,
        owner: str,
        findings: Iterable[FindingRow],
        gaps: Iterable[Gap],
        wake: datetime.date | None,
    ) -> None:
        """This and nothing else is what is known of `owner`."""
        for table in ("kept_finding", "kept_gap", "kept_wake"):
            self._workspace.run(f"DELETE FROM {table} WHERE owner = ?", (owner,))  # noqa: S608 - names of our own
        self._workspace.write(
            "INSERT INTO kept_finding VALUES (?, ?, ?, ?)",
            [(owner, one.rule, one.id, one.line) for one in findings],
        )
        self._workspace.write(
            "INSERT INTO kept_gap VALUES (?, ?, ?, ?, ?)",
            [(owner, one.rule, one.reason.zh, one.reason.en, one.count) for one in gaps],
        )
        if wake is not None:
            self._workspace.run("INSERT INTO kept_wake VALUES (?, ?)", (owner, wake.toordinal()))

    def due(self, day: datetime.date) -> set[str]:
        """Owners that time alone may have changed by `day`."""
        sql = "SELECT owner FROM kept_wake WHERE day <= ?"
        return set(self._workspace.rows(str, sql, (day.toordinal(),)))

    def owners_of(self, finding: str) -> set[str]:
        """Whose the finding with that id is."""
        return set(self._workspace.rows(str, "SELECT owner FROM kept_finding WHERE id = ?", (finding,)))

    def lines(self, as_of: datetime.date, known_by: int) -> Iterator[bytes]:
        """Every finding as of that date and known by that position, sorted by (rule, id)."""
        for line in self._workspace.rows(bytes, "SELECT line FROM kept_finding ORDER BY rule, id"):
            made = msgspec.structs.replace(parse_line(line), as_of=as_of, known_by=known_by)
            yield to_line(seal(made))

    def gaps(self) -> list[Gap]:
        """What could not be judged, alike ones counted together."""
        counts: Counter[Gap] = Counter()
        sql = "SELECT rule, zh, en, times FROM kept_gap"
        for rule, zh, en, times in self._workspace.rows(_gap_row, sql):
            counts[Gap(rule=rule, reason=Told(zh=zh, en=en), count=1)] += times
        return list(summed(counts))


def _gap_row(rule: str, zh: str, en: str, times: int) -> tuple[str, str, str, int]:
    return rule, zh, en, times
