# SPDX-License-Identifier: Apache-2.0
"""Counties of the simulated province, in pairs of twins that differ only in what makes one of them guilty."""

import random
from dataclasses import dataclass
from typing import Final

from verifier.simulation.funds import MEALS, ROAD, SUBSIDY
from verifier.simulation.names import place_name, place_name_en

PAIRS: Final = (1, 2, 3)
TEN_THOUSAND: Final = 10_000 * 100
"""万元 in minor units, the unit in which budgets speak."""
PROGRAMMES_MAX: Final = 90
_PLACES_PER_PROGRAMME: Final = 1 + 2 * len(PAIRS)

_STEMS: Final = {ROAD: "road", MEALS: "meals", SUBSIDY: "subsidy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Amounts in minor units that both twins of a pair share.

    `road`, `meals` and `subsidy` are grants; `wages` is every second month's general spending; `interest` one
    quarter's. The rest belongs to the cases: `lent` and `lent_short` what is lent to the platform company and what
    of it the county did not have; `debt` and `debt_short` the same for debt service; `cars` the school's spending on
    cars; `office` the township's spending; `supplement` the meals line of the second batch.
    """

    road: int
    meals: int
    subsidy: int
    wages: int
    interest: int
    lent: int
    lent_short: int
    debt: int
    debt_short: int
    cars: int
    office: int
    supplement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """One county: `division` names all its bodies and accounts; `pair` says which cases it may carry.

    `guilty` is the decisive fact of every case of the pair; `variant` is the programme's number, from 0, which
    varies how bad it is.
    """

    division: str
    name: str
    name_en: str
    city: str
    pair: int
    guilty: bool
    variant: int
    figures: Figures

    @property
    def finance(self) -> str:
        """The county's finance bureau."""
        return f"{self.division}-finance"

    @property
    def roads(self) -> str:
        """The unit that builds roads."""
        return f"{self.division}-roads"

    @property
    def school(self) -> str:
        """The school that feeds pupils."""
        return f"{self.division}-school"

    @property
    def township(self) -> str:
        """The finance office of the township."""
        return f"{self.division}-township"

    @property
    def treasury(self) -> str:
        """Account of the county treasury: general money, and grants on their way."""
        return f"{self.division}-treasury"

    @property
    def road_account(self) -> str:
        """Dedicated account of the road fund, the county's own."""
        return f"{self.division}-road-account"

    @property
    def school_account(self) -> str:
        """Dedicated account of the school for meals."""
        return f"{self.division}-school-account"

    @property
    def township_account(self) -> str:
        """Account of the township."""
        return f"{self.division}-township-account"

    @property
    def road_payer(self) -> str:
        """The account from which road works are paid: pair 1 keeps the grant among general money."""
        return self.treasury if self.pair == 1 else self.road_account

    @property
    def builder(self) -> str:
        """The city's builder of roads; its account is called ``<builder>-account``."""
        return f"{self.city}-builder"

    @property
    def grocer(self) -> str:
        """The city's trader in groceries and supplies."""
        return f"{self.city}-grocer"

    @property
    def platform(self) -> str:
        """The city's platform company."""
        return f"{self.city}-platform"

    def line(self, fund: str) -> str:
        """The county's line of `fund`."""
        return line_of(fund, self.division)

    def project(self, fund: str) -> str:
        """The county's project under `fund`."""
        return f"{self.division}-{_STEMS[fund]}-project"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One programme: a city and its counties, two for every pair, innocent and guilty in random order."""

    division: str
    name: str
    name_en: str
    variant: int
    counties: tuple[County, ...]

    @property
    def finance(self) -> str:
        """The city's finance bureau."""
        return f"{self.division}-finance"

    def twins(self, pair: int) -> tuple[County, County]:
        """The guilty county of `pair`, then the innocent one."""
        one, other = (county for county in self.counties if county.pair == pair)
        return (one, other) if one.guilty else (other, one)


def line_of(fund: str, division: str) -> str:
    """The line of `fund` that the finance body of `division` holds."""
    return f"{_STEMS[fund]}-{division}"


def draw_city(seed: int, variant: int) -> City:
    """The city of programme `variant`, from 0; the same for the same seed, whatever the other programmes."""
    rng = random.Random(f"{seed}/city/{variant}")
    division = f"99{variant + 1:02d}00"
    first = variant * _PLACES_PER_PROGRAMME
    counties: list[County] = []
    for pair in PAIRS:
        figures = _draw_figures(rng)
        guilty_first = rng.getrandbits(1) == 1
        for guilty in (guilty_first, not guilty_first):
            number = len(counties) + 1
            county = County(
                division=f"{division[:4]}{20 + number}",
                name=f"{place_name(first + number)}县",
                name_en=f"{place_name_en(first + number)} County",
                city=division,
                pair=pair,
                guilty=guilty,
                variant=variant,
                figures=figures,
            )
            counties.append(county)
    return City(
        division=division,
        name=f"{place_name(first)}市",
        name_en=f"{place_name_en(first)} City",
        variant=variant,
        counties=tuple(counties),
    )


def _draw_figures(rng: random.Random) -> Figures:
    meals = _ten_thousands(rng, 120, 240)
    subsidy = _ten_thousands(rng, 90, 180)
    lent = _ten_thousands(rng, 200, 400)
    debt = _ten_thousands(rng, 60, 120)
    return Figures(
        road=_ten_thousands(rng, 800, 1_500),
        meals=meals,
        subsidy=subsidy,
        wages=_ten_thousands(rng, 150, 300),
        interest=rng.randrange(300_000, 900_000),
        lent=lent,
        lent_short=_share(rng, lent, 40, 70),
        debt=debt,
        debt_short=_share(rng, meals, 5, 15),
        cars=_share(rng, meals, 2, 4),
        office=_share(rng, subsidy, 5, 15),
        supplement=_ten_thousands(rng, 30, 80),
    )


def _ten_thousands(rng: random.Random, low: int, high: int) -> int:
    return rng.randrange(low, high + 1) * TEN_THOUSAND


def _share(rng: random.Random, amount: int, low: int, high: int) -> int:
    """Between `low` and `high` percent of `amount`, in whole yuan."""
    return amount * rng.randrange(low * 100, high * 100) // 10_000 // 100 * 100
