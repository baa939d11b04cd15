# SPDX-License-Identifier: Apache-2.0
"""The parts that sentences about entries are made of: names as links, amounts in full, days in prose."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from api.portal.dates import day_in_prose
from api.portal.frame import Frame
from api.portal.names import Names
from api.portal.tongues import in_its_language
from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Use
from ledger.kinds.registry import Fund
from ledger.open_records import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceParts:
    """Words parts of sentences; `owner` gives the owner of an account, `line` the line of that id, None if unknown."""

    frame: Frame
    names: Names
    owner: Callable[[str], str | None]
    line: Callable[[str], Line | None]

    def say(self, key: str, /, **parts: object) -> Markup:
        """The sentence `key` of the wording, with an amount in figures."""
        amount = parts.get("amount")
        if isinstance(amount, int):
            parts["amount"] = self.amount(amount)
        return self.frame.words.say(f"says.{key}", **parts)

    def version(self, key: str, version: int, **parts: Markup) -> Markup:
        """The sentence of a registration, or of its change."""
        return self.say(key, **parts) if version == 1 else self.say(f"{key}_change", version=version, **parts)

    def word(self, key: str) -> Markup:
        """A word of the wording."""
        return self.frame.words.say(key)

    def text(self, text: str) -> Markup:
        """Free text, marked with its language."""
        return in_its_language(text, self.frame.language)

    def day(self, day: datetime.date) -> str:
        """A date in prose."""
        return day_in_prose(day, self.frame.language)

    def moment(self, instant: str | None) -> str:
        """An instant in the ledger's time zone; empty where there is none."""
        return "" if instant is None else self.frame.moment(instant)

    def amount(self, amount: int) -> Markup:
        """Exact in full: an entry is evidence, not a summary."""
        exact = self.frame.money
        unit = type(exact)(language=exact.language, currency=exact.currency, exact=True).unit([amount])
        return exact.figure(amount, unit)

    def party(self, identifier: str) -> Markup:
        """A party by name."""
        return self.names.link("party", identifier)

    def fund(self, identifier: str) -> Markup:
        """A fund by name."""
        return self.names.link("fund", identifier)

    def project(self, identifier: str) -> Markup:
        """A project by name."""
        return self.names.link("project", identifier)

    def purpose_of(self, event: Fund) -> Markup:
        """What the fund is for."""
        english = self.frame.language == "en" and event.purpose_en
        return self.text(event.purpose_en if english and event.purpose_en else event.purpose)

    def line_link(self, identifier: str) -> Markup:
        """A line, linked to its table."""
        line = self.line(identifier)
        if line is None:
            return Markup("{}").format(identifier)
        address = self.frame.url(f"/funds/{line.fund}") + f"#line-{identifier}"
        return Markup('<a href="{}">{}</a>').format(address, identifier)

    def event_link(self, name: str) -> Markup:
        """An event by name, linked to what is found for it."""
        return Markup('<a href="{}">{}</a>').format(self.frame.url("/search", q=name), name)

    def owner_of(self, account: str | None) -> Markup:
        """The owner of an account, as far as known."""
        owner = self.owner(account) if account else None
        return self.party(owner) if owner else self.frame.words.say("place.some_account")

    def purpose(self, project: str | None) -> Markup:
        """What it was paid for, if a project is named."""
        return (
            Markup("")
            if project is None
            else self.frame.words.say("says.purpose", project=self.project(project))
        )

    def payee(self, event: Disbursement | Use) -> Markup:
        """Who was paid, as far as said."""
        if event.payee is not None:
            return self.party(event.payee)
        if event.to_account is not None:
            return self.owner_of(event.to_account)
        listed = isinstance(event, Disbursement) and event.payee_list is not None
        return self.frame.words.say("place.some_list" if listed else "place.some_unnamed")
