# SPDX-License-Identifier: Apache-2.0
"""What the bank says, signed by the bank: statement lines and balances; the hardest facts in the ledger."""

import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from ledger.amount import Amount, Balance
from ledger.kinds.form import Event, Reference
from ledger.party import Id

StatementNumber = Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,31}(?!\\n)$")]
LineNumber = Annotated[int, Meta(ge=1, le=10_000_000)]


class Movement(Event, frozen=True, kw_only=True, tag="movement"):
    """One line of a bank statement (银行流水), unique by (account, statement, line_no).

    `occurred_on` is the booking date; `value_on` the value date, absent when equal. `counterparty` is the other account
    when registered. `amount` in minor units, `direction` as seen by the account.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset(
        {"counterparty_name", "counterparty_account", "counterparty_mark", "remark"}
    )

    account: Id
    statement: StatementNumber
    line_no: LineNumber
    direction: Literal["credit", "debit"]
    amount: Amount
    value_on: datetime.date | None = None
    counterparty: Id | None = None
    bank_ref: Reference | None = None


class BankBalance(Event, frozen=True, kw_only=True, tag="balance"):
    """A closed statement (对账单): opening + credits − debits = closing over `lines` lines between `from_on` and `to_on`.

    Balances in minor units, negative when overdrawn. Days of closed statements are covered days (semantics T2);
    `occurred_on` is the day the bank closed it.
    """

    account: Id
    statement: StatementNumber
    from_on: datetime.date = field(name="from")
    to_on: datetime.date = field(name="to")
    opening: Balance
    closing: Balance
    lines: Annotated[int, Meta(ge=0, le=10_000_000)]

    def __post_init__(self) -> None:
        """The period does not run backwards."""
        if self.to_on < self.from_on:
            raise ValueError("`to` lies before `from`")
