# SPDX-License-Identifier: Apache-2.0
"""Who acts in whose place, and for what: deputations, emergency overrides, the administrators' own posts (ADR 0021).

None of them is among the kinds that genesis admits: a policy admits each before its first use (spec §3.13 to §3.15).
"""

from typing import Annotated, Final, Literal

from msgspec import Meta

from ledger.instant import Instant
from ledger.kinds.form import Digest, Event, Reference, Text, forbid, require
from ledger.party import EventName, Id
from ledger.rights import Duty

LentRole = Literal["maker", "checker", "approver", "panel"]
"""Roles that can be lent."""

DEPUTATION_DAYS_MAX: Final = 92
"""Longest deputation, days: a quarter; who is away for longer gets a successor, not a deputy."""


class Deputation(Event, frozen=True, kw_only=True, tag="deputation"):
    """One person's key may sign in a role of another's for a while (代理授权), and then no more, by itself.

    `principal` and `deputy` are key ids of one party; `role` is a role of the principal's key. It holds while `recorded`
    lies in the window. Granted, the principal's key is among those that sign; ended, the party's pair signs.
    """

    action: Literal["grant", "end"]
    id: Id
    principal: Digest | None = None
    deputy: Digest | None = None
    role: LentRole | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """A grant is complete; an end names the deputation alone."""
        grants = self.action == "grant"
        check, when = (require, "to grant a deputation") if grants else (forbid, "to end a deputation")
        for field in ("principal", "deputy", "role", "valid_from", "valid_to"):
            check(given=getattr(self, field) is not None, field=field, when=when)
        if grants:
            require(given=self.reason is not None, field="reason", when=when)


class Override(Event, frozen=True, kw_only=True, tag="override"):
    """Two leaders act in place of maker and checker (紧急越权), or the pair ratifies it afterwards.

    Declared, it stands first in its submission and covers the events after it. `ratify` names a declared one in `event`.
    The verifier makes a finding of each.
    """

    action: Literal["declare", "ratify"]
    reason: Text
    document: Reference | None = None
    event: EventName | None = None

    def __post_init__(self) -> None:
        """A ratification names what it ratifies."""
        check, when = (
            (forbid, "to declare an override") if self.action == "declare" else (require, "to ratify one")
        )
        check(given=self.event is not None, field="event", when=when)


class AdministratorChange(Event, frozen=True, kw_only=True, tag="administrator"):
    """An administrator comes, goes, or gets his one duty (管理员任免与分工), by the administrators themselves.

    `appoint` carries person, device and key, which signs the submission too, in the role ``possession``. `assign` gives a
    duty to one who has none. Who has a duty signs nothing else; nobody changes from one duty to another.
    """

    action: Literal["appoint", "assign", "dismiss"]
    id: Id
    duty: Duty | None = None
    person: Id | None = None
    device: Id | None = None
    alg: Literal["ed25519"] | None = None
    key: Digest | None = None
    public: Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{4,64}={0,2}(?!\\n)$")] | None = None
    reason: Text | None = None

    def __post_init__(self) -> None:
        """An appointment is complete; an assignment names the duty alone; a dismissal neither."""
        when = f"to {self.action} an administrator"
        check = require if self.action == "appoint" else forbid
        for field in ("person", "device", "alg", "key", "public"):
            check(given=getattr(self, field) is not None, field=field, when=when)
        check = forbid if self.action == "dismiss" else require
        check(given=self.duty is not None, field="duty", when=when)
