# SPDX-License-Identifier: Apache-2.0
"""What later events say about earlier ones: corrections void, returns undo, a use may tell a direct payment again.

Done once, over the tables of a whole prefix, so that the result does not depend on the order of entries.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.kinds.registry import Fund
from verifier.reconciliation.fact_tables import FactTables
from verifier.reconciliation.money_facts import outside_scope
from verifier.reconciliation.pools import void_sweeps
from verifier.workspace import Workspace

_TABLES: Final = (
    "CREATE TABLE named (name TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID",
    """CREATE TABLE resolved (
        seq INTEGER PRIMARY KEY, debit_fund TEXT, credit_fund TEXT, source TEXT, line TEXT, original_seq INTEGER,
        undoes INTEGER)""",
    "CREATE TABLE same_payment (use_seq INTEGER, pay_seq INTEGER, outside INTEGER, functional TEXT, economic TEXT)",
)


def link_facts(tables: FactTables) -> None:
    """Corrections, returns and doubly told payments of `tables` are resolved; called once, after the last event."""
    workspace = tables.workspace
    for table in _TABLES:
        workspace.run(table)
    workspace.run("UPDATE report SET void = 1 WHERE name IN (SELECT name FROM reversed)")
    workspace.run("UPDATE bank_line SET void = 1 WHERE name IN (SELECT name FROM reversed)")
    workspace.run("UPDATE statement SET void = 1 WHERE name IN (SELECT name FROM reversed)")
    tables.others.close()
    void_sweeps(workspace)
    _resolve_returns(workspace)
    _join_same_payments(workspace, tables.funds)


def _resolve_returns(workspace: Workspace) -> None:
    """Each referenced return declares what its original did, side by side (T17)."""
    workspace.run("INSERT INTO named SELECT name, seq FROM report WHERE name IN (SELECT name FROM wanted)")
    resolved = workspace.batch("INSERT INTO resolved VALUES (?, ?, ?, ?, ?, ?, ?)")
    for pair in workspace.rows(_Returned, _RETURNED):
        resolved.add(pair.seq, *_sides(pair))
    workspace.run("""
        UPDATE report SET (debit_fund, credit_fund, source, line, original_seq, undoes) = (
            SELECT debit_fund, credit_fund, source, line, original_seq, undoes FROM resolved
            WHERE resolved.seq = report.seq)
        WHERE seq IN (SELECT seq FROM resolved)""")
    workspace.run("""
        UPDATE report SET returned = 1 WHERE seq IN (SELECT original_seq FROM resolved WHERE undoes)""")


def _join_same_payments(workspace: Workspace, funds: Mapping[str, Fund]) -> None:
    """A use that tells a direct disbursement again lends it its classes and moves nothing (T22)."""
    workspace.run("""
        CREATE INDEX direct_payment ON report (from_account, bank_ref, amount)
        WHERE direct AND bank_ref IS NOT NULL""")
    same = workspace.batch("INSERT INTO same_payment VALUES (?, ?, ?, ?, ?)")
    for pair in workspace.rows(_Pair, _SAME):
        told = outside_scope(funds.get(pair.fund or ""), pair.functional, pair.economic)
        outside = pair.outside if pair.tag == pair.fund else told
        same.add(pair.use_seq, pair.pay_seq, outside, pair.functional, pair.economic)
    workspace.run("UPDATE report SET void = 2 WHERE seq IN (SELECT use_seq FROM same_payment)")
    workspace.run("""
        UPDATE report SET (outside, functional, economic, declared_seq) = (
            SELECT max(report.outside, same_payment.outside), coalesce(same_payment.functional, report.functional),
                coalesce(same_payment.economic, report.economic), use_seq
            FROM same_payment WHERE pay_seq = report.seq ORDER BY same_payment.outside DESC, use_seq LIMIT 1)
        WHERE seq IN (SELECT pay_seq FROM same_payment)""")


class _Returned(NamedTuple):
    """A return beside the report that it names."""

    seq: int
    from_account: str | None
    to_account: str | None
    tag: str | None
    source: str | None
    line: str | None
    original_seq: int
    original_from: str | None
    original_to: str | None
    debit_fund: str | None
    credit_fund: str | None
    original_source: str | None
    original_line: str | None


_RETURNED: Final = """
    SELECT r.seq, r.from_account, r.to_account, r.debit_fund, r.source, r.line, o.seq, o.from_account, o.to_account,
        o.debit_fund, o.credit_fund, o.source, o.line
    FROM report r JOIN named ON named.name = r.original JOIN report o ON o.seq = named.seq
    WHERE r.original IS NOT NULL AND r.void = 0 AND o.void = 0 AND o.kind NOT IN ('return', 'restitution') AND o.seq < r.seq
    ORDER BY r.seq"""


def _sides(pair: _Returned) -> tuple[str | None, str | None, str | None, str | None, int, bool]:
    """The return leaves as what came in and enters as what went out; into another account it undoes nothing."""
    came_in = pair.from_account is not None and pair.from_account == pair.original_to
    undoes = pair.to_account is not None and pair.to_account == pair.original_from
    leaves = pair.credit_fund if came_in else pair.tag
    return (
        leaves,
        pair.debit_fund,
        pair.original_source or pair.source,
        pair.original_line or pair.line,
        pair.original_seq,
        undoes,
    )


class _Pair(NamedTuple):
    """A use and the direct disbursement that is the same payment."""

    use_seq: int
    pay_seq: int
    outside: bool
    functional: str | None
    economic: str | None
    tag: str | None
    fund: str | None


_SAME: Final = """
    SELECT u.seq, d.seq, u.outside, u.functional, u.economic, u.debit_fund, d.debit_fund
    FROM report u JOIN report d
        ON d.direct AND d.bank_ref IS NOT NULL AND d.from_account = u.from_account AND d.bank_ref = u.bank_ref
        AND d.amount = u.amount
    WHERE u.kind = 'use' AND u.bank_ref IS NOT NULL AND u.void = 0 AND d.void = 0
    ORDER BY u.seq, d.seq"""
