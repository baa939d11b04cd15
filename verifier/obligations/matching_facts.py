# SPDX-License-Identifier: Apache-2.0
"""What matching money (配套) is judged by: the base it is reckoned on, what came in, what went back (semantics M1, M3).

Filled in log order, on disk. Base of a party: ``allocated``, what it was given of the fund less what it gave back up;
``disbursed``, what was paid of the fund from its lines, into its accounts, to it, or for projects that it runs. A yuan
is paid from one line once, so nothing counts twice for one party.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import MatchingReceipt, Transfer, Use
from ledger.kinds.fact import Return as ReturnEvent
from ledger.kinds.form import Tag
from ledger.kinds.registry import Fund
from verifier.basis.findings import Evidence
from verifier.obligations.case import Case, evidence
from verifier.obligations.matching_demands import Demand, demands_of
from verifier.posted import PostedEvent
from verifier.workspace import Workspace

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS reversal (name TEXT PRIMARY KEY, day INTEGER) WITHOUT ROWID",
    """CREATE TABLE match_base (fund TEXT, party TEXT, base TEXT, day INTEGER, known INTEGER, seq INTEGER, name TEXT,
        leaf TEXT, amount INTEGER, own INTEGER, banked INTEGER)""",
    """CREATE TABLE match_undone (target TEXT, day INTEGER, known INTEGER, seq INTEGER, name TEXT, leaf TEXT,
        amount INTEGER)""",
    """CREATE TABLE match_receipt (fund TEXT, party TEXT, payer TEXT, giver TEXT, account TEXT, day INTEGER,
        known INTEGER, seq INTEGER, name TEXT, leaf TEXT, amount INTEGER, in_kind INTEGER, payer_account TEXT)""",
    """CREATE TABLE match_back (account TEXT, taker TEXT, day INTEGER, known INTEGER, seq INTEGER, name TEXT,
        leaf TEXT, amount INTEGER, fund TEXT, target TEXT, line INTEGER)""",
)

_BASE: Final = """
    SELECT day, known, seq, name, leaf, amount, own, banked FROM match_base
    WHERE fund = ? AND party = ? AND base = ? AND name NOT IN (SELECT name FROM reversal) ORDER BY seq"""
_UNDONE: Final = """
    SELECT u.day, u.known, u.seq, u.name, u.leaf, -min(u.amount, b.amount), 1, 1
    FROM match_undone u JOIN match_base b ON b.name = u.target
    WHERE b.fund = ? AND b.party = ? AND b.base = ? AND b.amount > 0
        AND b.name NOT IN (SELECT name FROM reversal) AND u.name NOT IN (SELECT name FROM reversal) ORDER BY u.seq"""
_RECEIPTS: Final = """
    SELECT payer, giver, account, day, known, seq, name, leaf, amount, in_kind FROM match_receipt
    WHERE fund = ? AND party = ? AND name NOT IN (SELECT name FROM reversal) ORDER BY seq"""
_REPORTED: Final = """
    SELECT fund, payer, giver, payer_account, account, day, seq, amount FROM match_receipt
    WHERE in_kind = 0 AND name NOT IN (SELECT name FROM reversal) ORDER BY seq"""
_BACK: Final = """
    SELECT taker, day, known, seq, name, leaf, amount, fund, target, line FROM match_back
    WHERE account = ? AND name NOT IN (SELECT name FROM reversal) ORDER BY seq"""
_PARTIES: Final = "SELECT DISTINCT party FROM match_base WHERE fund = ? AND base = 'allocated' ORDER BY party"


class BaseRow(NamedTuple):
    """One change of the base: `amount` is negative for what went back up; dates are ordinals."""

    day: int
    known: int
    seq: int
    name: str
    leaf: str
    amount: int
    own: int
    banked: int


class ReceiptRow(NamedTuple):
    """One matching receipt as reported: `payer` paid, from an account of `giver`; `in_kind` moves no account."""

    payer: str
    giver: str | None
    account: str
    day: int
    known: int
    seq: int
    name: str
    leaf: str
    amount: int
    in_kind: int


class ReportedMatch(NamedTuple):
    """A matching receipt that moved money: `payer` matched `fund` from `payer_account` of `giver` into `account`."""

    fund: str
    payer: str
    giver: str | None
    payer_account: str | None
    account: str
    day: int
    seq: int
    amount: int


class BackRow(NamedTuple):
    """Money that left an account towards `taker`: reported, or a bank line when `line`.

    `fund` is set when it is tagged as match of that fund, `target` when it refers to the receipt that it undoes.
    """

    taker: str
    day: int
    known: int
    seq: int
    name: str
    leaf: str
    amount: int
    fund: str | None
    target: str | None
    line: int


@dataclass(slots=True, kw_only=True)
class Lacking:
    """A matching term without lawful basis: the version that first had it so, and when a later one mended it."""

    entry: Evidence
    term: Demand
    poster: str
    on: datetime.date
    known: datetime.date
    mended_on: datetime.date | None = None


class MatchingFacts:
    """The tables of one case; `take` every event in log order, then read."""

    def __init__(self, workspace: Workspace) -> None:
        """Empty tables in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._pledgers: dict[str, str] = {}
        self._roundabout: dict[str, list[BackRow]] = {}
        self.fund_entries: dict[str, Evidence] = {}
        """Fund → the entry of its latest version."""
        self.lacking: dict[tuple[str, str], Lacking] = {}
        """(fund, name of the demand) → a demand without lawful basis."""
        self._versions: dict[str, list[tuple[str, int]]] = {}
        self._base = workspace.batch("INSERT INTO match_base VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self._undone = workspace.batch("INSERT INTO match_undone VALUES (?, ?, ?, ?, ?, ?, ?)")
        self._receipts = workspace.batch(
            "INSERT INTO match_receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        self._back = workspace.batch("INSERT INTO match_back VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        self._reversals = workspace.batch("INSERT OR IGNORE INTO reversal VALUES (?, ?)")

    def take(self, posted: PostedEvent, case: Case) -> None:
        """Note `posted`, an event not later than the as-of date."""
        event = posted.event
        match event:
            case Fund():
                self._note_terms(posted, event, case)
            case Allocation():
                self._allocate(posted, event, case)
            case Disbursement():
                self._disburse(posted, event, case)
            case MatchingPledge():
                self._pledgers[event.id] = event.party
            case MatchingReceipt():
                self._receive(posted, event, case)
            case Transfer() | Use() | ReturnEvent() | Movement():
                self._leave(posted, event, case)
            case Correction():
                self._reversals.add(event.event, event.occurred_on.toordinal())
            case _:
                pass

    def fund_names(self, fund: str) -> list[str]:
        """The events that registered `fund`, all versions."""
        return [name for name, _ in self._versions.get(fund, ())]

    def fund_day(self, fund: str) -> int | None:
        """The business day (an ordinal) of its first registration."""
        return next((day for _, day in self._versions.get(fund, ())), None)

    def owing(self, fund: str) -> list[str]:
        """Parties that were allocated money of `fund`, by id."""
        return list(self._workspace.rows(str, _PARTIES, (fund,)))

    def base(self, fund: str, party: str, base: str) -> Iterator[BaseRow]:
        """Changes of the base of `party`, what was returned last."""
        yield from self._workspace.rows(BaseRow, _BASE, (fund, party, base))
        if base == "disbursed":
            yield from self._workspace.rows(BaseRow, _UNDONE, (fund, party, base))

    def receipts(self, fund: str, party: str) -> Iterator[ReceiptRow]:
        """Matching money reported for `party`, in log order."""
        return self._workspace.rows(ReceiptRow, _RECEIPTS, (fund, party))

    def left(self, account: str) -> Iterator[BackRow]:
        """What left `account` towards registered parties, in log order."""
        return self._workspace.rows(BackRow, _BACK, (account,))

    def reported(self) -> Iterator[ReportedMatch]:
        """Every matching receipt that moved money and stands, in log order."""
        return self._workspace.rows(ReportedMatch, _REPORTED)

    def note_return(self, account: str, row: BackRow) -> None:
        """Match in `account` went back over others, as `row` tells."""
        self._roundabout.setdefault(account, []).append(row)

    def roundabout(self, account: str) -> list[BackRow]:
        """What went back from `account` over others, as far as somebody followed it."""
        return self._roundabout.get(account, [])

    def ready(self) -> None:
        """Everything taken can be read fast; called once, after the last event."""
        for index in (
            "match_base_by ON match_base (fund, party, base)",
            "match_undone_by ON match_undone (target)",
            "match_receipt_by ON match_receipt (fund, party)",
            "match_back_by ON match_back (account)",
        ):
            self._workspace.run(f"CREATE INDEX {index}")

    def _note_terms(self, posted: PostedEvent, event: Fund, case: Case) -> None:
        self.fund_entries[event.id] = evidence(posted)
        self._versions.setdefault(event.id, []).append((posted.name, event.occurred_on.toordinal()))
        without = {name: term for name, term in demands_of(event) if term.basis is None}
        for name, term in without.items():
            lacking = Lacking(
                entry=evidence(posted),
                term=term,
                poster=posted.party,
                on=event.occurred_on,
                known=case.recorded_on(posted),
            )
            self.lacking.setdefault((event.id, name), lacking).mended_on = None
        for (fund, name), lacking in self.lacking.items():
            if fund == event.id and name not in without and lacking.mended_on is None:
                lacking.mended_on = event.occurred_on

    def _allocate(self, posted: PostedEvent, event: Allocation, case: Case) -> None:
        if event.from_ == event.to or event.action == "carry_over":
            return
        fund, own = case.standing.lines[event.line].fund, posted.party == event.actor
        party, amount = (event.to, event.amount) if event.goes_down else (event.from_, -event.amount)
        self._base.add(fund, party, "allocated", *_entry(posted, case), amount, own, 0)

    def _disburse(self, posted: PostedEvent, event: Disbursement, case: Case) -> None:
        line, standing = case.standing.lines[event.line], case.standing
        project = standing.projects.get(event.project or "")
        parties = {line.holder, standing.owner(event.to_account), event.payee}
        parties.add(None if project is None else project.unit)
        for party in sorted(one for one in parties if one is not None):
            own = posted.party == line.holder
            self._base.add(line.fund, party, "disbursed", *_entry(posted, case), event.amount, own, 1)

    def _receive(self, posted: PostedEvent, event: MatchingReceipt, case: Case) -> None:
        """Money counts for the party whose pledge it meets, else for the party that paid it."""
        party = self._pledgers.get(event.pledge or "", event.party)
        giver, in_kind = case.standing.owner(event.from_account), int(event.source == "in_kind")
        entry = _entry(posted, case)
        self._receipts.add(
            event.fund,
            party,
            event.party,
            giver,
            event.account,
            *entry,
            event.amount,
            in_kind,
            event.from_account,
        )

    def _leave(self, posted: PostedEvent, event: Transfer | Use | ReturnEvent | Movement, case: Case) -> None:
        if isinstance(event, ReturnEvent) and event.event is not None:
            self._undone.add(event.event, *_entry(posted, case), event.amount)
        side = _side(event, case)
        if side is None:
            return
        account, taker, tag, target, line = side
        if tag is None or tag.source == "match":
            fund = None if tag is None else tag.fund
            self._back.add(account, taker, *_entry(posted, case), event.amount, fund, target, line)


_Side = tuple[str, str, Tag | None, str | None, int]


def _side(event: Transfer | Use | ReturnEvent | Movement, case: Case) -> _Side | None:
    """The account that money left, the party that got it, whose money it was said to be, what it undoes, bank line.

    None if it left no registered account, or towards nobody known. A referenced return needs no registered taker.
    """
    owner = case.standing.owner
    match event:
        case Movement():
            taker = owner(event.counterparty) if event.direction == "debit" else None
            return None if taker is None else (event.account, taker, None, None, 1)
        case Transfer():
            taker = owner(event.to_account)
            return None if taker is None else (event.from_account, taker, event.tag, None, 0)
        case Use():
            taker = event.payee or owner(event.to_account)
            return None if taker is None else (event.from_account, taker, event.tag, None, 0)
        case ReturnEvent():
            taker = owner(event.to_account)
            if event.from_account is None or (taker is None and event.event is None):
                return None
            return event.from_account, taker or "", event.tag, event.event, 0


def _entry(posted: PostedEvent, case: Case) -> Sequence[int | str]:
    return (
        posted.event.occurred_on.toordinal(),
        case.recorded_on(posted).toordinal(),
        posted.seq,
        posted.name,
        posted.leaf.hex(),
    )
