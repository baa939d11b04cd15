# SPDX-License-Identifier: Apache-2.0
"""Contracts of a prefix, their changes, and the events that name a contract or milestone in free text (spec §4.3, §4.9).

Filled in log order, on disk, since all of it grows with entries (docs/adr/0014). A correction takes back what it reverses.
"""

import datetime
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Return, Use
from ledger.kinds.registry import Project
from verifier.basis.findings import Evidence
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.workspace import Batch, Workspace

Naming = Disbursement | Use | Claim | Acceptance

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS reversal (name TEXT PRIMARY KEY, day INTEGER) WITHOUT ROWID",
    """CREATE TABLE contract (seq INTEGER PRIMARY KEY, name TEXT, leaf TEXT, party TEXT, day INTEGER, known INTEGER,
        amount INTEGER, id TEXT, project TEXT, supplier TEXT)""",
    """CREATE TABLE contract_change (seq INTEGER PRIMARY KEY, name TEXT, leaf TEXT, party TEXT, day INTEGER,
        known INTEGER, amount INTEGER, contract TEXT)""",
    """CREATE TABLE contract_named (seq INTEGER PRIMARY KEY, name TEXT, leaf TEXT, party TEXT, day INTEGER,
        known INTEGER, amount INTEGER, said TEXT, contract TEXT, milestone TEXT, project TEXT, pays INTEGER, fund TEXT)""",
    "CREATE TABLE paid_back (name TEXT, target TEXT, amount INTEGER)",
    "CREATE TABLE project_stage (project TEXT, id TEXT, PRIMARY KEY (project, id)) WITHOUT ROWID",
    "CREATE TABLE contract_stage (contract TEXT, id TEXT, PRIMARY KEY (contract, id)) WITHOUT ROWID",
)
_READY: Final = (
    "DELETE FROM contract WHERE name IN (SELECT name FROM reversal)",
    "DELETE FROM contract_change WHERE name IN (SELECT name FROM reversal)",
    "DELETE FROM contract_named WHERE name IN (SELECT name FROM reversal)",
    "DELETE FROM paid_back WHERE name IN (SELECT name FROM reversal)",
    "CREATE INDEX contract_by ON contract (id)",
    "CREATE INDEX contract_of ON contract (project)",
    "CREATE INDEX contract_change_of ON contract_change (contract)",
    "CREATE INDEX contract_paid ON contract_named (contract) WHERE pays",
    "CREATE INDEX paid_back_of ON paid_back (target)",
)
_CONTRACTS: Final = """
    SELECT seq, name, leaf, party, day, known, amount, id, project, supplier FROM contract ORDER BY seq"""
_CHANGES: Final = """
    SELECT seq, name, leaf, party, day, known, amount FROM contract_change WHERE contract = ? ORDER BY seq"""
_PAYMENTS: Final = """
    SELECT seq, name, leaf, party, day, known, amount, fund FROM contract_named
    WHERE pays AND contract = ? AND (project IS NULL OR project = ?) ORDER BY seq"""
_BACK: Final = "SELECT amount FROM paid_back WHERE target = ?"
_NAMED: Final = """
    SELECT n.seq, n.name, n.leaf, n.party, n.day, n.known, n.amount, n.said, n.milestone, n.project, n.fund,
        EXISTS (SELECT 1 FROM contract WHERE project = n.project),
        coalesce(c.project = n.project, 0),
        EXISTS (SELECT 1 FROM project_stage WHERE project = n.project)
            OR EXISTS (SELECT 1 FROM contract_stage WHERE contract = c.id),
        EXISTS (SELECT 1 FROM project_stage WHERE project = n.project AND id = n.milestone)
            OR EXISTS (SELECT 1 FROM contract_stage WHERE contract = c.id AND id = n.milestone)
    FROM contract_named n LEFT JOIN contract c ON c.id = n.contract ORDER BY n.seq"""
_UNJUDGED: Final = """
    SELECT count(*) FROM contract_named n WHERE said IS NOT NULL
        AND EXISTS (SELECT 1 FROM contract) AND NOT EXISTS (SELECT 1 FROM contract WHERE project = n.project)"""


class Named(NamedTuple):
    """An event: of `party`, dated `day`, known since `known` (ordinals); its amount in minor units, if it has one."""

    seq: int
    name: str
    leaf: str
    party: str
    day: int
    known: int
    amount: int | None

    @property
    def sum(self) -> int:
        """The amount, 0 where there is none."""
        return self.amount or 0

    @property
    def on(self) -> datetime.date:
        """Its business date."""
        return datetime.date.fromordinal(self.day)

    @property
    def decidable_on(self) -> datetime.date:
        """The day from which it counts: its own, or that of its recording if later."""
        return datetime.date.fromordinal(max(self.day, self.known))

    @property
    def evidence(self) -> Evidence:
        """Name, position and leaf hash."""
        return Evidence(name=self.name, seq=self.seq, leaf=self.leaf)


class Agreed(NamedTuple):
    """A registered contract that stands."""

    event: Named
    id: str
    project: str
    supplier: str


class Paid(NamedTuple):
    """A disbursement on a contract, out of a line of `fund`."""

    event: Named
    fund: str


class Mention(NamedTuple):
    """An event that names `contract`, as said there, or `milestone`, of `project`; with money of `fund`, if of one.

    Whether the project has contracts; whether the one named is of the project; whether project or contract have milestones;
    whether the one named is among these.
    """

    event: Named
    contract: str | None
    milestone: str | None
    project: str | None
    fund: str | None
    with_contracts: bool
    contract_known: bool
    with_milestones: bool
    milestone_known: bool


