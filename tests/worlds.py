# SPDX-License-Identifier: Apache-2.0
"""Small invented ledgers for tests: a genesis, a cast with keys, signed submissions; the same in every run.

    world = make_world()                       # or make_world(clock="wall", ceilings="flag")
    world.genesis_entry                        # bytes of entry 0
    for one in world.opening():                # keys, parties, accounts, one fund, one project
        post(one)
    post(world.issue("L1", 1_000_000))         # the province gives the county a line
    post(world.pay("L1", 250_000))             # the county pays the unit's supplier
    post(world.submission(COUNTY, any_event))  # anything else, signed with the county's keys

Keys are made from their names, ids and instants from a counter, so that one sequence of calls always gives
one sequence of bytes. Nothing here posts: it makes submissions for whoever does.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from ledger.entry import genesis_entry_bytes
from ledger.genesis import Administrator, Genesis, sign_genesis
from ledger.hashing import leaf_hash
from ledger.instant import format_instant, parse_instant
from ledger.key_files import FileSigner
from ledger.keys import Ed25519Signer, MlDsa44Signer, key_id
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.fact import Use
from ledger.kinds.form import Tag
from ledger.kinds.registry import Account, Fund, Key, KeyRole, Party, Project
from ledger.log_signer import LogSigner
from ledger.submission import Header, Signature, Submission, assemble, wire_bytes
from tests.personal import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.kinds.vocabulary import AnyEvent
    from ledger.party import Level, PartyRole

ORIGIN: Final = "ledger.example/jl/2026"
BEGINNING: Final = "2026-01-05T01:00:00.000Z"
DAY: Final = datetime.date(2026, 1, 5)

PROVINCE: Final = "jl-finance"
CITY: Final = "cc-finance"
COUNTY: Final = "na-finance"
UNIT: Final = "na-water"
BANK: Final = "bank-cc"
SUPPLIER: Final = "builder"
AUDIT: Final = "jl-audit"

FUND: Final = "F-WATER"
PROJECT: Final = "P-CANAL"
COUNTY_ACCOUNT: Final = "A-NA-TREASURY"
UNIT_ACCOUNT: Final = "A-NA-WATER"
SUPPLIER_ACCOUNT: Final = "A-BUILDER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A party of the cast and the keys that act for it, by role."""

    party: Party
    keys: dict[KeyRole, Ed25519Signer]


def signer_named(name: str) -> Ed25519Signer:
    """The Ed25519 key that belongs to `name` in every test run."""
    return Ed25519Signer.from_seed(hashlib.sha256(b"fundtrace test key " + name.encode()).digest())


def log_keys_named(name: str) -> tuple[FileSigner, ...]:
    """Both keys of a log that belong to `name` in every test run."""
    seed = hashlib.sha256(b"fundtrace test log " + name.encode()).digest()
    return signer_named(name), MlDsa44Signer.from_seed(seed)


def log_signer_named(name: str) -> LogSigner:
    """The log that signs with `log_keys_named`."""
    return LogSigner(signers=log_keys_named(name))


