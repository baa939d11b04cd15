# SPDX-License-Identifier: Apache-2.0
"""What the accounts of all shards told of the reports that they share, in the workspace of the one who deals out."""

from collections.abc import Iterator
from typing import Final

from verifier.reconciliation.bank_record import Outcome
from verifier.sharding.pieces import Piece, pieces
from verifier.workspace import Workspace

_PLACED: Final = """
    CREATE TABLE IF NOT EXISTS {table} (seq INTEGER, side INTEGER, amount INTEGER, day INTEGER, PRIMARY KEY (seq, side))
        WITHOUT ROWID"""
_OUTCOMES: Final = """
    CREATE TABLE IF NOT EXISTS told_outcome (name TEXT PRIMARY KEY, standing TEXT, day INTEGER, booked INTEGER, rest TEXT)
        WITHOUT ROWID"""
PLACED: Final = {"placed": "told_placed", "placed_before": "told_before"}
"""Where what bank lines bore out is kept, by the table of pieces that tells it; the second without corrections (T18)."""

_SHARED: Final = "SELECT p.* FROM cut_seq s JOIN {table} p ON p.seq = s.seq ORDER BY p.seq, p.side"
_OUTCOME: Final = "SELECT standing, day, booked, rest FROM told_outcome WHERE name = ?"


class ToldTables:
    """The tables over a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        """What was told so far, nothing if `workspace` is new."""
        for table in PLACED.values():
            workspace.run(_PLACED.format(table=table))
        workspace.run(_OUTCOMES)
        self._workspace = workspace

    def outcome(self, name: str) -> Outcome | None:
        """What the bank says of the report; None if it touches no custodian account."""
        return self._workspace.look_up(Outcome, _OUTCOME, (name,))

    def forget(self, name: str) -> None:
        """Nothing is told any more of the report, which was corrected."""
        self._workspace.run("DELETE FROM told_outcome WHERE name = ?", (name,))

    def shared(self, shard: int) -> Iterator[Piece]:
        """What was told of the reports whose rows were cut last, for the shard that they were cut for."""
        for name, table in PLACED.items():
            yield from pieces(shard, name, self._workspace.rows(_columns, _SHARED.format(table=table)))


def _columns(*columns: int) -> tuple[int, ...]:
    return columns
