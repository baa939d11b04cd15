# SPDX-License-Identifier: Apache-2.0
"""The plain methods that the rules are measured against: each finds what it looks for, and knows nothing else."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import pytest

from api.bench.accuracy import fifo_alone, isolation_forest, thresholds_alone
from api.bench.accuracy.payment_book import PaymentBook, book_of
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, MatchingReceipt, Transfer, Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import Fund, MatchingTerm, Party
from verifier.basis.findings import parse_line, to_line
from verifier.posted import PostedEvent
from verifier.simulation.scoring.leads import lead_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.kinds.vocabulary import AnyEvent
    from verifier.basis.findings import Finding

ROAD = Tag(fund="road", source="grant")
MILLION = 1_000_000 * 100


def on(number: int) -> datetime.date:
    """Day `number` of the year."""
    return datetime.date(2026, 1, 1) + datetime.timedelta(days=number)


FUND = Fund(
    occurred_on=on(0),
    id="road",
    name="道路",
    purpose="道路",
    issuer="centre",
    level="centre",
    fiscal_year=2026,
    denied_economic=("301",),
    matching=(MatchingTerm(base="allocated", num=1, den=10, level="county", due_on=on(100)),),
)
COUNTY = Party(
    occurred_on=on(0), id="county", name="县", level="county", division="990121", roles=("finance",)
)
LATE = BankBalance(
    occurred_on=on(300),
    account="other",
    statement="9",
    from_on=on(299),
    to_on=on(300),
    opening=0,
    closing=0,
    lines=0,
)
"""Makes the ledger last until day 300."""


def book(*events: AnyEvent) -> PaymentBook:
    """A book of `events` after the fund, called ``x/1/0``, ``x/2/0`` …"""
    posted = [
        PostedEvent(seq=at, leaf=bytes(32), recorded="", party="x", name=f"x/{at}/0", event=event)
        for at, event in enumerate((FUND, COUNTY, *events), start=-1)
    ]
    return book_of("0" * 64, len(posted), posted)


def told(findings: Iterable[Finding]) -> list[tuple[str, int | None, list[str]]]:
    """Rule, amount and evidence of each, which is a proper finding."""
    found = list(findings)
    assert [parse_line(to_line(one)) for one in found] == found
    return [(one.rule, one.amount, [evidence.name for evidence in one.evidence]) for one in found]


class Paid(TypedDict, total=False):
    """What a case may vary of a use."""

    from_account: str
    to_account: str
    payee: str
    tag: Tag | None
    economic: str
    contract: str
    bank_ref: str


USUAL: Final[Paid] = {
    "from_account": "unit", "to_account": "firm", "payee": "firm-1", "tag": ROAD, "economic": "310",
}  # fmt: skip


def use(day: int, amount: int, **paid: Unpack[Paid]) -> Use:
    """The unit pays the firm with the road fund's money."""
    said: Paid = {**USUAL, **paid}
    return Use(occurred_on=on(day), amount=amount, **said)


def came(day: int, amount: int, tag: Tag | None = ROAD) -> Transfer:
    """Money comes to the unit."""
    return Transfer(
        occurred_on=on(day),
        from_account="treasury",
        to_account="unit",
        amount=amount,
        reason="dispatch",
        tag=tag,
    )


def line(day: int, amount: int, name: str, to: str, parent: str | None = None) -> Allocation:
    """A line of the road fund for `to`: a top line, or a child of `parent`."""
    if parent is None:
        return Allocation(
            occurred_on=on(day), action="issue", line=name, from_="centre", to=to, amount=amount, fund="road",
            fiscal_year=2026,
        )  # fmt: skip
    return Allocation(
        occurred_on=on(day), action="split", line=name, parent=parent, from_="city", to=to, amount=amount
    )


# --- first in, first out ----------------------------------------------------------------------------------------


def test_fifo_blames_whatever_comes_after_the_fund() -> None:
    """Wages paid after the grant came and before its own use take it, though other money sufficed."""
    made = book(came(1, 100), came(2, 100, None), use(3, 80, tag=None), use(4, 100))
    assert told(fifo_alone.judge(made)) == [("F02", 80, ["x/3/0"])]


def test_fifo_is_silent_where_the_fund_goes_first() -> None:
    """The same payments in the other order: first what the fund is for."""
    made = book(came(1, 100), came(2, 100, None), use(3, 100), use(4, 80, tag=None))
    assert told(fifo_alone.judge(made)) == []


def test_fifo_spends_the_opening_first() -> None:
    """What an account held before is older than the grant."""
    opening = BankBalance(
        occurred_on=on(30),
        account="unit",
        statement="1",
        from_on=on(0),
        to_on=on(30),
        opening=80,
        closing=0,
        lines=0,
    )
    assert told(fifo_alone.judge(book(came(1, 100), use(3, 80, tag=None), opening))) == []
    assert told(fifo_alone.judge(book(came(1, 100), use(3, 90, tag=None), opening))) == [
        ("F02", 10, ["x/2/0"])
    ]


def test_fifo_takes_what_comes_for_what_it_says_it_is() -> None:
    """The grant passed on without its tag is blamed where it leaves; in the next account it is money of its own."""
    lent = Transfer(occurred_on=on(2), from_account="unit", to_account="other", amount=60, reason="lend")
    spent = use(3, 50, from_account="other", to_account="shop", tag=None)
    assert told(fifo_alone.judge(book(came(1, 100), lent, spent))) == [("F02", 60, ["x/2/0"])]


def test_what_was_corrected_counts_for_nothing() -> None:
    """Neither the event nor its correction."""
    made = book(came(1, 100), use(3, 80, tag=None), Correction(occurred_on=on(4), event="x/2/0", reason="错"))
    assert told(fifo_alone.judge(made)) == []


