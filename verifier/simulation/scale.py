# SPDX-License-Identifier: Apache-2.0
"""Large ledgers for measuring: any number of entries over a fixed number of accounts and lines, made as a stream.

One turn is one county's batch: the province raises its lines and sends cash for them, the county pays its unit, the
unit pays a trader, the bank posts a line for each side; months close with balances. What stays open (accounts, lines,
reports that wait for their bank lines) is fixed by the plan and not by the number of entries. All of it is in order
but the very first purchase, whose class is denied, so that an audit has something to say.
"""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from ledger.entry import genesis_entry_bytes
from ledger.genesis import Genesis, sign_genesis
from ledger.hashing import leaf_hash
from ledger.instant import format_instant
from ledger.kinds.registry import Key
from ledger.kinds.vocabulary import AnyEvent
from ledger.submission import Header, Signature, Submission, assemble
from verifier.simulation import scale_bodies as bodies
from verifier.simulation.cast import ADMINISTRATORS, BODIES_PER_SUBMISSION, Cast
from verifier.simulation.diary import TIME_ZONE, CashEvent
from verifier.simulation.founding import check_origin, found_genesis
from verifier.simulation.holidays import YEAR, calendar_event
from verifier.simulation.scale_bank import Bank
from verifier.simulation.scale_batch import Batch
from verifier.simulation.scale_bodies import County

