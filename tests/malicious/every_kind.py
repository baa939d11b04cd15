# SPDX-License-Identifier: Apache-2.0
"""An honest log in which every kind of event stands, with as many of its fields as can stand together."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

from ledger.keys import key_id
from ledger.kinds.authority import Allocation, Invoice, MatchingPledge
from ledger.kinds.bank import BankBalance
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Interest, MatchingReceipt, Return, Transfer
from ledger.kinds.form import Provenance, Tag
from ledger.kinds.registry import (
    Calendar,
    Deadline,
    Fund,
    Key,
    MatchingTerm,
    Milestone,
    Party,
    Policy,
    PolicyRow,
)
from ledger.submission import event_name
from tests import later_kinds
from tests.ledger.test_log_key_changes import NEXT, adding, admitting, retiring
from tests.malicious.forger import Forger
from tests.personal import committed
from tests.worlds import (
    AUDIT,
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    SUPPLIER,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    World,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.submission import Submission

_HASH: Final = "3f" * 32
_TAG: Final = Tag(fund=FUND, source="grant", line="L1")
_INVOICE: Final = Invoice(hash=_HASH, amount=120_000)
_WATER: Final = "F-WATER-2"


def every_kind() -> Forger:
    """The log, in the memory of an operator who may turn."""
    world = make_world()
    forger = Forger(world)
    for submission in every_submission(world):
        forger.post(submission)
    return forger


def every_submission(world: World) -> Iterator[Submission]:
    """The opening and an event of every kind, in an order in which all of it stands."""
    yield from world.opening()
    yield from _business(world)


def _business(world: World) -> Iterator[Submission]:
    yield from _registered(world)
    yield from _allotted(world)
    yield from _spent(world)
    yield from _banked(world)
    yield from _log_keys_changed(world)
    yield from _admitted(world)


def _registered(world: World) -> Iterator[Submission]:
    yield world.submission(
        PROVINCE,
        Party(
            occurred_on=DAY, id="jl-town", name="某镇", name_en="A town", level="township", division="220122001",
            roles=("unit",), uscc="91350100M000100Y43", parent=COUNTY, related=(SUPPLIER,),
            provenance=Provenance(file=_HASH, row=12, sheet="一季度"), sd=committed(contact="某镇财政所 王某"),
        ),
    )  # fmt: skip
    yield world.submission(PROVINCE, _rich_fund(world))
    yield world.submission(
        UNIT,
        msgspec.structs.replace(
            world.project("P-PUMP"), name_en="Pump", budget=9_000_000, effective_on=DAY,
            milestones=(Milestone(id="m1", task="泵站完工", party=UNIT, due_on=DAY),),
        ),
    )  # fmt: skip
    yield world.submission(AUDIT, _policy(), _calendar())
    yield from _key_life(world)


def _rich_fund(world: World) -> Fund:
    return msgspec.structs.replace(
        world.fund(_WATER), name_en="Water", purpose_en="water works", document="吉财农2026-2号", direct="01",
        functional=("21303",), economic=("309", "310"), denied_economic=("301",), effective_on=DAY,
        matching=(MatchingTerm(base="allocated", num=1, den=4, level="county", due_on=DAY, basis="办法第5条"),),
        deadlines=(Deadline(duty="pass_on", days=30, unit="calendar", basis="预算法第52条", level="city"),),
    )  # fmt: skip


def _policy() -> Policy:
    row = PolicyRow(
        id="F03-city", rule="F03", basis="预算法第52条", parameters={"days": 30}, unit="calendar", fund=FUND,
        level="city",
    )  # fmt: skip
    return Policy(
        occurred_on=DAY, id="pack-1", effective_on=DAY, title="规则包", admits=("waiver/1",), rows=(row,)
    )


def _calendar() -> Calendar:
    return Calendar(
        occurred_on=DAY, id="cn-2026", year=2026, notice="国办发明电〔2025〕7号",
        off=(datetime.date(2026, 6, 19),), worked=(datetime.date(2026, 2, 14),),
    )  # fmt: skip


def _key_life(world: World) -> Iterator[Submission]:
    """A further key of the city is registered and revoked."""
    signer = signer_named("city's third key")
    holder = world.seats[CITY].party
    registered = msgspec.structs.replace(
        world.key_event(holder, "maker", signer), valid_to="2028-01-01T00:00:00.000Z", reason="新任经办"
    )
    yield world.submission("admin-a", registered, signers=[*world.signers("admin-a"), ("possession", signer)])
    yield world.submission(
        "admin-a",
        Key(
            occurred_on=DAY, action="revoke", key=key_id(signer.alg, signer.public), reason="遗失",
            compromised_since="2026-01-05T00:00:00.000Z",
        ),
    )  # fmt: skip


def _allotted(world: World) -> Iterator[Submission]:
    issued = msgspec.structs.replace(
        world.issued("L1", 1_000_000), functional="21303", direct="01", project=PROJECT
    )
    yield world.submission(PROVINCE, issued)
    yield world.submission(PROVINCE, world.issued("L2", 500_000, to=CITY))
    split = Allocation(
        occurred_on=DAY, action="split", line="L21", parent="L2", from_=CITY, to=COUNTY, amount=200_000,
        document="长财农2026-3号", project=PROJECT,
    )  # fmt: skip
    yield world.submission(CITY, split)
    yield world.submission(
        CITY,
        Allocation(
            occurred_on=DAY,
            action="adjust",
            direction="increase",
            line="L21",
            from_=CITY,
            to=COUNTY,
            amount=1_000,
        ),
    )
    yield world.submission(
        CITY, Allocation(occurred_on=DAY, action="recall", line="L21", from_=COUNTY, to=CITY, amount=500)
    )
    yield world.submission(
        COUNTY,
        MatchingPledge(
            occurred_on=DAY, id="mp-1", fund=FUND, party=COUNTY, amount=100_000, source="budget", due_on=DAY,
            document="农财2026-4号",
        ),
    )  # fmt: skip


def _spent(world: World) -> Iterator[Submission]:
    claim = Claim(
        occurred_on=DAY, action="submit", claim="c-1", project=PROJECT, line="L1", amount=120_000, payee=SUPPLIER,
        contract="NA-2026-9", evidence=(_HASH,),
    )  # fmt: skip
    yield world.submission(UNIT, claim)
    yield world.submission(COUNTY, msgspec.structs.replace(claim, action="approve"))
    paid = msgspec.structs.replace(
        world.paid("L1", 120_000, voucher="记-13"), payee=SUPPLIER, payee_list=_HASH, contract="NA-2026-9",
        functional="2130305", economic="31005", bank_ref="R-78", claim="c-1", milestone="m1", invoice=_INVOICE,
    )  # fmt: skip
    payment = world.submission(COUNTY, paid)
    yield payment
    moved = Transfer(
        occurred_on=DAY, from_account=COUNTY_ACCOUNT, to_account=UNIT_ACCOUNT, amount=60_000, reason="pass_on",
        tag=_TAG, bank_ref="R-79", voucher="记-14", note="转拨",
    )  # fmt: skip
    yield world.submission(COUNTY, moved)
    used = msgspec.structs.replace(
        world.use(20_000), tag=_TAG, payee=SUPPLIER, functional="2130305", economic="31005", project=PROJECT,
        contract="NA-2026-9", bank_ref="R-80", voucher="记-15", claim="c-1", milestone="m1", invoice=_INVOICE,
        note="进度款",
    )  # fmt: skip
    matched = MatchingReceipt(
        occurred_on=DAY, fund=FUND, party=COUNTY, amount=50_000, source="budget", account=UNIT_ACCOUNT,
        from_account=COUNTY_ACCOUNT, pledge="mp-1", bank_ref="R-77", voucher="记-12",
    )  # fmt: skip
    interest = Interest(
        occurred_on=DAY, account=UNIT_ACCOUNT, amount=318, tag=_TAG, period="2026Q1", bank_ref="R-81",
        voucher="记-16",
    )  # fmt: skip
    accepted = Acceptance(
        occurred_on=DAY, project=PROJECT, verdict="pass", milestone="m1", contract="NA-2026-9", value=120_000,
        panel=("p-1", "p-2"), evidence=(_HASH,),
    )  # fmt: skip
    reported = world.submission(UNIT, used, matched, interest, accepted)
    yield reported
    back = Return(
        occurred_on=DAY, amount=5_000, event=event_name(payment.header, 0), tag=_TAG,
        from_account=SUPPLIER_ACCOUNT, to_account=COUNTY_ACCOUNT, bank_ref="R-82", voucher="记-17", reason="退款",
    )  # fmt: skip
    yield world.submission(COUNTY, back)
    yield world.submission(
        UNIT, Correction(occurred_on=DAY, event=event_name(reported.header, 2), reason="金额记错")
    )


def _banked(world: World) -> Iterator[Submission]:
    lines = [
        msgspec.structs.replace(
            world.moved(number, amount, direction="debit"),
            value_on=DAY,
            counterparty=SUPPLIER_ACCOUNT,
            bank_ref=ref,
        )
        for number, (amount, ref) in enumerate(((120_000, "R-78"), (60_000, "R-79")), 1)
    ]
    balance = BankBalance(
        occurred_on=DAY, account=COUNTY_ACCOUNT, statement="2026-01", from_on=datetime.date(2026, 1, 1), to_on=DAY,
        opening=1_000_000, closing=820_000, lines=2,
    )  # fmt: skip
    yield world.submission(BANK, *lines, balance)


def _log_keys_changed(world: World) -> Iterator[Submission]:
    """A second pair of log keys comes and goes again; the first pair signs on."""
    yield admitting(world)
    yield adding(world)
    yield retiring(world, *NEXT.vkeys(world.genesis.origin))


def _admitted(world: World) -> Iterator[Submission]:
    """The kinds that a policy admits, about a payment and about an account whose number is committed."""
    admitted = (*later_kinds.LATER, *later_kinds.SECOND_VERSIONS)
    yield world.submission(AUDIT, later_kinds.admitting(*admitted))
    payment = world.pay("L1", 100)
    yield payment
    committed = msgspec.structs.replace(world.accounts()[1], id="A-NA-SPECIAL", sd=later_kinds.NUMBER)
    account = world.submission(PROVINCE, committed)
    yield account
    names = {"paid": event_name(payment.header, 0), "account": event_name(account.header, 0)}
    events = [*later_kinds.later_events(**names), *later_kinds.second_events(world)]
    for party, group in groupby(events, key=lambda one: one[0]):
        yield world.submission(party, *(event for _, event in group))
    kept = signer_named("city's fourth key")
    holder = world.seats[CITY].party
    key = msgspec.structs.replace(world.key_event(holder, "checker", kept), v=2, custody="device")
    yield world.submission("admin-a", key, signers=[*world.signers("admin-a"), ("possession", kept)])
