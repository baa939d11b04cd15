# SPDX-License-Identifier: Apache-2.0
"""Whole books over random ledgers: nothing crashes, everything conserves, the order of posting does not matter."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Interest, MatchingReceipt, Restitution, Return, Transfer, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import Account, Fund
from tests.worlds import make_world
from verifier.posted import PostedEvent
from verifier.reconciliation.pairing import BankLine, Told, fill, pair_up
from verifier.tracing.interest import GENERAL_INTEREST, InterestRule
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_paths import Caps, trace_fund
from verifier.tracing.reconciling import ClosingTerms
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.kinds.vocabulary import AnyEvent

FIRST = datetime.date(2026, 2, 2)
ACCOUNTS = ("A", "B", "T", "S")
GENESIS = make_world().genesis


def registers(*, pools: bool = False) -> list[AnyEvent]:
    """Two funds with a line each, three custodian accounts, one supplier; with `pools` the balance of B lies in A."""
    made: list[AnyEvent] = [
        Account(
            occurred_on=FIRST, id=name, owner="U", account_class="supplier" if name == "S" else "unit_real", bank="K",
            pool="A" if pools and name == "B" else None,
        )
        for name in ACCOUNTS
    ]  # fmt: skip
    for fund in ("F", "G"):
        made.append(
            Fund(
                occurred_on=FIRST, id=fund, name=fund, purpose="p", issuer="P", level="province", fiscal_year=2026,
                denied_economic=("30211",),
            )
        )  # fmt: skip
        made.append(
            Allocation(
                occurred_on=FIRST, action="issue", line=f"L{fund}", from_="P", to="U", amount=1_000, fund=fund,
                fiscal_year=2026,
            )
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What any event about money may say."""

    common: dict[str, Any]
    account: str
    other: str
    fund: str
    tag: Tag | None


@st.composite
def _drawn(draw: st.DrawFn) -> _Drawn:
    fund = draw(st.sampled_from(["F", "G"]))
    tags = [None, Tag(fund=fund, source="grant"), Tag(fund=fund, source="grant", line=f"L{fund}")]
    return _Drawn(
        common={
            "occurred_on": FIRST + datetime.timedelta(days=draw(st.integers(0, 6))),
            "amount": draw(st.integers(1, 4)),
            "bank_ref": draw(st.sampled_from([None, None, "R1", "R2"])),
        },
        account=draw(st.sampled_from(ACCOUNTS[:3])),
        other=draw(st.sampled_from(ACCOUNTS)),
        fund=fund,
        tag=draw(st.sampled_from(tags)),
    )


@st.composite
def facts(draw: st.DrawFn, names: Sequence[str]) -> AnyEvent:
    """One event about money; `names` are events that a return, restitution or correction may name."""
    told, kind = draw(_drawn()), draw(st.integers(0, 9))
    if names and kind in {6, 7, 8}:
        return _about(told, kind, draw(st.sampled_from(names)))
    return _plain(told, kind, economic=draw(st.sampled_from([None, "30299", "30211"])))


def _plain(told: _Drawn, kind: int, *, economic: str | None) -> AnyEvent:
    made: AnyEvent
    match kind:
        case 0:
            made = Disbursement(
                line=f"L{told.fund}",
                from_account=told.account,
                to_account=told.other,
                mode="direct",
                **told.common,
            )
        case 1 | 2:
            made = Use(
                from_account=told.account,
                to_account=told.other,
                tag=told.tag,
                economic=economic,
                **told.common,
            )
        case 3:
            made = Transfer(
                from_account=told.account, to_account=told.other, reason="other", tag=told.tag, **told.common
            )
        case 4:
            made = Interest(account=told.account, tag=told.tag, **told.common)
        case 5:
            made = MatchingReceipt(
                fund=told.fund,
                party="U",
                source="budget",
                account=told.account,
                from_account=told.other,
                **told.common,
            )
        case _:
            made = Return(from_account=told.other, to_account=told.account, tag=told.tag, **told.common)
    return made


def _about(told: _Drawn, kind: int, name: str) -> AnyEvent:
    sides = {"from_account": told.other, "to_account": told.account, **told.common}
    match kind:
        case 6:
            return Return(event=name, **sides)
        case 7:
            return Correction(occurred_on=told.common["occurred_on"], event=name, reason="r")
        case _:
            return Restitution(line=f"L{told.fund}", event=name, **sides)


@st.composite
def ledgers(draw: st.DrawFn, *, pools: bool = False) -> list[AnyEvent]:
    """Registers, with `pools` sometimes one, facts, and for some accounts a closed statement with its lines."""
    made = registers(pools=pools and draw(st.booleans()))
    start = len(made)
    for _ in range(draw(st.integers(0, 12))):
        made.append(draw(facts([_name(index) for index in range(start, len(made))])))
    for account in draw(st.sets(st.sampled_from(ACCOUNTS[:3]))):
        made += draw(statements(account))
    return made


