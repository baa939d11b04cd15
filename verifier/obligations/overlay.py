# SPDX-License-Identifier: Apache-2.0
"""What an auditor says of accounts and parties, laid over what is registered: the judged name their own accounts.

Whose account it is, of which class, in which pool, and who is related to whom: those who are audited register it, and much
hangs on it. An overlay takes the place of these fields in every registration of the account before any rule sees it, and
adds relations to those that are registered. Evidence stays that of the registration itself.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from ledger.canonical import jcs
from ledger.kinds.registry import Account, AccountClass, Party
from ledger.party import Id
from verifier.basis.findings import Record
from verifier.obligations.standing import Standing
from verifier.posted import PostedEvent


class AccountView(Record, frozen=True, kw_only=True):
    """What is said of an account; absent where the registration stands."""

    account_class: AccountClass | None = msgspec.field(name="class", default=None)
    owner: Id | None = None
    pool: Id | None = None

    @property
    def changes(self) -> dict[str, str]:
        """The fields said, by name in the registration."""
        return {name: said for name in self.__struct_fields__ if (said := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Accounts by id, and for each party those related to it, said from both sides."""

    accounts: Mapping[str, AccountView] = field(default_factory=dict)
    related: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.accounts or self.related)

    @property
    def digest(self) -> str:
        """Hex SHA-256 of what is said, however the files spell it."""
        said = {
            "accounts": {account: view.changes for account, view in self.accounts.items()},
            "related": {party: sorted(others) for party, others in self.related.items()},
        }
        return hashlib.sha256(jcs(said)).hexdigest()

    def over(self, posted: PostedEvent) -> PostedEvent:
        """`posted` as the rules are to see it."""
        event = posted.event
        match event:
            case Account() if event.id in self.accounts:
                seen: Account | Party = msgspec.structs.replace(event, **self.accounts[event.id].changes)
            case Party() if event.id in self.related:
                all_related = tuple(sorted({*event.related, *self.related[event.id]}))
                seen = msgspec.structs.replace(event, related=all_related)
            case _:
                return posted
        return msgspec.structs.replace(posted, event=seen)

    def unregistered(self, standing: Standing) -> Iterator[str]:
        """Accounts and parties named that `standing` does not know, sorted: a misspelt id, or of another ledger."""
        views = self.accounts.values()
        accounts = {*self.accounts, *(view.pool for view in views if view.pool is not None)}
        parties = {*self.related, *(view.owner for view in views if view.owner is not None)}
        yield from sorted((accounts - standing.accounts.keys()) | (parties - standing.parties.keys()))


NO_OVERLAY: Final = Overlay()


def both_ways(pairs: Iterator[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Each party with all that `pairs` relate it to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return {party: frozenset(others) for party, others in found.items()}
