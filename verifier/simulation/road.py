# SPDX-License-Identifier: Apache-2.0
"""Rural roads in one county: matching money, three claims of the road unit, payments to the builder, acceptance.

Cases: DELAY_FULL (pair 2, the second claim, whose due day falls into Labour Day), MATCH_NONE and MATCH_LATE (pair 3).
"""

import datetime
from typing import Final

from ledger.kinds.authority import Disbursement, MatchingPledge
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, MatchingReceipt, Use
from ledger.kinds.form import Tag
from verifier.simulation.county import County
from verifier.simulation.diary import Diary, reference_of
from verifier.simulation.funds import MATCH_DUE, PAY_DAYS, ROAD, WORKS, match_owed
from verifier.simulation.holidays import YEAR, due, working
from verifier.simulation.labels import Case, Labels

LATE_PAIR: Final = 2
MATCH_PAIR: Final = 3
_LATE_DAYS: Final = (1, 12, 40)
_LATE_MATCH: Final = 2
_SHARES: Final = (30, 25, 20)
_SUBMITTED: Final = (datetime.date(YEAR, 3, 3), datetime.date(YEAR, 3, 27), datetime.date(YEAR, 5, 27))
_APPROVED: Final = (datetime.date(YEAR, 3, 10), datetime.date(YEAR, 4, 3), datetime.date(YEAR, 6, 3))
_PAID: Final = (datetime.date(YEAR, 3, 19), datetime.date(YEAR, 4, 27), datetime.date(YEAR, 6, 18))
_CASE_CLAIM: Final = 2
_PLEDGED_ON: Final = datetime.date(YEAR, 3, 5)
_MATCHED_ON: Final = datetime.date(YEAR, 6, 11)
_ACCEPTED_ON: Final = datetime.date(YEAR, 7, 10)
_CORRECTED_ON: Final = datetime.date(YEAR, 7, 13)
_MATCH_USED_ON: Final = datetime.date(YEAR, 7, 16)
_FUNCTIONAL: Final = "2140106"