EVENTS_PER_SUBMISSION: Final = 1_000
PAYMENTS_PER_TURN: Final = 1_000
_TURNS_MIN: Final = 24
_ENTRIES_PER_PAYMENT: Final = 5
"""The payment, the purchase, and three bank lines."""
_MONTHS: Final = 12
_OPENING_BALANCE: Final = 10**15
_OPENS: Final = datetime.time(9, tzinfo=ZoneInfo(TIME_ZONE))
_TICK: Final = datetime.timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A ledger of at least `entries` entries, and at most one turn more.

    `counties`, with two custodian accounts each, and `lines` for each county fix the open state.
    """

    entries: int
    origin: str
    seed: int = 1
    counties: int = 20
    lines: int = 9

    @property
    def batch(self) -> int:
        """Payments in one turn."""
        return max(1, min(PAYMENTS_PER_TURN, self.entries // (_TURNS_MIN * _ENTRIES_PER_PAYMENT)))


@dataclass(slots=True, kw_only=True)
class Stream:
    """A large ledger being made; it holds one turn in memory. Iterate `submissions` once."""

    plan: Plan
    cast: Cast
    genesis: Genesis
    genesis_signatures: tuple[Signature, ...]
    genesis_hash: str
    size: int = 1
    _moment: datetime.datetime = field(default_factory=lambda: datetime.datetime.combine(bodies.ON, _OPENS))
    _bank: Bank = field(default_factory=lambda: Bank(year=YEAR))

    def submissions(self) -> Iterator[Submission]:
        """Every signed submission in order of time; after the last one `size` is the number of entries."""
        plan, rng = self.plan, random.Random(self.plan.seed)
        counties = bodies.counties(plan.counties, plan.lines)
        yield from self._opening(counties)
        days = bodies.workdays()
        turn = 0
        while self.size + self._closing() < plan.entries or turn == 0:
            yield from self._advance(days[min(len(days) - 1, len(days) * self.size // plan.entries)])
            amounts = [rng.randrange(10_000, 5_000_000) for _ in range(plan.batch)]
            yield from self._turn(turn, counties[turn % len(counties)], amounts)
            turn += 1
        while self._bank.month <= _MONTHS:
            yield from self._close_month()

    def _closing(self) -> int:
        """Entries that the months still open will close with: a header and a balance for every account."""
        return (_MONTHS + 1 - self._bank.month) * (2 * self.plan.counties + 2)

    def _opening(self, counties: Sequence[County]) -> Iterator[Submission]:
        parties = bodies.provincial_parties()
        acting = list(parties)
        for county in counties:
            parties += bodies.county_parties(county)
            acting += bodies.county_parties(county)[:-1]
        yield from self._submit(ADMINISTRATORS[0], "parties", parties)
        for start in range(0, len(acting), BODIES_PER_SUBMISSION):
            holders = acting[start : start + BODIES_PER_SUBMISSION]
            keys = [key for holder in holders for key in self.cast.registrations(holder, bodies.ON)]
            yield from self._submit(ADMINISTRATORS[0], f"keys-{start}", keys)
        accounts = list(bodies.accounts(counties))
        for account in accounts:
            if account.bank is not None:
                opening = _OPENING_BALANCE if account.id == bodies.PROVINCE_TREASURY else 0
                self._bank.open_account(account.id, opening)
        yield from self._submit(bodies.PROVINCE, "accounts", accounts)
        yield from self._submit(bodies.AUDIT, "rules", [calendar_event(bodies.ON)])
        yield from self._submit(bodies.CENTRE, "funds", bodies.funds())
        yield from self._submit(bodies.CENTRE, "top", bodies.top_lines())
        yield from self._submit(
            bodies.PROVINCE, "lines", [one for county in counties for one in bodies.county_lines(county)]
        )

    def _advance(self, day: datetime.date) -> Iterator[Submission]:
        """Close the months before `day`; from now on acts are signed on that day."""
        while self._bank.month < day.month:
            yield from self._close_month()
        if day > self._moment.date():
            self._moment = datetime.datetime.combine(day, _OPENS)

    def _close_month(self) -> Iterator[Submission]:
        month = self._bank.month
        closed = self._bank.close_month()
        after = closed[0].to_on + datetime.timedelta(days=1)
        self._moment = max(self._moment, datetime.datetime.combine(after, _OPENS))
        yield from self._submit(bodies.BANK, f"closed-{month:02d}", closed)

    def _turn(self, turn: int, county: County, amounts: Sequence[int]) -> Iterator[Submission]:
        batch = Batch(turn=turn, day=self._moment.date(), county=county, amounts=amounts)
        lines: list[AnyEvent] = []
        for party, acts in (
            (bodies.PROVINCE, batch.sent()),
            (county.finance, batch.paid()),
            (county.unit, batch.bought()),
        ):
            events = list(acts)
            yield from self._submit(party, f"turn-{turn}", events)
            lines += [
                line for event in events if isinstance(event, CashEvent) for line in self._bank.book(event)
            ]
        yield from self._submit(bodies.BANK, f"turn-{turn}", lines)

    def _submit(self, party: str, identifier: str, events: Sequence[AnyEvent]) -> Iterator[Submission]:
        for start in range(0, len(events), EVENTS_PER_SUBMISSION):
            part = events[start : start + EVENTS_PER_SUBMISSION]
            self._moment += _TICK
            self.size += 1 + len(part)
            yield self.signed(party, f"{identifier}-{start}", part)

    def signed(self, party: str, identifier: str, events: Sequence[AnyEvent]) -> Submission:
        """A submission of `events` by `party` at the present moment of the stream, signed by its keys."""

        def header(count: int, root: str) -> Header:
            return Header(
                count=count,
                genesis=self.genesis_hash,
                id=identifier,
                origin=self.genesis.origin,
                party=party,
                root=root,
                signed_at=format_instant(self._moment),
            )

        holders = dict.fromkeys(event.holder for event in events if isinstance(event, Key))
        new_keys_of = tuple(holder for holder in holders if holder is not None)
        return assemble(events=events, header=header, signers=self.cast.signers(party, new_keys_of))


def stream(plan: Plan) -> Stream:
    """The ledger of `plan`, ready to be made; same plan, same bytes.

    Raises:
        InputError: `plan.origin` cannot name a log.
    """
    check_origin(plan.origin)
    cast = Cast(seed=plan.seed)
    genesis = found_genesis(cast, plan.origin, pack="generic")
    signatures = sign_genesis(genesis, [cast.signer(one) for one in ADMINISTRATORS])
    genesis_hash = leaf_hash(genesis_entry_bytes(genesis, signatures)).hex()
    return Stream(
        plan=plan, cast=cast, genesis=genesis, genesis_signatures=signatures, genesis_hash=genesis_hash
    )
