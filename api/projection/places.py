# SPDX-License-Identifier: Apache-2.0
"""Where money can be: with a body, on a project, or with whoever was finally paid."""

from dataclasses import dataclass
from typing import Final, Literal

from ledger.kinds.registry import CUSTODIAN_CLASSES, Account, Party
from ledger.party import LEVELS, Level
from ledger.register import Register

Standing = Literal["body", "project", "payee", "list", "unnamed"]
"""``body`` holds money on its way; ``project`` is passed through; the others were finally paid: a party, persons on a
payee list, or somebody the payment does not name."""

FINAL: Final[frozenset[Standing]] = frozenset({"payee", "list", "unnamed"})

STAGES: Final[tuple[Level, ...]] = LEVELS
"""The columns of every picture and table of levels, from the centre down."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One place; `id` is that of the party or project, empty for ``list`` and ``unnamed``.

    The same party is two places where it both holds money for others and is paid for its own work.
    """

    standing: Standing
    id: str

    @property
    def final(self) -> bool:
        """Whether money that got here is spent."""
        return self.standing in FINAL


UNNAMED: Final = Place("unnamed", "")
PERSONS: Final = Place("list", "")


def stage_of(register: Register, place: Place) -> Level:
    """The level at which `place` stands in pictures and tables; units of any body stand beside the townships."""
    if place.final:
        return "payee"
    if place.standing == "project":
        return "project"
    party = register.parties.get(place.id)
    return "payee" if party is None else stage_of_party(party)


def stage_of_party(party: Party) -> Level:
    """As `stage_of`, for a party that holds money."""
    unit = "unit" in party.roles and "finance" not in party.roles and "department" not in party.roles
    if unit and LEVELS.index(party.level) < LEVELS.index("township"):
        return "township"
    return party.level


def is_custodian(account: Account) -> bool:
    """Whether money on `account` is still on its way (semantics T1)."""
    return account.account_class in CUSTODIAN_CLASSES


def holder_place(account: Account) -> Place:
    """The place of money that lies on `account`: with its owner, on the way or for good."""
    return Place("body" if is_custodian(account) else "payee", account.owner)
