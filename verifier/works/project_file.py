# SPDX-License-Identifier: Apache-2.0
"""The facts of one project in order: its plan, its contracts, and what was paid, measured and accepted on each."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from verifier.matters.family import Matter, Noted, Said
from verifier.works.final_payments import Payment, final_payments
from verifier.works.work_facts import (
    Accepted,
    Agreed,
    Changed,
    Claimed,
    Fact,
    Measured,
    Paid,
    Planned,
    Returned,
    Settled,
)

SaidT = TypeVar("SaidT", bound=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Generic[SaidT]):
    """A fact with what it says, typed."""

    entry: Noted[Fact]
    said: SaidT

    @property
    def on(self) -> datetime.date:
        """Its business date."""
        return self.entry.on


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFile:
    """A registered contract of `project` and what names it.

    Acceptances include those of the whole project, and measurements where the project has one contract.
    """

    project: str
    agreed: Stated[Agreed]
    changes: tuple[Stated[Changed], ...]
    settled: Stated[Settled] | None
    measured: tuple[Stated[Measured], ...]
    accepted: tuple[Stated[Accepted], ...]
    payments: tuple[Payment, ...]

    @property
    def id(self) -> str:
        """Its number."""
        return self.agreed.said.contract

    @property
    def net(self) -> int:
        """What it comes to with its changes, minor units (spec §4.9)."""
        return self.agreed.said.amount + sum(one.said.amount for one in self.changes)

    @property
    def ceiling(self) -> int:
        """The most that may be paid on it in all: with its changes, or as settled if that is less."""
        return self.net if self.settled is None else min(self.net, self.settled.said.amount)

    @property
    def fund(self) -> str | None:
        """The fund of its payments, where it is one."""
        funds = {one.said.fund for one in self.payments}
        return next(iter(funds)) if len(funds) == 1 else None

    def accepted_by(self, day: datetime.date) -> int | None:
        """What was accepted with verdict pass on or before `day`, minor units.

        None where one of these acceptances gives no value, nor its milestone one, so that all may be accepted.
        """
        values = [self.value_of(one) for one in self.accepted if one.said.verdict == "pass" and one.on <= day]
        known = [one for one in values if one is not None]
        return sum(known) if len(known) == len(values) else None

    def measured_by(self, day: datetime.date) -> int:
        """Work measured on or before `day`: the latest of the contract, or of its milestones added up if that is more."""
        latest: dict[str | None, int] = {}
        for one in self.measured:
            if one.on <= day:
                latest[one.said.milestone] = one.said.value
        whole = latest.pop(None, 0)
        return max(whole, sum(latest.values()))

    def value_of(self, acceptance: Stated[Accepted]) -> int | None:
        """What it accepts: its value where it names the contract, or the amount of the stage that it names."""
        said = acceptance.said
        if said.contract is not None and said.value is not None:
            return said.value
        return {one.id: one.amount for one in self.agreed.said.stages}.get(said.milestone or "")


@dataclass(frozen=True, kw_only=True)
class ProjectFile:
    """A project as its standing facts tell it; `plan` is its newest version."""

    project: str
    facts: tuple[Noted[Fact], ...]

    @property
    def plan(self) -> Stated[Planned] | None:
        """The newest version of the project."""
        return next(reversed(list(self._all(Planned))), None)

    @property
    def stages(self) -> frozenset[str]:
        """Milestones of all versions of the project."""
        return frozenset(stage for one in self._all(Planned) for stage in one.said.stages)

    def agreed(self) -> Iterator[Stated[Agreed]]:
        """The contracts that stand, in log order."""
        return self._all(Agreed)

    def claims(self) -> Iterator[Stated[Claimed]]:
        """Claims that name a contract."""
        return self._all(Claimed)

    def accepted(self) -> Iterator[Stated[Accepted]]:
        """Acceptances of whatever part."""
        return self._all(Accepted)

    def paid(self) -> Iterator[Stated[Paid]]:
        """Payments as reported, those told again included."""
        return self._all(Paid)

    @cached_property
    def contracts(self) -> tuple[ContractFile, ...]:
        """Each contract that stands, in log order, with what names it."""
        return tuple(self._contracts())

    def _contracts(self) -> Iterator[ContractFile]:
        back: dict[str, int] = {}
        for one in self._all(Returned):
            back[one.said.undoes] = back.get(one.said.undoes, 0) + one.said.amount
        paid, accepted = _by_contract(self.paid()), _by_contract(self.accepted())
        changed, measured = _by_contract(self._all(Changed)), _by_contract(self._all(Measured))
        settled = {one.said.contract: one for one in self._all(Settled)}
        contracts = list(self.agreed())
        if len(contracts) == 1:
            measured[contracts[0].said.contract] += measured[None]
        for agreed in contracts:
            contract = agreed.said.contract
            yield ContractFile(
                project=self.project,
                agreed=agreed,
                changes=tuple(changed[contract]),
                settled=settled.get(contract),
                measured=tuple(measured[contract]),
                accepted=tuple(
                    sorted(accepted[contract] + accepted[None], key=lambda one: one.entry.entry.seq)
                ),
                payments=tuple(final_payments([one.entry for one in paid[contract]], back)),
            )

    def _all(self, kind: type[SaidT]) -> Iterator[Stated[SaidT]]:
        for one in self.facts:
            if isinstance(one.said, kind):
                yield Stated(entry=one, said=one.said)


def file_of(matter: Matter[Fact]) -> ProjectFile:
    """The file of the project that `matter` is."""
    return ProjectFile(project=matter.key, facts=matter.facts)


_OfContract = TypeVar("_OfContract", Changed, Measured, Accepted, Paid)


def _by_contract(facts: Iterable[Stated[_OfContract]]) -> defaultdict[str | None, list[Stated[_OfContract]]]:
    found: defaultdict[str | None, list[Stated[_OfContract]]] = defaultdict(list)
    for one in facts:
        found[one.said.contract].append(one)
    return found