@st.composite
def statements(draw: st.DrawFn, account: str) -> list[AnyEvent]:
    """A statement over part of the week, whose lines sometimes do not bear it out."""
    days = sorted(draw(st.lists(st.integers(0, 4), max_size=5)))
    made: list[AnyEvent] = []
    opening = balance = draw(st.integers(-2, 6))
    for number, day in enumerate(days, start=1):
        side: Literal["credit", "debit"] = "credit" if draw(st.booleans()) else "debit"
        amount = draw(st.integers(1, 4))
        balance += amount if side == "credit" else -amount
        made.append(
            Movement(
                occurred_on=FIRST + datetime.timedelta(days=day), account=account, statement="S", line_no=number,
                direction=side, amount=amount, bank_ref=draw(st.sampled_from([None, None, "R1", "R2"])),
            )
        )  # fmt: skip
    last = FIRST + datetime.timedelta(days=draw(st.integers(4, 5)))
    lines = len(days) + draw(st.sampled_from([0, 0, 0, 1]))
    made.append(
        BankBalance(
            occurred_on=last, account=account, statement="S", from_on=FIRST, to_on=last, opening=opening,
            closing=balance, lines=lines,
        )
    )  # fmt: skip
    return made


def _name(index: int) -> str:
    return f"U/s-{index}/0"


def posted(events: Sequence[AnyEvent]) -> Iterator[PostedEvent]:
    """The events as they would stand in a log."""
    for index, event in enumerate(events):
        yield PostedEvent(
            seq=2 * index + 2, leaf=bytes(32), recorded="2026-02-09T04:00:00.000Z", party="U", name=_name(index),
            event=event,
        )  # fmt: skip


def books_of(
    workspace: Workspace,
    events: Sequence[AnyEvent],
    *,
    as_of: datetime.date,
    interest: InterestRule = GENERAL_INTEREST,
) -> MoneyBooks:
    """Closed books over the events."""
    books = MoneyBooks(workspace, GENESIS, as_of=as_of)
    for one in posted(events):
        books.take(one)
    books.close(ClosingTerms(interest=interest))
    books.keep_corrected()
    return books


@given(ledgers(pools=True), st.integers(0, 40), st.sampled_from([GENERAL_INTEREST, ((1, frozenset("FG")),)]))
def test_books_of_any_ledger_close_and_conserve(
    events: list[AnyEvent], days: int, interest: InterestRule
) -> None:
    """T21 in every account and fund, whatever was posted; every shortage has its three amounts in order."""
    with Workspace() as workspace:
        books = books_of(workspace, events, as_of=FIRST + datetime.timedelta(days=days), interest=interest)
        for fund in ("F", "G"):
            cash = trace_fund(books, {}, fund, Caps()).cash
            went = cash["used"] + cash["passed_on"] + cash["returned"]
            assert cash["came_in"] + cash["beyond"] == went + cash["left"]
            assert min(cash["left"], cash["beyond"], cash["held"], cash["advance"]) >= 0
            should = cash["left"] - cash["beyond"] + cash["elsewhere"]
            assert should == cash["held"] - cash["advance"] + cash["lost"] + cash["unresolved"]
        for found in books.traced.shortages():
            short = found.shortage
            assert 0 <= short.proved <= short.amount_min <= short.amount <= short.amount_max
            assert 0 <= short.restored <= short.amount


@given(ledgers())
def test_money_moves_as_the_bank_says(events: list[AnyEvent]) -> None:
    """R1: on covered days the movements of an account are its bank lines, to the last unit; nothing is counted twice."""
    with Workspace() as workspace:
        books = books_of(workspace, events, as_of=datetime.date(2026, 3, 31))
        moved: Counter[tuple[str, int, int]] = Counter()
        sql = "SELECT account, day, side, amount FROM movement WHERE bank"
        for account, day, side, amount in workspace.rows(lambda *row: row, sql):
            moved[account, day, side] += amount
        lines: Counter[tuple[str, int, int]] = Counter()
        for event in events:
            if isinstance(event, Movement) and event.account in books.coverage:
                day = event.occurred_on.toordinal()
                if books.coverage[event.account].covers(day):
                    lines[event.account, day, 1 if event.direction == "debit" else 2] += event.amount
        assert moved == lines


LINES = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 3), st.sampled_from([None, "X"])), max_size=6)


@given(LINES, LINES)
def test_both_passes_lose_nothing(
    lines: list[tuple[int, int, str | None]], told: list[tuple[int, int, str | None]]
) -> None:
    """R1: what is matched and what is left sum to what came in, on both sides."""
    bank = [
        BankLine(n, (day, "S", n), amount, other, has_ref=False, value_day=day)
        for n, (day, amount, other) in enumerate(lines)
    ]
    reports = [
        Told(100 + n, day, amount, other, has_ref=False, funds=("F",), members=((100 + n, amount),))
        for n, (day, amount, other) in enumerate(told)
    ]
    done = fill(bank, reports, lambda one, other: abs(one - other))
    matched = sum(piece.amount for piece in done.pieces)
    assert matched + sum(line.amount for line in done.lines) == sum(line.amount for line in bank)
    assert matched + sum(amount for _, amount in done.reports) == sum(one.amount for one in reports)
    equal_bank = [line._replace(amount=1) for line in bank]
    equal_told = [one._replace(amount=1) for one in reports]
    pairs, lines_left, told_left = pair_up(equal_bank, equal_told, lambda day: day, days=3)
    assert sorted([pair.line.seq for pair in pairs] + [line.seq for line in lines_left]) == [
        line.seq for line in bank
    ]
    assert sorted([pair.told.seq for pair in pairs] + [one.seq for one in told_left]) == [
        one.seq for one in reports
    ]
    assert all(abs(pair.line.day - pair.told.day) <= 3 for pair in pairs)
