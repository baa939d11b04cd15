# SPDX-License-Identifier: Apache-2.0
"""Deal a judgement out to an engine: match, tell everybody what the banks said, find, and then judge the matters.

What an account or a matter is judged by does not depend on the shard that it lies in, so the number of shards changes no
finding.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from ledger.kinds.registry import Account
from verifier.judgement.money_watch import blind_gap
from verifier.judgement.run import FindingRow
from verifier.matters.shelves import FactRow, Shelves
from verifier.obligations.case import Case
from verifier.reconciliation.fact_tables import FactTables
from verifier.reconciliation.pools import with_subs
from verifier.sharding.account_judging import OWN, coverage_from
from verifier.sharding.account_rows import AccountRows
from verifier.sharding.briefing import Briefing, brief
from verifier.sharding.engine import Engine
from verifier.sharding.pieces import Piece, pieces, shard_of
from verifier.sharding.told import GapRow, ToldBank, told_gap
from verifier.sharding.told_tables import ToldTables
from verifier.tracing.reconciling import ClosingTerms

if TYPE_CHECKING:
    from verifier.reconciliation.coverage import Coverage
    from verifier.workspace import Workspace

FACTS_AT_ONCE: Final = 2_000
"""Facts of matters that one shard of the last stage has, unless one matter has more."""


class Dealer:
    """One judgement, dealt out; `accounts` before `matters`."""

    def __init__(
        self, engine: Engine, case: Case, tables: FactTables, closing: ClosingTerms, shards: int
    ) -> None:
        """Over the open books `tables` of `case`, after its last event."""
        self._engine = engine
        self._told = ToldTables(case.workspace)
        self._workspace: Workspace = case.workspace
        self._briefing: Briefing = brief(case, tables, closing)
        self._rows = AccountRows(case.workspace)
        self._pools = tables.pools
        self._homes = _homes(self._rows.accounts(), tables.accounts, shards)

    def accounts(self) -> Iterator[FindingRow | GapRow]:
        """What is found in accounts; afterwards `bank` knows what the banks said."""
        told: dict[str, dict[str, Coverage]] = {"coverage": {}, "coverage_before": {}}
        placed = self._workspace.batch("INSERT OR IGNORE INTO told_placed VALUES (?, ?, ?, ?)")
        before = self._workspace.batch("INSERT OR IGNORE INTO told_before VALUES (?, ?, ?, ?)")
        for piece in self._engine.run("match", self._briefing, self._dealt(_nothing)):
            for row in piece.rows():
                match piece.table:
                    case "placed":
                        placed.add(*row)
                    case "placed_before":
                        before.add(*row)
                    case table:
                        told[table][row[0]] = coverage_from(row[1])
        self._briefing = replace(
            self._briefing, coverage=told["coverage"], coverage_before=told["coverage_before"]
        )
        outcomes = self._workspace.batch("INSERT OR IGNORE INTO told_outcome VALUES (?, ?, ?, ?, ?)")
        for piece in self._engine.run("find", self._briefing, self._dealt(self._told.shared)):
            if piece.table == "outcome":
                for row in piece.rows():
                    outcomes.add(*row)
            else:
                yield from _found(piece)
        self._workspace.flush()

    def bank(self) -> ToldBank:
        """What the banks said of every report."""
        subs = self._pools.subs()
        return ToldBank(self._told.outcome, with_subs(self._briefing.coverage, subs))

    def matters(self, shelves: Shelves, families: tuple[str, ...]) -> Iterator[FindingRow | GapRow]:
        """What is found in the matters of `families`, whose facts lie on closed shelves."""
        for piece in self._engine.run("judge", self._briefing, self._chunks(shelves, families)):
            yield from _found(piece)

    def _dealt(self, more: Callable[[int], Iterator[Piece]]) -> Iterator[Piece]:
        for shard, accounts in sorted(self._homes.items()):
            yield from pieces(shard, OWN, ((shard, one) for one in accounts))
            for table, rows in self._rows.cut(accounts):
                yield from pieces(shard, table, rows)
            yield from more(shard)

    def _chunks(self, shelves: Shelves, families: tuple[str, ...]) -> Iterator[Piece]:
        shard, waiting = 0, list[tuple[Any, ...]]()
        for family in families:
            for _, rows in shelves.matters(family):
                if waiting and len(waiting) + len(rows) > FACTS_AT_ONCE:
                    yield from self._chunk(shard, waiting)
                    shard, waiting = shard + 1, []
                waiting.extend((family, *row) for row in rows)
        if waiting:
            yield from self._chunk(shard, waiting)

    def _chunk(self, shard: int, rows: list[tuple[Any, ...]]) -> Iterator[Piece]:
        yield from pieces(shard, "fact", rows)
        at = 1 + FactRow._fields.index("name")
        names = dict.fromkeys(row[at] for row in rows)
        found = ((name, self._told.outcome(name)) for name in names)
        yield from pieces(shard, "outcome", ((name, *one) for name, one in found if one is not None))


def _homes(found: list[str], accounts: dict[str, Account], shards: int) -> dict[int, list[str]]:
    """The accounts of each shard; those of one pool lie together."""
    homes: dict[int, list[str]] = {}
    for one in found:
        registered = accounts.get(one)
        pool = one if registered is None or registered.pool is None else registered.pool
        homes.setdefault(shard_of(pool, shards), []).append(one)
    return homes


def _found(piece: Piece) -> Iterator[FindingRow | GapRow]:
    match piece.table:
        case "finding":
            yield from (FindingRow(*row) for row in piece.rows())
        case "blind":
            yield told_gap(blind_gap(len(piece.rows())))
        case _:
            yield from (GapRow(*row) for row in piece.rows())


def _nothing(_shard: int) -> Iterator[Piece]:
    return chain()
