# SPDX-License-Identifier: Apache-2.0
"""Plain queries over payments: class, repetition, size, acceptance, rest."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from api.bench.accuracy.claims import Claim, of_payments
from api.bench.accuracy.payment_book import Payment, PaymentBook
from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Acceptance, Use
from ledger.kinds.registry import Fund

_MONTH: Final = datetime.timedelta(days=30)
_TWO_MONTHS: Final = datetime.timedelta(days=60)
_HALF_A_YEAR: Final = datetime.timedelta(days=180)
_TENDER: Final = 200 * 10_000 * 100
"""Two million yuan, in minor units."""


def denied_class(book: PaymentBook) -> Iterator[Claim]:
    """Paid under an economic class that the fund never allows."""
    for paid, fund in _of_funds(book):
        economic = paid.event.economic if isinstance(paid.event, Use | Disbursement) else None
        if economic is not None and economic.startswith(fund.denied_economic):
            yield of_payments("F01", [paid], paid.amount)


def paid_twice(book: PaymentBook) -> Iterator[Claim]:
    """The same amount to the same payee under one fund within thirty days."""
    seen: dict[tuple[str, str, int], Payment] = {}
    for paid, fund in _of_funds(book):
        if paid.payee is not None:
            before = seen.get((fund.id, paid.payee, paid.amount))
            if before is not None and paid.on - before.on <= _MONTH:
                yield of_payments("F21", [paid, before], paid.amount)
            seen[fund.id, paid.payee, paid.amount] = paid


def split_up(book: PaymentBook) -> Iterator[Claim]:
    """Payments below the tender threshold from one account to one payee that reach it together within sixty days."""
    small: dict[tuple[str | None, str, str], list[Payment]] = defaultdict(list)
    for paid, fund in _of_funds(book):
        if paid.payee is not None and paid.amount < _TENDER:
            small[paid.giver, paid.payee, fund.id].append(paid)
    for group in small.values():
        windows = (
            [paid for paid in group if first.on <= paid.on <= first.on + _TWO_MONTHS] for first in group
        )
        largest = max(windows, key=_total)
        if len(largest) > 1 and _total(largest) >= _TENDER:
            yield of_payments("F27", largest, _total(largest))


def paid_before_acceptance(book: PaymentBook) -> Iterator[Claim]:
    """Paid on a contract of which nothing had been accepted."""
    accepted: dict[str, datetime.date] = {}
    for _, one in book.of_kind(Acceptance):
        if one.contract is not None:
            accepted[one.contract] = min(one.occurred_on, accepted.get(one.contract, one.occurred_on))
    for paid, _ in _of_funds(book):
        contract = paid.event.contract if isinstance(paid.event, Use | Disbursement) else None
        if contract is not None and accepted.get(contract, datetime.date.max) > paid.on:
            yield of_payments("F17", [paid], paid.amount)


def idle(book: PaymentBook) -> Iterator[Claim]:
    """A fund's money that came to an account more than half a year ago and has not left it."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    came: dict[tuple[str, str], Payment] = {}
    for paid, fund in _of_funds(book):
        if paid.taker is not None and paid.payee is None and paid.on + _HALF_A_YEAR < book.last_on:
            held[paid.taker, fund.id] += paid.amount
            came.setdefault((paid.taker, fund.id), paid)
        if paid.giver is not None:
            held[paid.giver, fund.id] -= paid.amount
    for key, left in sorted(held.items()):
        if left > 0:
            yield of_payments("F09", [came[key]], left)


def _of_funds(book: PaymentBook) -> Iterator[tuple[Payment, Fund]]:
    for paid in book.payments():
        fund = None if paid.fund is None else book.funds.get(paid.fund)
        if fund is not None:
            yield paid, fund


def _total(payments: list[Payment]) -> int:
    return sum(paid.amount for paid in payments)