def build_roads(diary: Diary, labels: Labels, county: County) -> None:
    """The road project of `county` until July: three quarters of the grant are paid, the match is paid in and half used."""
    _match(diary, labels, county)
    for number, share in enumerate(_SHARES, start=1):
        _claim(diary, labels, county, number, county.figures.road // 100 * share)
    _accept(diary, county)


def _claim(diary: Diary, labels: Labels, county: County, number: int, amount: int) -> None:
    """Claim `number` is submitted, approved and paid; every document carries its number."""
    claim, project, line = f"{county.division}-road-claim-{number}", county.project(ROAD), county.line(ROAD)
    submitted, approved = _SUBMITTED[number - 1], _APPROVED[number - 1]
    request = Claim(
        occurred_on=submitted,
        action="submit",
        claim=claim,
        project=project,
        amount=amount,
        payee=county.builder,
    )
    diary.act(submitted, county.roads, f"road-claim-{number}", request)
    (approval,) = diary.act(
        approved,
        county.finance,
        f"road-approve-{number}",
        Claim(
            occurred_on=approved,
            action="approve",
            claim=claim,
            project=project,
            line=line,
            amount=amount,
            payee=county.builder,
        ),
    )
    is_case = county.pair == LATE_PAIR and number == _CASE_CLAIM
    deadline = due(approved, PAY_DAYS)
    late = _LATE_DAYS[county.variant % len(_LATE_DAYS)] if county.guilty else 0
    paid = working(deadline + datetime.timedelta(days=late)) if is_case else _PAID[number - 1]
    payment = Disbursement(
        occurred_on=paid,
        line=line,
        from_account=county.road_payer,
        to_account=f"{county.builder}-account",
        payee=county.builder,
        amount=amount,
        mode="direct",
        project=project,
        functional=_FUNCTIONAL,
        economic=WORKS,
        claim=claim,
    )
    (done,) = diary.act(paid, county.finance, f"road-pay-{number}", payment)
    if is_case:
        case = Case(
            slug="late-payment",
            scheme="DELAY_FULL",
            variant=f"paid {late} day(s) late" if county.guilty else "paid upon the moved due day",
            difficulty=3,
            fund=ROAD,
            accounts=(county.road_payer,),
            events=(approval, done),
            lines=((county.road_payer, reference_of(done, paid)),),
            decisive_event=approval,
            amount=amount,
            known_on=deadline + datetime.timedelta(days=1),
            legal_deadline=deadline,
            rules=("F04",),
        )
        labels.add(case, programme=county.variant, guilty=county.guilty)


def _match(diary: Diary, labels: Labels, county: County) -> None:
    owed = match_owed(county.figures.road)
    pledge = f"{county.division}-road-match"
    (promised,) = diary.act(
        _PLEDGED_ON,
        county.finance,
        "road-pledge",
        MatchingPledge(
            occurred_on=_PLEDGED_ON,
            id=pledge,
            fund=ROAD,
            party=county.finance,
            amount=owed,
            source="budget",
            due_on=MATCH_DUE,
        ),
    )
    is_case = county.pair == MATCH_PAIR
    day = MATCH_DUE if is_case else _MATCHED_ON
    paid = owed
    variant = "paid in full upon the due day"
    if is_case and county.guilty:
        paid, day, variant = _short_match(county, owed)
    received = MatchingReceipt(
        occurred_on=day,
        fund=ROAD,
        party=county.finance,
        amount=paid,
        source="budget",
        account=county.road_account,
        from_account=county.treasury,
        pledge=pledge,
    )
    (done,) = diary.act(day, county.finance, "road-match", received)
    _use_match(diary, county, owed // 2)
    if is_case:
        case = Case(
            slug="match",
            scheme="MATCH_LATE" if _late_match(county) else "MATCH_NONE",
            variant=variant,
            difficulty=2,
            fund=ROAD,
            accounts=(county.road_account,),
            events=(promised, done),
            lines=((county.road_account, reference_of(done, day)),),
            decisive_event=done,
            amount=owed if day > MATCH_DUE else owed - paid,
            known_on=MATCH_DUE + datetime.timedelta(days=1),
            legal_deadline=MATCH_DUE,
        )
        labels.add(case, programme=county.variant, guilty=county.guilty)


def _late_match(county: County) -> bool:
    return county.variant % 3 == _LATE_MATCH


def _short_match(county: County, owed: int) -> tuple[int, datetime.date, str]:
    """Amount, day and words of what the guilty county does: part of it, all but a hundredth, or all a day late."""
    match county.variant % 3:
        case 0:
            return owed * 60 // 100, MATCH_DUE, "three fifths paid upon the due day"
        case 1:
            return owed * 99 // 100, MATCH_DUE, "a hundredth short upon the due day"
        case _:
            return owed, working(MATCH_DUE + datetime.timedelta(days=1)), "paid in full a day late"


def _use_match(diary: Diary, county: County, amount: int) -> None:
    used = Use(
        occurred_on=_MATCH_USED_ON,
        from_account=county.road_account,
        to_account=f"{county.builder}-account",
        payee=county.builder,
        amount=amount,
        tag=Tag(fund=ROAD, source="match"),
        functional=_FUNCTIONAL,
        economic=WORKS,
        project=county.project(ROAD),
    )
    diary.act(_MATCH_USED_ON, county.finance, "road-use-match", used)


def _accept(diary: Diary, county: County) -> None:
    """Acceptance of the roadbed; pair 3 mistypes the value, reverses the entry and accepts again."""
    value = county.figures.road // 100 * (_SHARES[0] + _SHARES[1])
    wrong = county.pair == MATCH_PAIR
    (name,) = diary.act(
        _ACCEPTED_ON, county.roads, "road-accept", _acceptance(county, _ACCEPTED_ON, value + wrong)
    )
    if wrong:
        correction = Correction(
            occurred_on=_CORRECTED_ON, event=name, reason="验收金额录入有误，冲正后重新登记"
        )
        again = _acceptance(county, _CORRECTED_ON, value)
        diary.act(_CORRECTED_ON, county.roads, "road-accept-again", correction, again)


def _acceptance(county: County, day: datetime.date, value: int) -> Acceptance:
    return Acceptance(
        occurred_on=day, project=county.project(ROAD), verdict="pass", milestone="m1", value=value
    )
