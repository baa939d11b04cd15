# SPDX-License-Identifier: Apache-2.0
"""Where the money of a line or a fund is now, and how it came there (资金流向).

Authority first: the tree of lines, each with what came in and where it went (DESIGN §4). Then cash, after reconciliation:
by account what came in for the money asked for and what went out of it as declared, by payee what was paid in the end, and
the payments themselves. What an account lost of a fund belongs to the fund and not to one of its lines (semantics T14), so
losses are shown with a fund only.

What should be left and what went out beyond what had come in are told apart and never netted: a treasury whose own
source lies outside the record must not hide what the accounts below hold.

Sums are over everything; a list that was cut says by how much. These hold, for each account and for the whole:

    issued = free + disbursed − restored
    came in + beyond = used + passed on + returned + left
    left − beyond + paid from elsewhere = held − advance + lost + unresolved
"""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from ledger.errors import ProgrammerError
from ledger.open_records import Line
from verifier.basis.tracing_rule import DEFAULT_TRACING
from verifier.tracing.line_tree import LineStand, authority_of, lines_below, lines_of, tree_of
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.trace_records import AccountStand, MoneyTrace, PayeeStand, Payment
from verifier.tracing.trace_tables import Holding
from verifier.workspace import Workspace

NO_HOLDING: Final = Holding("", "", *(0 for _ in range(13)))
"""Of an account in which no money of the fund ever was."""

