# SPDX-License-Identifier: Apache-2.0
"""Statements as events: which registered account a printed number is, and the `movement` and `balance` events of each.

A printed number never enters the ledger. It stands for a registered account when somebody says so, when the account is
registered under it, or when it ends in the digits that one account alone of those with a bank shows. For the other side
of a line the last is not enough: the last four digits of a stranger's card fit one account in ten thousand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ledger.errors import FormatError
from ledger.intake.cells import refused
from ledger.intake.rows import EventAt
from ledger.intake.statement import Statement
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.form import Provenance
from ledger.kinds.registry import Account

LABEL: Final = "statement"

_SHOWN: Final = re.compile(r"[0-9]{4}$")


def account_of(number: str, accounts: Mapping[str, Account], said: Mapping[str, str]) -> Account:
    """The registered account with the printed `number`; `said` are ids by printed number.

    Raises:
        FormatError: no account, or several, or one whose statements no bank signs.
    """
    found = _registered(number, accounts, said) or _by_shown_digits(number, accounts)
    if len(found) != 1:
        raise _unknown(number, [one.id for one in found])
    if found[0].bank is None:
        raise refused(
            "statement.account-without-bank",
            (
                f"{found[0].id} is registered without the bank that signs its statements",
                f"账户 {found[0].id} 登记时未指明开户银行",
            ),
            ("register the bank with the account first", "请先为该账户登记开户银行"),
        )
    return found[0]


def events_of(
    statement: Statement,
    account: str,
    source: Provenance,
    accounts: Mapping[str, Account],
    said: Mapping[str, str],
) -> Iterator[EventAt]:
    """The lines of `statement` as movements of `account` in the order of the bank, then its balance.

    `source` is the file, with its sheet.
    """
    for number, line in enumerate(statement.lines, 1):
        other = [] if line.counterparty is None else _registered(line.counterparty, accounts, said)
        movement = Movement(
            occurred_on=line.booked_on,
            account=account,
            statement=statement.number,
            line_no=number,
            direction=line.direction,
            amount=line.amount,
            value_on=line.valued_on if line.valued_on != line.booked_on else None,
            counterparty=other[0].id if other else None,
            bank_ref=line.bank_ref,
            provenance=_row(source, line.row),
        )
        yield EventAt(event=movement, label="movement", table=LABEL)
    yield EventAt(event=_balance(statement, account, source), label="balance", table=LABEL)


def _balance(statement: Statement, account: str, source: Provenance) -> BankBalance:
    return BankBalance(
        occurred_on=statement.closed_on,
        account=account,
        statement=statement.number,
        from_on=statement.from_on,
        to_on=statement.to_on,
        opening=statement.opening,
        closing=statement.closing,
        lines=len(statement.lines),
        provenance=_row(source, statement.row),
    )


def _row(source: Provenance, row: int) -> Provenance:
    return Provenance(file=source.file, row=row, sheet=source.sheet)


def _registered(number: str, accounts: Mapping[str, Account], said: Mapping[str, str]) -> list[Account]:
    found = accounts.get(said.get(number, number))
    return [] if found is None else [found]


def _by_shown_digits(number: str, accounts: Mapping[str, Account]) -> list[Account]:
    """The accounts with a bank whose masked number ends as `number` does, by four digits at least."""
    if not _SHOWN.search(number):
        return []
    return [
        one
        for one in accounts.values()
        if one.bank is not None and one.masked is not None and one.masked[-4:] == number[-4:]
    ]


def _unknown(number: str, several: Sequence[str]) -> FormatError:
    shown = f"…{number[-4:]}"
    if several:
        names = ", ".join(sorted(several))
        return refused(
            "statement.account-ambiguous",
            (f"the number {shown} may be any of {names}", f"账号 {shown} 可能对应多个账户：{names}"),
            ("say which: --account NUMBER=ID", "请用 --account 账号=账户编号 指明"),
        )
    return refused(
        "statement.account-unknown",
        (f"no registered account has the number {shown}", f"没有账号为 {shown} 的已登记账户"),
        (
            "register the account, or say which it is: --account NUMBER=ID",
            "请先登记该账户，或用 --account 账号=账户编号 指明",
        ),
    )
