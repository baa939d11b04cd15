# SPDX-License-Identifier: Apache-2.0
"""Where each line, key, claim and return stands that a later submission may still touch: the records of the register."""

import datetime
from dataclasses import dataclass
from typing import Literal

import msgspec

from ledger.kinds.registry import Key
from ledger.past_events import BankLine

BankReference = tuple[str, str, str]
"""(account, direction, bank reference)."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator line (指标) and its arithmetic, all in minor units.

    `received` is what came in; `split_out` what its children hold of it, net of what they gave back; `lowered` and
    `recalled` what went back up; `disbursed` what was paid, `restored` what came back and may be paid again.
    `parent` is None for a top line; `giver` is the party above.
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

    @property
    def free(self) -> int:
        """What may still be split, given back or paid (DESIGN §4, *Line arithmetic*); negative only where flagged."""
        return self.received - self.split_out - self.lowered - self.recalled - self.disbursed + self.restored


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """A registered key: its registration, the raw public key, and the instant of its revocation if any."""

    registered: Key
    public: bytes
    revoked_at: str | None = None


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
