# SPDX-License-Identifier: Apache-2.0
"""The bank's balance of an account beside that of its books, and what only one of them knows (余额调节表).

Reads the tables of closed books (`verifier.tracing.money_books`), as of the day for which they were closed; nothing is
paired here. The books of an account begin with the bank's balance on the first day of its last unbroken chain of
statements.
"""

import datetime
from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.reconciliation.coverage import Coverage, Stretch
from verifier.reconciliation.money_facts import CREDIT
from verifier.statement.records import BankSheet, OpenItem, Side
from verifier.workspace import Workspace

_LINES: Final = """
    SELECT m.side, m.seq, b.name, m.day, 'movement', sum(m.amount), sum(CASE WHEN m.part > 0 THEN m.amount ELSE 0 END)
    FROM movement m JOIN bank_line b ON b.seq = m.seq
    WHERE m.account = ?1 AND m.bank AND m.day BETWEEN ?2 AND ?3
    GROUP BY m.side, m.seq ORDER BY m.seq"""
_REPORTS: Final = """
    SELECT side, seq, name, occurred, kind, amount, coalesce((
        SELECT sum(m.amount) FROM movement m
        WHERE m.account = ?1 AND m.bank AND m.part = side_of.seq AND m.side = side_of.side AND m.day BETWEEN ?2 AND ?3), 0)
    FROM (
        SELECT 1 AS side, seq, name, occurred, kind, amount FROM report
        WHERE from_account = ?1 AND keeps & 1 AND void = 0
        UNION ALL
        SELECT 2, seq, name, occurred, kind, amount FROM report WHERE to_account = ?1 AND keeps & 2 AND void = 0
    ) AS side_of ORDER BY seq, side"""


class _Told(NamedTuple):
    """A line or a report on one side of the account: its amount, and how much of it the other side bears out."""

    side: int
    seq: int
    name: str
    day: int
    kind: str
    amount: int
    borne: int


def bank_sheet(
    workspace: Workspace, account: str, owner: str, coverage: Coverage, day: datetime.date
) -> BankSheet | None:
    """The sheet on `day`, or on the last covered day before it; None where no closed statement begins by then."""
    chains = [one for one in coverage.stretches if one.first_day <= day.toordinal()]
    if not chains:
        return None
    chain = chains[-1]
    until = min(day.toordinal(), chain.last_day)
    span = (account, chain.first_day, until)
    lines = list(workspace.rows(_Told, _LINES, span))
    reports = [
        one for one in workspace.rows(_Told, _REPORTS, span) if one.borne or _counts(one, chain, until)
    ]
    return BankSheet(
        account=account,
        owner=owner,
        on=datetime.date.fromordinal(until),
        since=datetime.date.fromordinal(chain.first_day),
        bank=chain.opening + sum(_signed(one, one.amount) for one in lines),
        book=chain.opening + sum(_signed(one, one.amount) for one in reports),
        items=(*_open(lines, "bank"), *_open(reports, "book")),
    )


def _counts(report: _Told, chain: Stretch, until: int) -> bool:
    """Whether a report that no line bears out is of days that the statements tell."""
    return chain.first_day <= report.day <= until


def _signed(one: _Told, amount: int) -> int:
    return amount if one.side == CREDIT else -amount


def _open(told: list[_Told], who: str) -> Iterator[OpenItem]:
    for one in told:
        if one.amount != one.borne:
            yield OpenItem(
                side=_SIDES[who, one.side == CREDIT],
                seq=one.seq,
                name=one.name,
                on=datetime.date.fromordinal(one.day),
                kind=one.kind,
                amount=one.amount - one.borne,
            )


_SIDES: Final[dict[tuple[str, bool], Side]] = {
    ("bank", True): "bank_in",
    ("bank", False): "bank_out",
    ("book", True): "book_in",
    ("book", False): "book_out",
}
