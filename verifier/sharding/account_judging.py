# SPDX-License-Identifier: Apache-2.0
"""What is judged account by account, in two steps: match bank lines with reports, then place, trace and find.

Between the steps every shard learns what the others' banks say of reports that they share (semantics R3). Both are pure
functions of the pieces of one shard and the briefing.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from verifier.judgement.money_watch import blind_accounts, found_in
from verifier.judgement.run import row_of
from verifier.reconciliation.coverage import Coverage, Gap, Statement, Stretch
from verifier.sharding.account_rows import load
from verifier.sharding.briefing import Briefing
from verifier.sharding.pieces import Piece, by_table, pieces
from verifier.tracing.money_books import Foreign, MoneyBooks
from verifier.workspace import Workspace

OWN: Final = "own"
"""The table of the shard's own accounts."""

_TOLD: Final = """
    SELECT r.name, o.standing, o.day, o.booked, o.rest
    FROM report r LEFT JOIN same_payment s ON s.use_seq = r.seq JOIN outcome o ON o.seq = coalesce(s.pay_seq, r.seq)
    WHERE CASE WHEN r.keeps & 1 THEN r.from_account ELSE r.to_account END IN (SELECT account FROM own_account)
    ORDER BY r.seq, s.pay_seq"""


class ToldOutcome(NamedTuple):
    """What the bank says of the report with this stable name, as `verifier.reconciliation.placing` has it."""

    name: str
    standing: str
    day: int | None
    booked: int
    rest: str


def match(briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
    """``placed``: what bank lines of the shard's accounts bore out. ``coverage``: what their banks tell.

    The same without corrections, of accounts that these touched, in ``placed_before`` and ``coverage_before``.
    """
    tables = by_table(given)
    shard = tables[OWN][0][0]
    with Workspace() as workspace:
        books = briefing.open_books(briefing.case(workspace))
        load(workspace, tables)
        yield from pieces(shard, "placed", books.matched(briefing.closing))
        yield from pieces(shard, "coverage", books.coverage.items())
        coverage, placed = books.matched_before(frozenset(account for _, account in tables[OWN]))
        yield from pieces(shard, "placed_before", placed)
        yield from pieces(shard, "coverage_before", coverage.items())


def find(briefing: Briefing, given: Iterable[Piece]) -> Iterator[Piece]:
    """What is found in the shard's accounts, which of them are ``blind``, and what banks say of reports (``outcome``)."""
    tables = by_table(given)
    shard = tables[OWN][0][0]
    with Workspace() as workspace:
        case = briefing.case(workspace)
        books = briefing.open_books(case)
        load(workspace, tables)
        own = frozenset(account for _, account in tables[OWN])
        foreign = Foreign(
            own, briefing.coverage, tables["placed"], briefing.coverage_before, tables["placed_before"]
        )
        books.close(briefing.closing, foreign)
        books.keep_corrected(foreign)
        found = (one for one in found_in(books, case) if one.accounts[0] in own)
        yield from pieces(shard, "finding", map(row_of, found))
        yield from pieces(shard, "blind", ((one,) for one in blind_accounts(books)))
        yield from pieces(shard, "outcome", outcomes(books))


def outcomes(books: MoneyBooks) -> Iterator[ToldOutcome]:
    """What the bank says of the reports whose first account is the books' own; of a payment told twice, both names."""
    return books.workspace.rows(ToldOutcome, _TOLD)


def coverage_from(plain: tuple[object, ...]) -> Coverage:
    """The coverage that stood in a row of ``coverage``."""
    stretches, gaps, counted, open_balances, aside = plain
    return Coverage(
        tuple(Stretch(*one) for one in stretches),  # type: ignore[attr-defined]
        tuple(Gap(*one) for one in gaps),  # type: ignore[attr-defined]
        frozenset(counted),  # type: ignore[call-overload]
        tuple(Statement(*one) for one in open_balances),  # type: ignore[attr-defined]
        tuple(Statement(*one) for one in aside),  # type: ignore[attr-defined]
    )