class NamedContracts:
    """The tables of one case; `take` every event in log order, then `ready`, then read."""

    def __init__(self, workspace: Workspace) -> None:
        """Empty tables in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._reversals = workspace.batch("INSERT OR IGNORE INTO reversal VALUES (?, ?)")
        self._contracts = workspace.batch("INSERT INTO contract VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self._changes = workspace.batch("INSERT INTO contract_change VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        self._named = workspace.batch(
            "INSERT INTO contract_named VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._back = workspace.batch("INSERT INTO paid_back VALUES (?, ?, ?)")
        self._project_stages = workspace.batch("INSERT OR IGNORE INTO project_stage VALUES (?, ?)")
        self._contract_stages = workspace.batch("INSERT OR IGNORE INTO contract_stage VALUES (?, ?)")

    def take(self, posted: PostedEvent, case: Case) -> None:
        """Note what `posted` registers, changes, names or takes back; every version of a project adds milestones."""
        match posted.event:
            case Contract() as event:
                columns = _columns(posted, case, event.amount)
                self._contracts.add(*columns, event.id, event.project, event.supplier)
                self._note_stages(self._contract_stages, event)
            case ContractChange() as event:
                sign = 1 if event.direction == "increase" else -1
                self._changes.add(*_columns(posted, case, sign * (event.amount or 0)), event.contract)
            case Disbursement() | Use() | Claim() | Acceptance() as event:
                self._name(posted, event, case)
            case Return() as event if event.event is not None:
                self._back.add(posted.name, event.event, event.amount)
            case Project() as event:
                self._note_stages(self._project_stages, event)
            case Correction() as event:
                self._reversals.add(event.event, event.occurred_on.toordinal())
            case _:
                pass

    def ready(self) -> None:
        """What was taken back is gone, the rest can be read fast; called once, after the last event."""
        for sql in _READY:
            self._workspace.run(sql)

    def contracts(self) -> Iterator[Agreed]:
        """The contracts that stand, in log order."""
        return self._workspace.rows(_agreed, _CONTRACTS)

    def changes(self, contract: Agreed) -> Iterator[Named]:
        """Its changes, in log order; the amount is below zero where they lower it."""
        return self._workspace.rows(Named, _CHANGES, (contract.id,))

    def payments(self, contract: Agreed) -> Iterator[Paid]:
        """The disbursements that name the contract, of its project or of none, in log order."""
        return self._workspace.rows(_paid, _PAYMENTS, (contract.id, contract.project))

    def came_back(self, payment: Named) -> int:
        """What returns that refer to the payment add up to."""
        return sum(self._workspace.rows(int, _BACK, (payment.name,)))

    def mentions(self) -> Iterator[Mention]:
        """Every event that names a contract or a milestone, in log order."""
        return self._workspace.rows(_mention, _NAMED)

    def unjudged(self) -> int:
        """How many events name a contract of a project without any, in a ledger that has contracts."""
        return self._workspace.look_up(int, _UNJUDGED) or 0

    @staticmethod
    def _note_stages(stages: Batch, event: Contract | Project) -> None:
        for milestone in event.milestones:
            stages.add(event.id, milestone.id)

    def _name(self, posted: PostedEvent, event: Naming, case: Case) -> None:
        milestone: str | None = getattr(event, "milestone", None)
        if event.contract is None and milestone is None:
            return
        number = None if event.contract is None else one_spelling(event.contract)
        amount: int | None = getattr(event, "amount", None)
        pays = int(isinstance(event, Disbursement))
        self._named.add(
            *_columns(posted, case, amount),
            event.contract,
            number,
            milestone,
            event.project,
            pays,
            _fund_of(event, case),
        )


def _columns(posted: PostedEvent, case: Case, amount: int | None) -> Named:
    return Named(
        seq=posted.seq,
        name=posted.name,
        leaf=posted.leaf.hex(),
        party=posted.party,
        day=posted.event.occurred_on.toordinal(),
        known=case.recorded_on(posted).toordinal(),
        amount=amount,
    )


def _fund_of(event: Naming, case: Case) -> str | None:
    """The fund whose money it is about, where it says so."""
    match event:
        case Disbursement() | Claim():
            line = case.standing.lines.get(event.line or "")
            return None if line is None else line.fund
        case Use():
            return None if event.tag is None else event.tag.fund
        case Acceptance():
            return None


def _agreed(  # noqa: PLR0913, PLR0917 - the columns of the query
    seq: int, name: str, leaf: str, party: str, day: int, known: int, amount: int,
    contract: str, project: str, supplier: str,
) -> Agreed:  # fmt: skip
    return Agreed(Named(seq, name, leaf, party, day, known, amount), contract, project, supplier)


def _paid(  # noqa: PLR0913, PLR0917 - the columns of the query
    seq: int, name: str, leaf: str, party: str, day: int, known: int, amount: int, fund: str
) -> Paid:  # fmt: skip
    return Paid(Named(seq, name, leaf, party, day, known, amount), fund)


def _mention(  # noqa: PLR0913, PLR0917 - the columns of the query
    seq: int, name: str, leaf: str, party: str, day: int, known: int, amount: int | None,
    contract: str | None, milestone: str | None, project: str | None, fund: str | None, *facts: int,
) -> Mention:  # fmt: skip
    event = Named(seq, name, leaf, party, day, known, amount)
    return Mention(event, contract, milestone, project, fund, *map(bool, facts))
