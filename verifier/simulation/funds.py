# SPDX-License-Identifier: Apache-2.0
"""The three earmarked funds of the simulated province, and the policy that puts the rules in force.

Titles and numbers of fund documents are invented; statutes are cited as they are.
"""

import datetime
from typing import Final

import msgspec

from ledger.kinds.registry import Deadline, Fund, MatchingTerm, Policy, PolicyRow
from ledger.party import Level
from verifier.simulation.holidays import YEAR

ROAD: Final = "road-2026"
MEALS: Final = "meals-2026"
SUBSIDY: Final = "subsidy-2026"

ISSUER: Final = "centre-finance"
PASS_ON_DAYS: Final = 30
PAY_DAYS: Final = 30
MATCH_NUM: Final = 15
MATCH_DEN: Final = 100
MATCH_DUE: Final = datetime.date(YEAR, 6, 30)

WORKS: Final = "31005"
"""Economic class 基础设施建设."""
FOOD: Final = "30218"
"""Economic class 专用材料费, under which schools book ingredients."""
AID: Final = "30310"
"""Economic class 个人农业生产补贴."""
CARS: Final = "30231"
"""Economic class 公务用车运行维护费: never allowed from earmarked money."""
WAGES: Final = "30101"
"""Economic class 基本工资."""
OFFICE: Final = "30201"
"""Economic class 办公费."""
DEBT: Final = "30701"
"""Economic class 国内债务付息."""

_ONWARD_BASIS: Final = "《中华人民共和国预算法》第五十二条"
_PAY_BASIS: Final = "《中华人民共和国预算法》第五十七条；资金管理办法（模拟）第十二条"
_MATCH_BASIS: Final = "国务院规定应由上下级政府共同承担的事项（《中华人民共和国预算法》第十六条；事项为模拟）"
_DENIED: Final = ("301", "307", "30212", "30217", "30231")


def fund_events(occurred_on: datetime.date) -> tuple[Fund, ...]:
    """The registrations of the three funds by their issuer."""
    road = Fund(
        occurred_on=occurred_on,
        id=ROAD,
        name="农村公路建设补助资金（模拟）",
        name_en="Rural road grant (simulated)",
        purpose="农村公路新建、改建和养护工程",
        purpose_en="Building, rebuilding and upkeep of rural roads",
        issuer=ISSUER,
        level="centre",
        fiscal_year=YEAR,
        document="模财建〔2025〕101号",
        direct="09",
        functional=("21401",),
        economic=("310",),
        denied_economic=_DENIED,
        matching=(_matching(),),
        deadlines=(*_pass_on("province", "city"), _pay()),
    )
    meals = msgspec.structs.replace(
        road,
        id=MEALS,
        name="农村义务教育学生营养改善补助资金（模拟）",
        name_en="School meals grant (simulated)",
        purpose="农村义务教育学生营养膳食",
        purpose_en="Meals of pupils in rural schools",
        document="模财教〔2025〕88号",
        functional=("20502",),
        economic=("30218", "30308"),
        matching=(),
    )
    subsidy = msgspec.structs.replace(
        meals,
        id=SUBSIDY,
        name="农户生产补贴资金（模拟）",
        name_en="Household farming subsidy (simulated)",
        purpose="对种粮农户的直接补贴",
        purpose_en="Direct subsidy to grain-growing households",
        document="模财农〔2025〕120号",
        functional=("21301",),
        economic=("30310",),
        deadlines=_pass_on("province", "city", "county"),
    )
    return road, meals, subsidy


def policy_event(occurred_on: datetime.date) -> Policy:
    """The policy by which the audit office puts the rules in force, with the parameters of their pack."""
    rows = (
        PolicyRow(id="pay", rule="F04", basis=_PAY_BASIS, parameters={"days": PAY_DAYS}, unit="calendar"),
        PolicyRow(id="match", rule="F06", basis=_MATCH_BASIS, parameters={"match_tol": 50}),
    )
    return Policy(
        occurred_on=occurred_on,
        id="rules-2026",
        effective_on=datetime.date(YEAR, 1, 1),
        title="江岭省专项资金监督规则（2026年，模拟）",
        rows=rows,
    )


def match_owed(allocated: int) -> int:
    """What a county owes in matching money for road lines of `allocated` minor units (semantics M1)."""
    return allocated * MATCH_NUM // MATCH_DEN


def _matching() -> MatchingTerm:
    return MatchingTerm(
        base="allocated",
        num=MATCH_NUM,
        den=MATCH_DEN,
        level="county",
        due_on=MATCH_DUE,
        basis=_MATCH_BASIS,
    )


def _pass_on(*levels: Level) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(duty="pass_on", days=PASS_ON_DAYS, unit="calendar", basis=_ONWARD_BASIS, level=level)
        for level in levels
    )


def _pay() -> Deadline:
    return Deadline(duty="pay", days=PAY_DAYS, unit="calendar", basis=_PAY_BASIS)
