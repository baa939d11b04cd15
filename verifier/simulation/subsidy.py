# SPDX-License-Identifier: Apache-2.0
"""The household subsidy in one county: line and cash to the township, which pays households by list.

Cases: DELAY_FULL (pair 1: the county sits on the township's line) and DIV_VIA_GENERAL that nobody can decide (pair 2:
the township's account has no bank statements, so what it held beside the grant is unknown).
"""

import datetime
import hashlib
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Return, Transfer, Use
from ledger.kinds.form import Tag
from verifier.simulation.county import County
from verifier.simulation.diary import Diary, reference_of
from verifier.simulation.funds import AID, OFFICE, PASS_ON_DAYS, SUBSIDY
from verifier.simulation.holidays import YEAR, due
from verifier.simulation.labels import Case, Labels
from verifier.simulation.upper import CITY_SPLIT_ON

HELD_PAIR: Final = 1
UNKNOWN_PAIR: Final = 2
_SPLIT_ON: Final = datetime.date(YEAR, 2, 27)
_SPLIT_LATE_ON: Final = datetime.date(YEAR, 4, 20)
_CASH_ON: Final = datetime.date(YEAR, 4, 27)
_PAID: Final = ((datetime.date(YEAR, 5, 11), 50), (datetime.date(YEAR, 6, 25), 30))
_BOUNCED_ON: Final = datetime.date(YEAR, 5, 13)
_REPAID_ON: Final = datetime.date(YEAR, 5, 18)
_OFFICE_ON: Final = datetime.date(YEAR, 6, 1)
_FUNCTIONAL: Final = "2130122"


def pay_households(diary: Diary, labels: Labels, county: County, received: str) -> None:
    """The subsidy of `county` until July; `received` names the event that gave the county its line."""
    line = f"{county.line(SUBSIDY)}-township"
    _pass_on(diary, labels, county, line, received)
    cash = Transfer(
        occurred_on=_CASH_ON,
        from_account=county.treasury,
        to_account=county.township_account,
        amount=county.figures.subsidy,
        reason="pass_on",
        tag=Tag(fund=SUBSIDY, source="grant", line=line),
    )
    diary.act(_CASH_ON, county.finance, "subsidy-cash", cash)
    for day, share in _PAID:
        amount = county.figures.subsidy // 100 * share
        (name,) = diary.act(
            day, county.township, f"subsidy-pay-{day:%m%d}", _payment(county, day, line, amount)
        )
        if county.pair not in {HELD_PAIR, UNKNOWN_PAIR} and (day, share) == _PAID[0]:
            _bounce(diary, county, line, name)
    if county.pair == UNKNOWN_PAIR:
        _spend_on_office(diary, labels, county)


def _pass_on(diary: Diary, labels: Labels, county: County, line: str, received: str) -> None:
    is_case = county.pair == HELD_PAIR
    deadline = due(CITY_SPLIT_ON, PASS_ON_DAYS)
    day = (_SPLIT_LATE_ON if county.guilty else deadline) if is_case else _SPLIT_ON
    split = Allocation(
        occurred_on=day,
        action="split",
        line=line,
        parent=county.line(SUBSIDY),
        from_=county.finance,
        to=county.township,
        amount=county.figures.subsidy,
        project=county.project(SUBSIDY),
    )
    (done,) = diary.act(day, county.finance, "subsidy-split", split)
    if is_case:
        case = Case(
            slug="pass-on-county",
            scheme="DELAY_FULL",
            variant="county passes on six weeks late"
            if county.guilty
            else "passed on upon the moved due day",
            difficulty=1,
            fund=SUBSIDY,
            events=(received, done),
            decisive_event=received,
            amount=county.figures.subsidy,
            known_on=deadline + datetime.timedelta(days=1),
            legal_deadline=deadline,
            rules=("F03",),
        )
        labels.add(case, programme=county.variant, guilty=county.guilty)


def _payment(county: County, day: datetime.date, line: str, amount: int) -> Disbursement:
    persons = hashlib.sha256(f"{line}/{day}".encode()).hexdigest()
    return Disbursement(
        occurred_on=day,
        line=line,
        from_account=county.township_account,
        payee_list=persons,
        amount=amount,
        mode="direct",
        project=county.project(SUBSIDY),
        functional=_FUNCTIONAL,
        economic=AID,
    )


def _bounce(diary: Diary, county: County, line: str, paid: str) -> None:
    """Some households' cards are closed: the bank sends their money back, and they are paid again."""
    amount = county.figures.subsidy // 100
    back = Return(
        occurred_on=_BOUNCED_ON,
        event=paid,
        to_account=county.township_account,
        amount=amount,
        reason="银行卡已注销，退回",
    )
    diary.act(_BOUNCED_ON, county.township, "subsidy-returned", back)
    diary.act(_REPAID_ON, county.township, "subsidy-repaid", _payment(county, _REPAID_ON, line, amount))


def _spend_on_office(diary: Diary, labels: Labels, county: County) -> None:
    spent = Use(
        occurred_on=_OFFICE_ON,
        from_account=county.township_account,
        amount=county.figures.office,
        economic=OFFICE,
        note="办公经费",
    )
    (name,) = diary.act(_OFFICE_ON, county.township, "office", spent)
    lines = () if county.guilty else ((county.township_account, reference_of(name, _OFFICE_ON)),)
    case = Case(
        slug="unknown-opening",
        scheme="DIV_VIA_GENERAL",
        variant="no statements, opening unknown" if county.guilty else "statements show that it sufficed",
        difficulty=5,
        fund=SUBSIDY,
        accounts=(county.township_account,),
        events=(name,),
        lines=lines,
        decisive_event=name if county.guilty else None,
        amount=county.figures.office,
        expected="undecidable",
        concealment=("commingled", "no_statements"),
    )
    labels.add(case, programme=county.variant, guilty=county.guilty)