# --- thresholds -------------------------------------------------------------------------------------------------


def split_payments(amount: int) -> tuple[Use, ...]:
    """Three payments to one firm within two months."""
    return tuple(use(day, amount + day) for day in (1, 20, 50))


THRESHOLDS: dict[str, tuple[tuple[AnyEvent, ...], list[tuple[str, int, list[str]]]]] = {
    "denied class": ((use(1, 5, economic="30101"), LATE), [("F01", 5, ["x/1/0"])]),
    "allowed class": ((use(1, 5), LATE), []),
    "the same twice": ((use(1, 5), use(20, 5), LATE), [("F21", 5, ["x/1/0", "x/2/0"])]),
    "the same much later": ((use(1, 5), use(80, 5), LATE), []),
    "another payee": ((use(1, 5), use(20, 5, payee="firm-2"), LATE), []),
    "together above": ((*split_payments(MILLION), LATE), [("F27", 3 * MILLION + 71, ["x/1/0", "x/2/0", "x/3/0"])]),
    "together below": ((*split_payments(MILLION // 2), LATE), []),
    "one alone above": ((use(1, 3 * MILLION), LATE), []),
    "before acceptance": (
        (use(1, 5, contract="c"), Acceptance(occurred_on=on(2), project="p", verdict="pass", contract="c"), LATE),
        [("F17", 5, ["x/1/0"])],
    ),
    "after acceptance": (
        (use(2, 5, contract="c"), Acceptance(occurred_on=on(2), project="p", verdict="pass", contract="c"), LATE),
        [],
    ),
    "at rest": ((came(1, 100), use(5, 30), LATE), [("F09", 70, ["x/1/0"])]),
    "at rest for a month": ((came(290, 100), LATE), []),
    "passed on late": (
        (line(1, 100, "a", "city"), line(5, 60, "b", "town", "a"), line(50, 40, "c", "town", "a"), LATE),
        [("F03", 40, ["x/1/0", "x/3/0"])],
    ),
    "passed on in time": ((line(1, 100, "a", "city"), line(31, 100, "b", "town", "a"), LATE), []),
    "matched short": (
        (
            line(1, 100, "a", "county"),
            MatchingReceipt(occurred_on=on(100), fund="road", party="county", amount=4, source="budget", account="unit"),
            LATE,
        ),
        [("F06", 6, ["x/1/0", "x/2/0"])],
    ),
    "matched late": (
        (
            line(1, 100, "a", "county"),
            MatchingReceipt(occurred_on=on(101), fund="road", party="county", amount=10, source="budget", account="unit"),
            LATE,
        ),
        [("F06", 10, ["x/1/0", "x/2/0"])],
    ),
    "matched": (
        (
            line(1, 100, "a", "county"),
            MatchingReceipt(occurred_on=on(100), fund="road", party="county", amount=10, source="budget", account="unit"),
            LATE,
        ),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", THRESHOLDS)
def test_each_query_finds_its_own_and_no_more(name: str) -> None:
    """With an innocent twin on the other side of its threshold."""
    events, expected = THRESHOLDS[name]
    assert told(thresholds_alone.judge(book(*events))) == expected


@pytest.mark.parametrize(("paid_on", "late"), [(33, []), (34, [("F04", 7, ["x/2/0", "x/3/0"])])])
def test_claims_are_paid_within_thirty_calendar_days(
    paid_on: int, late: list[tuple[str, int, list[str]]]
) -> None:
    """Day 3 and thirty days; payments that do not name the claim would not count."""
    approved = Claim(occurred_on=on(3), action="approve", claim="c", project="p", line="a", amount=7)
    paid = Disbursement(
        occurred_on=on(paid_on), line="a", from_account="treasury", to_account="unit", amount=7, mode="transfer",
        claim="c",
    )  # fmt: skip
    made = thresholds_alone.judge(book(line(1, 7, "a", "city"), approved, paid, LATE))
    assert [one for one in told(made) if one[0] == "F04"] == late


# --- isolation forest -------------------------------------------------------------------------------------------


def test_the_forest_finds_the_odd_payment_again_and_again() -> None:
    """Ninety-nine alike and one unlike: it is the one in a hundred, every time."""
    alike = [use(1 + at, 5_000) for at in range(99)]
    odd = use(250, 900 * MILLION, tag=None, from_account="odd", payee="stranger")
    made = book(*alike, odd)
    once, again = isolation_forest.judge(made), isolation_forest.judge(made)
    assert once == again
    assert told(once) == [("S1", 900 * MILLION, ["x/100/0"])]
    assert once[0].finding_class == "statistical"


def test_no_payments_give_no_findings() -> None:
    """An empty ledger has nothing strange in it."""
    made = book()
    assert [judge(made) for judge in (fifo_alone.judge, thresholds_alone.judge, isolation_forest.judge)] == [
        [],
        [],
        [],
    ]


def test_a_claim_weighs_its_payments() -> None:
    """What the score takes of it: the parts that FIFO took, by event."""
    (found,) = fifo_alone.judge(book(came(1, 100), use(2, 30, tag=None), use(3, 20, tag=None)))
    assert lead_of(found).evidence == {"x/2/0": 30, "x/3/0": 20}


def test_bank_lines_stand_beside_their_payment() -> None:
    """A payment brings the lines that bear its reference, which weigh nothing beside it."""
    booked = Movement(
        occurred_on=on(2),
        account="unit",
        statement="1",
        line_no=1,
        direction="debit",
        amount=5,
        bank_ref="r-1",
    )
    (found,) = thresholds_alone.judge(book(use(2, 5, economic="30101", bank_ref="r-1"), booked))
    assert lead_of(found).evidence == {"x/1/0": 5, "x/2/0": 0}
