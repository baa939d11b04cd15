# SPDX-License-Identifier: Apache-2.0
"""Contracts of a prefix, their changes, and the events that name a contract or milestone in free text (spec §4.3).

What is remembered grows with the events that name a contract or milestone. A correction takes back what it reverses.
"""

from dataclasses import dataclass, field

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Return, Use
from ledger.kinds.registry import Project
from verifier.posted import PostedEvent

Naming = Disbursement | Use | Claim | Acceptance


@dataclass(slots=True, kw_only=True)
class NamedContracts:
    """Folds a prefix in log order; all by stable name of the event, contracts also by id in one spelling."""

    contracts: dict[str, PostedEvent] = field(default_factory=dict)
    changes: dict[str, PostedEvent] = field(default_factory=dict)
    naming: dict[str, PostedEvent] = field(default_factory=dict)
    returns: dict[str, PostedEvent] = field(default_factory=dict)
    projects: dict[str, frozenset[str]] = field(default_factory=dict)
    """Project → every milestone that a version of it named."""

    def take(self, posted: PostedEvent) -> None:  # noqa: C901 - one row a kind
        """Note what `posted` registers, changes, names or takes back."""
        match posted.event:
            case Contract():
                self.contracts[posted.name] = posted
            case ContractChange():
                self.changes[posted.name] = posted
            case Disbursement() | Use() | Claim() | Acceptance() as event:
                if event.contract is not None or getattr(event, "milestone", None) is not None:
                    self.naming[posted.name] = posted
            case Return() as event if event.event is not None:
                self.returns[posted.name] = posted
            case Project() as project:
                known = frozenset(one.id for one in project.milestones)
                self.projects[project.id] = self.projects.get(project.id, frozenset()) | known
            case Correction() as correction:
                for held in (self.contracts, self.changes, self.naming, self.returns):
                    held.pop(correction.event, None)
            case _:
                pass

    def standing(self) -> dict[str, Contract]:
        """The contracts that stand, by id in one spelling."""
        found: dict[str, Contract] = {}
        for posted in self.contracts.values():
            if isinstance(posted.event, Contract):
                found[one_spelling(posted.event.id)] = posted.event
        return found
