# SPDX-License-Identifier: Apache-2.0
"""The page of one project: who runs it, what was paid and to whom, claims, tasks, acceptance, and its entries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.portal.amounts import Unit, share
from api.portal.paging import Cut, cut
from api.portal.visit import EntryRow, Visit
from api.projection.entry_index import event_at
from api.projection.places import Place
from ledger.kinds.contract import Contract
from ledger.kinds.fact import Claim
from ledger.kinds.registry import Milestone, Project
from ledger.open_records import ClaimState, ContractState
from verifier.obligations.tasks import Task

HISTORY: Final = 30
CLAIM_ENTRIES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeRow:
    """What one payee got, minor units."""

    name: Markup
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """A claim as it stands, with the amount last said, minor units."""

    claim: str
    state: ClaimState
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task of the project, who answers for it, and how it stands by the last judgement."""

    milestone: Milestone
    party: Markup
    standing: Task | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """One project in a list."""

    project: Project
    name: Markup
    unit: Markup
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """A contract as agreed, and with its changes, net and gross (spec §4.9)."""

    agreed: Contract
    supplier: Markup
    state: ContractState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPage:
    """Everything on the page of a project; amounts in minor units, `unit` for figures side by side."""

    project: Project
    name: Markup
    runs: Markup
    funds: tuple[Markup, ...]
    paid: int
    share: str
    unit: Unit
    payees: tuple[PayeeRow, ...]
    claims: tuple[ClaimRow, ...]
    contracts: tuple[ContractRow, ...]
    tasks: tuple[TaskRow, ...]
    history: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectList:
    """The list of all projects, page by page."""

    projects: Cut[ProjectRow]
    column: Unit


def project_page(visit: Visit, project: Project) -> ProjectPage:
    """The page of `project` as folded so far."""
    payees = _payees(visit, project)
    paid = sum(row.amount for row in payees)
    amounts = [paid, project.budget or 0]
    model = visit.model
    return ProjectPage(
        project=project,
        name=visit.names.show("project", project.id),
        runs=visit.names.link("party", project.unit),
        funds=tuple(visit.names.link("fund", fund) for fund in project.funds),
        paid=paid,
        share=share(paid, project.budget or 0),
        unit=visit.frame.money.unit(amounts),
        payees=tuple(payees),
        claims=tuple(_claims(visit, project.id)),
        contracts=tuple(_contracts(visit, project.id)),
        tasks=tuple(
            TaskRow(
                milestone=one,
                party=visit.names.link("party", one.party),
                standing=None if visit.judged is None else visit.judged.tasks.get((project.id, one.id)),
            )
            for one in project.milestones
        ),
        history=tuple(visit.rows(model.index.about("project", project.id, most=HISTORY))),
    )


def project_list(visit: Visit) -> ProjectList:
    """Every project with what was paid for it, by id."""
    projects = sorted(visit.model.register.projects.values(), key=lambda one: one.id)
    piece = cut(visit.frame, projects, "projects")
    rows = [_row(visit, one) for one in piece.rows]
    return ProjectList(
        projects=Cut(rows=tuple(rows), rest=piece.rest, next=piece.next),
        column=visit.frame.money.unit([row.paid for row in rows], columns=True),
    )


def _row(visit: Visit, project: Project) -> ProjectRow:
    return ProjectRow(
        project=project,
        name=visit.names.link("project", project.id),
        unit=visit.names.link("party", project.unit),
        paid=sum(row.amount for row in _payees(visit, project)),
    )


def _payees(visit: Visit, project: Project) -> list[PayeeRow]:
    """Payees of the project over its funds, largest first."""
    place = Place("project", project.id)
    paid: dict[Place, int] = defaultdict(int)
    for fund in dict.fromkeys(project.funds):
        for row in visit.model.book(fund).rows:
            if row.giver == place:
                paid[row.taker] += row.amount
    ordered: Sequence[tuple[Place, int]] = sorted(paid.items(), key=lambda one: (-one[1], one[0]))
    return [PayeeRow(name=visit.names.place(taker), amount=amount) for taker, amount in ordered]


def _claims(visit: Visit, project: str) -> Iterator[ClaimRow]:
    """Claims of the project, the newest first."""
    amounts: dict[str, int] = {}
    for one in visit.model.index.about("project", project, kind="claim", most=CLAIM_ENTRIES):
        entry = event_at(visit.reader, one.seq)
        if entry is not None and isinstance(entry.event, Claim):
            amounts[entry.event.claim] = amounts.get(entry.event.claim) or entry.event.amount or 0
    for claim, amount in amounts.items():
        state = visit.model.register.claims.get(claim)
        if state is not None:
            yield ClaimRow(claim=claim, state=state, amount=amount)


def _contracts(visit: Visit, project: str) -> Iterator[ContractRow]:
    """Contracts of the project that were not reversed, the newest first."""
    for one in visit.model.index.about("project", project, kind="contract", most=CLAIM_ENTRIES):
        entry = event_at(visit.reader, one.seq)
        if entry is None or not isinstance(entry.event, Contract):
            continue
        state = visit.model.register.contracts.get(entry.event.id)
        if state is not None and not state.reversed_:
            supplier = visit.names.link("party", state.supplier)
            yield ContractRow(agreed=entry.event, supplier=supplier, state=state)
