# SPDX-License-Identifier: Apache-2.0
"""Ordinary life in a simulated country: projects that are claimed, paid and spent, with the untidiness of real offices.

Some of it is irregular and lawful: told late, told wrong and put right, paid late by a paper that allows it, begun with the
unit's own money. Where a careful reader may stumble over it, a label says that it is no wrong.
"""

import datetime
import hashlib
from collections.abc import Iterator
from typing import Final

from ledger.kinds.fact import Interest, Transfer, Use
from verifier.simulation.country import Branch
from verifier.simulation.diary import Banked, Diary
from verifier.simulation.draws import TEN_THOUSAND, parts_of, rarely, run_before, share, sometimes
from verifier.simulation.holidays import due, worked_before, working
from verifier.simulation.labels import Case
from verifier.simulation.programme import PAY_DAYS
from verifier.simulation.shape import Shape
from verifier.simulation.stage import Bill, Done, Stage
from verifier.simulation.statements import months_from

_CLAIMS_MOST: Final = 4
_AGAIN: Final = 40
"""Percent of claims after which another one follows."""

_CLAIM_GAP: Final = 22
_BUY_AFTER: Final = 3
_BUY_WITHIN: Final = 22
_DECEMBER: Final = 12
_PUT_OFF_DAYS: Final = 40
_TYPO_DAYS: Final = 31
_LATE_TOLD: Final = (8, 11)
_WAGES: Final = 300 * TEN_THOUSAND


