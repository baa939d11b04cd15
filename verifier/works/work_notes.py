# SPDX-License-Identifier: Apache-2.0
"""Which facts of which projects an event says, at its own position.

The matter is the project. Evidence files of acceptances are matters of their own, ``evidence/`` and the hash, and so is
what a unit's persons may sign, ``unit/`` and the unit. An event that names a contract and no project is of the project
of that contract, as registered by then; where nobody registered it, it is of a matter of its own, ``/`` and the number.
Numbers in free text are compared in one spelling (文号).
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.fact import Acceptance, Claim, Return, Use
from ledger.kinds.form import Event
from ledger.kinds.mandate import Deputation
from ledger.kinds.registry import Key, Project
from verifier.matters.family import Placed, key_of
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.works.work_facts import (
    Accepted,
    Agreed,
    Changed,
    Claimed,
    Deputed,
    Evidenced,
    Fact,
    Keyed,
    Measured,
    Paid,
    Planned,
    Returned,
    Revoked,
    Sat,
    Settled,
    Stage,
)

KINDS: Final[tuple[type[Event], ...]] = (
    Project, Contract, ContractChange, Settlement, Progress, Acceptance, Claim, Disbursement, Use, Return, Key, Deputation,
)  # fmt: skip


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What `posted` says of a project or one of its contracts, at its own position."""
    match posted.event:
        case Project() | Contract() | ContractChange() | Settlement() as event:
            yield from _agreement(event, case)
        case Progress(project=project) as event:
            measured = Measured(contract=event.contract, milestone=event.milestone, value=event.value)
            yield Placed(matter=project, said=measured)
        case Acceptance() | Claim() | Disbursement() | Use() as event:
            yield from _naming(event, case)
        case Key() | Deputation() as event:
            yield from _persons(event)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Returned(amount=amount, undoes=undoes))
        case _:
            pass


def _agreement(event: Project | Contract | ContractChange | Settlement, case: Case) -> Iterator[Placed[Fact]]:
    match event:
        case Project():
            stages = tuple(one.id for one in event.milestones)
            yield Placed(matter=event.id, said=Planned(unit=event.unit, budget=event.budget, stages=stages))
        case Contract():
            yield Placed(matter=event.project, said=_agreed(event, case))
        case ContractChange(contract=contract, amount=amount):
            sign = 1 if event.direction == "increase" else -1
            said = Changed(contract=contract, amount=sign * (amount or 0))
            yield Placed(matter=_matter(case, None, contract), said=said)
        case Settlement():
            settled = Settled(contract=event.contract, amount=event.amount)
            yield Placed(matter=event.project, said=settled)


def _naming(event: Acceptance | Claim | Disbursement | Use, case: Case) -> Iterator[Placed[Fact]]:
    contract = None if event.contract is None else one_spelling(event.contract)
    if contract is None and event.project is None:
        return
    matter = _matter(case, event.project, contract)
    match event:
        case Acceptance():
            yield Placed(matter=matter, said=_accepted(event, case, contract))
            if event.verdict != "fail":
                yield from _borne_out(event, case)
        case Claim():
            if contract is not None:
                fund = case.fund_of_line(event.line)
                yield Placed(matter=matter, said=Claimed(contract=contract, amount=event.amount, fund=fund))
        case Disbursement() | Use():
            if contract is not None or event.milestone is not None:
                yield Placed(matter=matter, said=paid_of(event, case, contract))


def _accepted(event: Acceptance, case: Case, contract: str | None) -> Accepted:
    funds = [case.standing.funds.get(one) for one in _funds(case, event.project)]
    asked = [one.acceptance.panel for one in funds if one is not None and one.acceptance is not None]
    return Accepted(
        contract=contract,
        milestone=event.milestone,
        verdict=event.verdict,
        value=event.value,
        panel=len(set(event.panel)),
        asked=max(asked, default=None),
        fund=_only_fund(case, event.project),
    )


def _funds(case: Case, project: str) -> tuple[str, ...]:
    found = case.standing.projects.get(project)
    return () if found is None else found.funds


def _only_fund(case: Case, project: str) -> str | None:
    funds = _funds(case, project)
    return funds[0] if len(funds) == 1 else None


def _borne_out(event: Acceptance, case: Case) -> Iterator[Placed[Fact]]:
    project, fund = event.project, _only_fund(case, event.project)
    for one in event.evidence:
        shown = Evidenced(project=project, value=event.value, fund=fund)
        yield Placed(matter=key_of("evidence", one), said=shown)
    plan = case.standing.projects.get(project)
    if event.panel and plan is not None:
        sat = Sat(project=project, persons=tuple(sorted(set(event.panel))), value=event.value, fund=fund)
        yield Placed(matter=key_of("unit", plan.unit), said=sat)


def _persons(event: Key | Deputation) -> Iterator[Placed[Fact]]:
    match event:
        case Key(action="register", holder=str(holder), person=str(person)):
            if "maker" in event.roles:
                said = Keyed(key=event.key, person=person)
                yield Placed(matter=key_of("unit", holder), said=said, called=event.key)
        case Key():
            yield Placed(about=event.key, said=Revoked(key=event.key))
        case Deputation(role="panel", deputy=str(deputy), valid_from=str(first), valid_to=str(last)):
            days = (datetime.date.fromisoformat(one[:10]) for one in (first, last))
            yield Placed(about=deputy, said=Deputed(key=deputy, first=next(days), last=next(days)))
        case _:
            pass


def _matter(case: Case, project: str | None, contract: str | None) -> str:
    return project or case.standing.contracts.get(contract or "") or key_of("", contract or "")


def _agreed(event: Contract, case: Case) -> Agreed:
    return Agreed(
        contract=event.id,
        amount=event.amount,
        category=event.category,
        supplier=event.supplier,
        advance_cap=event.advance_cap,
        retention=event.retention,
        stages=tuple(Stage(id=one.id, amount=one.amount) for one in event.milestones),
        related=_related(event, case),
    )


def _related(event: Contract, case: Case) -> bool | None:
    project = case.standing.projects.get(event.project)
    if project is None:
        return None
    circle = case.standing.related(project.unit)
    if event.supplier in circle:
        return True
    return False if len(circle) > 1 or len(case.standing.related(event.supplier)) > 1 else None


def paid_of(event: Disbursement | Use, case: Case, contract: str | None) -> Paid:
    """What the payment says, `contract` in its one spelling."""
    fund = case.fund_of(event)
    registered = case.standing.funds.get(fund or "")
    return Paid(
        contract=contract,
        milestone=event.milestone,
        amount=event.amount,
        account=event.from_account,
        to_account=event.to_account,
        payee=event.payee,
        bank_ref=event.bank_ref,
        disbursed=isinstance(event, Disbursement),
        fund=fund,
        accepts=registered is not None and registered.acceptance is not None,
    )