@dataclass(slots=True, kw_only=True)
class World:
    """One invented ledger: its genesis, its keys, and a counter that dates and numbers submissions."""

    genesis: Genesis
    genesis_signatures: tuple[Signature, ...]
    log_keys: tuple[FileSigner, ...]
    administrators: dict[str, Ed25519Signer]
    seats: dict[str, Seat]
    number: int = 0
    moment: datetime.datetime = field(default_factory=lambda: parse_instant(BEGINNING))

    @property
    def log_signer(self) -> LogSigner:
        """The log's own keys, ready to sign."""
        return LogSigner(signers=self.log_keys)

    @property
    def genesis_entry(self) -> bytes:
        """Bytes of entry 0."""
        return genesis_entry_bytes(self.genesis, self.genesis_signatures)

    @property
    def genesis_hash(self) -> str:
        """Leaf hash of entry 0 in hex, which names the ledger."""
        return leaf_hash(self.genesis_entry).hex()

    def tick(self, seconds: int = 1) -> str:
        """Let `seconds` pass and return the instant after them."""
        self.moment += datetime.timedelta(seconds=seconds)
        return format_instant(self.moment)

    def signers(self, party: str) -> list[tuple[str, Ed25519Signer]]:
        """Who signs for `party` ordinarily: both administrators, or every role it has a key for."""
        if party in self.administrators:
            return [("administrator", signer) for signer in self.administrators.values()]
        return list(self.seats[party].keys.items())

    def submission(
        self,
        party: str,
        *events: AnyEvent,
        submission_id: str | None = None,
        signers: Sequence[tuple[str, Ed25519Signer]] | None = None,
        signed_at: str | None = None,
    ) -> Submission:
        """A signed submission of `events` by `party`; each call takes the next id and the next second."""
        self.number += 1
        now = self.tick()

        def header(count: int, root: str) -> Header:
            return Header(
                count=count,
                genesis=self.genesis_hash,
                id=submission_id or f"s-{self.number:06d}",
                origin=self.genesis.origin,
                party=party,
                root=root,
                signed_at=signed_at or now,
            )

        return assemble(
            events=events,
            header=header,
            signers=signers or self.signers(party),
            disclosures=(KNOWN[one] for event in events for one in event.sd if one in KNOWN),
        )

    def wire(self, party: str, *events: AnyEvent) -> bytes:
        """The next submission as one NDJSON line."""
        return wire_bytes(self.submission(party, *events)) + b"\n"

    # --- the beginning of every world ---------------------------------------------------------------------

    def opening(self) -> Iterator[Submission]:
        """The submissions that set the scene: parties, their keys, accounts, the fund, the project."""
        yield self.submission("admin-a", *(seat.party for seat in self.seats.values()))
        for seat in self.seats.values():
            if seat.keys:
                yield self.registration(seat)
        yield self.submission(PROVINCE, *self.accounts())
        yield self.submission(PROVINCE, self.fund())
        yield self.submission(UNIT, self.project())

    def registration(self, seat: Seat) -> Submission:
        """Registration of every key of `seat` by the administrators, with the proof that each key is held."""
        proofs = [("possession", signer) for signer in seat.keys.values()]
        return self.submission(
            "admin-a",
            *(self.key_event(seat.party, role, signer) for role, signer in seat.keys.items()),
            signers=[*self.signers("admin-a"), *proofs],
        )

    def key_event(self, holder: Party, role: KeyRole, signer: Ed25519Signer) -> Key:
        """The event that registers `signer` for `holder` in `role`, held by a person of that role only."""
        return Key(
            occurred_on=DAY,
            action="register",
            key=key_id(signer.alg, signer.public),
            alg="ed25519",
            public=base64.b64encode(signer.public).decode(),
            holder=holder.id,
            person=f"{holder.id}-{role}",
            device=f"{holder.id}-{role}-token",
            roles=(role,),
            jurisdiction=(holder.division,),
            valid_from=BEGINNING,
        )

    def accounts(self) -> tuple[Account, ...]:
        """The accounts of the county, the unit and the supplier, all at the bank."""
        return (
            Account(
                id=COUNTY_ACCOUNT, owner=COUNTY, account_class="treasury_single", bank=BANK, occurred_on=DAY
            ),
            Account(id=UNIT_ACCOUNT, owner=UNIT, account_class="unit_real", bank=BANK, occurred_on=DAY),
            Account(
                id=SUPPLIER_ACCOUNT, owner=SUPPLIER, account_class="supplier", bank=BANK, occurred_on=DAY
            ),
        )

    def fund(self, fund_id: str = FUND) -> Fund:
        """An earmarked fund for water works, issued by the province, without matching or deadlines."""
        return Fund(
            occurred_on=DAY,
            id=fund_id,
            name="农田水利建设专项资金",
            purpose="农田水利设施建设",
            issuer=PROVINCE,
            level="province",
            fiscal_year=2026,
        )

    def project(self, project_id: str = PROJECT) -> Project:
        """The canal of the unit, paid from the fund."""
        return Project(
            occurred_on=DAY, id=project_id, name="灌区渠道改造", unit=UNIT, division="220122", funds=(FUND,)
        )

    # --- ordinary business --------------------------------------------------------------------------------

    def issued(self, line: str, amount: int, *, fund: str = FUND, to: str = COUNTY) -> Allocation:
        """Event: the province issues `line` of `amount` minor units to the county."""
        return Allocation(
            occurred_on=DAY,
            action="issue",
            line=line,
            from_=PROVINCE,
            to=to,
            amount=amount,
            fund=fund,
            fiscal_year=2026,
            document="吉财农2026-1号",
        )

    def paid(self, line: str, amount: int, *, voucher: str | None = None) -> Disbursement:
        """Event: the county pays `amount` minor units of `line` to the supplier, directly."""
        return Disbursement(
            occurred_on=DAY,
            line=line,
            from_account=COUNTY_ACCOUNT,
            to_account=SUPPLIER_ACCOUNT,
            amount=amount,
            mode="direct",
            project=PROJECT,
            voucher=voucher,
        )

    def use(self, amount: int) -> Use:
        """Event: the unit pays `amount` minor units of the fund's money to the supplier."""
        return Use(
            occurred_on=DAY,
            from_account=UNIT_ACCOUNT,
            to_account=SUPPLIER_ACCOUNT,
            amount=amount,
            tag=Tag(fund=FUND, source="grant"),
        )

    def moved(
        self,
        line_no: int,
        amount: int,
        *,
        direction: Literal["credit", "debit"] = "credit",
        statement: str = "2026-01",
    ) -> Movement:
        """Event: line `line_no` of the county account's bank statement."""
        return Movement(
            occurred_on=DAY,
            account=COUNTY_ACCOUNT,
            statement=statement,
            line_no=line_no,
            direction=direction,
            amount=amount,
        )

    def issue(self, line: str, amount: int) -> Submission:
        """Submission: the province issues `line`."""
        return self.submission(PROVINCE, self.issued(line, amount))

    def pay(self, line: str, amount: int) -> Submission:
        """Submission: the county pays from `line`."""
        return self.submission(COUNTY, self.paid(line, amount))

    def bank_lines(
        self, first: int, count: int, *, amount: int = 100, statement: str = "2026-01"
    ) -> Submission:
        """Submission: the bank posts `count` credits from number `first` on: never refused for content."""
        lines = (self.moved(number, amount, statement=statement) for number in range(first, first + count))
        return self.submission(BANK, *lines)


