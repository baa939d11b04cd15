# SPDX-License-Identifier: Apache-2.0
"""First in, first out and nothing else: whatever earmarked money a debit for anything else takes is called diverted.

Account by account: money that comes in is what the payment says it is, as in every tracing by hand; what goes out is the
oldest there. Accounts of suppliers and persons are not followed.
"""

from collections import defaultdict, deque
from collections.abc import Iterator

from api.bench.accuracy.claims import Claim, finding_of
from api.bench.accuracy.payment_book import Payment, PaymentBook
from verifier.basis.findings import Finding

Piece = tuple[str | None, int]
"""Money of a fund, or of nobody in particular, in minor units."""

Taken = dict[tuple[str, str], list[tuple[Payment, int]]]
"""By account and fund: the debits that took its money for something else, and how much."""


def judge(book: PaymentBook) -> list[Finding]:
    """One finding for each fund and account whose money went elsewhere."""
    return [finding_of(book, _claim(fund, parts)) for (_, fund), parts in sorted(_taken(book).items())]


def _claim(fund: str, parts: list[tuple[Payment, int]]) -> Claim:
    first, _ = parts[0]
    amount = sum(part for _, part in parts)
    return Claim(rule="F02", fund=fund, amount=amount, decisive=first.posted, on=first.on, moved=parts)


def _taken(book: PaymentBook) -> Taken:
    queues: dict[str, deque[Piece]] = defaultdict(deque)
    for account, opening in book.openings.items():
        queues[account].append((None, opening))
    taken: Taken = defaultdict(list)
    for payment in book.payments():
        queue = deque() if payment.giver is None else queues[payment.giver]
        pieces = list(_popped(queue, payment))
        for fund, part in pieces:
            if fund is not None and fund != payment.fund and payment.giver is not None:
                taken[payment.giver, fund].append((payment, part))
        if payment.taker is not None and payment.payee is None:
            queues[payment.taker].append((payment.fund, payment.amount))
    return taken


def _popped(queue: deque[Piece], payment: Payment) -> Iterator[Piece]:
    """The oldest money of `queue`, as much as is paid; what it lacks is taken for what the payment says it is."""
    left = payment.amount
    while left and queue:
        fund, amount = queue.popleft()
        part = min(left, amount)
        if part < amount:
            queue.appendleft((fund, amount - part))
        left -= part
        if part > 0:
            yield fund, part
    if left:
        yield payment.fund, left
