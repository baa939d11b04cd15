# SPDX-License-Identifier: Apache-2.0
"""What is said of a project and its contracts, and of who accepts: the facts that rules over contracts judge.

Amounts are minor units; contracts and milestones stand by their ids, numbers in free text in their one spelling.
"""

import datetime
from typing import Literal

import msgspec

from verifier.matters.family import Said

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
    panel: int
    """How many the panel lists."""
    asked: int | None
    """How many the funds of the project ask for, at least; None where none of them says."""
    fund: str | None
    """The fund of the project, where it is one."""


class Evidenced(Said, frozen=True, kw_only=True):
    """An acceptance of `project` rests on the file whose matter this is; it was worth `value`, where it says so."""

    project: str
    value: int | None
    fund: str | None


class Sat(Said, frozen=True, kw_only=True):
    """An acceptance of `project` by a panel of these persons (pseudonyms)."""

    project: str
    persons: tuple[str, ...]
    value: int | None
    fund: str | None


class Keyed(Said, frozen=True, kw_only=True):
    """`person` has a key by which to prepare records of the unit (经办)."""

    key: str
    person: str


class Revoked(Said, frozen=True, kw_only=True):
    """The key no longer signs."""

    key: str


class Deputed(Said, frozen=True, kw_only=True):
    """The key may sit on panels in somebody's place from the first of two days to the second (semantics P6)."""

    key: str
    first: datetime.date
    last: datetime.date


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


Fact = (
    Planned | Agreed | Changed | Settled | Measured | Accepted | Paid | Claimed | Returned
    | Evidenced | Sat | Keyed | Revoked | Deputed
)  # fmt: skip