LINE_SUMS: Final = ("came_in", "used", "passed_on", "returned", "left", "beyond")
FUND_SUMS: Final = (*LINE_SUMS, "elsewhere", "out_of_scope", "held", "advance", "lost", "unresolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much is shown: levels of the tree of lines, and rows of each list."""

    depth: int = 8
    rows: int = 50


def trace_fund(books: MoneyBooks, lines: Mapping[str, Line], fund: str, caps: Caps) -> MoneyTrace:
    """The trace of all money of `fund`; `lines` are all lines of the ledger."""
    return _trace(books, _Asked(fund, None), tree_of(lines, lines_of(lines, fund)), caps)


def trace_line(books: MoneyBooks, lines: Mapping[str, Line], line: str, caps: Caps) -> MoneyTrace:
    """The trace of the money of `line` and of all lines split from it; the lines above say how it came."""
    books.workspace.run(_ASKED_LINES)
    asked = books.workspace.batch("INSERT OR IGNORE INTO asked_line VALUES (?)")
    for one in lines_below(lines, line):
        asked.add(one)
    return _trace(books, _Asked(lines[line].fund, line), tree_of(lines, [line]), caps)


class _Asked(NamedTuple):
    fund: str
    line: str | None

    @property
    def values(self) -> tuple[str, bool]:
        """The parameters of the queries below."""
        return self.fund, self.line is None


class _Flow(NamedTuple):
    account: str
    side: int
    amount: int
    bucket: str
    payee: str | None


_ASKED_LINES: Final = "CREATE TABLE IF NOT EXISTS asked_line (line TEXT PRIMARY KEY) WITHOUT ROWID"
_FLOWS: Final = """
    SELECT m.account, m.side, m.amount,
        CASE WHEN r.kind = 'restitution' THEN 'put_back'
            WHEN m.side = 2 THEN 'came_in' WHEN r.kind = 'return' THEN 'returned'
            WHEN r.kind <> 'use' AND r.keeps & 2 THEN 'passed_on' ELSE 'used' END,
        r.payee
    FROM movement m JOIN report r ON r.seq = m.part
    WHERE CASE m.side WHEN 1 THEN r.debit_fund ELSE r.credit_fund END = ?1
        AND (?2 OR r.line IN (SELECT line FROM asked_line))
    ORDER BY m.rowid"""
_PAYMENTS: Final = """
    SELECT r.name, r.seq, r.kind, r.occurred, r.amount, coalesce(o.standing, 'void'), r.from_account,
        coalesce(r.to_account, r.payee), r.line, o.day
    FROM report r LEFT JOIN outcome o ON o.seq = r.seq
    WHERE coalesce(r.debit_fund, r.credit_fund) = ?1 AND (?2 OR r.line IN (SELECT line FROM asked_line))
    ORDER BY r.occurred, r.seq"""


def _trace(books: MoneyBooks, asked: _Asked, stands: list[LineStand], caps: Caps) -> MoneyTrace:
    books.workspace.run(_ASKED_LINES)
    accounts, payees = _sums(books.workspace, asked)
    told = [_account(books, account, sums) for account, sums in sorted(accounts.items())]
    holdings = {one.account: one for one in books.traced.holdings(asked.fund)}
    if asked.line is None:
        told = [_with_losses(books, one, holdings.get(one.account, NO_HOLDING)) for one in told]
    else:
        told = [_with_fund_loss(one, holdings.get(one.account, NO_HOLDING)) for one in told]
    names = FUND_SUMS if asked.line is None else LINE_SUMS
    if asked.line is None and books.rule != DEFAULT_TRACING:
        told = _with_taken(books, told, asked.fund)
        names = (*names, "taken")
    cash = {name: sum(getattr(one, name) or 0 for one in told) for name in names}
    payments, count = _payments(books.workspace, asked, caps.rows)
    shown = [stand for stand in stands if stand.depth < caps.depth][: caps.rows]
    cut = {
        "lines": len(stands) - len(shown),
        "accounts": len(told) - caps.rows,
        "payees": len(payees) - caps.rows,
        "payments": count - caps.rows,
    }
    return MoneyTrace(
        fund=asked.fund,
        line=asked.line,
        as_of=books.as_of,
        authority=authority_of(stands),
        cash=cash,
        lines=tuple(shown),
        accounts=tuple(told[: caps.rows]),
        payees=tuple(payees[: caps.rows]),
        payments=payments,
        cut={name: rows for name, rows in cut.items() if rows > 0},
        rule=books.rule,
    )


def _sums(workspace: Workspace, asked: _Asked) -> tuple[dict[str, Counter[str]], list[PayeeStand]]:
    """What moved by account, and what was used by payee, the largest first."""
    accounts: dict[str, Counter[str]] = {}
    paid: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for flow in workspace.rows(_Flow, _FLOWS, asked.values):
        accounts.setdefault(flow.account, Counter())[flow.bucket] += flow.amount
        if flow.bucket == "used":
            paid[flow.payee or "?"] += flow.amount
            counts[flow.payee or "?"] += 1
    ranked = sorted(paid.items(), key=lambda one: (-one[1], one[0]))
    return accounts, [
        PayeeStand(payee=payee, amount=amount, payments=counts[payee]) for payee, amount in ranked
    ]


def _account(books: MoneyBooks, account: str, sums: Counter[str]) -> AccountStand:
    registered = books.tables.accounts.get(account)
    left = sums["came_in"] - sums["used"] - sums["passed_on"] - sums["returned"]
    return AccountStand(
        account=account,
        owner=None if registered is None else registered.owner,
        came_in=sums["came_in"],
        used=sums["used"],
        passed_on=sums["passed_on"],
        returned=sums["returned"],
        left=max(left, 0),
        beyond=max(-left, 0),
    )


def _with_losses(books: MoneyBooks, stand: AccountStand, one: Holding) -> AccountStand:
    """`stand` with what tracing found.

    Raises:
        ProgrammerError: the two do not conserve.
    """
    lost = _lost(one)
    left = stand.left - stand.beyond + one.interest
    stand = msgspec.structs.replace(
        stand, came_in=stand.came_in + one.interest, left=max(left, 0), beyond=max(-left, 0)
    )
    if stand.left - stand.beyond + one.elsewhere != one.claim - one.advance + lost + one.unresolved:
        raise ProgrammerError(f"cash of account {stand.account} does not conserve: {stand}, {one}")
    return msgspec.structs.replace(
        stand,
        elsewhere=one.elsewhere,
        out_of_scope=one.outside - one.readmitted,
        held=one.claim,
        advance=one.advance,
        lost=lost,
        unresolved=one.unresolved,
        balance=books.traced.balance(stand.account),
    )


def _with_taken(books: MoneyBooks, stands: list[AccountStand], fund: str) -> list[AccountStand]:
    """`stands` with what other payments took of `fund` by the selected rule (T15)."""
    taken: Counter[str] = Counter()
    for found in books.traced.shortages():
        if found.shortage.fund == fund:
            taken[found.account] += found.shortage.outstanding
    return [msgspec.structs.replace(one, taken=taken[one.account]) for one in stands]


def _with_fund_loss(stand: AccountStand, one: Holding) -> AccountStand:
    return msgspec.structs.replace(stand, fund_lost=_lost(one) + one.unresolved)


def _lost(one: Holding) -> int:
    """Diverted, less what came back of it."""
    return one.diverted - (one.restored - one.readmitted)


def _payments(workspace: Workspace, asked: _Asked, most: int) -> tuple[tuple[Payment, ...], int]:
    """The first `most` reports in the order of their dates, and how many there are."""
    shown: list[Payment] = []
    count = 0
    for payment in workspace.rows(_payment, _PAYMENTS, asked.values):
        count += 1
        if count <= most:
            shown.append(payment)
    return tuple(shown), count


class _Row(NamedTuple):
    event: str
    seq: int
    kind: str
    day: int
    amount: int
    standing: str
    giver: str | None
    taker: str | None
    line: str | None
    booked: int | None


def _payment(*columns: str | int | None) -> Payment:
    row = _Row(*columns)  # type: ignore[arg-type]
    return Payment(
        event=row.event,
        seq=row.seq,
        kind=row.kind,
        on=datetime.date.fromordinal(row.day),
        amount=row.amount,
        standing=row.standing,
        from_=row.giver,
        to=row.taker,
        line=row.line,
        booked_on=None if row.booked is None else datetime.date.fromordinal(row.booked),
    )
