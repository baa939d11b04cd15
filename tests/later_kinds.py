# SPDX-License-Identifier: Apache-2.0
"""Events of the kinds that a policy admits, as they can stand in the small invented ledger of `tests.worlds`.

desk.must(world.submission(AUDIT, admitting(*LATER)))
for party, event in later_events(paid="na-finance/s-1/0"): desk.must(world.submission(party, event))
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, Plan, Waiver
from ledger.kinds.code import Code
from ledger.kinds.contract import Contract, ContractChange, ContractMilestone, Progress, Settlement
from ledger.kinds.control import Disposition, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import PayeeList, Publication, Restitution
from ledger.kinds.fund_terms import AcceptanceRule, MatchingAmount, RetentionRule
from ledger.kinds.registry import Policy
from ledger.kinds.upper import UpperEvent, UpperFund, UpperLedger
from ledger.kinds.vocabulary import ADMITTED_BY_GENESIS, KINDS, SECOND
from tests.personal import committed
from tests.worlds import (
    AUDIT,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    SUPPLIER,
    SUPPLIER_ACCOUNT,
    UNIT,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.kinds.registry import Fund
    from ledger.kinds.vocabulary import AnyEvent
    from tests.worlds import World

HASH: Final = "3f" * 32
ROOT: Final = "4e" * 32
FINDING: Final = "5d" * 16
COMMITTED: Final = committed(finding="5d" * 16, text="某乡镇滞留资金")
ASKED: Final = committed(asker="王某", contact="某村一组")
NUMBER: Final = committed(number="9900112233445566778")
"""Commitments of a step of a case, of an objection, of an account."""
CONTRACT: Final = "NA-2026-9"
CAME: Final = "F-C"
ABOVE: Final = "ledger.example/centre/2026"
GENESIS: Final = "7a" * 32
LATER: Final = tuple(f"{kind}/1" for kind in KINDS if kind not in ADMITTED_BY_GENESIS)
SECOND_VERSIONS: Final = tuple(f"{kind}/2" for kind in sorted(SECOND))


def admitting(*versions: str, policy: str = "later-kinds") -> Policy:
    """The policy that admits these kinds, written with their version."""
    return Policy(occurred_on=DAY, id=policy, effective_on=DAY, title="准入新类事件", admits=versions)


def contract(**changes: object) -> Contract:
    """The contract for the canal, with every field."""
    made = Contract(
        occurred_on=DAY,
        id=CONTRACT,
        project=PROJECT,
        supplier=SUPPLIER,
        amount=120_000,
        category="works",
        milestones=(ContractMilestone(id="m1", task="开挖", amount=36_000, due_on=DAY),),
        advance_cap=36_000,
        retention=3_600,
        retention_until=datetime.date(2028, 1, 5),
        document="农水合2026-9号",
        hash=HASH,
    )
    return msgspec.structs.replace(made, **changes)


def change(
    direction: str | None = "increase", amount: int | None = 4_000, **changes: object
) -> ContractChange:
    """A change of that contract, approved by the county."""
    made = ContractChange(
        occurred_on=DAY, contract=CONTRACT, approved_by=COUNTY, document="农发改2026-17号", reason="增加涵洞",
        direction="increase", amount=4_000,
    )  # fmt: skip
    return msgspec.structs.replace(made, direction=direction, amount=amount, **changes)


def step(state: str, **changes: object) -> Disposition:
    """A step of case c-1: closed where nothing may be told, with the finding where it must be."""
    untold = state in {"suspected", "cleared"}
    fields: dict[str, object] = {"sd": COMMITTED} if untold else {"finding": FINDING, "content_hash": HASH}
    made = Disposition(occurred_on=DAY, case="c-1", state="suspected", sd=COMMITTED)
    return msgspec.structs.replace(made, **({"state": state, "sd": ()} | fields | changes))


def plan(period: str = "2026-Q3", amount: int = 500) -> Plan:
    """What the county means to pay from L1."""
    return Plan(occurred_on=DAY, line="L1", period=period, amount=amount, document="农财库2026-12号")


def payee_list(**changes: object) -> PayeeList:
    """A list of persons that the county pays from L1."""
    made = PayeeList(
        occurred_on=DAY,
        fund=FUND,
        period="2026-01",
        persons=3,
        amount=900,
        root=ROOT,
        line="L1",
        project=PROJECT,
    )
    return msgspec.structs.replace(made, **changes)


def pinning(**changes: object) -> Policy:
    """The policy that pins the ledger above."""
    made = UpperLedger(origin=ABOVE, genesis=GENESIS, vkeys=("above+1+key",))
    ledger = msgspec.structs.replace(made, **changes)
    return Policy(v=2, occurred_on=DAY, id="above", effective_on=DAY, title="上级账本", ledgers=(ledger,))


def came(fund: Fund) -> Fund:
    """The fund as one that began in the ledger above."""
    upper = UpperFund(origin=ABOVE, genesis=GENESIS, fund="C-WATER")
    return msgspec.structs.replace(fund, v=2, upper=upper)


def source(number: int = 0) -> UpperEvent:
    """Event `number` above."""
    return UpperEvent(
        origin=ABOVE, genesis=GENESIS, event=f"mof/s-1/{number}", leaf=HASH, line="C-7", receipt=HASH
    )


def received(**changes: object) -> Allocation:
    """What the county received of that fund."""
    made = Allocation(
        v=2, occurred_on=DAY, action="receive", line="LC", from_=PROVINCE, to=COUNTY, fund=CAME, fiscal_year=2026,
        amount=50_000, source=source(),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def carried(**changes: object) -> Allocation:
    """What the county carries over of L1."""
    made = Allocation(
        v=2,
        occurred_on=DAY,
        action="carry_over",
        line="L1-27",
        parent="L1",
        from_=COUNTY,
        to=COUNTY,
        amount=30_000,
    )
    return msgspec.structs.replace(made, **changes)


def second_events(world: World) -> Iterator[tuple[str, AnyEvent]]:
    """Who posts what of the second versions, in an order in which all of it stands."""
    yield AUDIT, pinning()
    fund = came(world.fund(CAME))
    yield (
        COUNTY,
        msgspec.structs.replace(
            fund,
            matching_amounts=(
                MatchingAmount(amount=5_000, level="county", due_on=DAY, basis="示例办法第6条"),
            ),
            acceptance=AcceptanceRule(days=30, unit="working", panel=3, basis="示例办法第7条"),
            retention=RetentionRule(num=3, den=100, days=730, basis="示例办法第8条"),
            class_edition=DAY,
        ),
    )
    yield UNIT, msgspec.structs.replace(world.project("P-EDITION"), v=2, division_edition=DAY)
    town = msgspec.structs.replace(world.seats[UNIT].party, v=2, division_edition=DAY)
    yield COUNTY, msgspec.structs.replace(town, id="na-town-2", level="township", division="220122001")
    yield COUNTY, received()
    fields: dict[str, Any] = {"line": "LC", "from_": COUNTY, "to": PROVINCE, "amount": 4_000}
    yield COUNTY, Allocation(v=2, occurred_on=DAY, action="recall", source=source(1), **fields)
    yield COUNTY, carried()


def later_events(*, paid: str, account: str) -> Iterator[tuple[str, AnyEvent]]:
    """Who posts what, in an order in which all of it stands.

    `paid` names an event of the county, `account` one of the province that holds the commitment `NUMBER`.
    """
    yield (
        AUDIT,
        Code(occurred_on=DAY, scheme="functional", code="21303", name="水利", edition=DAY, parent="213"),
    )
    yield (
        COUNTY,
        Attachment(
            occurred_on=DAY, hash=HASH, size=10, media_type="image/png", locator="2026/1.png", event=paid
        ),
    )
    yield UNIT, contract()
    yield UNIT, change(due_on=DAY, hash=HASH)
    yield UNIT, change("decrease", 1_000)
    yield UNIT, Progress(
        occurred_on=DAY, project=PROJECT, value=40_000, contract=CONTRACT, milestone="m1", percent=33,
        evidence=(HASH,),
    )  # fmt: skip
    yield UNIT, Settlement(
        occurred_on=DAY, project=PROJECT, amount=123_000, contract=CONTRACT, surplus=1_000, document="农审2026-3号",
        hash=HASH,
    )  # fmt: skip
    yield COUNTY, plan()
    yield COUNTY, payee_list()
    yield COUNTY, Publication(
        occurred_on=DAY, subject="发放清单", place="https://na.example/gs/41", hash=HASH, until=DAY, event=paid,
        fund=FUND, project=PROJECT, contract=CONTRACT, payee_list=ROOT,
    )  # fmt: skip
    yield PROVINCE, Waiver(
        occurred_on=DAY, fund=FUND, document="吉财农2026-55号", hash=HASH, event=paid, row="F03-city", due_on=DAY,
        reason="汛期",
    )  # fmt: skip
    yield AUDIT, Waiver(occurred_on=DAY, fund=FUND, document="吉审2026-5号", hash=HASH, finding=FINDING)
    yield COUNTY, Restitution(
        occurred_on=DAY, line="L1", amount=200, event=paid, from_account=SUPPLIER_ACCOUNT,
        to_account=COUNTY_ACCOUNT, bank_ref="R-90", voucher="记-18", reason="归还",
    )  # fmt: skip
    yield AUDIT, step("suspected")
    yield AUDIT, step("affirmed", parties=(UNIT,), text="用于其他支出", document="吉审2026-8号")
    yield AUDIT, step("ordered", due_on=datetime.date(2026, 3, 5))
    yield (
        AUDIT,
        step("answered", returned=200, rebooked=1, recovered=2, exempt=3, basis="示例办法第9条"),
    )
    yield AUDIT, Objection(occurred_on=DAY, id="o-1", event=paid, text="与公示不符", days=15, sd=ASKED)
    yield COUNTY, Reply(occurred_on=DAY, objection="o-1", text="经核对一致", evidence=(HASH,))
    yield (
        PROVINCE,
        Erasure(
            occurred_on=DAY,
            event=account,
            commitments=NUMBER,
            reason="本人申请",
            document="吉财2026-6号",
        ),
    )
    yield COUNTY, PeriodClose(occurred_on=DAY, unit=COUNTY, period="2025-Q4", statement=HASH, fund=FUND)
