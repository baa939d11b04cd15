# SPDX-License-Identifier: Apache-2.0
"""Who plays what where in a simulated country: two counties of a city for each case, and ordinary projects everywhere."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier.simulation.building import building_life
from verifier.simulation.country import Branch, Region
from verifier.simulation.diary import Diary
from verifier.simulation.draws import sometimes
from verifier.simulation.enrolment import Enrolment
from verifier.simulation.households import household_life
from verifier.simulation.labels import Case, Labels, Scheme
from verifier.simulation.lawful_match import WAYS, lawful_match
from verifier.simulation.ordinary import ordinary_life
from verifier.simulation.programme import AID, MEALS, WORKS, FundPlan, Purpose
from verifier.simulation.schemes import (
    acceptance,
    beneficiaries,
    books,
    delay,
    diversion,
    holding,
    matching,
    programmes,
    related,
    repetition,
)
from verifier.simulation.schemes.mixed import mixed
from verifier.simulation.shape import Shape
from verifier.simulation.stage import Stage

Script = Callable[[Stage], Iterator[Case]]
"""Plays one case on a stage and tells what it knows of it; see docs/simulation.md, *How to add a scheme*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A scheme's script, what kind of fund it is about, whether its pair needs a fund of its own, another `beside`."""

    script: Script
    purpose: Purpose = WORKS
    own_fund: bool = False
    beside: Purpose | None = None


PLAYS: Final[dict[Scheme, Play]] = {
    "DIV_DIRECT": Play(script=diversion.direct),
    "DIV_VIA_GENERAL": Play(script=diversion.via_general),
    "DIV_RELATED": Play(script=related.related),
    "DIV_TAG_LIE": Play(script=diversion.tag_lie),
    "DIV_BORROW_RETURN": Play(script=diversion.borrow_return),
    "DELAY_FULL": Play(script=delay.in_full),
    "DELAY_PARTIAL_DRIP": Play(script=delay.dripping),
    "WITHHOLD": Play(script=delay.withheld),
    "MATCH_NONE": Play(script=matching.none_paid, own_fund=True),
    "MATCH_LATE": Play(script=matching.late, own_fund=True),
    "MATCH_ROUNDTRIP": Play(script=matching.round_trip, own_fund=True),
    "IDLE": Play(script=holding.idle),
    "YEAR_END_PARK": Play(script=holding.year_end_park),
    "SPLIT": Play(script=repetition.split, purpose=MEALS),
    "DUP_EXACT": Play(script=repetition.dup_exact),
    "DUP_FUZZY": Play(script=repetition.dup_fuzzy),
    "ACCEPT_BEFORE": Play(script=acceptance.accept_before),
    "ACCEPT_OVER": Play(script=acceptance.accept_over),
    "ACCEPT_PHANTOM": Play(script=acceptance.accept_phantom),
    "GHOST_BENEFICIARY": Play(script=beneficiaries.ghosts, purpose=AID),
    "CROSS_PROGRAMME_DUP": Play(script=programmes.across, beside=MEALS),
    "LEDGER_VS_BANK": Play(script=books.over_reported),
}
"""The script of each scheme."""

_PURPOSES: Final = (WORKS, MEALS)
"""Kinds of funds for ordinary projects, city by city."""


