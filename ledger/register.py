# SPDX-License-Identifier: Apache-2.0
"""The register: everything open that the next submission is judged against, folded from the log in order.

In memory it grows with registrations, lines and keys only. What grows with entries (claims, pledges, returns, corrections
and the bank references they touched) lies on a shelf once it is settled; earlier events are looked up through `PastEvents`.
Every change is journaled, so that a refused submission or a failed commit leaves no trace.
"""

import datetime
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from ledger import entry, hashing
from ledger.cosignature import LogKey
from ledger.errors import FormatError, ProgrammerError
from ledger.genesis import Administrator, Genesis, unsigned_administrators
from ledger.instant import is_instant, is_time_zone
from ledger.journal import Journal, Table
from ledger.kinds.authority import MatchingPledge
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.log_keys import keys_in
from ledger.policy import RetiredLog
from ledger.shelf import HELD_MAX, Shelf, ShelvedTable

BankReference = tuple[str, str, str]
"""(account, direction, bank reference)."""

K = TypeVar("K")
V = TypeVar("V")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator line (指标) and its arithmetic, all in minor units.

    `received` is what came in; `split_out` what its children hold of it, net of what they gave back; `lowered` and
    `recalled` what went back up; `disbursed` what was paid, `restored` what came back and may be paid again.
    `parent` is None for a top line; `giver` is the party above.
    """

    id: str
    fund: str
    fiscal_year: int
    holder: str
    giver: str
    parent: str | None
    opened_by: str
    opened_on: datetime.date
    project: str | None = None
    functional: str | None = None
    direct: str | None = None
    document: str | None = None
    received: int = 0
    split_out: int = 0
    lowered: int = 0
    recalled: int = 0
    disbursed: int = 0
    restored: int = 0

    @property
    def free(self) -> int:
        """What may still be split, given back or paid (DESIGN §4, *Line arithmetic*); negative only where flagged."""
        return self.received - self.split_out - self.lowered - self.recalled - self.disbursed + self.restored


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """A registered key: its registration, the raw public key, and the instant of its revocation if any."""

    registered: Key
    public: bytes
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyState:
    """A key of the log: its verifier key text, and the instant recorded in the entry that retired it, if one did."""

    vkey: str
    retired: str | None = None


class BankLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bank line that carries a reference: its position and its amount in minor units."""

    seq: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimState:
    """A claim: its project, the line it was submitted on if any, who approved it last, and where it stands."""

    project: str
    line: str | None
    approver: str | None = None
    action: Literal["submit", "approve", "return", "withdraw"] = "submit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnState:
    """A return that may lift a ceiling: the payment of `paid` on `line` that it undoes, and what it lifts of `amount` now.

    `sworn` returns were posted by the account's bank; others lean on a bank line with their reference.
    """

    payment: str
    paid: int
    line: str
    reference: BankReference | None
    amount: int
    sworn: bool
    lifted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceState:
    """A bank reference that returns or corrections touched: its bank line, None while none stands, and what leans on it.

    Returns took `taken` of its amount so far; `returns` counts those that name it, taking or waiting.
    """

    line: BankLine | None
    taken: int = 0
    returns: int = 0


class KnownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier event: position, recorded instant, actor, and the event itself."""

    seq: int
    recorded: str
    party: str
    event: AnyEvent


class PastEvents(Protocol):
    """Look-ups into the log before the submissions that are still pending in the register.

    An implementation answers for every entry up to the last `Register.settle`; it may hold them on disk.
    """

    def find(self, name: str) -> KnownEvent | None:
        """The event with stable name `name`, or None."""

    def submission(self, party: str, identifier: str) -> int | None:
        """Position of the header entry of submission (`party`, `identifier`), or None."""

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Position of that bank line, or None; line 0 is the closing balance of the statement."""

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line of the account with that direction and reference, reversed or not, or None."""


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
        )  # fmt: skip

    def _shelved(self, name: str, key: type[K], record: type[V]) -> ShelvedTable[K, V]:
        return ShelvedTable(name, key, record, shelf=self.shelf)


def found(register: Register, data: bytes) -> None:
    """The register stands on the genesis entry with bytes `data`.

    Raises:
        FormatError: no genesis entry, a time zone that no table has, or an administrator's signature missing or wrong.
    """
    first = entry.parse_entry(data, place="entry 0")
    if not isinstance(first, entry.GenesisEntry) or first.seq != 0 or first.prev != entry.NO_PREVIOUS:
        raise _not_genesis("entry 0 is not a genesis entry", "第 0 条不是创世条目")
    if first.recorded != first.genesis.created_at:
        raise _not_genesis(
            "entry 0 is not recorded at its own created_at", "第 0 条的入账时刻与 created_at 不符"
        )
    if not is_instant(first.recorded):
        raise _not_genesis("created_at lies in another age", "created_at 不是当代时刻")
    if not is_time_zone(first.genesis.time_zone):
        raise _not_genesis(
            f"{first.genesis.time_zone} is no time zone of the IANA table",
            f"{first.genesis.time_zone} 不是 IANA 时区",
        )
    missing = unsigned_administrators(first.genesis, first.signatures)
    if missing:
        raise _not_genesis(
            f"no good signature of administrator {', '.join(missing)}",
            f"缺少管理员 {', '.join(missing)} 的有效签名",
        )
    register.genesis_or_none = first.genesis
    register.genesis_hash = hashing.leaf_hash(data).hex()
    register.log_keys = {vkey: LogKeyState(vkey=vkey) for vkey in first.genesis.log_keys}
    register.administrators = {one.id: one for one in first.genesis.administrators}


def _not_genesis(en: str, zh: str) -> FormatError:
    return FormatError(
        code="genesis",
        place="entry 0",
        message_en=en,
        message_zh=zh,
        remedy_en="found the ledger with a genesis that every first administrator signed",
        remedy_zh="请使用全体首任管理员签名的创世文件建账",
    )
