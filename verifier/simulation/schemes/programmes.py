# SPDX-License-Identifier: Apache-2.0
"""Schemes across two programmes: one object is paid from two funds, by two units of a county."""

from collections.abc import Iterator
from typing import Final

from verifier.simulation.draws import TEN_THOUSAND, share
from verifier.simulation.labels import Case, Expected
from verifier.simulation.ordinary import spend
from verifier.simulation.schemes.papers import Seen, Terms, accept, agree, builder, engage, file_hash
from verifier.simulation.stage import Bill, Done, Stage

_WHOLE_INVOICE, _SHARES, _SAME_FILE, _SAME_CONTRACT, _SAME_ROAD = range(1, 6)
_HOW: Final = (
    "one invoice paid in full from two funds",
    "one invoice paid from two funds, seven tenths from each",
    "one object, accepted twice by the same file",
    "one contract, registered under two funds",
    "one object, with papers of its own under each fund",
)
_TELLING: Final = (2, 2, 1, 2, 2)
"""Which of contract, acceptance and payment of the later unit tells, by difficulty."""
_EXPECTED: Final[tuple[Expected, ...]] = ("proved", "proved", "indicated", "indicated", "hidden")


def across(stage: Stage) -> Iterator[Case]:
    """CROSS_PROGRAMME_DUP: two units claim one object under two funds; the twins' objects are two.

    1 and 2: by the same invoice, which at 2 the twin's funds share lawfully; 3: by the same file of acceptance; 4: by the
    same file of a contract; 5: by papers that differ, so that a ledger cannot show it.
    """
    stage.settle(on=stage.early(), own=TEN_THOUSAND)
    firm = engage(stage)
    other = stage.sibling()
    other.settle(on=stage.grant.on, own=TEN_THOUSAND)
    whole = share(stage.rng, min(stage.amount, other.amount), 30, 60)
    part = whole * 7 // 10 if stage.difficulty == _SHARES else whole
    over = 2 * part - whole
    invoiced = 2 * part if stage.difficulty == _SHARES and not stage.guilty else whole
    invoice = stage.invoice(invoiced)
    same_invoice = stage.difficulty == _SHARES or (stage.guilty and stage.difficulty == _WHOLE_INVOICE)
    papers: list[tuple[Done, Done, Done]] = []
    for place, unit in enumerate((stage, other)):
        funded = unit.fund_it(unit.grant.cash_on, unit.amount)
        signed = unit.after(funded.on, 1)
        contract, agreed = agree(unit, signed, _terms(stage, unit, part, place))
        seen_on = unit.after(signed, 6)
        accepted = accept(unit, seen_on, contract, part, _seen(stage, place))
        own = invoice if same_invoice or place == 0 else other.invoice(part)
        paid = unit.buy(unit.run_after(signed, 8), part, Bill(contract=contract, payee=firm, invoice=own))
        named = (Done(name=agreed, on=signed, amount=0), Done(name=accepted, on=seen_on, amount=0), paid)
        papers.append(named)
        yield from spend(unit, funded.on, unit.amount - part)
    decisive = max((one[_TELLING[stage.difficulty - 1]] for one in papers), key=lambda done: done.on)
    accounts = (stage.account, other.account)
    yield Case(
        slug=stage.slug,
        scheme="CROSS_PROGRAMME_DUP",
        variant=_HOW[stage.difficulty - 1],
        difficulty=stage.difficulty,
        accounts=accounts,
        events=tuple(done.name for named in papers for done in named),
        lines=tuple(named[2].line(account) for named, account in zip(papers, accounts, strict=True)),
        decisive_event=decisive.name,
        amount=over,
        known_on=decisive.on,
        expected=_EXPECTED[stage.difficulty - 1],
        rules=("F21", "F19") if same_invoice or stage.difficulty == _WHOLE_INVOICE else ("F18", "F19"),
    )


def _terms(stage: Stage, unit: Stage, amount: int, place: int) -> Terms:
    """The second unit's contract is the same piece of paper where that is what the case is about."""
    same = place == 0 or (stage.guilty and stage.difficulty == _SAME_CONTRACT)
    file = file_hash(stage if same else unit, "contract")
    return Terms(amount=amount, supplier=builder(stage), file=file)


def _seen(stage: Stage, place: int) -> Seen:
    """The second unit accepts by the same file where that is what the case is about."""
    same = place == 0 or (stage.guilty and stage.difficulty == _SAME_FILE)
    return Seen(evidence=file_hash(stage, "road" if same else "another road"))
