# SPDX-License-Identifier: Apache-2.0
"""What following money piece by piece shows: how much was asked for, where it ended, and the way of the largest pieces."""

import datetime
from dataclasses import dataclass
from typing import Final, Literal

from verifier.basis.findings import Record, Step

Direction = Literal["forward", "backward"]

End = Literal[
    "held",
    "paid",
    "unseen",
    "unknown",
    "gap",
    "outside",
    "uncovered",
    "round_trip",
    "cut_depth",
    "cut_days",
    "cut_work",
]
"""Where following stops. Forward: still ``held`` in a custodian account; ``paid`` to somebody whose further payments are
not known; on its way into a custodian account that has not seen it (``unseen``); to somebody ``unknown``; into a ``gap`` of
statements; back to a place on its own way (``round_trip``). Backward: from ``outside`` the record, or ``uncovered``, paid
ahead of money that has not come. Or cut, by depth, days or work."""

DAYS: Final = 3_650
"""For how many days money is followed unless said otherwise: ten years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkCaps:
    """How far money is followed and how much is shown: hops, days from the start, pieces followed, rows of each list."""

    depth: int = 8
    days: int = DAYS
    work: int = 20_000
    rows: int = 50


class Ending(Record, frozen=True, kw_only=True):
    """`amount` in `pieces` pieces ended at `place`, an account or party, absent where nobody is named."""

    end: End
    amount: int
    pieces: int
    place: str | None = None


class WalkedPiece(Record, frozen=True, kw_only=True):
    """`amount` that is one piece on all of its way; `steps` in the order of time."""

    amount: int
    end: End
    steps: tuple[Step, ...]


class MoneyWalk(Record, frozen=True, kw_only=True):
    """The answer: `total` was asked for and is the sum of `ends`; `rest` is what the shown lists leave out.

    `endings` and `pieces` are cut to the largest; `rest` counts what is not shown of them and its amount. By first in,
    first out at every place: one way to draw paths, never a proof.
    """

    asked: str
    direction: Direction
    as_of: datetime.date
    total: int
    ends: dict[str, int]
    endings: tuple[Ending, ...]
    pieces: tuple[WalkedPiece, ...]
    rest: dict[str, int]
