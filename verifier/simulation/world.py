# SPDX-License-Identifier: Apache-2.0
"""The whole simulated world: from a seed to a signed genesis, signed submissions in order of time, and labels."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.entry import genesis_entry_bytes
from ledger.errors import InputError
from ledger.genesis import Genesis, sign_genesis
from ledger.hashing import leaf_hash
from ledger.instant import format_instant
from ledger.kinds.registry import Key
from ledger.submission import Header, Signature, Submission, assemble
from verifier.simulation.bodies import AUDIT, register_all
from verifier.simulation.budget import run_general_budget
from verifier.simulation.cast import ADMINISTRATORS, Cast
from verifier.simulation.country import Branch
from verifier.simulation.county import PROGRAMMES_MAX, City, draw_city
from verifier.simulation.diary import Act, Diary
from verifier.simulation.founding import check_origin, found_genesis
from verifier.simulation.funds import ISSUER, SUBSIDY, fund_events, policy_event
from verifier.simulation.holidays import calendar_event
from verifier.simulation.labels import Ends, Label, Labels
from verifier.simulation.meals import feed_pupils
from verifier.simulation.road import build_roads
from verifier.simulation.shape import Shape
from verifier.simulation.statements import MONTHS, close_months, closed_on
from verifier.simulation.subsidy import pay_households
from verifier.simulation.upper import county_split_name, hand_down

RULES_ON: Final = datetime.date(2025, 12, 24)
FUNDS_ON: Final = datetime.date(2025, 12, 25)
SEED_MAX: Final = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A simulated ledger before it is posted: same arguments, same bytes.

    `acts` are in order of time; `as_of` is the day of the last one. `labels` must not reach whoever judges. The
    demonstration has `cities`, a country of a given `shape` has `branches`.
    """

    seed: int
    genesis: Genesis
    genesis_signatures: tuple[Signature, ...]
    cast: Cast
    cities: tuple[City, ...]
    acts: tuple[Act, ...]
    labels: tuple[Label, ...]
    as_of: datetime.date
    branches: tuple[Branch, ...] = ()
    shape: Shape | None = None

    @property
    def genesis_entry(self) -> bytes:
        """Bytes of entry 0."""
        return genesis_entry_bytes(self.genesis, self.genesis_signatures)

    def submissions(self) -> Iterator[Submission]:
        """Every act signed by maker and checker of its party, or by the administrators and the new keys."""
        genesis_hash = leaf_hash(self.genesis_entry).hex()
        for act in self.acts:
            yield self._signed(act, genesis_hash)

    def _signed(self, act: Act, genesis_hash: str) -> Submission:
        def header(count: int, root: str) -> Header:
            return Header(
                count=count,
                genesis=genesis_hash,
                id=act.id,
                origin=self.genesis.origin,
                party=act.party,
                root=root,
                signed_at=format_instant(act.moment),
            )

        holders = dict.fromkeys(event.holder for event in act.events if isinstance(event, Key))
        new_keys_of = tuple(holder for holder in holders if holder is not None)
        return assemble(events=act.events, header=header, signers=self.cast.signers(act.party, new_keys_of))


def simulate(*, seed: int, programmes: int, origin: str) -> World:
    """The world of `seed` with one city, six counties and nine pairs of cases for each of `programmes`.

    Raises:
        InputError: `seed` or `programmes` is out of range, or `origin` is no log origin.
    """
    check_seed(seed)
    _check_range("--programmes", programmes, 1, PROGRAMMES_MAX)
    check_origin(origin)
    cast = Cast(seed=seed)
    genesis = found_genesis(cast, origin)
    cities = tuple(draw_city(seed, number) for number in range(programmes))
    diary, labels = Diary(), Labels(seed=seed)
    _live(diary, labels, cast, cities)
    names = close_months(diary)
    acts = tuple(diary.in_order())
    return World(
        seed=seed,
        genesis=genesis,
        genesis_signatures=sign_genesis(genesis, [cast.signer(one) for one in ADMINISTRATORS]),
        cast=cast,
        cities=cities,
        acts=acts,
        labels=labels.finish(names, evenings(acts)),
        as_of=closed_on(MONTHS[-1]),
    )


def check_seed(seed: int) -> None:
    """Nothing, if `seed` is from 0 to `SEED_MAX`; InputError if not."""
    _check_range("--seed", seed, 0, SEED_MAX)


def evenings(acts: Iterable[Act]) -> Ends:
    """The log on the evening of every day with entries, when `acts` are posted in this order behind the genesis."""
    ends: dict[datetime.date, int] = {}
    seq = 0
    for act in acts:
        seq += 1 + len(act.events)
        ends[act.moment.date()] = seq
    return Ends(tuple(ends), tuple(ends.values()))


def _live(diary: Diary, labels: Labels, cast: Cast, cities: tuple[City, ...]) -> None:
    register_all(diary, cast, cities)
    diary.act(RULES_ON, AUDIT, "rules", calendar_event(RULES_ON), policy_event(RULES_ON))
    diary.act(FUNDS_ON, ISSUER, "funds", *fund_events(FUNDS_ON))
    hand_down(diary, labels, cities)
    for city in cities:
        for county in city.counties:
            run_general_budget(diary, labels, county)
            build_roads(diary, labels, county)
            feed_pupils(diary, labels, county)
            pay_households(diary, labels, county, county_split_name(city, county, SUBSIDY))


def _check_range(place: str, given: int, low: int, high: int) -> None:
    if not low <= given <= high:
        raise InputError(
            code="simulation.range",
            place=place,
            message_en=f"{given} is not between {low} and {high}",
            message_zh=f"{given} 不在 {low} 至 {high} 之间",
            remedy_en="Choose a number in that range.",
            remedy_zh="请选择该范围内的数。",
        )
