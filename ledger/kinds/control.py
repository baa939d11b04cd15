# SPDX-License-Identifier: Apache-2.0
"""Control kinds: what is said about earlier entries; nothing is ever edited."""

import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.amount import Amount
from ledger.kinds.form import (
    Commitment,
    Digest,
    Event,
    FindingId,
    Period,
    Reference,
    Text,
    forbid,
    require,
)
from ledger.party import EventName, Id


class Correction(Event, frozen=True, kw_only=True, tag="correction"):
    """Reversal (冲正) of one whole earlier event, once; never of a correction or a key (DESIGN §4, *Corrections*)."""

    event: EventName
    reason: Text


CaseStep = Literal["suspected", "affirmed", "cleared", "ordered", "answered", "verified", "closed"]
"""Where a finding stands: 疑点, 认定, 排除, 责令整改, 已答复, 已核实, 办结."""

_UNTOLD = frozenset({"suspected", "cleared"})
_AMOUNTS = ("returned", "rebooked", "recovered", "exempt")


class Disposition(Event, frozen=True, kw_only=True, tag="disposition"):
    """A step in the life of a finding (疑点处置), of one `case`; posted by audit or supervision.

    Until it is affirmed, and where it is cleared, finding, parties and text stand as commitments only. Afterwards
    `finding` and `content_hash` cite what was found. Amounts in minor units: `returned` to the fund, `rebooked` to where
    it belongs, `recovered` from somebody, `exempt` on a lawful `basis`; all that was done so far, not the step's part.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"finding", "content_hash", "parties", "text"})

    case: Id
    state: CaseStep
    finding: FindingId | None = None
    content_hash: Digest | None = None
    parties: tuple[Id, ...] = ()
    text: Text | None = None
    due_on: datetime.date | None = None
    returned: Amount | None = None
    rebooked: Amount | None = None
    recovered: Amount | None = None
    exempt: Amount | None = None
    basis: Text | None = None
    document: Reference | None = None

    def __post_init__(self) -> None:
        """Nothing is told before it is affirmed; amounts follow an answer; an exemption has a basis."""
        when = f"for state {self.state}"
        untold = self.state in _UNTOLD
        for name in ("finding", "content_hash"):
            (forbid if untold else require)(given=getattr(self, name) is not None, field=name, when=when)
        if untold:
            forbid(given=bool(self.parties), field="parties", when=when)
            forbid(given=self.text is not None, field="text", when=when)
            require(given=bool(self.sd), field="_sd", when=when)
        if self.state not in {"answered", "verified", "closed"}:
            for name in _AMOUNTS:
                forbid(given=getattr(self, name) is not None, field=name, when=when)
        if self.state != "ordered":
            forbid(given=self.due_on is not None, field="due_on", when=when)
        check, named = (forbid, "without `exempt`") if self.exempt is None else (require, "with `exempt`")
        check(given=self.basis is not None, field="basis", when=named)


class Objection(Event, frozen=True, kw_only=True, tag="objection"):
    """A question or objection of the public (公众异议) about an event, to be answered within `days` working days.

    Who asks stands in it as a commitment only.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"asker", "contact"})

    id: Id
    event: EventName
    text: Text
    days: Annotated[int, Meta(ge=1, le=250)]


class Reply(Event, frozen=True, kw_only=True, tag="reply"):
    """An answer (答复) to an objection by the body that posted the event, or the bureau over it."""

    objection: Id
    text: Text
    evidence: tuple[Digest, ...] = ()


class Erasure(Event, frozen=True, kw_only=True, tag="erasure"):
    """Disclosures destroyed for good (脱敏删除): which commitments of `event` can no longer be opened, and why."""

    event: EventName
    commitments: Annotated[tuple[Commitment, ...], Meta(min_length=1)]
    reason: Text
    document: Reference | None = None


class PeriodClose(Event, frozen=True, kw_only=True, tag="period_close"):
    """The books of `unit` for `period` are closed (结账), of one fund or of all; once each.

    `statement` is the SHA-256 of the statement as handed in. Facts of that period may still come; they are then shown as
    "after close".
    """

    unit: Id
    period: Period
    statement: Digest
    fund: Id | None = None
