# SPDX-License-Identifier: Apache-2.0
"""The books of a judgement that goes on: touched accounts are matched, placed and traced again, each from its own rows.

What its bank said of reports that it shares with others is kept. Where that changes, the other account is judged again too
(semantics R3), and so is every matter in which the report stands (O1).
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import msgspec

from verifier.judgement.money_watch import blind_gap, closing_terms
from verifier.judgement.run import FindingRow
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.reconciliation.bank_record import Outcome
from verifier.reconciliation.coverage import Coverage
from verifier.reconciliation.fact_tables import FactTables
from verifier.reconciliation.pools import with_subs
from verifier.sharding.account_judging import OWN, coverage_from
from verifier.sharding.account_rows import AccountRows
from verifier.sharding.briefing import Briefing, brief
from verifier.sharding.engine import Alone, Stage
from verifier.sharding.pieces import Piece, pieces
from verifier.sharding.told import ToldBank
from verifier.sharding.told_tables import PLACED, ToldTables

_OF_ACCOUNT: Final = """
    SELECT p.* FROM report r JOIN {table} p ON p.seq = r.seq AND p.side = 1 WHERE r.from_account = ?1
    UNION SELECT p.* FROM report r JOIN {table} p ON p.seq = r.seq AND p.side = 2 WHERE r.to_account = ?1"""
_OTHERS: Final = """
    SELECT from_account FROM report WHERE keeps & 1 AND seq = ?1
    UNION SELECT to_account FROM report WHERE keeps & 2 AND seq = ?1"""
_SHARING: Final = """
    SELECT from_account FROM report WHERE keeps & 1 AND to_account = ?1
    UNION SELECT to_account FROM report WHERE keeps & 2 AND from_account = ?1"""
_REPORTS: Final = (
    "SELECT name FROM report WHERE from_account = ?1 UNION SELECT name FROM report WHERE to_account = ?1"
)


_OTHERS_NAMED: Final = """
    SELECT from_account FROM report WHERE keeps & 1 AND name = ?1
    UNION SELECT to_account FROM report WHERE keeps & 2 AND name = ?1"""

TOGETHER: Final = 64
"""Accounts, or pools of them, whose rows are cut out and judged in one go."""

Rows = defaultdict[str, list[tuple[Any, ...]]]


class _Accounts(msgspec.Struct):
    """What is read of a finding to know whose it is."""

    accounts: tuple[str, ...]


_ACCOUNTS: Final = msgspec.json.Decoder(_Accounts)


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
        self._case = case
        self._told = ToldTables(case.workspace)
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
        return ToldBank(self._told.outcome, with_subs(self._coverage, self._tables.pools.subs()))

    def accounts(self) -> set[str]:
        """Every custodian account that money moved in or that has a statement."""
        return set(self._rows.accounts())

    def judge(self, touched: Iterable[str], corrected: Iterable[str]) -> Iterator[Judged]:
        """The `touched` accounts, and those whose reports stand otherwise by what the banks of these say.

        Of the events `corrected` since, the banks say nothing any more; their accounts are among the touched.
        """
        self.changed = set(corrected)
        for name in self.changed:
            self._told.forget(name)
        homes = {self._home(account) for account in touched}
        briefing = brief(self._case, self._tables, closing_terms(self._case))
        for some in _in_groups(homes):
            homes |= self._match(briefing, some)
        briefing = replace(briefing, coverage=self._coverage, coverage_before=self._before)
        done: set[str] = set()
        while waiting := homes - done:
            done |= waiting
            for some in _in_groups(waiting):
                told = self._run("find", briefing, some, elsewhere=True)
                homes |= self._note(told["outcome"])
                yield from self._judged(some, told)

    def _match(self, briefing: Briefing, homes: Sequence[str]) -> set[str]:
        """Homes of accounts that share a report of which a bank in `homes` says something else now."""
        shaken: set[str] = set()
        members = self._members(homes)
        told = self._run("match", briefing, homes)
        for table, name in PLACED.items():
            for seq in self._replace_placed(name, members, {tuple(row) for row in told[table]}):
                shaken |= set(self._workspace.rows(str, _OTHERS, (seq,)))
        for table, kept in (("coverage", self._coverage), ("coverage_before", self._before)):
            now = {row[0]: coverage_from(row[1]) for row in told[table]}
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
        self._workspace.write(f"DELETE FROM {table} WHERE seq = ? AND side = ?", [row[:2] for row in gone])  # noqa: S608 - names of our own
        self._workspace.write(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)", list(new))  # noqa: S608 - as above
        return {row[0] for row in gone | new}

    def _judged(self, homes: Sequence[str], told: Rows) -> Iterator[Judged]:
        findings: defaultdict[str, list[FindingRow]] = defaultdict(list)
        unsettled: set[str] = set()
        for row in told["finding"]:
            one = FindingRow(*row)
            home = self._home(_ACCOUNTS.decode(one.line).accounts[0])
            findings[home].append(one)
            if b'"pending"' in one.line:  # R2: a line may still be reported
                unsettled.add(home)
        for row in told["outcome"]:
            if "pending" in {row[1], row[4]}:
                unsettled |= {self._home(one) for one in self._workspace.rows(str, _OTHERS_NAMED, (row[0],))}
        blind = Counter(self._home(account) for (account,) in told["blind"])
        tomorrow = self._case.as_of + datetime.timedelta(days=1)
        for home in homes:
            gaps = [blind_gap(blind[home])] if blind[home] else []
            yield Judged(home, findings[home], gaps, tomorrow if home in unsettled else None)

    def _run(
        self, stage: Stage, briefing: Briefing, homes: Sequence[str], *, elsewhere: bool = False
    ) -> Rows:
        rows: Rows = defaultdict(list)
        for piece in self._engine.run(
            stage, briefing, self._dealt(self._members(homes), elsewhere=elsewhere)
        ):
            rows[piece.table].extend(piece.rows())
        return rows

    def _note(self, outcomes: Iterable[tuple[Any, ...]]) -> set[str]:
        """Keep `outcomes`; homes of the accounts that share a report that stands otherwise now."""
        others: set[str] = set()
        for name, *rest in outcomes:
            outcome = Outcome(*rest)
            if self._told.outcome(name) == outcome:
                continue
            self.changed.add(name)
            self._workspace.run(
                "INSERT OR REPLACE INTO told_outcome VALUES (?, ?, ?, ?, ?)", (name, *outcome)
            )
            others |= {self._home(one) for one in self._workspace.rows(str, _OTHERS_NAMED, (name,))}
        return others

    def _dealt(self, members: set[str], *, elsewhere: bool) -> Iterator[Piece]:
        yield from pieces(0, OWN, ((0, one) for one in sorted(members)))
        for table, rows in self._rows.cut(members):
            yield from pieces(0, table, rows)
        if elsewhere:
            yield from self._told.shared(0)

    def _home(self, account: str) -> str:
        registered = self._tables.accounts.get(account)
        home = account if registered is None or registered.pool is None else registered.pool
        self._homes.setdefault(home, set()).add(account)
        return home

    def _members(self, homes: Iterable[str]) -> set[str]:
        asked = set(homes)
        pooled = {one.id for one in self._tables.accounts.values() if one.pool in asked}
        return pooled | asked | {one for home in asked for one in self._homes.get(home, ())}


def _in_groups(homes: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(homes)
    return (ordered[at : at + TOGETHER] for at in range(0, len(ordered), TOGETHER))


def _put(kept: dict[str, Coverage], account: str, coverage: Coverage | None) -> None:
    if coverage is None:
        kept.pop(account, None)
    else:
        kept[account] = coverage


def _columns(*columns: int) -> tuple[int, ...]:
    return columns
