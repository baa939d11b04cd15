# SPDX-License-Identifier: Apache-2.0
"""Which sub-ledgers of a pool hold less than they owe to funds, by what their reports say (semantics T5).

The bank knows the pool only. A sub-ledger begins with nothing, moves by the reports that name it, and is short where what
it owes to funds exceeds what it has left. Lines that nobody reports belong to no sub-ledger.
"""

from collections import Counter, defaultdict
from typing import Final, NamedTuple

from verifier.workspace import Workspace

_MOVED: Final = """
    SELECT coalesce(r.from_sub, r.from_account), -r.amount, r.debit_fund, r.outside
    FROM report r JOIN outcome o ON o.seq = r.seq
    WHERE r.from_account = ?1 AND r.void = 0 AND o.standing IN ('booked', 'unfed') AND coalesce(o.day, r.occurred) <= ?2
    UNION ALL
    SELECT coalesce(r.to_sub, r.to_account), r.amount, r.credit_fund, 0
    FROM report r JOIN outcome o ON o.seq = r.seq
    WHERE r.to_account = ?1 AND r.void = 0 AND o.standing IN ('booked', 'unfed') AND coalesce(o.day, r.occurred) <= ?2"""


class ShortSub(NamedTuple):
    """A sub-ledger and what it lacks."""

    account: str
    amount: int


class _Moved(NamedTuple):
    account: str
    amount: int
    fund: str | None
    outside: int


def short_subs(workspace: Workspace, pool: str, day: int) -> list[ShortSub]:
    """The sub-ledgers of `pool` that were short at the end of `day` (an ordinal), the most first, then by id."""
    balances: Counter[str] = Counter()
    owed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for moved in workspace.rows(_Moved, _MOVED, (pool, day)):
        balances[moved.account] += moved.amount
        if moved.fund is not None and not moved.outside:
            owed[moved.account][moved.fund] += moved.amount
    found = [
        ShortSub(sub, short)
        for sub, balance in balances.items()
        if sub != pool
        and (short := sum(max(one, 0) for one in owed[sub].values()) - max(balance, 0) + max(-balance, 0)) > 0
    ]
    return sorted(found, key=lambda one: (-one.amount, one.account))
