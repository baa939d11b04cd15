# SPDX-License-Identifier: Apache-2.0
"""Schemes in which the same is paid twice, or one purchase is cut up: invoices, stages of contracts, thresholds."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

from ledger.kinds.authority import Disbursement, Invoice
from verifier.simulation.draws import TEN_THOUSAND, share
from verifier.simulation.labels import Case
from verifier.simulation.ordinary import spend
from verifier.simulation.schemes.papers import Terms, accept, agree, builder, engage, raise_by
from verifier.simulation.stage import Bill, Done, Stage

_AGAIN_AFTER: Final = (1, 30, 18, 25, 12)
"""Days between one payment and the next, by difficulty."""

_TENDER: Final = 200 * TEN_THOUSAND
"""Goods of so much are put out to tender."""
_UNCONTRACTED: Final = 100 * TEN_THOUSAND
"""And whatever nobody has a contract about (the pack's limit)."""
_PIECES: Final = (2, 2, 3, 4, 5)
_SPANS: Final = (7, 20, 30, 44, 44)
"""Into how many pieces a purchase is cut, and over how many days, by difficulty."""


def dup_exact(stage: Stage) -> Iterator[Case]:
    """DUP_EXACT: an invoice is paid again; the twin's later payments are equal and name an invoice of their own.

    At difficulty 3 the second payment comes in two parts, at 4 half of it is sent back, at 5 the invoice is paid in three
    parts that add up to a fifth too much (the twin's comes to just that).
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    billed = share(stage.rng, stage.amount, 10, 25) // 20 * 20
    funded = stage.fund_it(stage.grant.cash_on, stage.amount)
    parts = _parts(stage, billed)
    first = stage.invoice(sum(parts) if _in_thirds(stage) and not stage.guilty else billed)
    other = stage.invoice(sum(parts[1:]))
    later = first if stage.guilty or _in_thirds(stage) else other
    done = _pay_all(stage, funded.on, parts, (first, *[later] * (len(parts) - 1)))
    back = _half_back(stage, done[-1])
    yield from spend(stage, funded.on, stage.amount - sum(parts) + sum(one.amount for one in back))
    decisive = done[_decisive(parts, billed)]
    yield Case(
        slug=stage.slug,
        scheme="DUP_EXACT",
        variant=_HOW_AGAIN[stage.difficulty - 1],
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=(stage.account,),
        events=tuple(one.name for one in (*done, *back)),
        lines=tuple(one.line(stage.account) for one in (*done, *back)),
        decisive_event=decisive.name,
        amount=sum(parts) - billed - sum(one.amount for one in back),
        known_on=decisive.on,
        rules=("F21",),
        concealment=("split",) if len(parts) > _TWICE else (),
    )


_TWICE: Final = 2
_IN_PARTS: Final = 3
_HALF_BACK: Final = 4
_THIRDS: Final = 5
_HOW_AGAIN: Final = (
    "the same invoice the next day",
    "the same invoice a month later",
    "the same invoice again in two parts",
    "the same invoice again, half of it sent back",
    "one invoice in three parts that come to a fifth more",
)


def _parts(stage: Stage, billed: int) -> tuple[int, ...]:
    match stage.difficulty:
        case 3:
            return billed, billed // 2, billed // 2
        case 5:
            return (billed * 2 // 5,) * 3
        case _:
            return billed, billed


def _in_thirds(stage: Stage) -> bool:
    return stage.difficulty == _THIRDS


def _half_back(stage: Stage, again: Done) -> tuple[Done, ...]:
    if stage.difficulty != _HALF_BACK:
        return ()
    return (stage.send_back(stage.after(again.on, 9), again.amount // 2, again, (None, stage.account)),)


def _pay_all(
    stage: Stage, funded_on: datetime.date, parts: Sequence[int], invoices: Sequence[Invoice]
) -> list[Done]:
    day, done = stage.run_after(funded_on, 4), []
    for part, invoice in zip(parts, invoices, strict=True):
        done.append(stage.buy(day, part, Bill(invoice=invoice)))
        day = stage.run_after(day, _AGAIN_AFTER[stage.difficulty - 1])
    return done


def _decisive(parts: Sequence[int], least: int, *, reached: bool = False) -> int:
    """The place of the part with which the sum goes beyond `least`, or has `reached` it."""
    total = 0
    for place, part in enumerate(parts):
        total += part
        if total > least or (reached and total == least):
            return place
    return len(parts) - 1


def dup_fuzzy(stage: Stage) -> Iterator[Case]:
    """DUP_FUZZY: a stage of a contract is paid again on a new invoice, beyond what the contract comes to.

    For the twin the county has approved more work before. At difficulty 2 the new invoice is a little smaller, at 3 the
    county pays it. At 4 and 5 the payment names no contract, and a ledger of payments cannot show it.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    firm = engage(stage)
    half = share(stage.rng, stage.amount, 12, 25)
    again = half - (half // 30 if stage.difficulty > 1 else 0)
    shown = stage.difficulty < _HALF_BACK
    by_county = stage.difficulty == _IN_PARTS
    funded = stage.fund_it(stage.grant.cash_on, stage.amount - (again if by_county else 0))
    signed = stage.after(funded.on, 1)
    contract, _ = agree(stage, signed, Terms(amount=2 * half))
    accept(stage, stage.after(signed, 6), contract, 2 * half)
    done = [
        stage.buy(day, half, Bill(payee=firm, contract=contract, invoice=stage.invoice(half)))
        for day in (stage.run_after(signed, 8), stage.run_after(signed, 18))
    ]
    raised = () if stage.guilty or not shown else _more_work(stage, signed, contract, again)
    day = stage.run_after(signed, 28)
    repeated = (
        _pay_direct(stage, day, again, contract)
        if by_county
        else stage.buy(
            day, again, Bill(payee=firm, contract=contract if shown else None, invoice=stage.invoice(again))
        )
    )
    yield from spend(stage, funded.on, stage.amount - 2 * half - again)
    payer = stage.county.treasury if by_county else stage.account
    yield Case(
        slug=stage.slug,
        scheme="DUP_FUZZY",
        variant="a stage paid again on a new invoice" if shown else "paid again, with no contract named",
        difficulty=stage.difficulty,
        fund=stage.fund.id,
        accounts=tuple(sorted({stage.account, payer})),
        events=(*(one.name for one in done), *raised, repeated.name),
        lines=(*(one.line(stage.account) for one in done), repeated.line(payer)),
        decisive_event=repeated.name,
        amount=again,
        known_on=repeated.on,
        expected="proved" if shown else "hidden",
        rules=("F21", "F19", "F14", "F13"),
    )


def _more_work(stage: Stage, signed: datetime.date, contract: str, amount: int) -> tuple[str, ...]:
    """The county approves work worth `amount` more, and it is accepted; the names of both papers."""
    raised = raise_by(stage, stage.after(signed, 20), contract, amount)
    return raised, accept(stage, stage.after(signed, 24), contract, amount)


def _pay_direct(stage: Stage, day: datetime.date, amount: int, contract: str) -> Done:
    """The county pays the supplier of `contract` from its treasury."""
    event = Disbursement(
        occurred_on=day,
        line=stage.line,
        from_account=stage.county.treasury,
        to_account=f"{builder(stage)}-account",
        payee=builder(stage),
        amount=amount,
        mode="direct",
        project=stage.project,
        contract=contract,
        functional=stage.fund.purpose.functional,
        economic=stage.fund.purpose.bought,
        invoice=stage.invoice(amount),
    )
    (name,) = stage.act(day, stage.county.finance, "pay", event)
    return Done(name=name, on=day, amount=amount)


def split(stage: Stage) -> Iterator[Case]:
    """SPLIT: a purchase that had to be put out to tender is cut into contracts below it; the twin pays one in instalments.

    At difficulty 4 the contracts are with two related firms, at 5 nothing names a contract.
    """
    total = _TENDER * stage.rng.randrange(115, 170) // 100
    stage.settle(on=stage.early(), own=TEN_THOUSAND, amount=total + 10 * TEN_THOUSAND)
    sister = f"{stage.key}-sister"
    stage.payee(sister, ("商贸二部有限公司", "Second Trading Co., Ltd."), related=(engage(stage),))
    funded = stage.fund_it(stage.grant.cash_on, stage.amount)
    pieces = _PIECES[stage.difficulty - 1]
    parts = tuple(total // pieces for _ in range(pieces - 1))
    parts = (*parts, total - sum(parts))
    named, done = _cut(stage, stage.after(funded.on, 1), parts, sister)
    yield from spend(stage, funded.on, stage.amount - total)
    decisive, known_on = _reaching(parts, named, done)
    yield Case(
        slug=stage.slug,
        scheme="SPLIT",
        variant=f"{pieces} pieces in {_SPANS[stage.difficulty - 1]} days",
        difficulty=stage.difficulty,
        accounts=(stage.account,),
        events=(*(one.name for one in named), *(one.name for one in done)),
        lines=tuple(one.line(stage.account) for one in done),
        decisive_event=decisive,
        amount=total,
        known_on=known_on,
        expected="indicated",
        concealment=("split", "hops") if _by_sister(stage) else ("split",),
    )


def _by_sister(stage: Stage) -> bool:
    return stage.difficulty == _HALF_BACK


def _reaching(parts: Sequence[int], named: Sequence[Done], done: Sequence[Done]) -> tuple[str, datetime.date]:
    """The contract with which the pieces come to what had to be put out to tender, or the payment where there is none."""
    contracts = [one for one in named if one.amount]
    if contracts:
        decisive = [*contracts, *done][_decisive(parts, _TENDER, reached=True)]
    else:
        decisive = done[_decisive(parts, _UNCONTRACTED, reached=True)]
    return decisive.name, decisive.on


def _cut(
    stage: Stage, day: datetime.date, parts: Sequence[int], sister: str
) -> tuple[list[Done], list[Done]]:
    """Papers and payments, piece by piece; guilty, each piece has a contract of its own, or none at difficulty 5."""
    named: list[Done] = []
    done: list[Done] = []
    whole: str | None = None
    for place, part in enumerate(parts):
        signed = stage.after(day, _SPANS[stage.difficulty - 1] * place // max(1, len(parts) - 1))
        payee = sister if stage.guilty and _by_sister(stage) and place % 2 else builder(stage)
        contract = whole
        if (stage.guilty and not _in_thirds(stage)) or (not stage.guilty and place == 0):
            amount = part if stage.guilty else sum(parts)
            terms = Terms(amount=amount, category="goods", supplier=payee)
            contract, event = agree(stage, signed, terms, place + 1)
            named.append(Done(name=event, on=signed, amount=amount))
            whole = None if stage.guilty else contract
        if contract is not None:
            seen_on = stage.after(signed, 2)
            named.append(Done(name=accept(stage, seen_on, contract, part), on=seen_on, amount=0))
        bill = Bill(contract=contract, payee=payee, invoice=stage.invoice(part))
        done.append(stage.buy(stage.run_after(signed, 3), part, bill))
    return named, done
