# SPDX-License-Identifier: Apache-2.0
"""A project as it should be built: a contract, an advance, work measured and accepted and paid for, retention held back.

There is nothing wrong with it, and much for rules on contracts to stumble over: payments before any acceptance, an account
that is never empty, a contract that is not paid in full.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import YUAN, parts_of, share
from verifier.simulation.labels import Case
from verifier.simulation.schemes.papers import Terms, accept, agree, builder, engage, measure
from verifier.simulation.stage import Bill, Stage

_ADVANCE_CAP: Final = 30
_HELD_DAYS: Final = 365
_PAID_BEFORE: Final = 150
"""Days after the line came by which the last part has been accepted."""

_STEP: Final = 40


def building_life(stage: Stage) -> Iterator[Case]:
    """Two to three parts after the advance, each funded, measured, accepted, then paid; retention is paid a year later.

    Where a year later is after the country's last month, it stays in the account. No case: nothing is irregular.
    """
    rng = stage.rng
    stage.settle(on=stage.early(), own=share(rng, stage.shape.grant_median * YUAN, 1, 20))
    held = stage.amount * (1 + rng.randrange(3)) // 100
    until, released_on = _held_until(stage)
    cap = stage.amount * _ADVANCE_CAP // 100
    engage(stage)
    terms = Terms(amount=stage.amount, advance_cap=cap, retention=held, retention_until=until)
    contract, _ = agree(stage, stage.grant.cash_on, terms)
    bill = Bill(payee=builder(stage), contract=contract)
    advance = share(rng, stage.amount, 15, _ADVANCE_CAP)
    paid = stage.fund_it(stage.grant.cash_on, advance)
    stage.buy(stage.run_after(paid.on, 2), advance, bill)
    _build(stage, bill, contract, (advance, held))
    if released_on is not None:
        stage.buy(released_on, held, bill)
    yield from ()


def _held_until(stage: Stage) -> tuple[datetime.date, datetime.date | None]:
    """The day until which retention is held, and when it is paid; None if only after the country's last month."""
    until = stage.after(stage.grant.on, _PAID_BEFORE + _HELD_DAYS)
    released_on = stage.run_after(until, 1)
    if released_on < stage.month(stage.shape.months - 1):
        return until, released_on
    return max(until, stage.after(stage.last, 30)), None


def _build(stage: Stage, bill: Bill, contract: str, known: tuple[int, int]) -> None:
    """The rest of the price beyond `known` (advance, retention), part by part; all work is accepted in the end."""
    advance, held = known
    count = 2 + stage.rng.randrange(2)
    parts = parts_of(stage.rng, stage.amount - advance - held, count)
    done, day = 0, stage.grant.cash_on + datetime.timedelta(days=_STEP)
    for number, part in enumerate(parts, start=1):
        last = number == count
        paid = stage.fund_it(day, part + held if last else part)
        value = stage.amount - done if last else part + (advance if number == 1 else 0)
        done += value
        seen_on = stage.after(paid.on, 1)
        measure(stage, seen_on, contract, done)
        accept(stage, seen_on, contract, value)
        stage.buy(stage.run_after(seen_on, 2), part, bill)
        day = paid.on + datetime.timedelta(days=5)
