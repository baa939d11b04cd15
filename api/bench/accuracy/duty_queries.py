# SPDX-License-Identifier: Apache-2.0
"""Plain queries over what was owed by a day: passing on, paying, matching; in calendar days from the date of the paper."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from api.bench.accuracy.claims import Claim
from api.bench.accuracy.payment_book import Payment, PaymentBook
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Claim as Request
from ledger.kinds.fact import MatchingReceipt, Use
from ledger.kinds.registry import Fund, MatchingTerm
from verifier.posted import PostedEvent

_MONTH: Final = datetime.timedelta(days=30)


def passed_on_late(book: PaymentBook) -> Iterator[Claim]:
    """Of a line that is handed on at all, what was not handed on within thirty days."""
    lines = {line.line: (posted, line) for posted, line in book.of_kind(Allocation) if line.opens}
    children: dict[str, list[tuple[PostedEvent, Allocation]]] = defaultdict(list)
    for posted, line in lines.values():
        if line.parent is not None:
            children[line.parent].append((posted, line))
    for parent, handed in children.items():
        if parent in lines:
            posted, line = lines[parent]
            due = line.occurred_on + _MONTH
            late = line.amount - sum(child.amount for _, child in handed if child.occurred_on <= due)
            others = [told for told, child in handed if child.occurred_on > due]
            yield from _late("F03", book.fund_of(parent), late, posted, due, others)


def paid_late(book: PaymentBook) -> Iterator[Claim]:
    """Of an approved claim, what was not paid within thirty days by payments that name it."""
    paid: dict[str, list[Payment]] = defaultdict(list)
    for payment in book.payments():
        if isinstance(payment.event, Use | Disbursement) and payment.event.claim is not None:
            paid[payment.event.claim].append(payment)
    for posted, request in book.of_kind(Request):
        due = request.occurred_on + _MONTH
        if request.action == "approve" and request.line is not None and due < book.last_on:
            mine = paid[request.claim]
            late = (request.amount or 0) - sum(payment.amount for payment in mine if payment.on <= due)
            others = [payment.posted for payment in mine]
            yield from _late("F04", book.fund_of(request.line), late, posted, due, others)


def matched_short(book: PaymentBook) -> Iterator[Claim]:
    """Of what a body owes by a date, what had not arrived."""
    for fund in book.funds.values():
        for term in fund.matching:
            if term.due_on is not None and term.due_on < book.last_on:
                yield from _matched_short(book, fund, term, term.due_on)


def _matched_short(book: PaymentBook, fund: Fund, term: MatchingTerm, due: datetime.date) -> Iterator[Claim]:
    given: dict[str, list[tuple[PostedEvent, Allocation]]] = defaultdict(list)
    for posted, line in book.of_kind(Allocation):
        if line.opens and book.fund_of(line.line) == fund.id and _owes(book, term, line.to):
            given[line.to].append((posted, line))
    for owes, lines in given.items():
        came = [
            one for one in book.of_kind(MatchingReceipt) if (one[1].party, one[1].fund) == (owes, fund.id)
        ]
        in_time = sum(receipt.amount for _, receipt in came if receipt.occurred_on <= due)
        short = sum(line.amount for _, line in lines) * term.num // term.den - in_time
        others = [posted for posted, _ in (*lines, *came)]
        yield from _late("F06", fund.id, short, lines[0][0], due, others)


def _owes(book: PaymentBook, term: MatchingTerm, party: str) -> bool:
    registered = book.parties.get(party)
    return term.party == party or (registered is not None and term.level == registered.level)


def _late(
    rule: str,
    fund: str | None,
    late: int,
    decisive: PostedEvent,
    due: datetime.date,
    others: Sequence[PostedEvent],
) -> Iterator[Claim]:
    """The claim, if anything is late."""
    if late > 0:
        yield Claim(rule=rule, fund=fund, amount=late, decisive=decisive, on=due, others=others)
