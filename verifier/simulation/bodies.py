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
from verifier.simulation.names import PROVINCE, PROVINCE_DIVISION, PROVINCE_EN, credit_code

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
    code = PROVINCE_DIVISION
    finance = (f"{PROVINCE}财政厅", f"{PROVINCE_EN} Finance Department")
    return [
        _party(ISSUER, ("中央财政（模拟）", "Central Finance (simulated)"), "centre", "000000", "finance"),
        _party(PROVINCE_FINANCE, finance, "province", code, "finance", ISSUER),
        _party(AUDIT, (f"{PROVINCE}审计厅", f"{PROVINCE_EN} Audit Office"), "province", code, "audit"),
        _party(
            TREASURY_BANK, ("江岭银行国库业务部", "Jiangling Bank, Treasury Desk"), "province", code, "bank"
        ),
        _party(RURAL_BANK, ("江岭农村商业银行", "Jiangling Rural Commercial Bank"), "province", code, "bank"),
    ]


def _city_parties(city: City) -> list[Party]:
    zh, en, code = city.name, city.name_en, city.division
    builder = (f"{zh}路桥工程有限公司", f"{en} Road and Bridge Engineering Co., Ltd.")
    grocer = (f"{zh}综合商贸有限公司", f"{en} General Trading Co., Ltd.")
    platform = (f"{zh}城市建设投资有限公司", f"{en} Urban Construction Investment Co., Ltd.")
    return [
        _party(
            city.finance, (f"{zh}财政局", f"{en} Finance Bureau"), "city", code, "finance", PROVINCE_FINANCE
        ),
        _party(f"{code}-builder", builder, "payee", code, "supplier"),
        _party(f"{code}-grocer", grocer, "payee", code, "supplier"),
        _party(f"{code}-platform", platform, "payee", code, "supplier"),
    ]


def _parties(county: County) -> list[Party]:
    zh, en, code = county.name, county.name_en, county.division
    over = county.finance
    finance = (f"{zh}财政局", f"{en} Finance Bureau")
    roads = (f"{zh}农村公路服务中心", f"{en} Rural Road Service Centre")
    school = (f"{zh}第一中心学校", f"{en} First Central School")
    township = (f"{zh}城关镇财政所", f"{en} Chengguan Township Finance Office")
    return [
        _party(over, finance, "county", code, "finance", f"{county.city}-finance"),
        _party(county.roads, roads, "county", code, "unit", over),
        _party(county.school, school, "county", code, "unit", over),
        _party(county.township, township, "township", f"{code}001", "finance", over),
    ]


def _party(
    identifier: str,
    names: tuple[str, str],
    level: Level,
    division: str,
    role: PartyRole,
    parent: str | None = None,
) -> Party:
    """A body; `names` are its Chinese and its English name."""
    name, name_en = names
    prefix = {"unit": _INSTITUTION, "bank": _FIRM, "supplier": _FIRM}.get(role, _ORGAN)
    return Party(
        occurred_on=PARTIES_ON,
        id=identifier,
        name=name,
        name_en=name_en,
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
            name_en=f"{county.name_en}: rebuilding of rural roads, 2026",
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
            name_en=f"{county.name_en} First Central School: meals, 2026",
            unit=county.school,
            division=county.division,
            funds=(MEALS,),
            budget=figures.meals,
        ),
        Project(
            occurred_on=PROJECTS_ON,
            id=county.project(SUBSIDY),
            name=f"{county.name}城关镇种粮农户补贴（2026年）",
            name_en=f"{county.name_en}, Chengguan Township: subsidy to grain-growing households, 2026",
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
