# SPDX-License-Identifier: Apache-2.0
"""Thresholds and nothing else: the queries that an auditor would run over the tables on the first day.

Calendar days, no holidays, no papers that postpone, no money that came back, no order of payments inside an account.
"""

from collections.abc import Callable, Iterator
from typing import Final

from api.bench.accuracy import duty_queries, payment_queries
from api.bench.accuracy.claims import Claim, finding_of
from api.bench.accuracy.payment_book import PaymentBook
from verifier.basis.findings import Finding

QUERIES: Final[tuple[Callable[[PaymentBook], Iterator[Claim]], ...]] = (
    payment_queries.denied_class,
    payment_queries.paid_twice,
    payment_queries.split_up,
    payment_queries.paid_before_acceptance,
    payment_queries.idle,
    duty_queries.passed_on_late,
    duty_queries.paid_late,
    duty_queries.matched_short,
)
"""Every query."""


def judge(book: PaymentBook) -> list[Finding]:
    """All that any of the queries brings up, each finding once."""
    found = (finding_of(book, one) for query in QUERIES for one in query(book))
    return list({one.id: one for one in found}.values())
