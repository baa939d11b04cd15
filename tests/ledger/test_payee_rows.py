# SPDX-License-Identifier: Apache-2.0
"""Rows behind a payee list: number, total and root, and what another row, order or salt changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.errors import ProgrammerError
from ledger.payee_rows import PayeeRow, check_rows, payee_root
from tests.later_kinds import payee_list

ROWS = (
    PayeeRow(salt="A" * 22, amount=30_000, fields={"name": "张三", "account": "6222****1234"}),
    PayeeRow(salt="B" * 22, amount=20_000, fields={"name": "李四", "account": "6222****5678"}),
)
POSTED = payee_list(persons=2, amount=50_000, root=payee_root(ROWS))


def test_the_rows_of_the_list_agree() -> None:
    """Nothing differs."""
    assert list(check_rows(POSTED, ROWS)) == []


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (ROWS[:1], ["persons", "amount", "root"]),
        (ROWS[::-1], ["root"]),
        ((ROWS[0], replace(ROWS[1], amount=20_001)), ["amount", "root"]),
        ((ROWS[0], replace(ROWS[1], salt="C" * 22)), ["root"]),
        ((ROWS[0], replace(ROWS[1], fields={"name": "王五"})), ["root"]),
    ],
    ids=["one missing", "other order", "other amount", "other salt", "other person"],
)
def test_other_rows_are_told(rows: tuple[PayeeRow, ...], places: list[str]) -> None:
    """Each difference shows where it can."""
    assert [problem.place for problem in check_rows(POSTED, rows)] == places


def test_the_amount_has_one_place() -> None:
    """A second amount among the fields would leave two readings."""
    with pytest.raises(ProgrammerError):
        replace(ROWS[0], fields={"amount": "1"}).data()
