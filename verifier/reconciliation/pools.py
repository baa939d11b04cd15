# SPDX-License-Identifier: Apache-2.0
"""Accounts whose real balance lies in another one (资金池): single treasury accounts, cash pooling (semantics T5).

The accounts of a pool are one account for reconciliation and tracing: the one at the end of their `pool` references, as
registered at the position of the event. Reports keep the name of the sub-ledger beside it. A statement of a pool is closed
where every account of it that has statements has a closed one for the same days; sweeps between them count for nothing.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from ledger.kinds.registry import CUSTODIAN_CLASSES, Account
from verifier.reconciliation.coverage import Coverage
from verifier.workspace import Workspace

SWEPT: Final = 3
"""Value of `bank_line.void`: one half of a sweep inside a pool."""

_STEPS_MAX: Final = 64

_LINES: Final = """
    SELECT seq, account, holder, day, side, amount, counterparty IS NOT NULL FROM bank_line
    WHERE void = 0 AND account IN (SELECT account FROM bank_line WHERE holder IS NOT NULL)
        AND (counterparty IS NULL OR counterparty = account)
    ORDER BY account, day, amount, seq"""


class _Line(NamedTuple):
    seq: int
    account: str
    holder: str | None
    day: int
    side: int
    amount: int
    named: int


class Pools:
    """In which account the balance of each pooled account lies, as the log has it so far."""

    __slots__ = ("_accounts", "_known", "_stale", "some")

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        """Over the registered `accounts`, which grow with the log."""
        self._accounts = accounts
        self._known: dict[str, str] = {}
        self._stale = False
        self.some = False
        """Whether any account may have its balance elsewhere; most ledgers have none, and are not asked for each event."""

    def register(self, account: Account) -> None:
        """`account` is registered, or changed."""
        self.some = self.some or account.pool is not None
        self._stale = self.some

    def refresh(self) -> None:
        """The accounts were registered elsewhere."""
        self.some = self._stale = any(one.pool is not None for one in self._accounts.values())

    @property
    def _roots(self) -> dict[str, str]:
        if self._stale:
            self._known = {one: root for one in self._accounts if (root := self._root(one)) != one}
            self._stale = False
        return self._known

    def of(self, account: str | None) -> str | None:
        """The pool of `account`, or itself."""
        roots = self._roots
        return roots.get(account, account) if roots and account is not None else account

    def subs(self) -> dict[str, str]:
        """The pool of each pooled account."""
        return dict(self._roots)

    def _root(self, account: str) -> str:
        at = account
        for _ in range(_STEPS_MAX):
            found = self._accounts.get(at)
            if found is None or found.account_class not in CUSTODIAN_CLASSES:
                return account
            if found.pool is None or found.pool not in self._accounts:
                return at
            at = found.pool
        return account


def void_sweeps(workspace: Workspace) -> None:
    """Of lines of one pool, day and amount, a debit of one account and a credit of another void as a pair (T5).

    At least one of the two names an account of the pool as its counterparty: others may be payments that happen to agree.
    """
    if workspace.look_up(int, "SELECT 1 FROM bank_line WHERE holder IS NOT NULL LIMIT 1") is None:
        return
    swept: list[int] = []
    rows = workspace.rows(_Line, _LINES)
    for _, group in groupby(rows, key=lambda line: (line.account, line.day, line.amount)):
        swept += _pairs(list(group))
    for seq in swept:
        workspace.run("UPDATE bank_line SET void = ? WHERE seq = ?", (SWEPT, seq))


def _pairs(lines: list[_Line]) -> Iterator[int]:
    credits_ = [line for line in lines if line.side != 1]
    for debit in (line for line in lines if line.side == 1):
        fitting = (one for one in credits_ if one.holder != debit.holder and (one.named or debit.named))
        found = next(fitting, None)
        if found is not None:
            credits_.remove(found)
            yield from (debit.seq, found.seq)


def with_subs(coverage: Mapping[str, Coverage], subs: Mapping[str, str]) -> dict[str, Coverage]:
    """`coverage`, where sub-ledgers are covered as their pool is."""
    covered = {sub: coverage[root] for sub, root in subs.items() if root in coverage}
    return {**coverage, **covered}
