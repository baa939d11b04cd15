# SPDX-License-Identifier: Apache-2.0
"""Accounts of the simulated province, their banks, and the balances that statements begin with."""

import datetime
import hashlib
from collections.abc import Sequence
from typing import Final

from ledger.kinds.registry import Account, AccountClass
from verifier.simulation.county import TEN_THOUSAND, City, County
from verifier.simulation.diary import Diary
from verifier.simulation.funds import ISSUER, MEALS, ROAD
from verifier.simulation.names import PROVINCE_DIVISION

PROVINCE_FINANCE: Final = f"{PROVINCE_DIVISION}-finance"
PROVINCE_TREASURY: Final = f"{PROVINCE_DIVISION}-treasury"
CENTRE_TREASURY: Final = "centre-treasury"
TREASURY_BANK: Final = "bank-jiangling"
RURAL_BANK: Final = "bank-rural"

ACCOUNTS_ON: Final = datetime.date(2025, 12, 26)
_UNKNOWN_OPENING_PAIR: Final = 2


def register_accounts(diary: Diary, cities: Sequence[City]) -> None:
    """Every body's accounts, registered by the finance bureau of its place; those with a bank have statements."""
    centre = _account(CENTRE_TREASURY, ISSUER, "treasury_single")
    diary.act(ACCOUNTS_ON, ISSUER, "accounts", centre)
    province = _account(PROVINCE_TREASURY, PROVINCE_FINANCE, "treasury_single", bank=TREASURY_BANK)
    diary.act(ACCOUNTS_ON, PROVINCE_FINANCE, "accounts", province)
    opening = 3_000 * TEN_THOUSAND * sum(len(city.counties) for city in cities)
    diary.cover(PROVINCE_TREASURY, bank=TREASURY_BANK, opening=opening)
    for city in cities:
        diary.act(ACCOUNTS_ON, city.finance, "accounts", *_city_accounts(city))
        for county in city.counties:
            diary.act(ACCOUNTS_ON, county.finance, "accounts", *_accounts(county))
            _cover(diary, county)


def _cover(diary: Diary, county: County) -> None:
    diary.cover(county.treasury, bank=TREASURY_BANK, opening=treasury_opening(county))
    diary.cover(county.road_account, bank=RURAL_BANK, opening=0)
    diary.cover(county.school_account, bank=RURAL_BANK, opening=3 * TEN_THOUSAND)
    if township_covered(county):
        opening = county.figures.office + 20 * TEN_THOUSAND
        diary.cover(county.township_account, bank=RURAL_BANK, opening=opening)


def treasury_opening(county: County) -> int:
    """General money of the county on 1 January: pair 1 and 2 are measured so that their cases come out right.

    Wages are refunded in full, so on the day of the case general money is the opening plus one quarter's interest.
    The guilty county of pair 1 then lends `lent_short` more than it has, the innocent one has as much to spare;
    both counties of pair 2 owe `debt_short` more than they have until a further transfer arrives.
    """
    figures = county.figures
    match county.pair:
        case 1:
            short = figures.lent_short if county.guilty else -figures.lent_short
            return figures.lent - figures.interest - short
        case 2:
            return figures.debt - figures.interest - figures.debt_short
        case _:
            return figures.wages + 100 * TEN_THOUSAND


def township_covered(county: County) -> bool:
    """Whether a bank signs the township's statements: all but the guilty township of pair 2."""
    return not (county.pair == _UNKNOWN_OPENING_PAIR and county.guilty)


def _city_accounts(city: City) -> list[Account]:
    code = city.division
    return [
        _account(f"{code}-builder-account", f"{code}-builder", "supplier"),
        _account(f"{code}-grocer-account", f"{code}-grocer", "supplier"),
        _account(f"{code}-platform-account", f"{code}-platform", "platform"),
    ]


def _accounts(county: County) -> list[Account]:
    township_bank = RURAL_BANK if township_covered(county) else None
    return [
        _account(county.treasury, county.finance, "treasury_single", bank=TREASURY_BANK),
        _account(county.road_account, county.finance, "special", bank=RURAL_BANK, fund=ROAD),
        _account(county.school_account, county.school, "unit_real", bank=RURAL_BANK, fund=MEALS),
        _account(county.township_account, county.township, "township", bank=township_bank),
    ]


def _account(
    identifier: str,
    owner: str,
    account_class: AccountClass,
    *,
    bank: str | None = None,
    fund: str | None = None,
) -> Account:
    number = int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big") % 10_000
    return Account(
        occurred_on=ACCOUNTS_ON,
        id=identifier,
        owner=owner,
        account_class=account_class,
        bank=bank,
        fund=fund,
        masked=f"****{number:04d}",
    )
