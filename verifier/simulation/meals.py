# SPDX-License-Identifier: Apache-2.0
"""School meals in one county: the county pays the grant to the school, the school buys food every month.

Cases: DIV_DIRECT (pair 1: the school's spending on cars), DELAY_FULL (pair 3: an approved claim never paid),
and LEDGER_VS_BANK (pair 3), which is irregular and no wrong.
Pair 1 hands the whole grant on at once, pair 2 monthly, pair 3 by claim.
"""

import datetime
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Claim, Use
from ledger.kinds.form import Tag
from verifier.simulation.county import County
from verifier.simulation.diary import Banked, Diary, reference_of
from verifier.simulation.funds import CARS, FOOD, MEALS, PAY_DAYS
from verifier.simulation.holidays import YEAR, due
from verifier.simulation.labels import Case, Labels

_FUNCTIONAL: Final = "2050202"
_WHOLE_ON: Final = datetime.date(YEAR, 3, 5)
_MONTHLY_ON: Final = (
    datetime.date(YEAR, 3, 5),
    datetime.date(YEAR, 4, 2),
    datetime.date(YEAR, 5, 7),
    datetime.date(YEAR, 6, 4),
)
_MONTHLY_SHARE: Final = 20
_FOOD_ON: Final = (
    datetime.date(YEAR, 3, 23),
    datetime.date(YEAR, 4, 20),
    datetime.date(YEAR, 5, 18),
    datetime.date(YEAR, 6, 15),
    datetime.date(YEAR, 7, 6),
)
_FOOD_SHARES: Final = (4, 2)
_MISTAKE_ON: Final = datetime.date(YEAR, 6, 22)
_MISTAKE: Final = 90_00
MISTAKE_PAIR: Final = 3
_SCOPE_ON: Final = datetime.date(YEAR, 5, 21)
_SUBMITTED: Final = (datetime.date(YEAR, 2, 27), datetime.date(YEAR, 5, 7))
_APPROVED: Final = (datetime.date(YEAR, 3, 3), datetime.date(YEAR, 5, 14))
_PAID: Final = (datetime.date(YEAR, 3, 12), datetime.date(YEAR, 6, 4))
_CLAIM_SHARES: Final = (50, 30)
_CASE_CLAIM: Final = 2


def feed_pupils(diary: Diary, labels: Labels, county: County) -> None:
    """The meals project of `county` until July."""
    hundredth = county.figures.meals // 100
    match county.pair:
        case 1:
            _pay_school(diary, county, _WHOLE_ON, county.figures.meals)
            _buy_in_question(diary, labels, county)
        case 2:
            for day in _MONTHLY_ON:
                _pay_school(diary, county, day, hundredth * _MONTHLY_SHARE)
        case _:
            for number, share in enumerate(_CLAIM_SHARES, start=1):
                _claim(diary, labels, county, number, hundredth * share)
    for day in _FOOD_ON:
        food = [_purchase(county, day, hundredth * share, FOOD) for share in _FOOD_SHARES]
        diary.act(day, county.school, f"food-{day:%m%d}", *food)
    if county.pair == MISTAKE_PAIR:
        _mistake_amount(diary, labels, county)


def _pay_school(
    diary: Diary, county: County, day: datetime.date, amount: int, claim: str | None = None
) -> str:
    payment = Disbursement(
        occurred_on=day,
        line=county.line(MEALS),
        from_account=county.treasury,
        to_account=county.school_account,
        payee=county.school,
        amount=amount,
        mode="transfer",
        project=county.project(MEALS),
        functional=_FUNCTIONAL,
        claim=claim,
    )
    return diary.act(day, county.finance, f"meals-pay-{day:%m%d}", payment)[0]


def _purchase(county: County, day: datetime.date, amount: int, economic: str) -> Use:
    return Use(
        occurred_on=day,
        from_account=county.school_account,
        to_account=f"{county.grocer}-account",
        payee=county.grocer,
        amount=amount,
        tag=Tag(fund=MEALS, source="grant", line=county.line(MEALS)),
        functional=_FUNCTIONAL,
        economic=economic,
        project=county.project(MEALS),
    )


def _buy_in_question(diary: Diary, labels: Labels, county: County) -> None:
    bought = _purchase(county, _SCOPE_ON, county.figures.cars, CARS if county.guilty else FOOD)
    (name,) = diary.act(_SCOPE_ON, county.school, "purchase-0521", bought)
    case = Case(
        slug="scope",
        scheme="DIV_DIRECT",
        variant="cars kept from meals money" if county.guilty else "food, same day, trader and amount",
        difficulty=1,
        fund=MEALS,
        accounts=(county.school_account,),
        events=(name,),
        lines=((county.school_account, reference_of(name, _SCOPE_ON)),),
        decisive_event=name,
        amount=county.figures.cars,
        known_on=_SCOPE_ON,
        rules=("F01",),
    )
    labels.add(case, programme=county.variant, guilty=county.guilty)


def _mistake_amount(diary: Diary, labels: Labels, county: County) -> None:
    """A purchase is reported for ninety yuan less than the bank paid; the school's own money bears the difference."""
    paid = county.figures.meals // 100
    mistake = _MISTAKE if county.guilty else 0
    bought = _purchase(county, _MISTAKE_ON, paid - mistake, FOOD)
    (name,) = diary.act(_MISTAKE_ON, county.school, "food-extra", bought, bank=Banked(amount=paid))
    case = Case(
        slug="mistake",
        scheme="LEDGER_VS_BANK",
        variant="reported for less than was paid" if county.guilty else "reported as paid",
        difficulty=1,
        accounts=(county.school_account,),
        events=(name,),
        lines=((county.school_account, reference_of(name, _MISTAKE_ON)),),
        amount=_MISTAKE,
        known_on=_MISTAKE_ON,
        rules=("R1",),
        irregular=True,
    )
    labels.add(case, programme=county.variant, guilty=county.guilty)


def _claim(diary: Diary, labels: Labels, county: County, number: int, amount: int) -> None:
    claim, project = f"{county.division}-meals-claim-{number}", county.project(MEALS)
    submitted, approved, paid = _SUBMITTED[number - 1], _APPROVED[number - 1], _PAID[number - 1]
    request = Claim(
        occurred_on=submitted,
        action="submit",
        claim=claim,
        project=project,
        amount=amount,
        payee=county.school,
    )
    diary.act(submitted, county.school, f"meals-claim-{number}", request)
    answer = Claim(
        occurred_on=approved,
        action="approve",
        claim=claim,
        project=project,
        line=county.line(MEALS),
        amount=amount,
        payee=county.school,
    )
    (approval,) = diary.act(approved, county.finance, f"meals-approve-{number}", answer)
    is_case = number == _CASE_CLAIM
    unpaid = is_case and county.guilty
    done = () if unpaid else (_pay_school(diary, county, paid, amount, claim),)
    if is_case:
        case = Case(
            slug="unpaid",
            scheme="DELAY_FULL",
            variant="never paid" if unpaid else "paid in time",
            difficulty=1,
            fund=MEALS,
            accounts=(county.treasury,),
            events=(approval, *done),
            lines=tuple((county.treasury, reference_of(name, paid)) for name in done),
            decisive_event=approval,
            amount=amount,
            known_on=due(approved, PAY_DAYS) + datetime.timedelta(days=1),
            legal_deadline=due(approved, PAY_DAYS),
            rules=("F04",),
        )
        labels.add(case, programme=county.variant, guilty=county.guilty)
