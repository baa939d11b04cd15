# SPDX-License-Identifier: Apache-2.0
"""Schemes in which a unit's earmarked money pays for something else: openly, beside general money, or for a while."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Invoice
from verifier.simulation.draws import TEN_THOUSAND, parts_of, run_on, share
from verifier.simulation.labels import Case, Concealment, Expected, Scheme
from verifier.simulation.ordinary import spend
from verifier.simulation.stage import Bill, Done, Stage
from verifier.simulation.statements import closed_on

_FORBIDDEN: Final = ("30231", "30217", "30212", "30101", "30701")
"""Cars, receptions, travel abroad, wages, interest: plainest first."""
_OTHER: Final = "30201"
"""Economic class 办公费, of general money."""
_UNCOVERED: Final = 5
_IN_PARTS: Final = 3
_REFILLED_AFTER: Final = (60, 20, 6, 1, 0)
"""Days by difficulty after which borrowed money is back; 0: the same day, later."""


def direct(stage: Stage) -> Iterator[Case]:
    """DIV_DIRECT: a purchase under the fund's tag whose class the fund forbids; the twin's class is allowed."""
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    amount = share(stage.rng, stage.amount, 4, 20) // stage.difficulty
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    yield out_of_scope(stage, run_on(paid.on), amount)
    yield from spend(stage, paid.on, stage.amount - amount)


def out_of_scope(stage: Stage, day: datetime.date, amount: int) -> Case:
    """The purchase of DIV_DIRECT on `day`, by itself."""
    economic = _FORBIDDEN[stage.difficulty - 1] if stage.guilty else None
    done = stage.buy(day, amount, Bill(economic=economic))
    return Case(
        slug=stage.slug,
        scheme="DIV_DIRECT",
        variant=f"class {economic} under the fund's tag"
        if economic
        else "an allowed class, same day and amount",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(done.name,),
        lines=stage.lines(done),
        decisive_event=done.name,
        amount=amount,
        known_on=done.on,
    )


def via_general(stage: Stage) -> Iterator[Case]:
    """DIV_VIA_GENERAL: general bills beyond the general money of a mixed account; the twin is topped up before.

    From difficulty 3 on the bills come in parts. At 5 no bank signs statements, so that nobody knows what was there; the
    twin has statements, by which it began with enough.
    """
    hidden = stage.difficulty == _UNCOVERED
    covered = not (hidden and stage.guilty)
    own = TEN_THOUSAND * (5 + stage.rng.randrange(40))
    stage.settle(on=stage.late(), own=own, covered=covered)
    short = share(stage.rng, stage.amount, 20, 60) // stage.difficulty
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    filled: tuple[Done, ...] = ()
    if hidden and not stage.guilty:
        stage.keep(own + short)
    elif not stage.guilty:
        filled = (stage.top_up(stage.after(paid.on, 1), short),)
    parts: tuple[int, ...] = (own + short,)
    if stage.difficulty >= _IN_PARTS:
        parts = (own + short // 2, *parts_of(stage.rng, short - short // 2, 2))
    bills = [
        _general_bill(stage, stage.run_after(paid.on, 3 + 7 * number), part)
        for number, part in enumerate(parts)
    ]
    yield from spend(stage, bills[-1].on, stage.amount - short)
    how: tuple[Concealment, ...] = ("commingled",)
    if len(bills) > 1:
        how = (*how, "split")
    yield _shortage(
        stage,
        scheme=_Shortage("DIV_VIA_GENERAL", (*how, "no_statements") if hidden else how, bills, filled),
        variant="general bills paid with the grant" if stage.guilty else "general bills, topped up before",
        amount=short,
        expected="undecidable" if hidden else "proved",
    )


def borrow_return(stage: Stage) -> Iterator[Case]:
    """DIV_BORROW_RETURN: a general bill beyond the general money, refilled later; the twin's refill comes before.

    By difficulty it is back after 60, 20, 6, 1 days, or the same day, when only the order inside the day tells.
    """
    own = TEN_THOUSAND * (5 + stage.rng.randrange(40))
    stage.settle(on=stage.early(), own=own)
    short = share(stage.rng, stage.amount, 15, 50)
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    yield borrowed(stage, stage.run_after(paid.on, 5), own, short)
    yield from spend(stage, stage.run_after(paid.on, 5), stage.amount)


def borrowed(stage: Stage, day: datetime.date, own: int, short: int) -> Case:
    """A bill on `day` of `short` more than `own`, the general money there, and its refill, by themselves."""
    days = _REFILLED_AFTER[stage.difficulty - 1]
    later = stage.after(day, days)
    early = 2 if days else 1
    if stage.guilty:
        bill = _general_bill(stage, day, own + short, slot=3)
        back = stage.top_up(later, short, slot=9)
    else:
        back = stage.top_up(day, short, slot=early)
        bill = _general_bill(stage, day, own + short, slot=3)
    how: tuple[Concealment, ...] = (
        ("commingled", "refilled") if days else ("commingled", "refilled", "same_day")
    )
    return _shortage(
        stage,
        scheme=_Shortage("DIV_BORROW_RETURN", how, [bill], (back,)),
        variant=f"refilled after {days} days" if stage.guilty else "filled before it was paid",
        amount=short,
        expected="proved" if days else "indicated",
    )


def tag_lie(stage: Stage) -> Iterator[Case]:
    """DIV_TAG_LIE: a bill under the fund's tag that is for another project or a private person; the twin's is in order.

    At difficulty 5 the lie is told without a trace: nothing in the ledger is otherwise than in the twin's.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    amount = share(stage.rng, stage.amount, 8, 30) // stage.difficulty
    paid = stage.fund_it(stage.grant.cash_on, stage.amount)
    yield mislabelled(stage, run_on(paid.on), amount)
    yield from spend(stage, paid.on, stage.amount - amount)


