# SPDX-License-Identifier: Apache-2.0
"""What every rule is given: the ledger judged, as of when, known by what, and the state of registers and rules."""

import datetime
from dataclasses import dataclass, field
from functools import lru_cache

from ledger.amount import group_amount
from ledger.genesis import Genesis
from ledger.instant import business_date
from ledger.kinds.authority import Disbursement, Waiver
from ledger.kinds.control import Correction
from ledger.kinds.fact import Use
from ledger.kinds.registry import Calendar, Fund, Policy
from verifier.basis.findings import Evidence
from verifier.basis.rulepack import RuleBook
from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.basis.working_days import WorkingDays
from verifier.language import Told
from verifier.obligations.known_terms import KnownTerms
from verifier.obligations.overlay import NO_OVERLAY, Overlay
from verifier.obligations.records import BankDates, NoFeeds, Waiving
from verifier.obligations.settling import Dates
from verifier.obligations.standing import Standing
from verifier.obligations.waiving import Waivers
from verifier.posted import PostedEvent
from verifier.workspace import Workspace


@lru_cache(maxsize=4_096)
def _business_date(minute: str, time_zone: str) -> datetime.date:
    return business_date(f"{minute}:00.000Z", time_zone)


@dataclass(slots=True, kw_only=True)
class Case:
    """One judgement: `genesis` of the ledger with leaf hash `genesis_hash`, as of `as_of`, up to position `known_by`.

    `tracing` is the selected rule of tracing (T15). `standing`, `book`, `calendar` and `waivers` hold what the events taken
    so far say; `terms` those by which facts were noted. `bank` answers once reconciliation is done.
    """

    genesis: Genesis
    genesis_hash: str
    as_of: datetime.date
    known_by: int
    workspace: Workspace
    book: RuleBook
    overlay: Overlay = NO_OVERLAY
    tracing: TracingRule = DEFAULT_TRACING
    bank: BankDates = field(default_factory=NoFeeds)
    standing: Standing = field(default_factory=Standing)
    calendar: WorkingDays = field(default_factory=WorkingDays)
    waivers: Waivers = field(default_factory=Waivers)
    admitted: set[str] = field(default_factory=set)
    """Kinds with their versions that policies admitted, such as ``publication/1``."""
    terms: KnownTerms = field(default_factory=KnownTerms)

    def take(self, posted: PostedEvent) -> bool:
        """Let `standing`, `book` and `calendar` know the next event; whether it lies within what the case judges.

        Events dated after `as_of`, or beyond `known_by`, are left out, but for what an event dated in time may name.
        """
        event = posted.event
        if posted.seq > self.known_by:
            return False
        dated = event.occurred_on <= self.as_of
        if dated or not isinstance(event, Fund):
            self.standing.take(event)
        if not dated:
            return False
        self._adopt(posted)
        return True

    def _adopt(self, posted: PostedEvent) -> None:
        """Let the event change what is in force."""
        match posted.event:
            case Fund() as fund:
                self.book.register_fund(fund)
            case Policy() as policy:
                self.book.adopt(policy, recorded_on=self.recorded_on(posted))
                self.admitted.update(policy.admits)
            case Calendar() as calendar:
                self.calendar.adopt(calendar)
            case Waiver() as waiver:
                self.waivers.add(_waiving(posted, waiver, self))
            case Correction() as correction:
                self.waivers.reverse(correction.event)
            case _:
                pass

    def recorded_on(self, posted: PostedEvent) -> datetime.date:
        """The day on which the ledger recorded the event, in its own time zone.

        A historical ledger was written long afterwards: there an event counts as recorded on its own date (T2).
        """
        if self.genesis.historical:
            return posted.event.occurred_on
        return _business_date(posted.recorded[:16], self.genesis.time_zone)

    def fund_of(self, payment: Disbursement | Use) -> str | None:
        """The fund whose money `payment` declares to be, None for general money."""
        if isinstance(payment, Disbursement):
            return self.fund_of_line(payment.line)
        return None if payment.tag is None else payment.tag.fund

    def fund_of_line(self, line: str | None) -> str | None:
        """The fund of `line`, None where there is no such line."""
        found = self.standing.lines.get(line or "")
        return None if found is None else found.fund

    def dates(self, late_days: int) -> Dates:
        """What puts dates on acts."""
        return Dates(
            as_of=self.as_of,
            calendar=self.calendar,
            bank=self.bank,
            late_days=late_days,
        )

    def party(self, party: str) -> Told:
        """Name and id of a party, as explanations say it."""
        found = self.standing.parties.get(party)
        if found is None:
            return Told(zh=party, en=party)
        zh = party if found.name == party else f"{found.name}（{party}）"
        return Told(zh=zh, en=f"{found.name_en} ({party})" if found.name_en else party)

    def money(self, amount: int) -> Told:
        """An amount with its currency."""
        text = group_amount(amount)
        currency = self.genesis.currency
        return Told(zh=f"{text}元" if currency == "CNY" else f"{currency} {text}", en=f"{currency} {text}")


def evidence(posted: PostedEvent) -> Evidence:
    """Name, position and leaf hash of an event."""
    return Evidence(name=posted.name, seq=posted.seq, leaf=posted.leaf.hex())


def _waiving(posted: PostedEvent, event: Waiver, case: Case) -> Waiving:
    """What `event` says of a duty."""
    return Waiving(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        fund=event.fund,
        about=event.event or event.finding or "",
        row=event.row,
        document=event.document,
        until=event.due_on,
    )
