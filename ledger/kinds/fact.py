# SPDX-License-Identifier: Apache-2.0
"""Facts that money units report; never refused for content, however bad the news (DESIGN §1.1)."""

import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ledger.amount import Amount
from ledger.kinds.authority import Invoice
from ledger.kinds.form import (
    PAYEE,
    ClassCode,
    Digest,
    Event,
    FindingId,
    Period,
    Reference,
    Tag,
    Text,
    forbid,
    require,
)
from ledger.party import EventName, Id


class MatchingReceipt(Event, frozen=True, kw_only=True, tag="matching_receipt"):
    """Matching money that arrived (配套到位): `party` paid `amount` for `fund` into `account`.

    `from_account` is the payer's account when registered; `pledge` the promise it meets. Reported by the owner of
    `account`. In-kind contributions carry no account movement and still name the account of the project.
    """

    fund: Id
    party: Id
    amount: Amount
    source: Literal["budget", "self_raised", "in_kind"]
    account: Id
    from_account: Id | None = None
    pledge: Id | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None


class Claim(Event, frozen=True, kw_only=True, tag="claim"):
    """Request for payment (请款): submitted by the project's unit, approved or returned by the line's holder.

    Approval starts the payment clock (semantics O2) for `amount` on `line`; `payee` is who is to be paid. `reason` says
    why a claim is returned. `evidence` are hashes of files.
    """

    PERSONAL: ClassVar[frozenset[str]] = PAYEE

    action: Literal["submit", "approve", "return"]
    claim: Id
    project: Id
    line: Id | None = None
    amount: Amount | None = None
    payee: Id | None = None
    contract: Reference | None = None
    evidence: tuple[Digest, ...] = ()
    reason: Text | None = None

    def __post_init__(self) -> None:
        """A submitted or approved claim has an amount, an approved one a line, a returned one a reason."""
        when = f"for action {self.action}"
        returns = self.action == "return"
        (forbid if returns else require)(given=self.amount is not None, field="amount", when=when)
        (require if returns else forbid)(given=self.reason is not None, field="reason", when=when)
        if self.action == "approve":
            require(given=self.line is not None, field="line", when=when)


class Transfer(Event, frozen=True, kw_only=True, tag="transfer"):
    """Movement between two accounts that is no final payment: 转拨, 调度, 归集 or 出借.

    `tag` says whose money it declares to be; absent = general money of the giver. Reported by the owner of
    `from_account`.
    """

    from_account: Id
    to_account: Id
    amount: Amount
    reason: Literal["pass_on", "dispatch", "pool", "lend", "repay", "other"]
    tag: Tag | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None
    note: Text | None = None


class Use(Event, frozen=True, kw_only=True, tag="use"):
    """Final use of money (使用): paid from `from_account` to `payee` for a purpose class.

    `functional` and `economic` are the declared classes, judged against the fund's scope (semantics T13). `tag` absent =
    general money of the owner. Reported by the owner of `from_account`.
    """

    PERSONAL: ClassVar[frozenset[str]] = PAYEE

    from_account: Id
    amount: Amount
    tag: Tag | None = None
    payee: Id | None = None
    to_account: Id | None = None
    functional: ClassCode | None = None
    economic: ClassCode | None = None
    project: Id | None = None
    contract: Reference | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None
    claim: Id | None = None
    milestone: Id | None = None
    invoice: Invoice | None = None
    note: Text | None = None


class Interest(Event, frozen=True, kw_only=True, tag="interest"):
    """Interest credited to `account` (利息) for `period`; general unless tagged (semantics T16)."""

    account: Id
    amount: Amount
    tag: Tag | None = None
    period: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None


class Return(Event, frozen=True, kw_only=True, tag="return"):
    """Money that goes back (退回) from `from_account` into `to_account`.

    `event` names the disbursement, transfer, use or matching receipt that it undoes, wholly or in part (semantics T17);
    absent, it is a plain credit with a finding. Either account may be unregistered, never both.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"payer_name", "payer_account"})

    amount: Amount
    event: EventName | None = None
    tag: Tag | None = None
    from_account: Id | None = None
    to_account: Id | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """At least one side is a registered account."""
        given = self.from_account is not None or self.to_account is not None
        require(given=given, field="to_account", when="unless `from_account` is given")


class Acceptance(Event, frozen=True, kw_only=True, tag="acceptance"):
    """Acceptance of work or goods (验收): verdict, accepted `value` in minor units, panel pseudonyms, evidence hashes."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"panel_names"})

    project: Id
    verdict: Literal["pass", "partial", "fail"]
    milestone: Id | None = None
    contract: Reference | None = None
    value: Amount | None = None
    panel: tuple[Id, ...] = ()
    evidence: tuple[Digest, ...] = ()


class Restitution(Event, frozen=True, kw_only=True, tag="restitution"):
    """Money put back (归垫) into `to_account` for the line that lost it; names the finding or the event that took it.

    Either account may be unregistered, never both. Restores no ceiling: the line had been paid from.
    """

    line: Id
    amount: Amount
    event: EventName | None = None
    finding: FindingId | None = None
    from_account: Id | None = None
    to_account: Id | None = None
    bank_ref: Reference | None = None
    voucher: Reference | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """One of event and finding, and at least one registered account."""
        if (self.event is None) == (self.finding is None):
            raise ValueError("exactly one of `event` and `finding` is required in a restitution")
        given = self.from_account is not None or self.to_account is not None
        require(given=given, field="to_account", when="unless `from_account` is given")


class PayeeList(Event, frozen=True, kw_only=True, tag="payee_list"):
    """A list of persons to be paid (发放清单) without their names: how many, how much in all, and the root over the rows.

    `root` is the RFC 9162 root over salted rows (`ledger.payee_rows`); a disbursement or publication names it.
    """

    fund: Id
    period: Period
    persons: Annotated[int, Meta(ge=1, le=10_000_000)]
    amount: Amount
    root: Digest
    line: Id | None = None
    project: Id | None = None


class Publication(Event, frozen=True, kw_only=True, tag="publication"):
    """Something was made public (公示) at `place`, a web address or a notice board, until `until` if it was taken down.

    `subject` says in words what; the event, fund, project, contract or payee list that it is about are named, at least one.
    `hash` is that of what was shown.
    """

    subject: Text
    place: Text
    hash: Digest
    until: datetime.date | None = None
    event: EventName | None = None
    fund: Id | None = None
    project: Id | None = None
    contract: Id | None = None
    payee_list: Digest | None = None

    def __post_init__(self) -> None:
        """It is about something in the ledger."""
        about = (self.event, self.fund, self.project, self.contract, self.payee_list)
        require(given=any(about), field="event", when="unless fund, project, contract or payee_list is given")