def mislabelled(stage: Stage, day: datetime.date, amount: int) -> Case:
    """The bill of DIV_TAG_LIE on `day`, by itself."""
    invoice = stage.invoice(amount)
    bill, rules, variant = _lie(stage, invoice)
    done = stage.buy(day, amount, bill if stage.guilty else Bill(invoice=invoice))
    return Case(
        slug=stage.slug,
        scheme="DIV_TAG_LIE",
        variant=variant if stage.guilty else "as its tag says",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(done.name,),
        lines=stage.lines(done),
        decisive_event=done.name,
        amount=amount,
        known_on=done.on,
        rules=rules,
        expected="indicated" if rules else "hidden",
        concealment=("false_tag",),
    )


def _lie(stage: Stage, invoice: Invoice) -> tuple[Bill, tuple[str, ...], str]:
    """The bill, the rules that may see through it, and what it is."""
    other = stage.second_project()
    person = stage.payee(
        f"{stage.key}-person", ("经手人", "Private Person"), account_class="personal"
    ).removesuffix("-account")
    match stage.difficulty:
        case 1 | 3:
            return (
                Bill(project=other, invoice=invoice),
                ("F31",),
                "another project of the unit under the line's tag",
            )
        case 2 | 4:
            return Bill(payee=person, invoice=invoice), ("F23",), "a private person under the tag of works"
        case _:
            return Bill(invoice=invoice), (), "invented work, invoiced by the ordinary supplier"


@dataclass(frozen=True, slots=True)
class _Shortage:
    """What a shortage is called, how it hides, the bills that make it and the money that fills it."""

    scheme: Scheme
    concealment: tuple[Concealment, ...]
    bills: list[Done]
    filled: tuple[Done, ...]


def _shortage(stage: Stage, *, scheme: _Shortage, variant: str, amount: int, expected: Expected) -> Case:
    first, lines = scheme.bills[0], stage.lines(*scheme.bills)
    return Case(
        slug=stage.slug,
        scheme=scheme.scheme,
        variant=variant,
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=tuple(one.name for one in (*scheme.bills, *scheme.filled)),
        lines=lines,
        decisive_event=None if lines else first.name,
        amount=amount,
        known_on=closed_on(first.on),
        expected=expected,
        concealment=scheme.concealment,
    )


def _general_bill(stage: Stage, day: datetime.date, amount: int, *, slot: int = 7) -> Done:
    return stage.buy(day, amount, Bill(tagged=False, economic=_OTHER), slot=slot)
