# SPDX-License-Identifier: Apache-2.0
"""Which registered account a printed number is; no number of a stranger ever enters the ledger."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from ledger.errors import FormatError
from ledger.intake.statement import Statement, StatementLine
from ledger.intake.statement_events import account_of, events_of
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.form import Provenance
from ledger.kinds.registry import Account

DAY = datetime.date(2026, 1, 5)
OURS = Account(id="A-1", owner="u", account_class="unit_real", bank="b", masked="****0011", occurred_on=DAY)
OTHER = msgspec.structs.replace(OURS, id="A-2", masked="****0022")
CARD = "6222020000000022"


def known(*accounts: Account) -> dict[str, Account]:
    """A registry."""
    return {one.id: one for one in accounts}


def code_of(number: str, *accounts: Account, said: dict[str, str] | None = None) -> str:
    """The rule by which the number is refused."""
    with pytest.raises(FormatError) as caught:
        account_of(number, known(*accounts), said or {})
    return caught.value.code


def test_by_id_by_word_and_by_shown_digits() -> None:
    """In this order."""
    assert account_of("A-1", known(OURS, OTHER), {}) == OURS
    assert account_of("6222020000000011", known(OURS, OTHER), {}) == OURS
    assert account_of("6222020000000011", known(OURS, OTHER), {"6222020000000011": "A-2"}) == OTHER


def test_unknown_ambiguous_or_without_a_bank() -> None:
    """The number itself is not repeated: only its last digits."""
    twin = msgspec.structs.replace(OTHER, masked="****0011")
    assert code_of("6222020000000033", OURS, OTHER) == "statement.account-unknown"
    assert code_of("6222020000000011", OURS, twin) == "statement.account-ambiguous"
    assert code_of("A-1", msgspec.structs.replace(OURS, bank=None)) == "statement.account-without-bank"
    with pytest.raises(FormatError) as caught:
        account_of("6222020000000033", known(OURS), {})
    assert "6222020000000033" not in str(caught.value)


def test_events_of_a_statement() -> None:
    """Lines numbered in the bank's order, then the balance; a stranger's number is left out, also if its end is known."""
    lines = [
        StatementLine(row=4, booked_on=DAY, valued_on=DAY, direction="credit", amount=5, counterparty=CARD),
        StatementLine(
            row=6, booked_on=DAY, valued_on=DAY - datetime.timedelta(1), direction="debit", amount=2,
            counterparty="A-2", bank_ref="R",
        ),
    ]  # fmt: skip
    made = Statement(
        row=1,
        account="A-1",
        number="7",
        from_on=DAY,
        to_on=DAY,
        closed_on=DAY,
        opening=1,
        closing=4,
        lines=tuple(lines),
    )
    source = Provenance(file="3f" * 32, row=1, sheet="一月")
    first, second, last = (one.event for one in events_of(made, "A-1", source, known(OURS, OTHER), {}))
    assert isinstance(first, Movement)
    assert isinstance(second, Movement)
    assert isinstance(last, BankBalance)
    assert (first.line_no, first.counterparty, first.value_on, first.direction) == (1, None, None, "credit")
    assert (second.line_no, second.counterparty, second.bank_ref) == (2, "A-2", "R")
    assert second.value_on == DAY - datetime.timedelta(1)
    assert (last.opening, last.closing, last.lines) == (1, 4, 2)
    assert [one.provenance and (one.provenance.row, one.provenance.sheet) for one in (first, second, last)] == [
        (4, "一月"), (6, "一月"), (1, "一月"),
    ]  # fmt: skip
    said = {CARD: "A-2"}
    named = next(events_of(made, "A-1", source, known(OURS, OTHER), said)).event
    assert isinstance(named, Movement)
    assert named.counterparty == "A-2"
