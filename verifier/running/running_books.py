# SPDX-License-Identifier: Apache-2.0
"""The books of a judgement that goes on: touched accounts are matched, placed and traced again, each from its own rows.

What its bank said of reports that it shares with others is kept. Where that changes, the other account is judged again too
(semantics R3), and so is every matter in which the report stands (O1).
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from verifier.judgement.money_watch import closing_terms
from verifier.judgement.run import FindingRow
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.reconciliation.bank_record import Outcome
from verifier.reconciliation.coverage import Coverage
from verifier.reconciliation.fact_tables import FactTables
from verifier.sharding.account_judging import OWN, coverage_from
from verifier.sharding.account_rows import AccountRows
from verifier.sharding.briefing import Briefing, brief
from verifier.sharding.engine import Alone
from verifier.sharding.pieces import Piece, pieces
from verifier.sharding.told import GapRow, ToldBank, gap_from

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS told_placed (seq INTEGER, side INTEGER, amount INTEGER, day INTEGER,
        PRIMARY KEY (seq, side)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS told_before (seq INTEGER, side INTEGER, amount INTEGER, day INTEGER,
        PRIMARY KEY (seq, side)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS told_outcome (name TEXT PRIMARY KEY, standing TEXT, day INTEGER, booked INTEGER,
        rest TEXT) WITHOUT ROWID""",
)
_ELSEWHERE: Final = "SELECT p.* FROM cut_seq s JOIN {table} p ON p.seq = s.seq ORDER BY p.seq, p.side"
_OF_ACCOUNT: Final = """
    SELECT p.* FROM report r JOIN {table} p ON p.seq = r.seq AND p.side = 1 WHERE r.from_account = ?1
    UNION SELECT p.* FROM report r JOIN {table} p ON p.seq = r.seq AND p.side = 2 WHERE r.to_account = ?1"""
_OUTCOME: Final = "SELECT standing, day, booked, rest FROM told_outcome WHERE name = ?"
_OTHERS: Final = """
    SELECT from_account FROM report WHERE keeps & 1 AND seq = ?1
    UNION SELECT to_account FROM report WHERE keeps & 2 AND seq = ?1"""
_SHARING: Final = """
    SELECT from_account FROM report WHERE keeps & 1 AND to_account = ?1
    UNION SELECT to_account FROM report WHERE keeps & 2 AND from_account = ?1"""
_REPORTS: Final = (
    "SELECT name FROM report WHERE from_account = ?1 UNION SELECT name FROM report WHERE to_account = ?1"
)


class Judged(NamedTuple):
    """What is known of the accounts of one pool, or of one account without."""

    home: str
    findings: list[FindingRow]
    gaps: list[Gap]
    wake: datetime.date | None


