# SPDX-License-Identifier: Apache-2.0
"""Kinds by which somebody exercises authority; refused beyond what their line holds (DESIGN §1.1, §4)."""

import datetime
from typing import ClassVar, Literal

from msgspec import field

from ledger.amount import Amount
from ledger.kinds.form import (
    PAYEE,
    ClassCode,
    Digest,
    Event,
    FindingId,
    FiscalYear,
    Period,
    Record,
    Reference,
    Text,
    forbid,
    one,
    require,
    second_version,
)
from ledger.kinds.upper import UpperEvent
from ledger.party import EventName, Id


class Allocation(Event, frozen=True, kw_only=True, tag="allocation"):
    """Allocation of an indicator (指标): authority to spend, not cash.

    ``issue`` 下达 makes a top line of `fund` (with fiscal year, functional class, direct flag, which descendants inherit);
    ``split`` 分解 makes child `line` of `parent`; ``adjust`` 调整 raises or lowers `line` against its parent (a top line:
    against the outside); ``recall`` 收回 takes `amount` back to the parent (a top line: out of the fund).
    With `v` 2, ``carry_over`` 结转 makes `line` of the next fiscal year out of `parent`, and ``receive`` 接收 a top line of
    what the ledger above did, which `source` names; so do the adjust and recall of such a line.
    `from_` gives and `to` gets; the actor is the upper of the two: `from_` when money goes down, `to` when it comes back;
    with `source` the lower.
    `document` is the number of the paper (文号). `amount` in minor units.
    """

    v: Literal[1, 2] = field(default_factory=one)  # type: ignore[assignment]  # wider than of the other kinds
    action: Literal["issue", "split", "adjust", "recall", "carry_over", "receive"]
    line: Id
    from_: Id = field(name="from")
    to: Id
    amount: Amount
    document: Reference | None = None
    direction: Literal["increase", "decrease"] | None = None
    parent: Id | None = None
    fund: Id | None = None
    fiscal_year: FiscalYear | None = None
    functional: ClassCode | None = None
    direct: Literal["01", "02", "09"] | None = None
    project: Id | None = None
    source: UpperEvent | None = None

    def __post_init__(self) -> None:
        """Each action carries its own fields and no others."""
        when = f"for action {self.action}"
        issues, splits = self.action in {"issue", "receive"}, self.action in {"split", "carry_over"}
        new = self.action in {"carry_over", "receive"} or self.source is not None
        second_version(given=self.v, new=new, what="carry_over, receive or `source`")
        if self.action == "receive":
            require(given=self.source is not None, field="source", when=when)
        if self.action in {"issue", "split", "carry_over"}:
            forbid(given=self.source is not None, field="source", when=when)
        for name in ("fund", "fiscal_year"):
            (require if issues else forbid)(given=getattr(self, name) is not None, field=name, when=when)
        (require if splits else forbid)(given=self.parent is not None, field="parent", when=when)
        (require if self.action == "adjust" else forbid)(
            given=self.direction is not None, field="direction", when=when
        )
        if not issues:
            forbid(given=self.functional is not None, field="functional", when=when)
            forbid(given=self.direct is not None, field="direct", when=when)
        if not (issues or splits):
            forbid(given=self.project is not None, field="project", when=when)

    @property
    def opens(self) -> bool:
        """Whether it makes a new line."""
        return self.action not in {"adjust", "recall"}

    @property
    def goes_down(self) -> bool:
        """Whether authority goes from the upper party to the lower one."""
        return self.opens or self.direction == "increase"

    @property
    def actor(self) -> str:
        """The party whose act this is: the giver downwards, the taker upwards; of another ledger's act, the lower one."""
        return self.from_ if self.goes_down == (self.source is None) else self.to


class MatchingPledge(Event, frozen=True, kw_only=True, tag="matching_pledge"):
    """Promise of matching money (配套承诺) by `party` for `fund`; `due_on` absent when the document names no date."""

    id: Id
    fund: Id
    party: Id
    amount: Amount
    source: Literal["budget", "self_raised", "in_kind"]
    due_on: datetime.date | None = None
    document: Reference | None = None


class Invoice(Record, frozen=True, kw_only=True):
    """An invoice by hash of its file and its amount in minor units; the file itself never enters the ledger."""

    hash: Digest
    amount: Amount


class Disbursement(Event, frozen=True, kw_only=True, tag="disbursement"):
    """Payment order against a line (拨付), by the line's holder.

    ``direct`` 直接支付 pays the final payee, ``authorised`` 授权支付 lets the unit pay, ``transfer`` 实拨 moves cash into
    `to_account`. `to_account` is absent when the payee's account is not registered; then `payee` is given. `payee_list`
    is the hash of a list of persons. `claim` names the approved claim that it meets.
    """

    PERSONAL: ClassVar[frozenset[str]] = PAYEE

    line: Id
    from_account: Id
    amount: Amount
    mode: Literal["direct", "authorised", "transfer"]
    to_account: Id | None = None
    payee: Id | None = None
    payee_list: Digest | None = None
    project: Id | None = None
    contract: Reference | None = None
    functional: ClassCode | None = None
    economic: ClassCode | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None
    claim: Id | None = None
    milestone: Id | None = None
    invoice: Invoice | None = None

    def __post_init__(self) -> None:
        """Somebody is paid: an account, a party or a list."""
        given = any(value is not None for value in (self.to_account, self.payee, self.payee_list))
        require(given=given, field="to_account", when="unless `payee` or `payee_list` says who is paid")
        require(
            given=self.mode != "transfer" or self.to_account is not None,
            field="to_account",
            when="for mode transfer",
        )


class Plan(Event, frozen=True, kw_only=True, tag="plan"):
    """Plan of payments (用款计划): the holder of `line` means to pay `amount` in `period`; once per line and period."""

    line: Id
    period: Period
    amount: Amount
    document: Reference | None = None


class Waiver(Event, frozen=True, kw_only=True, tag="waiver"):
    """Postponement or exemption (延期、豁免) of a duty under `fund`, or of a finding about it (semantics O6).

    A duty is named by the event that started it and the policy row that demands it; a finding by its id. `document` and
    `hash` are those of the paper. `due_on` is the new due date; absent, the duty is waived.
    """

    fund: Id
    document: Reference
    hash: Digest
    event: EventName | None = None
    row: Id | None = None
    finding: FindingId | None = None
    due_on: datetime.date | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """Either a duty by event and row, or a finding."""
        duty = self.finding is None
        for name in ("event", "row"):
            when = "unless `finding` is given" if duty else "with `finding`"
            (require if duty else forbid)(given=getattr(self, name) is not None, field=name, when=when)
