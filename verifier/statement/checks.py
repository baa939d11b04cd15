# SPDX-License-Identifier: Apache-2.0
"""The equations of a statement, each side summed on its own way: what is handed in was held against the ledger itself."""

from collections.abc import Iterator, Sequence

from verifier.integrity.replay import Replay
from verifier.statement.period import Span
from verifier.statement.posting_book import PostingBook
from verifier.statement.records import BankSheet, Book, Check, Scope, Table

_WHOLE = Span.parse("2999")


def checks_of(
    book: PostingBook,
    replay: Replay,
    scope: Scope,
    span: Span,
    tables: Sequence[Table],
    bank: Sequence[BankSheet],
) -> Iterator[Check]:
    """Opening is the closing of the period before; cash came as it stands; claims and lines are those of replay (I8)."""
    for table in tables:
        before = book.table(table.book, scope, span.before)
        yield Check(name="opening", subject=table.book, left=table.opening, right=before.closing)
    if scope.kind == "fund":
        fund, account = (_of(tables, name) for name in ("fund", "account"))
        yield Check(name="cash", subject=scope.id, left=fund.closing, right=account.closing)
        yield from _claims(book, replay, scope)
    yield from _lines(book, replay, scope)
    for sheet in bank:
        yield Check(name="bank", subject=sheet.account, left=sheet.bank_adjusted, right=sheet.book_adjusted)


def _claims(book: PostingBook, replay: Replay, scope: Scope) -> Iterator[Check]:
    """All of the fund's claims, whatever their day, against those that verification summed."""
    summed = {one.fund: one.on_hand - one.advance for one in replay.fund_sums()}
    whole = book.table("account", scope, _WHOLE)
    yield Check(name="claims", subject=scope.id, left=whole.closing, right=summed.get(scope.id, 0))


def _lines(book: PostingBook, replay: Replay, scope: Scope) -> Iterator[Check]:
    whole = {row.subject: row.closing for row in book.table("line", scope, _WHOLE).rows}
    for line in replay.register.lines.values():
        if scope.id == (line.fund if scope.kind == "fund" else line.holder):
            yield Check(name="lines", subject=line.id, left=whole.get(line.id, 0), right=line.free)


def _of(tables: Sequence[Table], book: Book) -> Table:
    return next(table for table in tables if table.book == book)
