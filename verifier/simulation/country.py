# SPDX-License-Identifier: Apache-2.0
"""The tree of a simulated country: provinces, their cities, their counties. Each city is one programme."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.party import Level
from verifier.simulation.names import place_name, place_name_en
from verifier.simulation.shape import Shape

CENTRE: Final = "centre-finance"
CENTRE_TREASURY: Final = "centre-treasury"
CENTRE_AUDIT: Final = "centre-audit"
_FIRST_PROVINCE: Final = 99
"""GB/T 2260 assigns no province the numbers from 90 to 99."""
_FIRST_COUNTY: Final = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place with a finance bureau and a treasury; `over` is the bureau above it."""

    level: Level
    division: str
    name: str
    name_en: str
    over: str

    @property
    def finance(self) -> str:
        """The finance bureau."""
        return f"{self.division}-finance"

    @property
    def treasury(self) -> str:
        """The treasury account: general money, and grants on their way."""
        return f"{self.division}-treasury"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A city with its province and its counties; `number` counts programmes from 0."""

    number: int
    province: Region
    city: Region
    counties: tuple[Region, ...]

    @property
    def treasury_bank(self) -> str:
        """The bank that keeps the treasury accounts of the province."""
        return f"{self.province.division}-bank"

    @property
    def rural_bank(self) -> str:
        """The bank that keeps the accounts of units and townships."""
        return f"{self.province.division}-rural"


def branches(shape: Shape) -> tuple[Branch, ...]:
    """The cities of every province, in order; no two places share a name."""
    return tuple(_branches(shape))


def _branches(shape: Shape) -> Iterator[Branch]:
    number = names = 0
    for row in range(shape.provinces):
        code = _FIRST_PROVINCE - row
        province = _region("province", f"{code}0000", names, "省", CENTRE)
        names += 1
        for column in range(1, shape.cities + 1):
            city = _region("city", f"{code}{column:02d}00", names, "市", province.finance)
            counties = tuple(
                _region(
                    "county", f"{code}{column:02d}{_FIRST_COUNTY + one}", names + 1 + one, "县", city.finance
                )
                for one in range(shape.counties)
            )
            names += 1 + shape.counties
            yield Branch(number=number, province=province, city=city, counties=counties)
            number += 1


_ENGLISH: Final = {"省": "Province", "市": "City", "县": "County"}


def _region(level: Level, division: str, number: int, suffix: str, over: str) -> Region:
    return Region(
        level=level,
        division=division,
        name=place_name(number) + suffix,
        name_en=f"{place_name_en(number)} {_ENGLISH[suffix]}",
        over=over,
    )
