# SPDX-License-Identifier: Apache-2.0
"""The general budget of a county: what the province sends for wages, the wages, interest, and two loans to oneself.

Cases: pair 1 lends general money to a platform company (DIV_VIA_GENERAL), pair 2 pays debt service before the transfer
meant for it has come (DIV_BORROW_RETURN). Neither payment names a fund. Whether it took the fund's money shows in the
balance alone, once the bank has closed the statement.
"""

import datetime
from typing import Final

from ledger.kinds.fact import Interest, Transfer, Use
from verifier.simulation.accounts import PROVINCE_FINANCE, PROVINCE_TREASURY
from verifier.simulation.county import TEN_THOUSAND, County
from verifier.simulation.diary import Diary, reference_of
from verifier.simulation.funds import DEBT, MEALS, ROAD, WAGES, match_owed
from verifier.simulation.holidays import YEAR
from verifier.simulation.labels import Case, Labels
from verifier.simulation.statements import closed_on

_GENERAL_ON: Final = (
    datetime.date(YEAR, 1, 15),
    datetime.date(YEAR, 3, 12),
    datetime.date(YEAR, 5, 14),
    datetime.date(YEAR, 7, 9),
)
_WAGES_ON: Final = (
    datetime.date(YEAR, 1, 29),
    datetime.date(YEAR, 3, 26),
    datetime.date(YEAR, 5, 28),
    datetime.date(YEAR, 7, 23),
)
_MATCH_MONTH: Final = 5
_INTEREST_ON: Final = datetime.date(YEAR, 3, 20)
_CASE_ON: Final = datetime.date(YEAR, 4, 16)
_EXTRA_BEFORE: Final = datetime.date(YEAR, 4, 13)
_EXTRA_AFTER: Final = datetime.date(YEAR, 5, 11)

LENDING_PAIR: Final = 1
DEBT_PAIR: Final = 2


def run_general_budget(diary: Diary, labels: Labels, county: County) -> None:
    """General money in and out of the county treasury from January to July; the match comes with the May transfer."""
    for day in _GENERAL_ON:
        match = match_owed(county.figures.road) if day.month == _MATCH_MONTH else 0
        _send(diary, county, day, county.figures.wages + match, f"general-{county.division}-{day:%m%d}")
    for day in _WAGES_ON:
        wages = Use(
            occurred_on=day,
            from_account=county.treasury,
            amount=county.figures.wages,
            economic=WAGES,
            note="机关事业单位工资",
        )
        diary.act(day, county.finance, f"wages-{day:%m%d}", wages)
    interest = Interest(
        occurred_on=_INTEREST_ON, account=county.treasury, amount=county.figures.interest, period=f"{YEAR}-Q1"
    )
    diary.act(_INTEREST_ON, county.finance, "interest-q1", interest)
    match county.pair:
        case 1:
            _lend(diary, labels, county)
        case 2:
            _serve_debt(diary, labels, county)
        case _:
            pass


def _send(diary: Diary, county: County, day: datetime.date, amount: int, identifier: str) -> None:
    sent = Transfer(
        occurred_on=day,
        from_account=PROVINCE_TREASURY,
        to_account=county.treasury,
        amount=amount,
        reason="dispatch",
        note="一般性转移支付",
    )
    diary.act(day, PROVINCE_FINANCE, identifier, sent, slot=2)


def _lend(diary: Diary, labels: Labels, county: County) -> None:
    lent = Transfer(
        occurred_on=_CASE_ON,
        from_account=county.treasury,
        to_account=f"{county.platform}-account",
        amount=county.figures.lent,
        reason="lend",
        note="平台公司周转",
    )
    (name,) = diary.act(_CASE_ON, county.finance, "lend-platform", lent)
    case = Case(
        slug="shortage",
        scheme="DIV_VIA_GENERAL",
        variant="lent to a platform company" if county.guilty else "lent out of general money that sufficed",
        difficulty=2,
        fund=ROAD,
        accounts=(county.treasury,),
        events=(name,),
        lines=((county.treasury, reference_of(name, _CASE_ON)),),
        amount=county.figures.lent_short,
        known_on=closed_on(_CASE_ON),
        concealment=("commingled",),
    )
    labels.add(case, programme=county.variant, guilty=county.guilty)


def _serve_debt(diary: Diary, labels: Labels, county: County) -> None:
    extra_on = _EXTRA_AFTER if county.guilty else _EXTRA_BEFORE
    extra = county.figures.debt + 50 * TEN_THOUSAND
    _send(diary, county, extra_on, extra, f"general-{county.division}-extra")
    debt = Use(
        occurred_on=_CASE_ON,
        from_account=county.treasury,
        amount=county.figures.debt,
        economic=DEBT,
        note="政府债务付息",
    )
    (name,) = diary.act(_CASE_ON, county.finance, "debt-service", debt)
    case = Case(
        slug="borrow",
        scheme="DIV_BORROW_RETURN",
        variant="used and refilled" if county.guilty else "paid after the transfer had come",
        difficulty=4,
        fund=MEALS,
        accounts=(county.treasury,),
        events=(name,),
        lines=((county.treasury, reference_of(name, _CASE_ON)),),
        amount=county.figures.debt_short,
        known_on=closed_on(_CASE_ON),
        concealment=("commingled", "refilled"),
    )
    labels.add(case, programme=county.variant, guilty=county.guilty)