def make_world(
    *,
    origin: str = ORIGIN,
    clock: Literal["wall", "replay"] = "replay",
    ceilings: Literal["refuse", "flag"] = "refuse",
    entries: Literal["public", "restricted"] = "public",
    historical: bool = False,
    quantum: bool = True,
) -> World:
    """A world with two administrators who must both sign, a cast with keys, and nothing posted yet."""
    administrators = {name: signer_named(f"{origin} {name}") for name in ("admin-a", "admin-b")}
    log_keys = log_keys_named(f"{origin} log")[: 2 if quantum else 1]
    genesis = Genesis(
        administrators=tuple(_administrator(name, signer) for name, signer in administrators.items()),
        ceilings=ceilings,
        clock=clock,
        created_at=BEGINNING,
        currency="CNY",
        demo=True,
        entries=entries,
        historical=historical,
        log_keys=LogSigner(signers=log_keys).vkeys(origin),
        name="吉林省专项资金账本（测试）",
        origin=origin,
        threshold=2,
        time_zone="Asia/Shanghai",
    )
    return World(
        genesis=genesis,
        genesis_signatures=sign_genesis(genesis, list(administrators.values())),
        log_keys=log_keys,
        administrators=administrators,
        seats={party.id: _seat(origin, party, roles) for party, roles in _cast()},
    )


def _administrator(name: str, signer: Ed25519Signer) -> Administrator:
    return Administrator(
        id=name,
        person=f"{name}-person",
        device=f"{name}-token",
        alg="ed25519",
        key=key_id(signer.alg, signer.public),
        public=base64.b64encode(signer.public).decode(),
    )


def _seat(origin: str, party: Party, roles: tuple[KeyRole, ...]) -> Seat:
    return Seat(party=party, keys={role: signer_named(f"{origin} {party.id} {role}") for role in roles})


def _cast() -> Iterator[tuple[Party, tuple[KeyRole, ...]]]:
    pair: tuple[KeyRole, ...] = ("maker", "checker")
    yield _party(PROVINCE, "吉林省财政厅", "province", "220000", "finance"), pair
    yield _party(CITY, "长春市财政局", "city", "220100", "finance", parent=PROVINCE), pair
    yield _party(COUNTY, "农安县财政局", "county", "220122", "finance", parent=CITY), pair
    yield _party(UNIT, "农安县水利局", "county", "220122", "unit", parent=COUNTY), pair
    yield _party(BANK, "长春某银行", "city", "220100", "bank"), pair
    yield _party(SUPPLIER, "某水利建设公司", "payee", "220122", "supplier"), ()
    yield _party(AUDIT, "吉林省审计厅", "province", "220000", "audit"), pair


def _party(
    party_id: str, name: str, level: Level, division: str, role: PartyRole, *, parent: str | None = None
) -> Party:
    return Party(
        occurred_on=DAY, id=party_id, name=name, level=level, division=division, roles=(role,), parent=parent
    )
