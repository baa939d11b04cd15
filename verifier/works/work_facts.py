# SPDX-License-Identifier: Apache-2.0
"""What events say of a project and its contracts: the facts that rules over contracts judge, project by project.

The matter is the project. An event that names a contract and no project is of the project of that contract, as registered
by then; where nobody registered it, it is of a matter of its own, ``/`` and the number. Numbers in free text are compared
in one spelling (文号).
"""

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.fact import Acceptance, Claim, Return, Use
from ledger.kinds.form import Event
from ledger.kinds.registry import Project
from verifier.matters.family import Placed, Said, key_of
from verifier.obligations.case import Case
from verifier.posted import PostedEvent

KINDS: Final[tuple[type[Event], ...]] = (
    Project, Contract, ContractChange, Settlement, Progress, Acceptance, Claim, Disbursement, Use, Return,
)  # fmt: skip

Verdict = Literal["pass", "partial", "fail"]


class Stage(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A milestone by its id, and what it pays in minor units, as far as agreed."""

    id: str
    amount: int | None = None


class Planned(Said, frozen=True, kw_only=True):
    """A version of the project: its budget in minor units and its milestones."""

    unit: str
    budget: int | None
    stages: tuple[str, ...]


class Agreed(Said, frozen=True, kw_only=True):
    """A contract. `related` says whether its supplier is registered as related to the project's unit.

    None where no party of the two names any relation, so that nothing can be told.
    """

    contract: str
    amount: int
    category: Literal["works", "goods", "services"]
    supplier: str
    advance_cap: int | None
    retention: int | None
    stages: tuple[Stage, ...]
    related: bool | None


class Changed(Said, frozen=True, kw_only=True):
    """The contract comes to `amount` more, or less where it is negative."""

    contract: str
    amount: int


class Settled(Said, frozen=True, kw_only=True):
    """Final accounts: of `contract`, or of the whole project."""

    contract: str | None
    amount: int


class Measured(Said, frozen=True, kw_only=True):
    """All work done so far is worth `value`: on a milestone, a contract, or the whole project."""

    contract: str | None
    milestone: str | None
    value: int


class Accepted(Said, frozen=True, kw_only=True):
    """An acceptance of `value`, where it says so, of a milestone, a contract, or the whole project."""

    contract: str | None
    milestone: str | None
    verdict: Verdict
    value: int | None


class Paid(Said, frozen=True, kw_only=True):
    """`amount` left `account` on a contract or milestone; money of `fund`, whose rule asks for acceptance if `accepts`."""

    contract: str | None
    milestone: str | None
    amount: int
    account: str
    to_account: str | None
    payee: str | None
    bank_ref: str | None
    disbursed: bool
    fund: str | None
    accepts: bool


class Claimed(Said, frozen=True, kw_only=True):
    """A claim, whatever became of it, that names a contract."""

    contract: str
    amount: int | None
    fund: str | None


class Returned(Said, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back."""

    amount: int
    undoes: str


Fact = Planned | Agreed | Changed | Settled | Measured | Accepted | Paid | Claimed | Returned


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What `posted` says of a project or one of its contracts, at its own position."""
    match posted.event:
        case Project() as event:
            stages = tuple(one.id for one in event.milestones)
            yield Placed(matter=event.id, said=Planned(unit=event.unit, budget=event.budget, stages=stages))
        case Contract() as event:
            yield Placed(matter=event.project, said=_agreed(event, case))
        case ContractChange(contract=contract, amount=int(amount)) as event:
            sign = 1 if event.direction == "increase" else -1
            said = Changed(contract=contract, amount=sign * amount)
            yield Placed(matter=_matter(case, None, contract), said=said)
        case Settlement(project=project) as event:
            yield Placed(matter=project, said=Settled(contract=event.contract, amount=event.amount))
        case Progress(project=project) as event:
            measured = Measured(contract=event.contract, milestone=event.milestone, value=event.value)
            yield Placed(matter=project, said=measured)
        case Acceptance() | Claim() | Disbursement() | Use() as event:
            yield from _naming(event, case)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Returned(amount=amount, undoes=undoes))
        case _:
            pass


def _naming(event: Acceptance | Claim | Disbursement | Use, case: Case) -> Iterator[Placed[Fact]]:
    contract = None if event.contract is None else one_spelling(event.contract)
    if contract is None and event.project is None:
        return
    matter = _matter(case, event.project, contract)
    match event:
        case Acceptance():
            accepted = Accepted(
                contract=contract, milestone=event.milestone, verdict=event.verdict, value=event.value
            )
            yield Placed(matter=matter, said=accepted)
        case Claim():
            if contract is not None:
                fund = case.fund_of_line(event.line)
                yield Placed(matter=matter, said=Claimed(contract=contract, amount=event.amount, fund=fund))
        case Disbursement() | Use():
            if contract is not None or event.milestone is not None:
                yield Placed(matter=matter, said=_paid(event, case, contract))


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


def _paid(event: Disbursement | Use, case: Case, contract: str | None) -> Paid:
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
