# SPDX-License-Identifier: Apache-2.0
"""Statements of random ledgers: months add up to quarters and years, and nothing is lost between two periods."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.kinds.control import Correction
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer
from ledger.kinds.form import Tag
from tests.worlds import (
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    UNIT,
    UNIT_ACCOUNT,
    make_world,
)
from verifier.posted import PostedEvent
from verifier.statement.period import Span
from verifier.statement.posting_book import PostingBook
from verifier.statement.records import Book, Scope, Table
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.kinds.vocabulary import AnyEvent

ACTS: Final = ("pay", "fund", "use", "move", "match", "interest", "return", "undo", "correct", "raise")
STEPS: Final = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 364), st.integers(1, 90), st.integers(0, 9)),
    max_size=25,
)
MONTHS: Final = [Span.parse(f"2026-{month:02d}") for month in range(1, 13)]
QUARTERS: Final = [Span.parse(f"2026-Q{quarter}") for quarter in range(1, 5)]
YEAR: Final = Span.parse("2026")
TAG: Final = Tag(fund=FUND, source="grant")
SCOPES: Final = (Scope(kind="fund", id=FUND), Scope(kind="unit", id=COUNTY), Scope(kind="unit", id=UNIT))
BOOKS: Final[tuple[Book, ...]] = ("fund", "account", "line")

Step = tuple[str, int, int, int]


def told(steps: Sequence[Step]) -> Iterator[PostedEvent]:
    """The opening of the world, one line, and what the steps do on their days, in an order that is not that of the days."""
    world = make_world()
    registry: list[AnyEvent] = [seat.party for seat in world.seats.values()]
    registry += [*world.accounts(), world.fund(), world.issued("L1", 100_000)]
    done: list[PostedEvent] = []
    reversed_: set[str] = set()
    for event in registry:
        done.append(_posted(len(done), event))
        yield done[-1]
    for act, day, amount, number in steps:
        event_or_none = _event(
            act, DAY.replace(day=1) + datetime.timedelta(day), amount, done[number:], reversed_
        )
        if event_or_none is not None:
            done.append(_posted(len(done), event_or_none))
            yield done[-1]


def _posted(seq: int, event: AnyEvent) -> PostedEvent:
    return PostedEvent(
        seq=seq,
        leaf=b"",
        recorded="2027-01-05T00:00:00.000Z",
        party=COUNTY,
        name=f"{COUNTY}/s/{seq}",
        event=event,
    )


def _event(
    act: str, day: datetime.date, amount: int, past: Sequence[PostedEvent], reversed_: set[str]
) -> AnyEvent | None:
    world = make_world()
    paid, issued = world.paid("L1", amount), world.issued("L1", amount)
    plain: dict[str, AnyEvent] = {
        "pay": paid,
        "fund": replace(paid, to_account=UNIT_ACCOUNT),
        "use": world.use(amount),
        "move": Transfer(
            occurred_on=day, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=amount, tag=TAG,
            reason="dispatch",
        ),
        "match": MatchingReceipt(
            occurred_on=day, fund=FUND, party=COUNTY, amount=amount, source="budget", account=UNIT_ACCOUNT
        ),
        "interest": Interest(occurred_on=day, account=UNIT_ACCOUNT, amount=amount, tag=TAG),
        "raise": replace(issued, action="adjust", direction="increase", fund=None, fiscal_year=None),
    }  # fmt: skip
    return replace(plain[act], occurred_on=day) if act in plain else _about(act, day, amount, past, reversed_)


def _about(
    act: str, day: datetime.date, amount: int, past: Sequence[PostedEvent], reversed_: set[str]
) -> AnyEvent | None:
    """A return with or without its original, or a correction of something that moved money."""
    if act == "undo":
        return Return(
            occurred_on=day, amount=amount, tag=TAG, from_account=UNIT_ACCOUNT, to_account=COUNTY_ACCOUNT
        )
    kinds = (Transfer, Interest, MatchingReceipt, type(make_world().use(1)), type(make_world().paid("L1", 1)))
    original = next((one for one in past if isinstance(one.event, kinds) and one.name not in reversed_), None)
    if original is None:
        return None
    reversed_.add(original.name)
    if act == "correct":
        return Correction(occurred_on=day, event=original.name, reason="x")
    return Return(occurred_on=day, amount=amount, event=original.name, to_account=COUNTY_ACCOUNT)


def sums(table: Table) -> dict[tuple[str, str], tuple[int, int]]:
    """By subject and column: gross, and what corrections changed."""
    return {
        (row.subject, column): (figure.gross, figure.corrected)
        for row in table.rows
        for column, figure in row.figures.items()
    }


def together(tables: Sequence[Table]) -> dict[tuple[str, str], tuple[int, int]]:
    """The sums of several periods."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for table in tables:
        for key, (gross, corrected) in sums(table).items():
            before = found.get(key, (0, 0))
            found[key] = (before[0] + gross, before[1] + corrected)
    return found


def balances(table: Table, which: str) -> dict[str, int]:
    """Opening or closing balance by subject, zeros left out."""
    return {row.subject: getattr(row, which) for row in table.rows if getattr(row, which)}


@given(steps=STEPS)
def test_periods_add_up_and_follow_each_other(steps: list[Step]) -> None:
    """For every book and scope; each figure is the sum of its entries, each closing what its figures come to."""
    with Workspace() as workspace:
        book = PostingBook(workspace)
        for posted in told(steps):
            book.take(posted)
        book.finish()
        for scope in SCOPES:
            for name in BOOKS:
                year, months = book.table(name, scope, YEAR), [book.table(name, scope, one) for one in MONTHS]
                quarters = [book.table(name, scope, one) for one in QUARTERS]
                assert together(months) == together(quarters) == sums(year)
                assert balances(months[0], "opening") == balances(year, "opening") == {}
                assert balances(months[-1], "closing") == balances(year, "closing")
                for before, after in pairwise(months):
                    assert balances(before, "closing") == balances(after, "opening")
                for table in (year, *months):
                    check_entries(table)
        fund, account = (book.table(name, SCOPES[0], YEAR) for name in ("fund", "account"))
        assert fund.closing == account.closing
        summed = {one.fund: one for one in book.cash.sums()}
        if FUND in summed:
            assert account.closing == summed[FUND].on_hand - summed[FUND].advance
        else:
            assert account.closing == 0


def check_entries(table: Table) -> None:
    """Figures are sums of entries; closing is opening with them, by the signs of the columns."""
    for row in table.rows:
        for column, figure in row.figures.items():
            own = [one for one in row.entries if one.column == column]
            assert figure.net == sum(one.amount for one in own)
            assert figure.corrected == sum(one.amount for one in own if one.corrects)
        moved = sum(table.columns[column] * figure.net for column, figure in row.figures.items())
        assert row.closing == row.opening + moved
