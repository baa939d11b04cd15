# SPDX-License-Identifier: Apache-2.0
"""The cash of a fund, event by event, against sums reckoned by hand; and a ledger that says otherwise is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import Tag
from ledger.open_records import Line
from ledger.register import Register
from tests.worlds import (
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROVINCE,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    make_world,
)
from verifier.integrity.fund_cash import FundCash, FundSum
from verifier.integrity.verdict import Checklist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.kinds.vocabulary import AnyEvent

    Step = tuple[AnyEvent, AnyEvent | None]

GRANT = Tag(fund=FUND, source="grant")
TO_UNIT = Disbursement(
    occurred_on=DAY,
    line="L1",
    from_account=COUNTY_ACCOUNT,
    to_account=UNIT_ACCOUNT,
    mode="transfer",
    amount=500,
)
TO_SUPPLIER = msgspec.structs.replace(TO_UNIT, to_account=SUPPLIER_ACCOUNT, mode="direct", amount=70)
TO_PAYEE = msgspec.structs.replace(TO_UNIT, to_account=None, payee=UNIT, mode="direct", amount=30)
PAID_ON = msgspec.structs.replace(TO_UNIT, from_account=UNIT_ACCOUNT, to_account=SUPPLIER_ACCOUNT, amount=40)
USED = Use(occurred_on=DAY, from_account=UNIT_ACCOUNT, amount=200, tag=GRANT)
MATCHED = MatchingReceipt(
    occurred_on=DAY, fund=FUND, party=COUNTY, amount=100, source="budget", account=UNIT_ACCOUNT,
    from_account=COUNTY_ACCOUNT,
)  # fmt: skip
INTEREST = Interest(occurred_on=DAY, account=UNIT_ACCOUNT, amount=3, tag=GRANT)


class Cash:
    """Fund cash beside the line that it belongs to, both fed with the same events."""

    def __init__(self) -> None:
        self.register = Register()
        self.register.accounts.update({one.id: one for one in make_world().accounts()})
        self.line = Line(
            id="L1", fund=FUND, fiscal_year=2026, holder=COUNTY, giver=PROVINCE, parent=None, opened_by="x/1/0",
            opened_on=DAY, received=10_000,
        )  # fmt: skip
        self.register.lines["L1"] = self.line
        self.cash = FundCash(self.register)
        self.seq = 0

    def take(self, *events: AnyEvent, original: AnyEvent | None = None) -> Cash:
        """Post `events`; each takes the next position."""
        for event in events:
            self.seq += 1
            self.cash.take(event, seq=self.seq, original=original)
            self._pay(event, 1)
        return self

    def undo(self, event: AnyEvent, *, seq: int, original: AnyEvent | None = None) -> Cash:
        """Correct the `event` that stands at `seq`."""
        self.seq += 1
        self.cash.take(event, seq=seq, original=original, times=-1)
        self._pay(event, -1)
        return self

    def _pay(self, event: AnyEvent, times: int) -> None:
        if isinstance(event, Disbursement):
            self.line = msgspec.structs.replace(
                self.line, disbursed=self.line.disbursed + times * event.amount
            )
        self.register.lines["L1"] = self.line

    @property
    def sum(self) -> FundSum:
        """The one fund, whose two sides are equal."""
        checklist = Checklist()
        self.cash.conclude(checklist)
        assert not checklist.is_broken("I8")
        return next(iter(self.cash.sums()), FundSum(fund=FUND))


def told(**sums: int) -> FundSum:
    """Expected sums; what is not said is 0."""
    return FundSum(fund=FUND, **sums)


@pytest.mark.parametrize(
    ("event", "sums"),
    [
        (TO_UNIT, told(disbursed=500, on_hand=500)),
        (TO_SUPPLIER, told(disbursed=70, used=70)),
        (TO_PAYEE, told(disbursed=30, used=30)),
        (USED, told(unrecorded=200, used=200)),
        (MATCHED, told(matched=100, on_hand=100)),
        (msgspec.structs.replace(MATCHED, source="in_kind"), told()),
        (INTEREST, told(interest=3, on_hand=3)),
        (msgspec.structs.replace(INTEREST, tag=None), told()),
        (msgspec.structs.replace(USED, tag=None), told()),
        (
            Transfer(
                occurred_on=DAY, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=9, reason="pass_on", tag=GRANT
            ),
            told(unrecorded=9, on_hand=9),
        ),
        (
            Return(occurred_on=DAY, amount=5, tag=GRANT, from_account=UNIT_ACCOUNT),
            told(unrecorded=5, returned=5),
        ),
    ],
)  # fmt: skip
def test_one_event_alone(event: AnyEvent, sums: FundSum) -> None:
    """Each kind of event on an empty ledger, as reckoned by hand."""
    assert Cash().take(event).sum == sums


def test_a_payment_out_of_a_claim_is_paid_again() -> None:
    """What a line pays from money that another payment brought is no new money."""
    assert Cash().take(TO_UNIT, PAID_ON).sum == told(disbursed=540, on_hand=460, used=40, paid_again=40)
    assert Cash().take(PAID_ON, TO_UNIT).sum == told(disbursed=540, on_hand=500, used=40)


def test_a_claim_below_zero_is_an_advance() -> None:
    """500 came and 700 were used."""
    more = msgspec.structs.replace(USED, amount=700)
    assert Cash().take(TO_UNIT, more).sum == told(disbursed=500, advance=200, used=700)


@pytest.mark.parametrize(
    ("original", "back", "sums"),
    [
        (TO_UNIT, COUNTY_ACCOUNT, told(disbursed=500, on_hand=480, returned=20)),
        (TO_SUPPLIER, COUNTY_ACCOUNT, told(disbursed=70, used=50, returned=20)),
        (TO_PAYEE, COUNTY_ACCOUNT, told(disbursed=30, used=10, returned=20)),
        (USED, UNIT_ACCOUNT, told(unrecorded=200, used=180, returned=20)),
        (MATCHED, COUNTY_ACCOUNT, told(matched=100, on_hand=80, returned=20)),
    ],
)
def test_a_return_undoes_what_its_event_moved(original: AnyEvent, back: str, sums: FundSum) -> None:
    """20 come back to where they left; money outside every claim is `returned`, and no claim begins by it."""
    coming = Return(occurred_on=DAY, amount=20, event="x/1/0", to_account=back)
    named = (
        None if isinstance(original, Interest) else original
    )  # interest cannot be returned: posting refuses it
    cash = Cash().take(original).take(coming, original=named)
    assert cash.sum == sums
    assert cash.undo(coming, seq=2, original=named).sum == Cash().take(original).sum


def test_a_return_into_a_claim_restores_it() -> None:
    """What the unit used comes back to the unit, which holds a claim."""
    coming = Return(occurred_on=DAY, amount=20, event="x/1/0", to_account=UNIT_ACCOUNT)
    assert Cash().take(TO_UNIT, USED).take(coming, original=USED).sum == told(
        disbursed=500, on_hand=320, used=180
    )


def test_a_correction_takes_back_what_was_done_at_that_position() -> None:
    """The first credit came after the use, so that undoing the use touches no claim, and undoing the credit leaves none."""
    cash = Cash().take(USED, TO_UNIT)
    assert cash.sum == told(disbursed=500, unrecorded=200, used=200, on_hand=500)
    assert cash.undo(USED, seq=1).sum == told(disbursed=500, on_hand=500)
    assert cash.undo(TO_UNIT, seq=2).sum == told()


@pytest.mark.parametrize("wrong", [499, 501, 0])
def test_lines_that_paid_something_else_are_found(wrong: int) -> None:
    """The line arithmetic and the accounts tell of one payment differently."""
    cash = Cash().take(TO_UNIT)
    cash.register.lines["L1"] = msgspec.structs.replace(cash.line, disbursed=wrong)
    checklist = Checklist()
    cash.cash.conclude(checklist)
    assert checklist.is_broken("I8")


BACK = Return(occurred_on=DAY, amount=20, event="x/1/0", to_account=UNIT_ACCOUNT)
STEPS = (
    *((event, None) for event in (TO_UNIT, TO_SUPPLIER, TO_PAYEE, PAID_ON, USED, MATCHED, INTEREST)),
    *((BACK, one) for one in (TO_UNIT, TO_PAYEE, PAID_ON, USED, MATCHED)),
)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), max_size=30))
def test_every_prefix_adds_up_and_corrections_leave_nothing(steps: Sequence[tuple[Step, bool]]) -> None:
    """Both sides agree after every step, whatever the order; with everything corrected nothing is left."""
    cash, standing = Cash(), []
    for (event, original), corrects in steps:
        cash.take(event, original=original)
        standing.append((event, original, cash.seq))
        assert cash.sum.came == cash.sum.stands
        if corrects:
            undone, its_original, seq = standing.pop(len(standing) // 2)
            cash.undo(undone, seq=seq, original=its_original)
            assert cash.sum.came == cash.sum.stands
    for event, original, seq in standing:
        cash.undo(event, seq=seq, original=original)
    assert cash.sum == told()


def test_sides() -> None:
    """Every sum stands on its own side."""
    whole = told(
        disbursed=1, matched=20, interest=300, unrecorded=4_000, on_hand=1, advance=20, used=300, returned=4_000,
        paid_again=50_000,
    )  # fmt: skip
    assert (whole.came, whole.stands) == (4_321, 54_281)
