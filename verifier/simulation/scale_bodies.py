# SPDX-License-Identifier: Apache-2.0
"""Bodies, accounts, funds and lines of a large ledger: as many as the plan says, whatever its number of entries."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ledger.kinds.authority import Allocation
from ledger.kinds.registry import Account, AccountClass, Fund, Party
from ledger.party import Level, PartyRole
from verifier.simulation.holidays import YEAR

CENTRE: Final = "centre-finance"
PROVINCE: Final = "990000-finance"
AUDIT: Final = "990000-audit"
BANK: Final = "bank-jiangling"
PROVINCE_TREASURY: Final = "990000-treasury"
OPENING_LINE: Final = 100
"""What a line opens with, minor units; every turn raises it by what it pays."""

FUNDS: Final = ("road-2026", "meals-2026", "subsidy-2026")
ALLOWED: Final = "30218"
DENIED: Final = "30231"
COUNTIES_MAX: Final = 999
LINES_MAX: Final = 999
_TOP: Final = 10**15
ON: Final = datetime.date(2025, 12, 22)


class County(NamedTuple):
    """One county: its finance bureau pays the unit, the unit pays the trader."""

    finance: str
    unit: str
    trader: str
    treasury: str
    unit_account: str
    trader_account: str
    lines: tuple[str, ...]

    def fund(self, line: int) -> str:
        """The fund of line number `line`, from 0."""
        return FUNDS[line % len(FUNDS)]


def counties(number: int, lines: int) -> tuple[County, ...]:
    """`number` counties with `lines` lines each."""
    stems = [f"99{index:03d}" for index in range(1, number + 1)]
    return tuple(
        County(
            finance=f"{stem}-finance",
            unit=f"{stem}-unit",
            trader=f"{stem}-trader",
            treasury=f"{stem}-treasury",
            unit_account=f"{stem}-unit-account",
            trader_account=f"{stem}-trader-account",
            lines=tuple(f"{stem}-line-{line}" for line in range(lines)),
        )
        for stem in stems
    )


def workdays() -> list[datetime.date]:
    """Monday to Friday from 5 January to 24 December 2026; holidays matter to no large ledger."""
    first, last = datetime.date(YEAR, 1, 5), datetime.date(YEAR, 12, 24)
    days = (first + datetime.timedelta(days=day) for day in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]  # noqa: PLR2004 - Monday to Friday


def provincial_parties() -> list[Party]:
    """The bodies above the counties."""
    return [
        _party(CENTRE, "centre", "000000", "finance"),
        _party(PROVINCE, "province", "990000", "finance"),
        _party(AUDIT, "province", "990000", "audit"),
        _party(BANK, "province", "990000", "bank"),
    ]


def county_parties(county: County) -> list[Party]:
    """The bodies of one county; the trader, last, never acts."""
    return [
        _party(county.finance, "county", "990001", "finance"),
        _party(county.unit, "county", "990001", "unit"),
        _party(county.trader, "payee", "990001", "supplier"),
    ]


def accounts(all_counties: Sequence[County]) -> Iterator[Account]:
    """All accounts, registered by the province: treasuries and units have bank statements, traders have not."""
    yield _account(PROVINCE_TREASURY, PROVINCE, "treasury_single", BANK)
    for county in all_counties:
        yield _account(county.treasury, county.finance, "treasury_single", BANK)
        yield _account(county.unit_account, county.unit, "unit_real", BANK)
        yield _account(county.trader_account, county.trader, "supplier", None)


def funds() -> list[Fund]:
    """Three funds without time limits or matching; one class allowed, one denied."""
    return [
        Fund(
            occurred_on=ON,
            id=fund,
            name=fund,
            purpose="规模测试",
            issuer=CENTRE,
            level="centre",
            fiscal_year=YEAR,
            economic=(ALLOWED,),
            denied_economic=(DENIED,),
        )
        for fund in FUNDS
    ]


def top_lines() -> list[Allocation]:
    """One top line for every fund, large enough for any number of turns."""
    return [
        Allocation(
            occurred_on=ON,
            action="issue",
            line=f"top-{fund}",
            from_=CENTRE,
            to=PROVINCE,
            amount=_TOP,
            fund=fund,
            fiscal_year=YEAR,
        )
        for fund in FUNDS
    ]


def county_lines(county: County) -> list[Allocation]:
    """The lines of `county`, opened with next to nothing."""
    return [
        Allocation(
            occurred_on=ON,
            action="split",
            line=line,
            parent=f"top-{county.fund(number)}",
            from_=PROVINCE,
            to=county.finance,
            amount=OPENING_LINE,
        )
        for number, line in enumerate(county.lines)
    ]


def _party(identifier: str, level: Level, division: str, role: PartyRole) -> Party:
    return Party(
        occurred_on=ON, id=identifier, name=identifier, level=level, division=division, roles=(role,)
    )


def _account(identifier: str, owner: str, account_class: AccountClass, bank: str | None) -> Account:
    return Account(occurred_on=ON, id=identifier, owner=owner, account_class=account_class, bank=bank)
