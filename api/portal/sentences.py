# SPDX-License-Identifier: Apache-2.0
"""What an entry says, as one sentence in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from api.portal.dates import day_in_prose
from api.portal.frame import Frame
from api.portal.names import Names, in_its_language
from ledger.entry import EventEntry, ForeignEntry, GenesisEntry, HeaderEntry
from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.log_keys import short_name
from ledger.open_records import Line

AnyEntry = GenesisEntry | HeaderEntry | EventEntry | ForeignEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """Says what entries say; `owner` gives the owner of an account, `line` the line of that id, None if unknown."""

    frame: Frame
    names: Names
    owner: Callable[[str], str | None]
    line: Callable[[str], Line | None]

    def entry(self, entry: AnyEntry) -> Markup:
        """The sentence of a whole entry."""
        say = self.frame.words.say
        match entry:
            case GenesisEntry():
                return say("says.genesis", name=self.frame.ledger_name)
            case HeaderEntry():
                header = entry.header
                return say("says.submission", party=self._party(header.party), n=header.count, id=header.id)
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
                return self._say(
                    "interest", owner=self._owner(event.account), account=event.account, amount=event.amount
                )
            case Return():
                return self._returned(event)
            case Movement() | BankBalance():
                return self._banked(event)
            case Acceptance():
                return self._accepted(event)
            case Attachment():
                return self._say("attachment", hash=event.hash[:16], type=event.media_type, size=event.size)
            case LogKeyChange():
                return self._say(f"log_key_{event.action}", key=short_name(event.vkey))
            case Correction():
                return self._say(
                    "correction", event=self._event(event.event), reason=self._words(event.reason)
                )
            case _:
                assert_never(event)

    # --- kinds --------------------------------------------------------------------------------------------

    def _registered(self, event: Party | Account | Fund | Project | Policy | Calendar | Key) -> Markup:  # noqa: PLR0911 - one row a kind
        match event:
            case Key():
                return self._key(event)
            case Policy():
                return self._say("policy", title=self._words(event.title), day=self._day(event.effective_on))
            case Calendar():
                return self._say("calendar", year=event.year, notice=self._words(event.notice))
            case Party():
                parts = {"name": self._party(event.id), "level": self._word(f"level.{event.level}")}
                return self._version("party", event.version, **parts)
            case Account():
                kind = self._word(f"account_class.{event.account_class}")
                parts = {
                    "id": Markup("{}").format(event.id),
                    "owner": self._party(event.owner),
                    "class": kind,
                }
                return self._version("account", event.version, **parts)
            case Fund():
                parts = {"issuer": self._party(event.issuer), "name": self._fund(event.id)}
                return self._version("fund", event.version, **parts, purpose=self._purpose_of(event))
            case Project():
                return self._version(
                    "project", event.version, name=self._project(event.id), unit=self._party(event.unit)
                )

    def _key(self, event: Key) -> Markup:
        if event.action == "revoke":
            return self._say("key_revoke", key=f"{event.key[:8]}…")
        words = self.frame.words
        roles = words.say("words.separator").join(words.say(f"role.{role}") for role in event.roles)
        return self._say("key_register", holder=self._party(event.holder or ""), roles=roles)

    def _allocated(self, event: Allocation) -> Markup:
        parts = {
            "giver": self._party(event.from_),
            "taker": self._party(event.to),
            "amount": self._amount(event.amount),
            "line": self._line(event.line),
        }
        match event.action:
            case "issue":
                return self._say("issue", fund=self._fund(event.fund or ""), **parts)
            case "split":
                return self._say("split", parent=self._line(event.parent or ""), **parts)
            case "recall":
                return self._say("recall", **parts)
            case "adjust":
                return self._say(event.direction or "increase", **parts)

    def _disbursed(self, event: Disbursement) -> Markup:
        line = self.line(event.line)
        key = "transfer_paid" if event.mode == "transfer" else event.mode
        return self._say(
            key,
            giver=self._party(line.holder) if line else event.line,
            fund=self._fund(line.fund) if line else event.line,
            taker=self._payee(event),
            amount=event.amount,
            purpose=self._purpose(event.project),
        )

    def _matched(self, event: MatchingPledge | MatchingReceipt) -> Markup:
        parts = {"party": self._party(event.party), "fund": self._fund(event.fund)}
        match event:
            case MatchingPledge(due_on=None):
                return self._say("matching_pledge", amount=event.amount, **parts)
            case MatchingPledge():
                due = self._day(event.due_on or event.occurred_on)
                return self._say("matching_pledge_due", amount=event.amount, day=due, **parts)
            case MatchingReceipt():
                return self._say("matching_receipt", amount=event.amount, **parts)

    def _claimed(self, event: Claim) -> Markup:
        parts = {"project": self._project(event.project), "claim": Markup("{}").format(event.claim)}
        if event.action == "return":
            return self._say("claim_return", reason=self._words(event.reason or ""), **parts)
        return self._say(f"claim_{event.action}", amount=event.amount or 0, **parts)

    def _moved(self, event: Transfer | Use) -> Markup:
        tagged = event.tag is not None
        parts = {"giver": self._owner(event.from_account), "amount": self._amount(event.amount)}
        fund = {"fund": self._fund(event.tag.fund)} if event.tag is not None else {}
        match event:
            case Transfer():
                parts |= {
                    "taker": self._owner(event.to_account),
                    "reason": self._word(f"reason.{event.reason}"),
                }
                return self._say("transfer" if tagged else "transfer_general", **parts, **fund)
            case Use():
                parts |= {"taker": self._payee(event), "purpose": self._purpose(event.project)}
                return self._say("use" if tagged else "use_general", **parts, **fund)

    def _returned(self, event: Return) -> Markup:
        taker = self._owner(event.to_account)
        against = Markup("") if event.event is None else self._say("against", event=self._event(event.event))
        if event.from_account is None:
            return self._say("return_in", amount=event.amount, taker=taker, against=against)
        giver = self._owner(event.from_account)
        return self._say("return", giver=giver, amount=event.amount, taker=taker, against=against)

    def _banked(self, event: Movement | BankBalance) -> Markup:
        match event:
            case Movement():
                owner = self._owner(event.account)
                return self._say(event.direction, owner=owner, account=event.account, amount=event.amount)
            case BankBalance():
                return self._say(
                    "balance",
                    statement=event.statement,
                    account=event.account,
                    start=self._day(event.from_on),
                    end=self._day(event.to_on),
                    opening=self._amount(event.opening),
                    closing=self._amount(event.closing),
                    n=event.lines,
                )

    def _accepted(self, event: Acceptance) -> Markup:
        parts = {"project": self._project(event.project), "verdict": self._word(f"verdict.{event.verdict}")}
        if event.value is None:
            return self._say("acceptance", **parts)
        return self._say("acceptance_value", amount=event.value, **parts)

    # --- parts --------------------------------------------------------------------------------------------

    def _say(self, key: str, /, **parts: object) -> Markup:
        amount = parts.get("amount")
        if isinstance(amount, int):
            parts["amount"] = self._amount(amount)
        return self.frame.words.say(f"says.{key}", **parts)

    def _version(self, key: str, version: int, **parts: Markup) -> Markup:
        return (
            self._say(key, **parts) if version == 1 else self._say(f"{key}_change", version=version, **parts)
        )

    def _word(self, key: str) -> Markup:
        return self.frame.words.say(key)

    def _words(self, text: str) -> Markup:
        return in_its_language(text, self.frame.language)

    def _day(self, day: object) -> str:
        return day_in_prose(day, self.frame.language)  # type: ignore[arg-type]

    def _amount(self, amount: int) -> Markup:
        """Exact in full: an entry is evidence, not a summary."""
        exact = self.frame.money
        unit = type(exact)(language=exact.language, currency=exact.currency, exact=True).unit([amount])
        return exact.figure(amount, unit)

    def _party(self, identifier: str) -> Markup:
        return self.names.link("party", identifier)

    def _fund(self, identifier: str) -> Markup:
        return self.names.link("fund", identifier)

    def _project(self, identifier: str) -> Markup:
        return self.names.link("project", identifier)

    def _purpose_of(self, event: Fund) -> Markup:
        english = self.frame.language == "en" and event.purpose_en
        return self._words(event.purpose_en if english and event.purpose_en else event.purpose)

    def _line(self, identifier: str) -> Markup:
        line = self.line(identifier)
        if line is None:
            return Markup("{}").format(identifier)
        address = self.frame.url(f"/funds/{line.fund}") + f"#line-{identifier}"
        return Markup('<a href="{}">{}</a>').format(address, identifier)

    def _event(self, name: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(self.frame.url("/search", q=name), name)

    def _owner(self, account: str | None) -> Markup:
        owner = self.owner(account) if account else None
        return self._party(owner) if owner else self.frame.words.say("place.some_account")

    def _purpose(self, project: str | None) -> Markup:
        return (
            Markup("")
            if project is None
            else self.frame.words.say("says.purpose", project=self._project(project))
        )

    def _payee(self, event: Disbursement | Use) -> Markup:
        if event.payee is not None:
            return self._party(event.payee)
        if event.to_account is not None:
            return self._owner(event.to_account)
        listed = isinstance(event, Disbursement) and event.payee_list is not None
        return self.frame.words.say("place.some_list" if listed else "place.some_unnamed")
