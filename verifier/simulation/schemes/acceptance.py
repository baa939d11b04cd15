# SPDX-License-Identifier: Apache-2.0
"""Schemes around the acceptance of work: paid before it, paid beyond it, accepted where nothing was there."""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import TEN_THOUSAND, share
from verifier.simulation.labels import Case, Expected
from verifier.simulation.ordinary import spend
from verifier.simulation.schemes.papers import (
    PANEL,
    Seen,
    Terms,
    accept,
    agree,
    builder,
    engage,
    file_hash,
    measure,
    raise_by,
    settle,
)
from verifier.simulation.stage import Bill, Done, Stage

_LATE_BY: Final = (40, 12, 1, 20, 0)
"""Days by which the acceptance of a stage comes after its payment, by difficulty; at 5 it never comes."""
_FAILED: Final = 4
_NEVER: Final = 5


def accept_before(stage: Stage) -> Iterator[Case]:
    """ACCEPT_BEFORE: a stage of a contract is paid before it is accepted; the twin's was accepted the working day before.

    At difficulty 4 it had been refused before, at 5 it is never accepted, so that only an indication is left: an acceptance
    may lie outside the ledger.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    engage(stage)
    whole = share(stage.rng, stage.amount, 40, 70) // 10 * 10
    advance, first, second = whole * 2 // 10, whole * 4 // 10, whole * 4 // 10
    funded = stage.fund_it(stage.grant.cash_on, stage.amount)
    signed = stage.after(funded.on, 1)
    contract, _ = agree(stage, signed, Terms(amount=whole, parts=(first, second), advance_cap=advance))
    stage.buy(stage.run_after(signed, 3), advance, Bill(payee=builder(stage), contract=contract))
    paid_on = stage.run_after(signed, 15)
    last_on = stage.run_after(paid_on, 50)
    accept(stage, stage.after(paid_on, 48), contract, second, Seen(part=2))
    accepted = list(_accepted(stage, contract, first, paid_on))
    done = stage.buy(paid_on, first, Bill(payee=builder(stage), contract=contract, milestone="s1"))
    stage.buy(last_on, second, Bill(payee=builder(stage), contract=contract, milestone="s2"))
    yield from spend(stage, funded.on, stage.amount - advance - first - second)
    yield Case(
        slug=stage.slug,
        scheme="ACCEPT_BEFORE",
        variant="never accepted"
        if _never(stage)
        else f"accepted {_LATE_BY[stage.difficulty - 1]} days after payment",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(done.name, *accepted),
        lines=(done.line(stage.account),),
        decisive_event=done.name,
        amount=first,
        known_on=done.on,
        expected="indicated" if _never(stage) else "proved",
        rules=("F17", "F14", "F13"),
    )


def _accepted(stage: Stage, contract: str, value: int, paid_on: datetime.date) -> Iterator[str]:
    """The names of what is said about the stage that is paid on `paid_on`."""
    if stage.difficulty == _FAILED:
        yield accept(stage, stage.after(paid_on, -9), contract, value, Seen(part=1, verdict="fail"))
    if not stage.guilty:
        yield accept(stage, stage.after(paid_on, -6), contract, value, Seen(part=1))
    elif not _never(stage):
        late = stage.after(paid_on, _LATE_BY[stage.difficulty - 1])
        yield accept(stage, late, contract, value, Seen(part=1))


def _never(stage: Stage) -> bool:
    return stage.difficulty == _NEVER


def accept_over(stage: Stage) -> Iterator[Case]:
    """ACCEPT_OVER: more is paid, or accepted, than there is.

    1 and 3: paid beyond the contract, of which at 3 an approved change covers half; 2: paid beyond advance and acceptances;
    4: accepted beyond what was measured; 5: paid beyond the final accounts. The twin has a change that covers all, an
    acceptance, a measurement or final accounts of as much.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    engage(stage)
    whole = share(stage.rng, stage.amount, 40, 70) // 10 * 10
    funded = stage.fund_it(stage.grant.cash_on, stage.amount)
    signed = stage.after(funded.on, 1)
    over = whole // 10
    play = (_beyond_contract, _beyond_acceptance, _beyond_contract, _beyond_measure, _beyond_accounts)
    events, paid, decisive, amount = play[stage.difficulty - 1](stage, signed, whole, over)
    total = sum(one.amount for one in paid)
    yield from spend(stage, funded.on, stage.amount - total)
    expected: Expected = "proved" if stage.difficulty in _PROVABLE else "indicated"
    yield Case(
        slug=stage.slug,
        scheme="ACCEPT_OVER",
        variant=_OVER[stage.difficulty - 1],
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(*events, *(one.name for one in paid)),
        lines=tuple(one.line(stage.account) for one in paid),
        decisive_event=decisive[0],
        amount=amount,
        known_on=decisive[1],
        expected=expected,
        rules=("F18",) if stage.difficulty == _MEASURED else ("F14", "F13", "F18"),
    )


_PROVABLE: Final = frozenset({1, 3, 5})
_MEASURED: Final = 4
_OVER: Final = (
    "paid a tenth beyond the contract",
    "paid a tenth beyond advance and acceptance",
    "paid a tenth beyond the contract, half of it approved",
    "accepted in full at nine tenths of the work",
    "paid in full where final accounts are a tenth lower",
)

Played = tuple[list[str], list[Done], tuple[str, datetime.date], int]
"""Names of papers, payments, the decisive event and its day, and the amount."""