class RunningBooks:
    """Over open books that somebody else fills."""

    def __init__(self, case: Case, tables: FactTables) -> None:
        """Nothing judged yet."""
        for table in _TABLES:
            case.workspace.run(table)
        self._case = case
        self._tables = tables
        self._workspace = case.workspace
        self._rows = AccountRows(case.workspace)
        self._coverage: dict[str, Coverage] = {}
        self._before: dict[str, Coverage] = {}
        self._homes: dict[str, set[str]] = {}
        self._engine = Alone()
        self.changed: set[str] = set()
        """Reports of which the banks say something else since `judge` was called last."""

    def bank(self) -> ToldBank:
        """What the banks said of every report."""
        return ToldBank(self._outcome, self._coverage)

    def accounts(self) -> set[str]:
        """Every custodian account that money moved in or that has a statement."""
        return set(self._rows.accounts())

    def judge(self, touched: Iterable[str]) -> Iterator[Judged]:
        """The `touched` accounts, and those whose reports stand otherwise by what the banks of these say."""
        self.changed = set()
        homes = {self._home(account) for account in touched}
        briefing = brief(self._case, self._tables, closing_terms(self._case))
        homes |= self._match(briefing, homes)
        briefing = replace(briefing, coverage=self._coverage, coverage_before=self._before)
        done: set[str] = set()
        while waiting := homes - done:
            done |= waiting
            for judged, others in self._find(briefing, sorted(waiting)):
                homes |= others
                yield judged

    def _match(self, briefing: Briefing, homes: set[str]) -> set[str]:
        """Homes of accounts that share a report of which a bank in `homes` says something else now."""
        shaken: set[str] = set()
        for number, home in enumerate(sorted(homes)):
            members = self._members(home)
            told = list(self._engine.run("match", briefing, self._dealt(number, members)))
            for table, name in (("placed", "told_placed"), ("placed_before", "told_before")):
                rows = {tuple(row) for piece in told if piece.table == table for row in piece.rows()}
                for seq in self._replace_placed(name, members, rows):
                    shaken |= set(self._workspace.rows(str, _OTHERS, (seq,)))
            for table, kept in (("coverage", self._coverage), ("coverage_before", self._before)):
                now = {
                    row[0]: coverage_from(row[1]) for one in told if one.table == table for row in one.rows()
                }
                for account in members:
                    if kept.get(account) != now.get(account):
                        shaken |= set(self._workspace.rows(str, _SHARING, (account,)))
                        self.changed |= set(self._workspace.rows(str, _REPORTS, (account,)))
                        _put(kept, account, now.get(account))
        return {self._home(account) for account in shaken}

    def _replace_placed(self, table: str, members: set[str], rows: set[tuple[Any, ...]]) -> set[int]:
        """Positions of reports of which another amount or day is placed than before."""
        sql = _OF_ACCOUNT.format(table=table)
        kept = {row for one in members for row in self._workspace.rows(_columns, sql, (one,))}
        gone, new = kept - rows, rows - kept
        self._workspace.write(f"DELETE FROM {table} WHERE seq = ? AND side = ?", [row[:2] for row in gone])  # noqa: S608
        self._workspace.write(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)", list(new))  # noqa: S608
        return {row[0] for row in gone | new}

    def _find(self, briefing: Briefing, homes: list[str]) -> Iterator[tuple[Judged, set[str]]]:
        for number, home in enumerate(homes):
            members = self._members(home)
            told = list(self._engine.run("find", briefing, self._dealt(number, members, elsewhere=True)))
            rows = {
                one.table: [row for p in told if p.table == one.table for row in p.rows()] for one in told
            }
            outcomes = {row[0]: Outcome(*row[1:]) for row in rows.get("outcome", ())}
            others = self._note(outcomes)
            findings = [FindingRow(*row) for row in rows.get("finding", ())]
            unsettled = any("pending" in {one.standing, one.rest} for one in outcomes.values())
            unsettled |= any(b'"pending"' in one.line for one in findings)  # R2: may still be reported
            wake = self._case.as_of + datetime.timedelta(days=1) if unsettled else None
            gaps = [gap_from(GapRow(*row)) for row in rows.get("gap", ())]
            yield Judged(home, findings, gaps, wake), others

    def _note(self, outcomes: dict[str, Outcome]) -> set[str]:
        """Keep `outcomes`; homes of the accounts that share a report that stands otherwise now."""
        others: set[str] = set()
        for name, outcome in outcomes.items():
            if self._outcome(name) == outcome:
                continue
            self.changed.add(name)
            self._workspace.run(
                "INSERT OR REPLACE INTO told_outcome VALUES (?, ?, ?, ?, ?)", (name, *outcome)
            )
            seq = self._workspace.look_up(int, "SELECT seq FROM report WHERE name = ?", (name,))
            others |= {self._home(one) for one in self._workspace.rows(str, _OTHERS, (seq,))}
        return others

    def _dealt(self, shard: int, members: set[str], *, elsewhere: bool = False) -> Iterator[Piece]:
        yield from pieces(shard, OWN, ((shard, one) for one in sorted(members)))
        for table, rows in self._rows.cut(members):
            yield from pieces(shard, table, rows)
        if elsewhere:
            for name, table in (("placed", "told_placed"), ("placed_before", "told_before")):
                rows = self._workspace.rows(_columns, _ELSEWHERE.format(table=table))
                yield from pieces(shard, name, rows)

    def _outcome(self, name: str) -> Outcome | None:
        return self._workspace.look_up(Outcome, _OUTCOME, (name,))

    def _home(self, account: str) -> str:
        registered = self._tables.accounts.get(account)
        home = account if registered is None or registered.pool is None else registered.pool
        self._homes.setdefault(home, set()).add(account)
        return home

    def _members(self, home: str) -> set[str]:
        pooled = {one.id for one in self._tables.accounts.values() if one.pool == home}
        return pooled | self._homes.get(home, set()) | {home}


def _put(kept: dict[str, Coverage], account: str, coverage: Coverage | None) -> None:
    if coverage is None:
        kept.pop(account, None)
    else:
        kept[account] = coverage


def _columns(*columns: int) -> tuple[int, ...]:
    return columns
