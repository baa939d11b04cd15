# SPDX-License-Identifier: Apache-2.0
"""What a trace shows: accounts, payees, payments, and their sums; amounts in minor units."""

import datetime

from verifier.basis.findings import Record
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.tracing.line_tree import LineStand


class AccountStand(Record, frozen=True, kw_only=True):
    """One account, in minor units: what came in for the money asked for, and what went out of it as declared.

    Came in less used, passed on and returned is what should be `left` by its own record; where more went out than had come
    in, it is `beyond`, money from outside the record or paid in advance. Neither is below zero, one of them is zero. For a
    fund: `elsewhere` was declared as the fund's and paid from other money (before any of the fund's had
    come, or out of scope and beyond it); `held` is on hand; `advance` was paid ahead of its credit; `lost` is diverted,
    less what came back; `unresolved` may be lost. `out_of_scope` is the part of `used` that lies outside the scope, net.
    `taken` is what other payments took by the rule that was selected instead of LIBR, less what came back, `unresolved`
    included. `balance` is what the account holds altogether, absent where its opening balance is not known. For a line:
    `fund_lost` is what the account lost, or may have lost, of the whole fund; nobody can say of which of its lines.
    """

    account: str
    owner: str | None
    came_in: int
    used: int
    passed_on: int
    returned: int
    left: int
    beyond: int
    elsewhere: int | None = None
    out_of_scope: int | None = None
    held: int | None = None
    advance: int | None = None
    lost: int | None = None
    unresolved: int | None = None
    taken: int | None = None
    balance: int | None = None
    fund_lost: int | None = None


class PayeeStand(Record, frozen=True, kw_only=True):
    """What was paid to a payee in the end, before returns: `payments` payments that add up to `amount`."""

    payee: str
    amount: int
    payments: int


class Payment(Record, frozen=True, kw_only=True):
    """One report of the money asked for.

    `standing` says what the bank says of it: ``booked`` on `booked_on`, ``unfed`` (no bank could say), ``pending``,
    ``refuted``; ``void`` when it does not count, being reversed or told twice.
    """

    event: str
    seq: int
    kind: str
    on: datetime.date
    amount: int
    standing: str
    from_: str | None = None
    to: str | None = None
    line: str | None = None
    booked_on: datetime.date | None = None


class MoneyTrace(Record, frozen=True, kw_only=True):
    """The answer; `cut` says of each list how many rows are not shown, `rule` by which rule `taken` was reckoned."""

    fund: str
    line: str | None
    as_of: datetime.date
    authority: dict[str, int]
    cash: dict[str, int]
    lines: tuple[LineStand, ...]
    accounts: tuple[AccountStand, ...]
    payees: tuple[PayeeStand, ...]
    payments: tuple[Payment, ...]
    cut: dict[str, int]
    rule: TracingRule = DEFAULT_TRACING
