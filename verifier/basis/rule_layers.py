# SPDX-License-Identifier: Apache-2.0
"""What one row of a pack or policy, or one deadline of a fund, says; `verifier.basis.rulepack` lays them in order."""

import datetime
from dataclasses import dataclass
from typing import Literal

from ledger.kinds.registry import Deadline, Fund, Policy, PolicyRow
from ledger.party import Level
from verifier.basis.pack_form import Pack, PackRow
from verifier.basis.working_days import Unit
from verifier.language import Told

Status = Literal["law", "published", "convention", "ledger"]
"""``ledger``: said by a fund document or a policy event in the ledger itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The numbers that one row sets, with what they rest on."""

    values: dict[str, int]
    unit: Unit | None
    basis: Told
    status: Status
    row: str
    source: str


def pack_layer(pack: Pack, row: PackRow, *, replaced: bool) -> Layer:
    """What `row` says; a convention says no days where a fund has `replaced` them."""
    values = dict(row.parameters)
    if replaced and row.status == "convention":
        values.pop("days", None)
    return Layer(
        values=values,
        unit=row.unit,
        basis=row.basis,
        status=row.status,
        row=row.id,
        source=f"{pack.name}#{row.id}",
    )


def policy_layer(policy: Policy, row: PolicyRow) -> Layer:
    """What `row` of `policy` says."""
    return Layer(
        values=dict(row.parameters),
        unit=row.unit,
        basis=Told(zh=row.basis, en=row.basis),
        status="ledger",
        row=row.id,
        source=f"policy {policy.id}/{policy.version}#{row.id}",
    )


def deadline_layer(deadline: Deadline, fund: Fund) -> Layer:
    """What `deadline` of `fund` says."""
    return Layer(
        values={"days": deadline.days},
        unit=deadline.unit,
        basis=Told(zh=deadline.basis, en=deadline.basis),
        status="ledger",
        row=fund.id,
        source=f"fund {fund.id}/{fund.version}",
    )


def generality(row: PackRow) -> tuple[bool, bool, datetime.date]:
    """Sorts the more narrowly addressed later, and of those alike the one in force later."""
    return row.direct is not None, row.level is not None, row.effective_on or datetime.date.min


def addresses(row: PackRow, level: Level | None, on: datetime.date, *, direct: bool) -> bool:
    """Whether `row` speaks to a party of `level` on `on`, about money of a fund that is direct or not."""
    begun = row.effective_on is None or row.effective_on <= on
    return begun and row.level in {None, level} and (direct or not row.direct)
