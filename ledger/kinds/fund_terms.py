# SPDX-License-Identifier: Apache-2.0
"""Terms of a fund beside ratios and time limits: fixed matching amounts, how work is accepted, what may be held back."""

import datetime
from typing import Annotated, Literal

from msgspec import Meta

from ledger.amount import Amount
from ledger.kinds.form import Days, Record, Text
from ledger.party import Id, Level


class MatchingAmount(Record, frozen=True, kw_only=True):
    """Matching money of a fixed `amount` in minor units, owed by one party, or by each finance party of `level`."""

    amount: Amount
    party: Id | None = None
    level: Level | None = None
    due_on: datetime.date | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        """Exactly one of party and level owes."""
        if (self.party is None) == (self.level is None):
            raise ValueError("exactly one of `party` and `level` is required in a matching amount")


class AcceptanceRule(Record, frozen=True, kw_only=True):
    """How what the fund pays is accepted: within `days` of a milestone's due date, by a panel of at least `panel`."""

    days: Days
    unit: Literal["calendar", "working"]
    panel: Annotated[int, Meta(ge=1, le=99)]
    basis: Text


class RetentionRule(Record, frozen=True, kw_only=True):
    """How much of a contract may be held back (质保金), floor(amount · `num` / `den`), and how long after acceptance."""

    num: Annotated[int, Meta(ge=0, le=1_000_000)]
    den: Annotated[int, Meta(ge=1, le=1_000_000)]
    days: Days
    basis: Text
