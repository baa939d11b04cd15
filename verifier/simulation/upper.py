# SPDX-License-Identifier: Apache-2.0
"""From the centre down to the counties: indicators by document, cash by treasury, each level on time but one city.

Case DELAY_FULL at city level: of two equal documents of the second batch the city passes one on upon the due day,
which Labour Day has moved, and the other one later.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import Final

from ledger.kinds.authority import Allocation
from ledger.kinds.fact import Transfer
from ledger.kinds.form import Tag
from verifier.simulation.accounts import CENTRE_TREASURY, PROVINCE_FINANCE, PROVINCE_TREASURY
from verifier.simulation.county import City, County, line_of
from verifier.simulation.diary import Diary
from verifier.simulation.funds import ISSUER, MEALS, PASS_ON_DAYS, ROAD, SUBSIDY
from verifier.simulation.holidays import YEAR, due, working
from verifier.simulation.labels import Case, Labels
from verifier.simulation.names import PROVINCE_DIVISION

ISSUED_ON: Final = datetime.date(YEAR, 1, 6)
PROVINCE_SPLIT_ON: Final = datetime.date(YEAR, 1, 22)
CITY_SPLIT_ON: Final = datetime.date(YEAR, 2, 5)
CENTRE_PAID_ON: Final = datetime.date(YEAR, 2, 9)
CASH_ON: Final = datetime.date(YEAR, 2, 26)
SECOND_ISSUED_ON: Final = datetime.date(YEAR, 3, 18)
SECOND_SPLIT_ON: Final = datetime.date(YEAR, 4, 3)
SUBSIDY_CASH_ON: Final = datetime.date(YEAR, 4, 23)

SECOND_PAIR: Final = 3
_CITY_LATE_DAYS: Final = (1, 12, 40)

GRANTS: Final[dict[str, Callable[[County], int]]] = {
    ROAD: lambda county: county.figures.road,
    MEALS: lambda county: county.figures.meals,
    SUBSIDY: lambda county: county.figures.subsidy,
}
_FUNCTIONAL: Final = {ROAD: "2140106", MEALS: "2050202", SUBSIDY: "2130122"}


def hand_down(diary: Diary, labels: Labels, cities: Sequence[City]) -> None:
    """The lines of all three funds from the centre to every county, and the cash after them."""
    for number, fund in enumerate(GRANTS, start=1):
        _issue(diary, fund, number, cities)
        for city in cities:
            _split_to_counties(diary, fund, number, city)
    _pay_cash(diary, cities)
    _issue_second_batch(diary, cities)
    for city in cities:
        _pass_second_batch_on(diary, labels, city)


def grant(fund: str, city: City) -> int:
    """What all counties of `city` get from `fund` in the first batch, minor units."""
    return sum(GRANTS[fund](county) for county in city.counties)


def _issue(diary: Diary, fund: str, number: int, cities: Sequence[City]) -> None:
    top = line_of(fund, PROVINCE_DIVISION)
    issue = _top_line(
        ISSUED_ON, fund, top, sum(grant(fund, city) for city in cities), f"模财预〔2026〕{number}号"
    )
    diary.act(ISSUED_ON, ISSUER, f"issue-{fund}", issue)
    splits = [
        Allocation(
            occurred_on=PROVINCE_SPLIT_ON,
            action="split",
            line=line_of(fund, city.division),
            parent=top,
            from_=PROVINCE_FINANCE,
            to=city.finance,
            amount=grant(fund, city),
            document=f"江财预〔2026〕{number + 20}号",
        )
        for city in cities
    ]
    diary.act(PROVINCE_SPLIT_ON, PROVINCE_FINANCE, f"split-{fund}", *splits)


def _top_line(day: datetime.date, fund: str, line: str, amount: int, document: str) -> Allocation:
    return Allocation(
        occurred_on=day,
        action="issue",
        line=line,
        from_=ISSUER,
        to=PROVINCE_FINANCE,
        amount=amount,
        fund=fund,
        fiscal_year=YEAR,
        functional=_FUNCTIONAL[fund],
        direct="09",
        document=document,
    )


def _split_to_counties(diary: Diary, fund: str, number: int, city: City) -> None:
    splits = [
        Allocation(
            occurred_on=CITY_SPLIT_ON,
            action="split",
            line=county.line(fund),
            parent=line_of(fund, city.division),
            from_=city.finance,
            to=county.finance,
            amount=GRANTS[fund](county),
            document=f"{city.name[:1]}财预〔2026〕{number + 40}号",
        )
        for county in city.counties
    ]
    diary.act(CITY_SPLIT_ON, city.finance, f"split-{fund}", *splits)


def county_split_name(city: City, county: County, fund: str) -> str:
    """Stable name of the event by which `county` got its line of `fund`."""
    return f"{city.finance}/split-{fund}/{city.counties.index(county)}"


def _pay_cash(diary: Diary, cities: Sequence[City]) -> None:
    for fund in GRANTS:
        amount = sum(grant(fund, city) for city in cities)
        top = line_of(fund, PROVINCE_DIVISION)
        cash = _dispatch(CENTRE_PAID_ON, (CENTRE_TREASURY, PROVINCE_TREASURY), amount, fund, top)
        diary.act(CENTRE_PAID_ON, ISSUER, f"cash-{fund}", cash)
    for city in cities:
        for county in city.counties:
            for fund, day in ((ROAD, CASH_ON), (MEALS, CASH_ON), (SUBSIDY, SUBSIDY_CASH_ON)):
                account = county.road_payer if fund == ROAD else county.treasury
                cash = _dispatch(
                    day, (PROVINCE_TREASURY, account), GRANTS[fund](county), fund, county.line(fund)
                )
                diary.act(day, PROVINCE_FINANCE, f"cash-{county.line(fund)}", cash, slot=1)


def _dispatch(day: datetime.date, accounts: tuple[str, str], amount: int, fund: str, line: str) -> Transfer:
    return Transfer(
        occurred_on=day,
        from_account=accounts[0],
        to_account=accounts[1],
        amount=amount,
        reason="dispatch",
        tag=Tag(fund=fund, source="grant", line=line),
    )


def _issue_second_batch(diary: Diary, cities: Sequence[City]) -> None:
    counties = [county for city in cities for county in city.twins(SECOND_PAIR)]
    top = line_of(MEALS, f"{PROVINCE_DIVISION}-2")
    amount = sum(county.figures.supplement for county in counties)
    diary.act(
        SECOND_ISSUED_ON,
        ISSUER,
        "issue-second",
        _top_line(SECOND_ISSUED_ON, MEALS, top, amount, "模财教〔2026〕19号"),
    )
    splits = [
        Allocation(
            occurred_on=SECOND_SPLIT_ON,
            action="split",
            line=_second_city_line(county),
            parent=top,
            from_=PROVINCE_FINANCE,
            to=f"{county.city}-finance",
            amount=county.figures.supplement,
            document=f"江财教〔2026〕{57 + number}号",
        )
        for number, county in enumerate(counties)
    ]
    diary.act(SECOND_SPLIT_ON, PROVINCE_FINANCE, "split-second", *splits)


def _pass_second_batch_on(diary: Diary, labels: Labels, city: City) -> None:
    deadline = due(SECOND_SPLIT_ON, PASS_ON_DAYS)
    days_late = _CITY_LATE_DAYS[city.variant % len(_CITY_LATE_DAYS)]
    for number, county in enumerate(city.twins(SECOND_PAIR)):
        late = datetime.timedelta(days=days_late if county.guilty else 0)
        day = working(deadline + late)
        split = Allocation(
            occurred_on=day,
            action="split",
            line=f"{county.line(MEALS)}-2",
            parent=_second_city_line(county),
            from_=city.finance,
            to=county.finance,
            amount=county.figures.supplement,
        )
        (done,) = diary.act(day, city.finance, f"split-second-{county.division}", split)
        received = f"{PROVINCE_FINANCE}/split-second/{2 * city.variant + number}"
        case = Case(
            slug="pass-on-city",
            scheme="DELAY_FULL",
            variant=f"city passes on {days_late} day(s) late"
            if county.guilty
            else "passed on upon the moved due day",
            difficulty=3,
            fund=MEALS,
            events=(received, done),
            decisive_event=received,
            amount=county.figures.supplement,
            known_on=deadline + datetime.timedelta(days=1),
            legal_deadline=deadline,
            rules=("F03",),
        )
        labels.add(case, programme=city.variant, guilty=county.guilty)


def _second_city_line(county: County) -> str:
    return f"{line_of(MEALS, county.city)}-2-{county.division}"
