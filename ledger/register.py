# SPDX-License-Identifier: Apache-2.0
"""The register: everything open that the next submission is judged against, folded from the log in order.

In memory it grows with registrations, lines and keys only. What grows with entries (claims, contracts, cases, returns,
corrections and the bank references they touched) lies on a shelf once it is settled; earlier events are looked up through
`PastEvents`. Every change is journaled, so that a refused submission or a failed commit leaves no trace.
"""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from ledger.cosignature import LogKey
from ledger.errors import ProgrammerError
from ledger.genesis import Administrator, Genesis
from ledger.journal import Journal, Table
from ledger.kinds.authority import MatchingPledge
from ledger.kinds.registry import Account, Calendar, Fund, Party, Policy, Project
from ledger.log_keys import keys_in
from ledger.open_records import (
    BankReference,
    CaseState,
    ClaimState,
    ContractState,
    DeputationState,
    KeyState,
    Line,
    LogKeyState,
    OfficeState,
    ReferenceState,
    ReturnState,
)
from ledger.past_events import BankLine, KnownEvent, PastEvents
from ledger.policy import RetiredLog
from ledger.shelf import HELD_MAX, Shelf, ShelvedTable

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class OpenTables:
    """What the register holds in memory whatever is on its shelf, as plain records that msgspec encodes."""

    genesis_or_none: Genesis | None = None
    genesis_hash: str = ""
    administrators: dict[str, Administrator] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    funds: dict[str, Fund] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    keys: dict[str, KeyState] = field(default_factory=dict)
    log_keys: dict[str, LogKeyState] = field(default_factory=dict)
    """Every key that the log ever had, by its text, in the order in which they came."""
    rulings: dict[str, Policy] = field(default_factory=dict)
    """Policies with rows that bear on rights, the latest version of each."""
    administered: dict[str, str] = field(default_factory=dict)
    """Division → the place that it belongs to, whatever its code begins with."""
    deputations: dict[str, DeputationState] = field(default_factory=dict)
    offices: dict[str, OfficeState] = field(default_factory=dict)
    """Duties of administrators, by id; of those without one and never dismissed there is no record."""
    overrides: dict[str, str] = field(default_factory=dict)
    """Name of an emergency override that nobody has ratified → its party."""
    lines: dict[str, Line] = field(default_factory=dict)
    authors: dict[tuple[str, str], str] = field(default_factory=dict)
    """(kind, id) of a policy or calendar → party that posted its last version."""
    issued: dict[str, int] = field(default_factory=dict)
    """Fund → Σ received of its top lines."""


