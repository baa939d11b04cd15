# SPDX-License-Identifier: Apache-2.0
"""What the registers say at a position of the log: parties, accounts, funds, projects, contracts, lines.

A judgement asks it for the version in force at the event it judges (DESIGN §4, *Registry changes*). It grows with
the registers, never with entries.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Allocation
from ledger.kinds.contract import Contract
from ledger.kinds.registry import Account, Fund, Party, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import Level
from verifier.basis.rulepack import DIRECT_FLAGS

FINANCE: Final = "finance"
BANK: Final = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What never changes of a line: fund, holder, giver, parent, project, year, and whether it is of a direct fund.

    `group` is the line whose duty to pass on this line belongs to: itself, or its parent's where the holder split
    the line to itself. `year` is the fiscal year of its top line, also where it was carried over into a later one.
    """

    id: str
    fund: str
    holder: str
    giver: str
    parent: str | None
    project: str | None
    direct: bool
    group: str
    year: int


class Standing:
    """The registers as the log has them so far; `take` every event in log order."""

    __slots__ = (
        "_related",
        "accounts",
        "contracted",
        "contracts",
        "funds",
        "holders",
        "lines",
        "parties",
        "projects",
        "suppliers",
    )

    def __init__(self) -> None:
        """Nothing registered."""
        self.parties: dict[str, Party] = {}
        self.accounts: dict[str, Account] = {}
        self.funds: dict[str, Fund] = {}
        self.projects: dict[str, Project] = {}
        self.contracts: dict[str, str] = {}
        """Contract → its project."""
        self.contracted: set[str] = set()
        """Projects with a contract."""
        self.suppliers: dict[str, str] = {}
        """Contract → its supplier."""
        self.lines: dict[str, LineFacts] = {}
        self.holders: set[tuple[str, str]] = set()
        """(party, fund) where the party was given a line of the fund."""
        self._related: dict[str, set[str]] | None = None

    def take(self, event: AnyEvent) -> None:
        """The registers hold `event`; kinds that register nothing are ignored."""
        match event:
            case Party():
                self.parties[event.id] = event
                self._related = None
            case Account():
                self.accounts[event.id] = event
            case Fund():
                self.funds[event.id] = event
            case Project():
                self.projects[event.id] = event
            case Contract():
                self.contracts[event.id] = event.project
                self.contracted.add(event.project)
                self.suppliers[event.id] = event.supplier
            case Allocation() if event.opens:
                line = self._line(event)
                self.lines[event.line] = line
                self.holders.add((line.holder, line.fund))
            case _:
                pass

    def is_finance(self, party: str) -> bool:
        """Whether `party` is a finance bureau."""
        found = self.parties.get(party)
        return found is not None and FINANCE in found.roles

    def is_bank(self, party: str) -> bool:
        """Whether `party` is a bank."""
        found = self.parties.get(party)
        return found is not None and BANK in found.roles

    def level(self, party: str) -> Level | None:
        """The administrative level of `party`."""
        found = self.parties.get(party)
        return None if found is None else found.level

    def owns_project(self, party: str, project: str | None) -> bool:
        """Whether `project` is run by `party` itself or by a unit directly under it."""
        found = self.projects.get(project or "")
        if found is None:
            return False
        unit = self.parties.get(found.unit)
        return found.unit == party or (unit is not None and unit.parent == party)

    def owner(self, account: str | None) -> str | None:
        """The party whose account it is."""
        found = self.accounts.get(account or "")
        return None if found is None else found.owner

    def related(self, party: str) -> frozenset[str]:
        """`party` and whoever is registered as related to it, said by either side."""
        if self._related is None:
            self._related = defaultdict(set)
            for one in self.parties.values():
                for other in one.related:
                    self._related[one.id].add(other)
                    self._related[other].add(one.id)
        return frozenset({party} | self._related.get(party, set()))

    def _line(self, event: Allocation) -> LineFacts:
        parent = self.lines.get(event.parent or "")
        fund = parent.fund if parent is not None else event.fund or ""
        direct = parent.direct if parent is not None else self._is_direct(event)
        kept = parent is not None and parent.holder == event.to
        return LineFacts(
            id=event.line,
            fund=fund,
            holder=event.to,
            giver=event.from_,
            parent=event.parent,
            project=event.project,
            direct=direct,
            group=parent.group
            if parent is not None and kept and not self.owns_project(event.to, event.project)
            else event.line,
            year=parent.year if parent is not None else event.fiscal_year or event.occurred_on.year,
        )

    def _is_direct(self, event: Allocation) -> bool:
        fund = self.funds.get(event.fund or "")
        flag = event.direct or (fund.direct if fund is not None else None)
        return flag in DIRECT_FLAGS
