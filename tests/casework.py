# SPDX-License-Identifier: Apache-2.0
"""Steps of one case about a finding, as auditors post them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from ledger.kinds.control import CaseStep, Disposition

if TYPE_CHECKING:
    import datetime


class Cited(TypedDict):
    """What a step in clear names: the finding, and what was found."""

    finding: str
    content_hash: str


class Stated(TypedDict, total=False):
    """What a step may state beside its state."""

    finding: str
    content_hash: str
    parties: tuple[str, ...]
    text: str
    due_on: datetime.date
    returned: int
    exempt: int
    basis: str
    sd: tuple[str, ...]


def disposition(day: datetime.date, state: CaseStep, **stated: Unpack[Stated]) -> Disposition:
    """A step of case K-1 on `day`."""
    return Disposition(occurred_on=day, case="K-1", state=state, **stated)