@dataclass(slots=True, kw_only=True)
class Casting:
    """The stages of one country, being filled."""

    seed: int
    shape: Shape
    diary: Diary
    enrolment: Enrolment
    labels: Labels
    funds: list[FundPlan] = field(default_factory=list)
    _stages: Counter[str] = field(default_factory=Counter)
    _shared: dict[tuple[int, str], FundPlan] = field(default_factory=dict)

    def fill(self, branches: Sequence[Branch]) -> None:
        """Every case is played twice, and every county has its ordinary projects."""
        played = [(scheme, PLAYS[scheme]) for scheme in self.shape.schemes if scheme in PLAYS]
        number = 0
        for repeat in range(self.shape.pairs):
            for scheme, play in played:
                for difficulty in self.shape.difficulties:
                    slug = f"{scheme.lower().replace('_', '-')}-{difficulty}{repeat + 1}"
                    self._pair(branches[number % len(branches)], play, slug, difficulty)
                    number += 1
        for number in range(self.shape.mixtures):
            difficulty = random.Random(f"{self.seed}/mixture/{number}").choice(
                self.shape.difficulties or (1,)
            )
            self._pair(
                branches[number % len(branches)], Play(script=mixed), f"mixture-{number + 1:02d}", difficulty
            )
        for branch in branches:
            self._lawful(branch)
            for county in branch.counties:
                self._ordinary(branch, county)
                self._households(branch, county)

    def _pair(self, branch: Branch, play: Play, slug: str, difficulty: int) -> None:
        rng = random.Random(f"{self.seed}/{slug}/places")
        fund = self._fund(branch, play.purpose, own=play.own_fund)
        for guilty, county in zip((True, False), rng.sample(branch.counties, 2), strict=True):
            stage = self._stage(branch, county, fund, slug)
            stage.guilty, stage.difficulty = guilty, difficulty
            stage.beside = None if play.beside is None else self._fund(branch, play.beside)
            for case in play.script(stage):
                self.labels.add(case, programme=branch.number, guilty=guilty or case.irregular)

    def _lawful(self, branch: Branch) -> None:
        """Two counties of the city owe matching money under two funds, and give it in ways that are all in order."""
        funds = [self._fund(branch, WORKS, own=True) for _ in range(2)]
        for way in WAYS:
            which, place = divmod(way - 1, 2)
            slug = f"lawful-match-{branch.city.division}-{which}"
            stage = self._stage(branch, branch.counties[place], funds[which], slug)
            for case in lawful_match(stage, way):
                self.labels.add(case, programme=branch.number, guilty=True)

    def _ordinary(self, branch: Branch, county: Region) -> None:
        rng = random.Random(f"{self.seed}/{county.division}/projects")
        purpose = _PURPOSES[branch.number % len(_PURPOSES)]
        for number in range(rng.randrange(2 * self.shape.projects + 1)):
            fund = self._fund(branch, purpose)
            stage = self._stage(branch, county, fund, f"ordinary-{county.division}-{number:02d}")
            built = purpose is WORKS and sometimes(rng, self.shape.built)
            for case in building_life(stage) if built else ordinary_life(stage):
                self.labels.add(case, programme=branch.number, guilty=True)

    def _households(self, branch: Branch, county: Region) -> None:
        for number in range(self.shape.townships):
            fund = self._fund(branch, AID)
            stage = self._stage(branch, county, fund, f"households-{county.division}-{number}")
            for case in household_life(stage):
                self.labels.add(case, programme=branch.number, guilty=True)

    def _stage(self, branch: Branch, county: Region, fund: FundPlan, slug: str) -> Stage:
        self._stages[county.division] += 1
        return Stage(
            shape=self.shape,
            diary=self.diary,
            enrolment=self.enrolment,
            branch=branch,
            county=county,
            fund=fund,
            key=f"{county.division}-{self._stages[county.division]:03d}",
            slug=slug,
            rng=random.Random(f"{self.seed}/{slug}"),
        )

    def _fund(self, branch: Branch, purpose: Purpose, *, own: bool = False) -> FundPlan:
        """The fund of `purpose` that the city has, or a new one for a pair of its own."""
        shared = self._shared.get((branch.number, purpose.stem))
        if shared is not None and not own:
            return shared
        number = len(self.funds) + 1
        fund = FundPlan(
            id=f"{purpose.stem}-{number:03d}",
            purpose=purpose,
            branch=branch,
            year=self.shape.begins.year,
            number=number,
        )
        self.funds.append(fund)
        if not own:
            self._shared[branch.number, purpose.stem] = fund
        return fund
