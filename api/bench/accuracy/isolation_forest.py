# SPDX-License-Identifier: Apache-2.0
"""An isolation forest over payments (Liu, Ting and Zhou 2008): the strangest hundredth is called a lead.

It is the only place where numbers of money become floats: the library wants them, and only the order of the scores counts.
It knows no kinds of wrong; score it with ``any_rule``.
"""

from collections import Counter
from typing import Final

from sklearn.ensemble import IsolationForest

from api.bench.accuracy.claims import finding_of, of_payments
from api.bench.accuracy.payment_book import Payment, PaymentBook
from verifier.basis.findings import Finding

SEED: Final = 0
SHARE: Final = 100
"""One payment in so many is called strange."""
_ROUND: Final = 1_000_000
"""Ten thousand yuan."""


def judge(book: PaymentBook) -> list[Finding]:
    """One finding for each of the strangest payments."""
    payments = book.payments()
    if not payments:
        return []
    features = _features(payments)
    forest = IsolationForest(random_state=SEED, n_jobs=1).fit(features)
    scores = forest.score_samples(features)
    strangest = sorted(range(len(payments)), key=lambda at: (scores[at], at))[: -(-len(payments) // SHARE)]
    claims = (of_payments("S1", [payments[at]], payments[at].amount) for at in sorted(strangest))
    return [finding_of(book, one, "statistical") for one in claims]


def _features(payments: list[Payment]) -> list[list[float]]:
    """Of each payment: size, roundness, day, how common payee, account and amount are, the pause before it, its fund."""
    payees = Counter(one.payee or one.taker for one in payments)
    givers = Counter(one.giver for one in payments)
    equal = Counter((one.giver, one.amount) for one in payments)
    before: dict[str | None, int] = {}
    rows: list[list[float]] = []
    for one in payments:
        day = one.on.toordinal()
        rows.append(
            [
                float(one.amount.bit_length()),
                float(one.amount % _ROUND == 0),
                float(one.on.day),
                float(one.on.weekday()),
                float(one.on.month),
                float(payees[one.payee or one.taker]),
                float(givers[one.giver]),
                float(equal[one.giver, one.amount]),
                float(day - before.get(one.giver, day)),
                float(one.fund is not None),
            ]
        )
        before[one.giver] = day
    return rows
