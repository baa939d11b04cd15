# SPDX-License-Identifier: Apache-2.0
"""Corrections (冲正) that bear on accounts: which events they reversed, and where (semantics T18)."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from verifier.basis.findings import Evidence
from verifier.workspace import Workspace

REVERSED: Final = """
    CREATE TABLE reversed (name TEXT PRIMARY KEY, correction_seq INTEGER, correction TEXT, leaf BLOB) WITHOUT ROWID"""
"""What was reversed by which correction; an event is reversed once."""

SHOWN: Final = 5
"""Most corrections that a finding names."""

_TOUCHED: Final = """
    CREATE TABLE touched AS
    SELECT from_account AS account, name, seq FROM report WHERE void = 1 AND keeps & 1
    UNION ALL SELECT to_account, name, seq FROM report WHERE void = 1 AND keeps & 2 AND to_account IS NOT from_account
    UNION ALL SELECT account, name, seq FROM bank_line WHERE void = 1
    UNION ALL SELECT account, name, seq FROM statement WHERE void = 1"""
_ABOUT: Final = """
    SELECT t.name, v.correction, v.correction_seq, v.leaf FROM touched t JOIN reversed v ON v.name = t.name
    WHERE t.account = ? ORDER BY v.correction_seq"""


class _Reversed(NamedTuple):
    name: str
    correction: str
    seq: int
    leaf: bytes


class Corrections:
    """Over the linked tables of a whole prefix."""

    def __init__(self, workspace: Workspace) -> None:
        """Accounts are noted here."""
        self._workspace = workspace
        self._asked: tuple[str, dict[str, Evidence]] = ("", {})
        workspace.run(_TOUCHED)
        workspace.run("CREATE INDEX touched_account ON touched (account)")
        self.any: Final = workspace.look_up(int, "SELECT 1 FROM touched LIMIT 1") is not None
        """Whether anything about money was reversed."""

    def of(self, account: str, shown: Iterable[str]) -> tuple[Evidence, ...]:
        """The corrections in `account` that reversed one of the events `shown`; else the last ones there."""
        every = self._in(account)
        named = [every[name] for name in shown if name in every]
        chosen = sorted(set(named), key=lambda one: one.seq)[:SHOWN]
        return tuple(chosen or list(every.values())[-SHOWN:])

    def _in(self, account: str) -> dict[str, Evidence]:
        """The corrections in `account` by what they reversed, in log order; kept until another account is asked for."""
        if self._asked[0] != account:
            rows = self._workspace.rows(_Reversed, _ABOUT, (account,))
            found = {
                row.name: Evidence(name=row.correction, seq=row.seq, leaf=row.leaf.hex()) for row in rows
            }
            self._asked = (account, found)
        return self._asked[1]
