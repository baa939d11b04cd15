# SPDX-License-Identifier: Apache-2.0
"""Registration of everybody and everything in the simulated province: parties, keys, accounts, projects."""

import datetime
from collections.abc import Sequence
from typing import Final

from ledger.kinds.registry import Milestone, Party, Project
from ledger.party import Level, PartyRole
from verifier.simulation.accounts import PROVINCE_FINANCE, RURAL_BANK, TREASURY_BANK, register_accounts
from verifier.simulation.cast import ADMINISTRATORS, BODIES_PER_SUBMISSION, Cast
from verifier.simulation.county import City, County
from verifier.simulation.diary import Diary
from verifier.simulation.funds import ISSUER, MEALS, ROAD, SUBSIDY, match_owed
from verifier.simulation.names import PROVINCE, PROVINCE_DIVISION, credit_code

AUDIT: Final = f"{PROVINCE_DIVISION}-audit"

PARTIES_ON: Final = datetime.date(2025, 12, 22)
KEYS_ON: Final = datetime.date(2025, 12, 23)
PROJECTS_ON: Final = datetime.date(2025, 12, 29)

_ORGAN: Final = "11"
_INSTITUTION: Final = "12"
_FIRM: Final = "91"


def register_all(diary: Diary, cast: Cast, cities: Sequence[City]) -> None:
    """Parties and keys by the administrators, then accounts and projects by the finance bureaus of each place."""
    provincial = _provincial()
    diary.act(PARTIES_ON, ADMINISTRATORS[0], "parties-province", *provincial, slot=0)
    acting = list(provincial)
    for city in cities:
        parties = [*_city_parties(city), *(one for county in city.counties for one in _parties(county))]
        diary.act(PARTIES_ON, ADMINISTRATORS[0], f"parties-{city.division}", *parties, slot=1)
        acting += [party for party in parties if party.level != "payee"]
    _register_keys(diary, cast, acting)
    register_accounts(diary, cities)
    for city in cities:
        for county in city.counties:
            diary.act(PROJECTS_ON, county.finance, "projects", *_projects(county))


def _register_keys(diary: Diary, cast: Cast, acting: Sequence[Party]) -> None:
    for number, start in enumerate(range(0, len(acting), BODIES_PER_SUBMISSION), start=1):
        holders = acting[start : start + BODIES_PER_SUBMISSION]
        keys = [key for holder in holders for key in cast.registrations(holder, KEYS_ON)]
        diary.act(KEYS_ON, ADMINISTRATORS[0], f"keys-{number:03d}", *keys)


def _provincial() -> list[Party]:
    return [
        _party(ISSUER, "中央财政（模拟）", "centre", "000000", "finance"),
        _party(PROVINCE_FINANCE, f"{PROVINCE}财政厅", "province", PROVINCE_DIVISION, "finance", ISSUER),
        _party(AUDIT, f"{PROVINCE}审计厅", "province", PROVINCE_DIVISION, "audit"),
        _party(TREASURY_BANK, "江岭银行国库业务部", "province", PROVINCE_DIVISION, "bank"),
        _party(RURAL_BANK, "江岭农村商业银行", "province", PROVINCE_DIVISION, "bank"),
    ]


def _city_parties(city: City) -> list[Party]:
    code = city.division
    return [
        _party(city.finance, f"{city.name}财政局", "city", code, "finance", PROVINCE_FINANCE),
        _party(f"{code}-builder", f"{city.name}路桥工程有限公司", "payee", code, "supplier"),
        _party(f"{code}-grocer", f"{city.name}综合商贸有限公司", "payee", code, "supplier"),
        _party(f"{code}-platform", f"{city.name}城市建设投资有限公司", "payee", code, "supplier"),
    ]


def _parties(county: County) -> list[Party]:
    name, code = county.name, county.division
    rural = f"{code}001"
    return [
        _party(county.finance, f"{name}财政局", "county", code, "finance", f"{county.city}-finance"),
        _party(county.roads, f"{name}农村公路服务中心", "county", code, "unit", county.finance),
        _party(county.school, f"{name}第一中心学校", "county", code, "unit", county.finance),
        _party(county.township, f"{name}城关镇财政所", "township", rural, "finance", county.finance),
    ]


def _party(
    identifier: str, name: str, level: Level, division: str, role: PartyRole, parent: str | None = None
) -> Party:
    prefix = {"unit": _INSTITUTION, "bank": _FIRM, "supplier": _FIRM}.get(role, _ORGAN)
    return Party(
        occurred_on=PARTIES_ON,
        id=identifier,
        name=name,
        level=level,
        division=division,
        roles=(role,),
        uscc=credit_code(prefix, division, name),
        parent=parent,
    )


def _projects(county: County) -> list[Project]:
    figures = county.figures
    return [
        Project(
            occurred_on=PROJECTS_ON,
            id=county.project(ROAD),
            name=f"{county.name}农村公路改建工程（2026年）",
            name_en="Rebuilding of rural roads, 2026",
            unit=county.roads,
            division=county.division,
            funds=(ROAD,),
            budget=figures.road + match_owed(figures.road),
            milestones=_milestones(county),
        ),
        Project(
            occurred_on=PROJECTS_ON,
            id=county.project(MEALS),
            name=f"{county.name}第一中心学校营养餐（2026年）",
            name_en="School meals, 2026",
            unit=county.school,
            division=county.division,
            funds=(MEALS,),
            budget=figures.meals,
        ),
        Project(
            occurred_on=PROJECTS_ON,
            id=county.project(SUBSIDY),
            name=f"{county.name}城关镇种粮农户补贴（2026年）",
            name_en="Subsidy to grain-growing households, 2026",
            unit=county.township,
            division=county.division,
            funds=(SUBSIDY,),
            budget=figures.subsidy,
        ),
    ]


def _milestones(county: County) -> tuple[Milestone, ...]:
    rows = (("m1", "路基工程", datetime.date(2026, 4, 30)), ("m2", "路面工程", datetime.date(2026, 9, 30)))
    return tuple(
        Milestone(id=identifier, task=task, party=county.roads, due_on=due_on)
        for identifier, task, due_on in rows
    )
