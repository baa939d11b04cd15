# SPDX-License-Identifier: Apache-2.0
"""Payments whose tag something else in the ledger contradicts, and what the fund would be short without it (semantics T12).

A tag is in doubt where

- ``told_twice``: a use tells a direct disbursement again (T22) and names another fund than its line;
- ``one_paper``: two reports of one account give the same bank reference, or without one the same voucher, and the same
  amount for different funds, and its bank bore only one of them out;
- ``project``: a use names a project which, as registered at that time, the fund of its tag does not finance.

A class outside the fund's scope is an admission and no doubt (T13).
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from verifier.tracing.account_run import AccountTrace
from verifier.tracing.account_traces import AccountTraces
from verifier.workspace import Workspace

Reason = Literal["told_twice", "one_paper", "project"]

STRUCK_MAX: Final = 8
"""Most payments of an account that are struck one by one; of the others the minimum is zero, which is always true."""

_TOLD_TWICE: Final = """
    SELECT r.seq, 'told_twice', u.seq FROM same_payment s JOIN report u ON u.seq = s.use_seq
        JOIN report r ON r.seq = s.pay_seq
    WHERE u.debit_fund IS NOT NULL AND r.debit_fund IS NOT NULL AND u.debit_fund <> r.debit_fund AND r.void = 0"""
_PROJECT: Final = """
    SELECT seq, 'project', NULL FROM report WHERE astray AND void = 0"""
_UNBORNE: Final = """
    SELECT b.seq FROM report b JOIN outcome o ON o.seq = b.seq
    WHERE b.keeps & 1 AND b.debit_fund IS NOT NULL AND coalesce(b.bank_ref, b.voucher) IS NOT NULL
        AND b.seq NOT IN (SELECT seq FROM placed WHERE side = 1) LIMIT 1"""
_ONE_PAPER: Final = """
    SELECT a.seq, 'one_paper', b.seq
    FROM report b JOIN report a ON a.from_account = b.from_account AND a.amount = b.amount
        AND coalesce(a.bank_ref, a.voucher) = coalesce(b.bank_ref, b.voucher)
    WHERE b.void = 0 AND b.keeps & 1 AND b.debit_fund IS NOT NULL AND a.void = 0 AND a.debit_fund IS NOT NULL
        AND a.debit_fund <> b.debit_fund
        AND b.seq NOT IN (SELECT seq FROM placed WHERE side = 1) AND a.seq IN (SELECT seq FROM placed WHERE side = 1)"""
_PAYMENTS: Final = """
    SELECT r.from_account, r.debit_fund, d.report, d.reason, min(d.other),
        (SELECT sum(amount) FROM movement m WHERE m.account = r.from_account AND m.part = r.seq AND m.side = 1),
        (SELECT sum(m.amount) FROM report b JOIN movement m ON m.account = r.from_account AND m.part = b.seq AND m.side = 2
            WHERE b.original_seq = r.seq AND b.undoes AND b.void = 0),
        (SELECT min(seq) FROM movement m WHERE m.account = r.from_account AND m.part = r.seq AND m.side = 1),
        (SELECT min(bank) FROM movement m WHERE m.account = r.from_account AND m.part = r.seq AND m.side = 1)
    FROM doubt d JOIN report r ON r.seq = d.report
    WHERE NOT r.outside GROUP BY d.report, d.reason ORDER BY r.from_account, d.report, d.reason DESC"""


class DoubtedTag(NamedTuple):
    """A payment of `amount` told by `report` as money of `fund`; `other` is the report that contradicts it, if one does.

    `returned` came back of it; `entry` is the first bank line that it moved by, or the report itself where no bank tells.
    """

    account: str
    fund: str
    report: int
    reason: Reason
    other: int | None
    amount: int | None
    returned: int | None
    entry: int | None
    bank: int | None


def doubted_tags(workspace: Workspace) -> Iterator[DoubtedTag]:
    """Every payment in doubt that moved money, once, over the tables of closed books; called once."""
    workspace.run("CREATE TABLE doubt (report INTEGER, reason TEXT, other INTEGER)")
    workspace.run(f"INSERT INTO doubt {_TOLD_TWICE}")
    workspace.run(f"INSERT INTO doubt {_PROJECT}")
    if workspace.look_up(int, _UNBORNE) is not None:
        workspace.run("CREATE INDEX IF NOT EXISTS paid_from ON report (from_account, amount)")
        workspace.run(f"INSERT INTO doubt {_ONE_PAPER}")
    if workspace.look_up(int, "SELECT 1 FROM doubt LIMIT 1") is None:
        return
    workspace.run("CREATE INDEX IF NOT EXISTS movement_part ON movement (account, part)")
    workspace.run("CREATE INDEX IF NOT EXISTS undone ON report (original_seq)")
    last = 0
    for one in list(workspace.rows(DoubtedTag, _PAYMENTS)):
        if one.amount is not None and one.report != last:
            yield one
        last = one.report


class StruckTags:
    """What funds would be short for certain if a tag did not count, account by account."""

    def __init__(self, traces: AccountTraces) -> None:
        """Over the traces of closed books."""
        self._traces = traces
        self._account = ""
        self._asked = 0
        self._base: AccountTrace | None = None

    def extra_shortage(self, tag: DoubtedTag) -> int:
        """How much more of the fund is certainly lost without `tag`; at most the payment. Ask account by account."""
        if self._base is None or self._account != tag.account:
            self._account, self._asked = tag.account, 0
            self._base = self._traces.struck(tag.account)
        self._asked += 1
        if self._asked > STRUCK_MAX:
            return 0
        struck = self._traces.struck(tag.account, tag.report)
        return min(max(_certain(struck, tag.fund) - _certain(self._base, tag.fund), 0), tag.amount or 0)


def _certain(trace: AccountTrace, fund: str) -> int:
    return sum(one.amount_min for one in trace.shortages if one.fund == fund and one.resolved)