@dataclass(slots=True)
class Register(OpenTables, Journal):
    """Open state of one ledger; changed only by `ledger.posting.admit` and `found`. Owned by one thread at a time.

    Of a `ShelvedTable` it holds at most `held_max` changes after `settle`; the rest lies on `shelf`, which belongs to this
    register alone and may bring records of an earlier one. Without a shelf it holds all.
    """

    claims: ShelvedTable[str, ClaimState] = field(init=False)
    pledges: ShelvedTable[str, MatchingPledge] = field(init=False)
    corrected: ShelvedTable[str, str] = field(init=False)
    """Name of a reversed event → name of its correction."""
    returned: ShelvedTable[str, int] = field(init=False)
    """Name of an event → amount that referenced returns brought back, borne out or not."""
    lifted: ShelvedTable[str, int] = field(init=False)
    """Name of a payment → amount of it that returns gave back to its line."""
    returns: ShelvedTable[str, ReturnState] = field(init=False)
    references: ShelvedTable[BankReference, ReferenceState] = field(init=False)
    """What each bank reference that returns or corrections touched bears out."""
    leaning: ShelvedTable[tuple[BankReference, int], str] = field(init=False)
    """(bank reference, number from 0) → name of the return that names it."""
    contracts: ShelvedTable[str, ContractState] = field(init=False)
    cases: ShelvedTable[str, CaseState] = field(init=False)
    objections: ShelvedTable[str, str] = field(init=False)
    """Id of an objection → name of the event that it is about."""
    once: ShelvedTable[tuple[str, ...], str] = field(init=False)
    """What may stand only once (`ledger.once`) → name of the event that stands."""
    pending_events: dict[str, KnownEvent] = field(default_factory=dict)
    pending_submissions: dict[tuple[str, str], int] = field(default_factory=dict)
    pending_lines: dict[tuple[str, str, int], int] = field(default_factory=dict)
    pending_refs: dict[BankReference, BankLine] = field(default_factory=dict)
    """First bank line of each reference among the pending ones."""
    shelf: Shelf | None = field(default=None, compare=False)
    held_max: int = field(default=HELD_MAX, compare=False)

    def __post_init__(self) -> None:
        """The tables that grow with entries are those on the shelf."""
        self.claims = self._shelved("claims", str, ClaimState)
        self.pledges = self._shelved("pledges", str, MatchingPledge)
        self.corrected = self._shelved("corrected", str, str)
        self.returned = self._shelved("returned", str, int)
        self.lifted = self._shelved("lifted", str, int)
        self.returns = self._shelved("returns", str, ReturnState)
        self.references = self._shelved("references", tuple[str, str, str], ReferenceState)
        self.leaning = self._shelved("leaning", tuple[BankReference, int], str)
        self.contracts = self._shelved("contracts", str, ContractState)
        self.cases = self._shelved("cases", str, CaseState)
        self.objections = self._shelved("objections", str, str)
        self.once = self._shelved("once", tuple[str, ...], str)

    @property
    def genesis(self) -> Genesis:
        """The genesis.

        Raises:
            ProgrammerError: the register has not been founded.
        """
        if self.genesis_or_none is None:
            raise ProgrammerError("the register has no genesis yet: call found() first")
        return self.genesis_or_none

    @property
    def current_log_keys(self) -> tuple[LogKey, ...]:
        """The keys with which a checkpoint that covers everything so far is signed, as far as their type is known."""
        return keys_in(one.vkey for one in self.log_keys.values() if one.retired is None)

    @property
    def retired_log_keys(self) -> tuple[RetiredLog, ...]:
        """The keys with which the log signs no more."""
        gone = ((one.vkey, one.retired) for one in self.log_keys.values() if one.retired is not None)
        return tuple(RetiredLog(key=key, recorded=at) for vkey, at in gone for key in keys_in([vkey]))

    def event_named(self, name: str, past: PastEvents) -> KnownEvent | None:
        """The earlier event with stable name `name`, pending or settled, or None."""
        return self.pending_events.get(name) or past.find(name)

    def open_tables(self) -> OpenTables:
        """The register but for what lies on its shelf now, which is everything else; between two submissions only.

        A register with these tables and this shelf is the same as this one; the tables are its own, to be read only.

        Raises:
            EnvironmentFault: the shelf cannot be written.
        """
        for table in self._growing():
            table.put_away()
        return OpenTables(**{one.name: getattr(self, one.name) for one in fields(OpenTables)})

    def tables(self) -> dict[str, Table[Any, Any]]:
        """Every table that outlives `settle`, by name."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: table
            for name, table in named.items()
            if isinstance(table, dict | ShelvedTable) and not name.startswith("pending_")
        }

    def settle(self) -> None:
        """Make all changes final and forget pending events, which `PastEvents` must answer for from now on.

        Raises:
            EnvironmentFault: the shelf cannot be written; all is settled nevertheless, and more of it held in memory.
        """
        self.forget()
        for pending in (self.pending_events, self.pending_submissions, self.pending_lines, self.pending_refs):
            pending.clear()
        for table in self._growing():
            table.put_away(most=self.held_max)

    def _growing(self) -> tuple[ShelvedTable[Any, Any], ...]:
        return (
            self.claims, self.pledges, self.corrected, self.returned,
            self.lifted, self.returns, self.references, self.leaning,
            self.contracts, self.cases, self.objections, self.once,
        )  # fmt: skip

    def _shelved(self, name: str, key: type[K], record: type[V]) -> ShelvedTable[K, V]:
        return ShelvedTable(name, key, record, shelf=self.shelf)