def _beyond_contract(stage: Stage, signed: datetime.date, whole: int, over: int) -> Played:
    contract, _ = agree(stage, signed, Terms(amount=whole))
    covered = over // 2 if stage.difficulty > 1 else 0
    raised = [raise_by(stage, stage.after(signed, 5), contract, covered)] if covered else []
    if not stage.guilty:
        raised.append(raise_by(stage, stage.after(signed, 6), contract, over - covered))
    accepted = accept(stage, stage.after(signed, 10), contract, whole + over)
    paid = _pay(stage, signed, contract, (whole, over))
    return [*raised, accepted], paid, (paid[-1].name, paid[-1].on), over - covered


def _beyond_acceptance(stage: Stage, signed: datetime.date, whole: int, over: int) -> Played:
    advance, half = 2 * over, 5 * over
    contract, _ = agree(stage, signed, Terms(amount=whole, advance_cap=advance))
    value = half if stage.guilty else half + over
    accepted = accept(stage, stage.after(signed, 10), contract, value)
    paid = _pay(stage, signed, contract, (half, advance + over))
    rest = accept(stage, stage.after(paid[-1].on, 30), contract, whole - value)
    last = stage.buy(
        stage.run_after(paid[-1].on, 32), whole - 8 * over, Bill(payee=builder(stage), contract=contract)
    )
    return [accepted, rest], [*paid, last], (paid[-1].name, paid[-1].on), over


def _beyond_measure(stage: Stage, signed: datetime.date, whole: int, over: int) -> Played:
    contract, _ = agree(stage, signed, Terms(amount=whole))
    measured = measure(stage, stage.after(signed, 9), contract, whole - over if stage.guilty else whole)
    accepted_on = stage.after(signed, 10)
    accepted = accept(stage, accepted_on, contract, whole)
    paid = _pay(stage, signed, contract, (whole,))
    return [measured, accepted], paid, (accepted, accepted_on), over


def _beyond_accounts(stage: Stage, signed: datetime.date, whole: int, over: int) -> Played:
    contract, _ = agree(stage, signed, Terms(amount=whole))
    accept(stage, stage.after(signed, 10), contract, whole)
    settled = settle(stage, stage.after(signed, 11), contract, whole - over if stage.guilty else whole)
    paid = _pay(stage, signed, contract, (whole - over, over))
    return [settled], paid, (paid[-1].name, paid[-1].on), over


def _pay(stage: Stage, signed: datetime.date, contract: str, amounts: tuple[int, ...]) -> list[Done]:
    days = (stage.run_after(signed, 14 + 8 * place) for place in range(len(amounts)))
    return [
        stage.buy(day, amount, Bill(payee=builder(stage), contract=contract, invoice=stage.invoice(amount)))
        for day, amount in zip(days, amounts, strict=True)
    ]


_TWO: Final = PANEL[:2]
_PHANTOM: Final = (
    "accepted before the contract was signed",
    "accepted on the day on which the contract was signed",
    "accepted by a panel of two",
    "accepted by the file of another project",
    "papers in order, and nothing there",
)
_BEFORE, _SAME_DAY, _SMALL_PANEL, _OTHER_FILE, _NOTHING_SHOWN = range(1, 6)


def accept_phantom(stage: Stage) -> Iterator[Case]:
    """ACCEPT_PHANTOM: work is accepted that nobody can have seen; the twin's papers are in order.

    The difficulties are those of `_PHANTOM`; the last cannot show in a ledger.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    engage(stage)
    whole = share(stage.rng, stage.amount, 30, 60)
    funded = stage.fund_it(stage.grant.cash_on, stage.amount)
    signed = stage.after(funded.on, 12)
    sister = stage.second_project()
    contract, agreed = agree(stage, signed, Terms(amount=whole))
    photographs = file_hash(stage, "photographs")
    elsewhere = Seen(project=sister, evidence=photographs)
    accept(stage, stage.after(signed, 9), contract, whole // 100, elsewhere)
    day, told_on = _seen_on(stage, signed)
    seen = Seen(
        panel=_TWO if _plays(stage, _SMALL_PANEL) else PANEL,
        evidence=photographs if _plays(stage, _OTHER_FILE) else None,
        told_on=told_on,
    )
    accepted = accept(stage, day, contract, whole, seen)
    paid = _pay(stage, signed, contract, (whole,))
    yield from spend(stage, funded.on, stage.amount - whole)
    yield Case(
        slug=stage.slug,
        scheme="ACCEPT_PHANTOM",
        variant=_PHANTOM[stage.difficulty - 1],
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=(agreed, accepted, paid[0].name),
        lines=(paid[0].line(stage.account),),
        decisive_event=accepted,
        amount=whole,
        known_on=told_on,
        expected="hidden" if stage.difficulty == _NOTHING_SHOWN else "indicated",
        concealment=("backdated",) if stage.difficulty == _BEFORE else (),
    )


def _plays(stage: Stage, difficulty: int) -> bool:
    return stage.guilty and stage.difficulty == difficulty


def _seen_on(stage: Stage, signed: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The day of the acceptance, and that on which it is posted."""
    told_on = stage.after(signed, 11)
    if _plays(stage, _BEFORE):
        return stage.after(signed, -7), told_on
    if _plays(stage, _SAME_DAY):
        return signed, told_on
    return told_on, told_on