def ordinary_life(stage: Stage) -> Iterator[Case]:
    """A project from its line to the last purchase, within five months; the cases that are irregular and no wrong."""
    shape, rng = stage.shape, stage.rng
    stage.rush = True
    commingled = sometimes(rng, shape.commingled)
    stage.settle(on=_start(stage), own=TEN_THOUSAND if not commingled else 0, dedicated=not commingled)
    if commingled:
        stage.keep(share(rng, stage.amount, 10, 10 + shape.own_money))
    advanced = sometimes(rng, shape.advances) and stage.own >= stage.amount // 10
    put_off = sometimes(rng, shape.waivers)
    claims = 1
    while claims < _CLAIMS_MOST and sometimes(rng, _AGAIN):
        claims += 1
    day, first = stage.grant.cash_on, datetime.date.max
    for number, amount in enumerate(parts_of(rng, stage.amount, claims)):
        last = number == claims - 1
        if put_off and last:
            paid, case = _paid_by_waiver(stage, day, amount)
            yield case
        else:
            paid = stage.fund_it(day, amount)
        begun_on = run_before(paid.on - datetime.timedelta(days=1), paid.on - datetime.timedelta(days=9))
        begins = advanced and last and first < begun_on
        if begins:
            yield _advance(stage, begun_on)
        yield from spend(stage, paid.on, amount - (stage.amount // 10 if begins else 0))
        first = min(first, paid.on)
        day = stage.after(day, _CLAIM_GAP)


def spend(stage: Stage, paid_on: datetime.date, amount: int) -> Iterator[Case]:
    """`amount` is spent on the project in one to three purchases on payment runs, within four weeks of `paid_on`."""
    parts = 1 + stage.rng.randrange(3)
    gap = _BUY_WITHIN // parts
    for number, part in enumerate(parts_of(stage.rng, amount, parts)):
        day = stage.run_after(paid_on, _BUY_AFTER + number * gap)
        yield from _purchase(stage, day, part)


def run_treasury(diary: Diary, branch: Branch, shape: Shape) -> None:
    """General money in and out of every county treasury, month by month, and interest every quarter."""
    for county in branch.counties:
        for month in months_from(shape.begins, shape.months):
            sent_on, paid_on = working(month.replace(day=10)), working(month.replace(day=15))
            sent = Transfer(
                occurred_on=sent_on,
                from_account=branch.province.treasury,
                to_account=county.treasury,
                amount=_WAGES,
                reason="dispatch",
                note="一般性转移支付",
            )
            diary.act(
                sent_on, branch.province.finance, f"general-{county.division}-{month:%Y%m}", sent, slot=2
            )
            wages = Use(
                occurred_on=paid_on,
                from_account=county.treasury,
                amount=_WAGES,
                economic="30101",
                note="机关事业单位工资",
            )
            diary.act(paid_on, county.finance, f"wages-{month:%Y%m}", wages)
            if month.month % 3 == 0:
                _interest(diary, county.finance, county.treasury, month)


def _interest(diary: Diary, party: str, account: str, month: datetime.date) -> None:
    day = worked_before(month.replace(day=21))
    amount = (
        100_000 + int.from_bytes(hashlib.sha256(f"{account}{month}".encode()).digest()[:3], "big") % 800_000
    )
    earned = Interest(
        occurred_on=day, account=account, amount=amount, period=f"{month.year}-Q{month.month // 3}"
    )
    diary.act(day, party, f"interest-{month:%Y%m}", earned)


def _start(stage: Stage) -> datetime.date:
    """When the line comes: any month that leaves time, more often one whose claims fall into December."""
    months = range(2, stage.shape.months - 5)
    weights = [
        stage.shape.year_end if stage.month(number).month in {_DECEMBER - 1, _DECEMBER - 2} else 100
        for number in months
    ]
    (number,) = stage.rng.choices(months, weights)
    return stage.month(number) + datetime.timedelta(days=stage.rng.randrange(25))


def _purchase(stage: Stage, day: datetime.date, amount: int) -> Iterator[Case]:
    """One purchase as real offices report it; now and then bounced, in two instalments, told late or told wrong."""
    shape, rng = stage.shape, stage.rng
    half = amount // 2
    if stage.tidy:
        stage.buy(day, amount)
    elif rarely(rng, shape.equal) and half * 2 == amount:
        for _ in range(2):
            stage.buy(day, half, Bill(invoice=stage.invoice(half)))
    elif rarely(rng, shape.returns):
        bounced = stage.buy(day, amount)
        back = stage.after(day, 2)
        stage.send_back(back, amount, bounced, (None, stage.account))
        stage.buy(stage.run_after(back, 1), amount)
    elif rarely(rng, shape.corrections):
        _told_again(stage, day, amount)
    elif rarely(rng, shape.backdated):
        yield _told_late(stage, day, amount)
    elif rarely(rng, shape.typos):
        yield _told_wrong(stage, day, amount)
    else:
        stage.buy(day, amount, Bill(invoice=stage.invoice(amount)))


def _told_again(stage: Stage, day: datetime.date, amount: int) -> None:
    """A wrong amount is reported, reversed the same day or within three, and told again under the same bank reference."""
    wrong = stage.buy(day, amount + 9_00, bank=Banked(amount=amount))
    mended = day if sometimes(stage.rng, 50) else stage.after(day, 1 + stage.rng.randrange(3))
    stage.correct(mended, wrong.name, stage.unit)
    reference = wrong.line(stage.account)[1]
    stage.buy(day, amount, told_on=mended, bank=Banked(reference=reference), slot=9)


def _told_late(stage: Stage, day: datetime.date, amount: int) -> Case:
    """The bank pays in time; the report follows one to two weeks later, dated back."""
    told = stage.after(day, stage.rng.randrange(*_LATE_TOLD))
    done = stage.buy(day, amount, told_on=told)
    return Case(
        slug=f"{stage.key}-backdated-{done.on:%m%d}",
        scheme="LEDGER_VS_BANK",
        variant="reported over a week late and dated back",
        difficulty=1,
        accounts=(stage.account,),
        events=(done.name,),
        lines=stage.lines(done),
        decisive_event=done.name,
        amount=amount,
        known_on=told,
        rules=("F35",),
        concealment=("backdated",),
        irregular=True,
    )


def _told_wrong(stage: Stage, day: datetime.date, amount: int) -> Case:
    """The report gives a date a month too early."""
    typed = day - datetime.timedelta(days=_TYPO_DAYS)
    done = stage.buy(typed, amount, told_on=day, bank=Banked(on=day))
    return Case(
        slug=f"{stage.key}-typo-{day:%m%d}",
        scheme="LEDGER_VS_BANK",
        variant="reported with a date a month too early",
        difficulty=1,
        accounts=(stage.account,),
        events=(done.name,),
        lines=stage.lines(done),
        decisive_event=done.name,
        amount=amount,
        known_on=day,
        rules=("R1", "F35"),
        irregular=True,
    )


def _paid_by_waiver(stage: Stage, day: datetime.date, amount: int) -> tuple[Done, Case]:
    """The last claim is paid after its day, and within the new one of a paper dated before the old one."""
    claim = stage.ask(working(day), amount)
    approved = stage.after(working(day), 3)
    approval = stage.approve(approved, claim, amount)
    deadline = due(approved, PAY_DAYS)
    put_off = working(deadline + datetime.timedelta(days=_PUT_OFF_DAYS))
    allowed = worked_before(deadline - datetime.timedelta(days=7))
    waiver = stage.waive(allowed, approval, put_off)
    paid = stage.pay(run_before(put_off, deadline), amount, claim=claim)
    case = Case(
        slug=f"{stage.key}-waived",
        scheme="DELAY_FULL",
        variant="paid late, by a paper that allows it",
        difficulty=3,
        fund=stage.fund.id,
        accounts=(stage.county.treasury,),
        events=(approval, waiver, paid.name),
        decisive_event=approval,
        amount=0,
        legal_deadline=put_off,
        expected="none",
        rules=("F04",),
        irregular=True,
    )
    return paid, case


def _advance(stage: Stage, day: datetime.date) -> Case:
    """The unit begins with its own money, under the fund's name, before the money of the last claim has come.

    Some money of the fund has come before: what is paid under its name earlier comes from outside the record (T7).
    """
    done = stage.buy(day, stage.amount // 10)
    return Case(
        slug=f"{stage.key}-advance",
        scheme="DIV_BORROW_RETURN",
        variant="begun with the unit's own money, which the grant pays back",
        difficulty=3,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(done.name,),
        lines=stage.lines(done),
        decisive_event=done.name,
        amount=0,
        expected="none",
        irregular=True,
    )
