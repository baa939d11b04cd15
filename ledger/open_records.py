# SPDX-License-Identifier: Apache-2.0
"""Where each line, key, claim and return stands that a later submission may still touch: the records of the register."""

import datetime
from dataclasses import dataclass
from typing import Literal

import msgspec

from ledger.kinds.control import CaseStep
from ledger.kinds.mandate import Deputation
from ledger.kinds.registry import Key
from ledger.past_events import BankLine
from ledger.rights import Duty

BankReference = tuple[str, str, str]
"""(account, direction, bank reference)."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator line (指标) and its arithmetic, all in minor units.

    `received` is what came in; `split_out` what its children hold of it, net of what they gave back; `lowered` and
    `recalled` what went back up; `disbursed` what was paid, `restored` what came back and may be paid again; `planned` what
    stands in plans; `carried_out` what lines of the next year hold of it, each `carried` and with it as parent. `parent` is
    None for a top line; `giver` is the party above; `upper` the genesis of the ledger from which a top line was received.
    """

    id: str
    fund: str
    fiscal_year: int
    holder: str
    giver: str
    parent: str | None
    opened_by: str
    opened_on: datetime.date
    project: str | None = None
    functional: str | None = None
    direct: str | None = None
    document: str | None = None
    received: int = 0
    split_out: int = 0
    lowered: int = 0
    recalled: int = 0
    disbursed: int = 0
    restored: int = 0
    carried_out: int = 0
    planned: int = 0
    carried: bool = False
    upper: str | None = None

    @property
    def own(self) -> int:
        """What the line may pay in all, paid or not: what came in and was not passed on or given back."""
        return self.free + self.disbursed - self.restored

    @property
    def free(self) -> int:
        """What may still be split, given back or paid (DESIGN §4, *Line arithmetic*); negative only where flagged."""
        gone = self.split_out + self.lowered + self.recalled + self.carried_out + self.disbursed
        return self.received - gone + self.restored


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """A registered key: its registration, the raw public key, and the instant of its revocation if any."""

    registered: Key
    public: bytes
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputationState:
    """A deputation: its grant, the party it is of, and whether it was ended before its time."""

    granted: Deputation
    party: str
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeState:
    """What an administrator is for: his one duty, None while he has none; dismissed, his id stays taken."""

    duty: Duty | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyState:
    """A key of the log: its verifier key text, and the instant recorded in the entry that retired it, if one did."""

    vkey: str
    retired: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimState:
    """A claim: its project, the line it was submitted on if any, who approved it last, and where it stands."""

    project: str
    line: str | None
    approver: str | None = None
    action: Literal["submit", "approve", "return", "withdraw"] = "submit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnState:
    """A return that may lift a ceiling: the payment of `paid` on `line` that it undoes, and what it lifts of `amount` now.

    `sworn` returns were posted by the account's bank; others lean on a bank line with their reference.
    """

    payment: str
    paid: int
    line: str
    reference: BankReference | None
    amount: int
    sworn: bool
    lifted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceState:
    """A bank reference that returns or corrections touched: its bank line, None while none stands, and what leans on it.

    Returns took `taken` of its amount so far; `returns` counts those that name it, taking or waiting.
    """

    line: BankLine | None
    taken: int = 0
    returns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractState:
    """A contract and what changed it, in minor units; `reversed_` once its own event was corrected."""

    project: str
    supplier: str
    amount: int
    milestones: tuple[str, ...] = ()
    raised: int = 0
    lowered: int = 0
    reversed_: bool = False

    @property
    def net(self) -> int:
        """What it comes to with its changes."""
        return self.amount + self.raised - self.lowered

    @property
    def gross(self) -> int:
        """Its amount and all changes, up and down, without setting them off."""
        return self.amount + self.raised + self.lowered


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """The steps of a case that stand, in the order of the log: name of the event, state, finding if it was told."""

    steps: tuple[tuple[str, CaseStep, str | None], ...] = ()

    @property
    def state(self) -> CaseStep | None:
        """Where the case stands; None if every step was reversed."""
        return self.steps[-1][1] if self.steps else None

    @property
    def finding(self) -> str | None:
        """The finding that the case is about, once a step that stands told it."""
        return next((finding for _, _, finding in self.steps if finding is not None), None)
