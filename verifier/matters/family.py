# SPDX-License-Identifier: Apache-2.0
"""A family of rules over the same facts, which it sorts by matter and judges matter by matter (docs/adr/0023).

    FAMILY = Family(name="invoice", rules=(RULE,), kinds=(Use,), said=Paid, note=note, judge=judge)

`note` reads one event at its own position, where the registers of the case stand as they stood then, and says which facts
of which matters follow. `judge` is given all standing facts of one matter and nothing else of the log, after the last
event; registers, rules in force and bank dates it asks the case. So a matter may be judged alone: in this process, in
another, on another machine, or again after an entry that touches it, with the same findings.

A finding of `judge` mentions no as-of date in its text: it holds until a fact comes or `wake` says. Corrected events are
taken out before `judge` is asked; what only they gave rise to is listed as corrected (`verifier.matters.correcting`). A
family that says itself what a correction changes, and from when, is given them too (`tells_corrections`).
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from ledger.kinds.form import Event
from verifier.basis.findings import Evidence, Finding, Rule
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent


class Said(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """What an event says of a matter; each family has its own records. `amount` and the like are minor units."""


SaidT = TypeVar("SaidT", bound=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Generic[SaidT]):
    """A fact on its way: `said` belongs to `matter`, or to every matter of the family in which event `about` stands.

    `about` is for events that name an earlier one, as returns do; exactly one of the two is given. `called` is another
    name that `matter` is known by from now on and had been before, such as a claim: `about` may be that as well.
    """

    said: SaidT
    matter: str | None = None
    about: str | None = None
    called: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Generic[SaidT]):
    """A fact of a matter: `entry` says it, posted by `party`, dated `on`; the ledger recorded it on `recorded_on`."""

    said: SaidT
    entry: Evidence
    party: str
    on: datetime.date
    recorded_on: datetime.date
    reversed_on: datetime.date | None = None
    """Business date of the correction that took the event back; set only where the family tells corrections itself."""

    @property
    def name(self) -> str:
        """Stable name of the event."""
        return self.entry.name

    @property
    def known_on(self) -> datetime.date:
        """The first business date on which it could be known."""
        return max(self.on, self.recorded_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(Generic[SaidT]):
    """One matter with its standing facts in log order."""

    key: str
    facts: tuple[Noted[SaidT], ...]


def never(_matter: Matter[SaidT], _case: Case) -> datetime.date | None:
    """Time alone changes nothing about the matter."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Generic[SaidT]):
    """Rules over the same facts. `name` is unique; `said` is the type of its facts, a union of types where there are more.

    `note` is asked about events of `kinds` only; what corrects them need not be among these. With `tells_corrections`
    `judge` is given corrected events too, each with the day of its correction.
    `wake` says on which day after the as-of date the findings of a matter may change though nothing happens: a day after
    a due day, or the next day for what grows daily; None if never.
    """

    name: str
    rules: tuple[Rule, ...]
    kinds: tuple[type[Event], ...]
    said: object
    note: Callable[[PostedEvent, Case], Iterable[Placed[SaidT]]]
    judge: Callable[[Matter[SaidT], Case], Iterable[Finding | Gap]]
    wake: Callable[[Matter[SaidT], Case], datetime.date | None] = never
    tells_corrections: bool = False


def key_of(*parts: str) -> str:
    """The key of a matter that several things name together, such as (fund, account); ids hold no ``/``."""
    return "/".join(parts)
