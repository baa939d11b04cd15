# SPDX-License-Identifier: Apache-2.0
"""Contracts (合同) and what becomes of them: approved changes, measured progress, settlement. Admitted by a policy."""

import datetime
from typing import Annotated, Literal

from msgspec import Meta

from ledger.amount import Amount
from ledger.kinds.form import Digest, Event, Record, Reference, Text, forbid, require
from ledger.party import Id


class ContractMilestone(Record, frozen=True, kw_only=True):
    """A stage of a contract: the task, what it pays in minor units, and its due date, as far as agreed."""

    id: Id
    task: Text
    amount: Amount | None = None
    due_on: datetime.date | None = None


class Contract(Event, frozen=True, kw_only=True, tag="contract"):
    """A contract (合同) of `project` with `supplier` for `amount`, posted by the project's unit.

    Payments, claims, uses and acceptances name it by `id`. `advance_cap` is the most that may be paid before work is
    accepted, `retention` what is held back (质保金) until `retention_until`; both as agreed and judged, never refused.
    `document` is the number printed on the contract, `hash` that of its file.
    """

    id: Id
    project: Id
    supplier: Id
    amount: Amount
    category: Literal["works", "goods", "services"]
    milestones: tuple[ContractMilestone, ...] = ()
    advance_cap: Amount | None = None
    retention: Amount | None = None
    retention_until: datetime.date | None = None
    document: Reference | None = None
    hash: Digest | None = None

    def __post_init__(self) -> None:
        """A day until which money is held back goes with an amount."""
        if self.retention is None:
            forbid(
                given=self.retention_until is not None, field="retention_until", when="without `retention`"
            )


class ContractChange(Event, frozen=True, kw_only=True, tag="contract_change"):
    """An approved change (变更) of an earlier contract: its amount by `amount` up or down, its end, or its terms.

    `approved_by` approved it by the paper `document`. Net total of a contract = amount + increases − decreases; gross =
    amount + increases + decreases.
    """

    contract: Id
    approved_by: Id
    document: Reference
    reason: Text
    direction: Literal["increase", "decrease"] | None = None
    amount: Amount | None = None
    due_on: datetime.date | None = None
    hash: Digest | None = None

    def __post_init__(self) -> None:
        """An amount has a direction, and a direction an amount."""
        check = forbid if self.direction is None else require
        check(
            given=self.amount is not None, field="amount", when=f"with direction {self.direction or 'absent'}"
        )


class Settlement(Event, frozen=True, kw_only=True, tag="settlement"):
    """Final accounts (结算) of a contract, or of a whole project (竣工财务决算) where `contract` is absent.

    `amount` is what it came to; `surplus` what is left to be returned, absent when nothing is.
    """

    project: Id
    amount: Amount
    contract: Id | None = None
    surplus: Amount | None = None
    document: Reference | None = None
    hash: Digest | None = None


class Progress(Event, frozen=True, kw_only=True, tag="progress"):
    """Measured progress (进度): `value` in minor units is all work done so far, on a milestone, a contract or a project."""

    project: Id
    value: Amount
    contract: Id | None = None
    milestone: Id | None = None
    percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    evidence: tuple[Digest, ...] = ()
