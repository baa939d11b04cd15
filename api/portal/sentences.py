# SPDX-License-Identifier: Apache-2.0
"""What an entry says, as one sentence in the reader's language."""

from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from api.portal.case_sentences import say_case
from api.portal.contract_sentences import say_contract
from api.portal.sentence_parts import SentenceParts
from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry
from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge, Plan, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.code import Code
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.control import Correction, Disposition, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import (
    Acceptance,
    Claim,
    Interest,
    MatchingReceipt,
    PayeeList,
    Publication,
    Restitution,
    Return,
    Transfer,
    Use,
)
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.log_keys import short_name

AnyEntry = GenesisEntry | HeaderEntry | EventEntry | ForeignEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences(SentenceParts):
    """Says what entries say."""

    def entry(self, entry: AnyEntry) -> Markup:
        """The sentence of a whole entry."""
        say = self.frame.words.say
        match entry:
            case GenesisEntry():
                return say("says.genesis", name=self.frame.ledger_name)
            case HeaderEntry():
                header = entry.header
                return say("says.submission", party=self.party(header.party), n=header.count, id=header.id)
            case EventEntry():
                return self.event(entry.event)
            case ForeignEntry():
                return say("entry.foreign", kind=entry.kind, n=entry.version)

    def event(self, event: AnyEvent) -> Markup:  # noqa: C901, PLR0911, PLR0912 - one row a kind
        """The sentence of an event."""
        match event:
            case Party() | Account() | Fund() | Project() | Policy() | Calendar() | Key():
                return self._registered(event)
            case Allocation():
                return self._allocated(event)
            case Disbursement():
                return self._disbursed(event)
            case MatchingPledge() | MatchingReceipt():
                return self._matched(event)
            case Claim():
                return self._claimed(event)
            case Transfer() | Use():
                return self._moved(event)
            case Interest():
                return self.say(
                    "interest", owner=self.owner_of(event.account), account=event.account, amount=event.amount
                )
            case Return():
                return self._returned(event)
            case Movement() | BankBalance():
                return self._banked(event)
            case Acceptance():
                return self._accepted(event)
            case Attachment():
                return self.say("attachment", hash=event.hash[:16], type=event.media_type, size=event.size)
            case LogKeyChange():
                return self.say(f"log_key_{event.action}", key=short_name(event.vkey))
            case Deputation() | Override() | AdministratorChange():
                return self._mandated(event)
            case Correction():
                return self.say(
                    "correction", event=self.event_link(event.event), reason=self.text(event.reason)
                )
            case (
                Contract()
                | ContractChange()
                | Settlement()
                | Progress()
                | Plan()
                | PayeeList()
                | Restitution()
            ):
                return say_contract(self, event)
            case (
                Code()
                | Publication()
                | Waiver()
                | Disposition()
                | Objection()
                | Reply()
                | Erasure()
                | PeriodClose()
            ):
                return say_case(self, event)
            case _:
                assert_never(event)

    # --- kinds --------------------------------------------------------------------------------------------

    def _registered(self, event: Party | Account | Fund | Project | Policy | Calendar | Key) -> Markup:  # noqa: PLR0911 - one row a kind
        match event:
            case Key():
                return self._key(event)
            case Policy():
                return self.say("policy", title=self.text(event.title), day=self.day(event.effective_on))
            case Calendar():
                return self.say("calendar", year=event.year, notice=self.text(event.notice))
            case Party():
                parts = {"name": self.party(event.id), "level": self.word(f"level.{event.level}")}
                return self.version("party", event.version, **parts)
            case Account():
                kind = self.word(f"account_class.{event.account_class}")
                parts = {
                    "id": Markup("{}").format(event.id),
                    "owner": self.party(event.owner),
                    "class": kind,
                }
                return self.version("account", event.version, **parts)
            case Fund():
                parts = {"issuer": self.party(event.issuer), "name": self.fund(event.id)}
                return self.version("fund", event.version, **parts, purpose=self.purpose_of(event))
            case Project():
                return self.version(
                    "project", event.version, name=self.project(event.id), unit=self.party(event.unit)
                )

    def _key(self, event: Key) -> Markup:
        if event.action == "revoke":
            return self.say("key_revoke", key=f"{event.key[:8]}…")
        words = self.frame.words
        roles = words.say("words.separator").join(words.say(f"role.{role}") for role in event.roles)
        return self.say("key_register", holder=self.party(event.holder or ""), roles=roles)

    def _mandated(self, event: Deputation | Override | AdministratorChange) -> Markup:
        match event:
            case Deputation(action="end"):
                return self.say("deputation_end", id=event.id)
            case Deputation():
                return self.say(
                    "deputation_grant",
                    principal=f"{(event.principal or '')[:8]}…",
                    deputy=f"{(event.deputy or '')[:8]}…",
                    role=self.word(f"role.{event.role}"),
                    start=self.moment(event.valid_from),
                    end=self.moment(event.valid_to),
                )
            case Override(event=None):
                return self.say("override_declare", reason=self.text(event.reason))
            case Override():
                covered = self.event_link(event.event or "")
                return self.say("override_ratify", event=covered, reason=self.text(event.reason))
            case AdministratorChange():
                duty = Markup("") if event.duty is None else self.word(f"administrator_duty.{event.duty}")
                return self.say(f"administrator_{event.action}", id=event.id, duty=duty)

    def _allocated(self, event: Allocation) -> Markup:
        parts = {
            "giver": self.party(event.from_),
            "taker": self.party(event.to),
            "amount": self.amount(event.amount),
            "line": self.line_link(event.line),
        }
        match event.action:
            case "issue":
                return self.say("issue", fund=self.fund(event.fund or ""), **parts)
            case "carry_over":
                return self.say("carry_over", parent=self.line_link(event.parent or ""), **parts)
            case "receive":
                origin = event.source.origin if event.source else ""
                return self.say("receive", fund=self.fund(event.fund or ""), origin=origin, **parts)
            case "split":
                return self.say("split", parent=self.line_link(event.parent or ""), **parts)
            case "recall":
                return self.say("recall", **parts)
            case "adjust":
                return self.say(event.direction or "increase", **parts)

    def _disbursed(self, event: Disbursement) -> Markup:
        line = self.line(event.line)
        key = "transfer_paid" if event.mode == "transfer" else event.mode
        return self.say(
            key,
            giver=self.party(line.holder) if line else event.line,
            fund=self.fund(line.fund) if line else event.line,
            taker=self.payee(event),
            amount=event.amount,
            purpose=self.purpose(event.project),
        )

    def _matched(self, event: MatchingPledge | MatchingReceipt) -> Markup:
        parts = {"party": self.party(event.party), "fund": self.fund(event.fund)}
        match event:
            case MatchingPledge(due_on=None):
                return self.say("matching_pledge", amount=event.amount, **parts)
            case MatchingPledge():
                due = self.day(event.due_on or event.occurred_on)
                return self.say("matching_pledge_due", amount=event.amount, day=due, **parts)
            case MatchingReceipt():
                return self.say("matching_receipt", amount=event.amount, **parts)

    def _claimed(self, event: Claim) -> Markup:
        parts = {"project": self.project(event.project), "claim": Markup("{}").format(event.claim)}
        if event.action == "return":
            return self.say("claim_return", reason=self.text(event.reason or ""), **parts)
        return self.say(f"claim_{event.action}", amount=event.amount or 0, **parts)

    def _moved(self, event: Transfer | Use) -> Markup:
        tagged = event.tag is not None
        parts = {"giver": self.owner_of(event.from_account), "amount": self.amount(event.amount)}
        fund = {"fund": self.fund(event.tag.fund)} if event.tag is not None else {}
        match event:
            case Transfer():
                parts |= {
                    "taker": self.owner_of(event.to_account),
                    "reason": self.word(f"reason.{event.reason}"),
                }
                return self.say("transfer" if tagged else "transfer_general", **parts, **fund)
            case Use():
                parts |= {"taker": self.payee(event), "purpose": self.purpose(event.project)}
                return self.say("use" if tagged else "use_general", **parts, **fund)

    def _returned(self, event: Return) -> Markup:
        taker = self.owner_of(event.to_account)
        against = (
            Markup("") if event.event is None else self.say("against", event=self.event_link(event.event))
        )
        if event.from_account is None:
            return self.say("return_in", amount=event.amount, taker=taker, against=against)
        giver = self.owner_of(event.from_account)
        return self.say("return", giver=giver, amount=event.amount, taker=taker, against=against)

    def _banked(self, event: Movement | BankBalance) -> Markup:
        match event:
            case Movement():
                owner = self.owner_of(event.account)
                return self.say(event.direction, owner=owner, account=event.account, amount=event.amount)
            case BankBalance():
                return self.say(
                    "balance",
                    statement=event.statement,
                    account=event.account,
                    start=self.day(event.from_on),
                    end=self.day(event.to_on),
                    opening=self.amount(event.opening),
                    closing=self.amount(event.closing),
                    n=event.lines,
                )

    def _accepted(self, event: Acceptance) -> Markup:
        parts = {"project": self.project(event.project), "verdict": self.word(f"verdict.{event.verdict}")}
        if event.value is None:
            return self.say("acceptance", **parts)
        return self.say("acceptance_value", amount=event.value, **parts)
