# SPDX-License-Identifier: Apache-2.0
"""Labels name events that exist, and twins differ in the decisive fact and nowhere else."""

import datetime
import json
import re
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ledger.instant import parse_instant
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.fact import Claim
from ledger.kinds.registry import Key
from tests.simulation.posted_world import Posted, post
from verifier.posted import PostedEvent
from verifier.simulation.county import PAIRS, City, County
from verifier.simulation.diary import TIME_ZONE
from verifier.simulation.labels import RULES, Label, Scheme, to_lines
from verifier.simulation.world import World, simulate

PROGRAMMES = 3


@pytest.fixture(scope="module")
def world() -> World:
    """Three programmes, so that every variant of every case is there."""
    return simulate(seed=4, programmes=PROGRAMMES, origin="ledger.example/jl/2026")


@pytest.fixture(scope="module")
def posted(world: World) -> Posted:
    """That world, posted."""
    return post(world.genesis_entry, world.submissions())


def test_every_event_of_a_label_exists(world: World, posted: Posted) -> None:
    """All names resolve, the decisive one is among them, and accounts and funds are registered."""
    names = {one.name for one in posted.events}
    for label in world.labels:
        assert set(label.events) <= names
        assert label.decisive_event in label.events
        assert set(label.accounts) <= set(posted.register.accounts)
        assert label.fund is None or label.fund in posted.register.funds


def test_every_violation_has_an_innocent_twin(world: World) -> None:
    """Cases come in pairs: same scheme, fund, difficulty and deadline; only one has an amount."""
    by_id = {label.case_id: label for label in world.labels}
    innocent = [label for label in world.labels if label.twin_of is not None]
    assert len(by_id) == len(world.labels) == 2 * len(innocent) == 2 * 10 * PROGRAMMES
    for label in innocent:
        guilty = by_id[label.twin_of or ""]
        assert guilty.is_violation is not guilty.is_irregular_only
        assert guilty.is_irregular_only is (guilty.scheme == "LEDGER_VS_BANK")
        for name in ("scheme", "fund", "difficulty", "rules", "legal_deadline", "programme"):
            assert getattr(guilty, name) == getattr(label, name)
        assert guilty.amount_true > 0 == label.amount_true == label.amount_min_provable
        assert label.expected == "none"


def test_every_scheme_is_there_and_one_case_cannot_be_decided(world: World) -> None:
    """Seven schemes; per programme one guilty case has nothing provable."""
    assert {label.scheme for label in world.labels} == {
        "DIV_DIRECT", "DIV_VIA_GENERAL", "DIV_BORROW_RETURN", "DELAY_FULL", "MATCH_NONE", "MATCH_LATE",
        "LEDGER_VS_BANK",
    }  # fmt: skip
    undecidable = [label for label in world.labels if label.expected == "undecidable"]
    assert len(undecidable) == PROGRAMMES
    assert {label.amount_min_provable for label in undecidable} == {0}


def test_what_can_be_known_says_when(world: World, posted: Posted) -> None:
    """The date and the last entry recorded until its evening, which is all that the date of a delay takes."""
    for label in world.labels:
        known_on = label.first_detectable_date
        assert (known_on is not None) is (label.expected == "proved")
        if known_on is None:
            assert label.first_detectable_seq is None
        else:
            until = (one.seq for one in posted.events if local_date(one.recorded) <= known_on)
            assert label.first_detectable_seq == max(until)
            assert label.legal_deadline is None or known_on == label.legal_deadline + datetime.timedelta(
                days=1
            )


def local_date(recorded: str) -> datetime.date:
    """The date in the province on which something was recorded."""
    return parse_instant(recorded).astimezone(ZoneInfo(TIME_ZONE)).date()


def test_every_scheme_has_rules_of_the_catalogue() -> None:
    """All 22 schemes of the specification, each with the rules whose finding is a hit."""
    assert len(RULES) == 22
    assert set(RULES) == set(get_args(Scheme))
    assert all(rules and len(set(rules)) == len(rules) for rules in RULES.values())


def test_labels_are_lines_of_json(world: World) -> None:
    """Each line reads back as its label; what is absent is left out."""
    lines = to_lines(world.labels).splitlines()
    assert [msgspec.json.decode(line, type=Label) for line in lines] == list(world.labels)
    assert all(None not in json.loads(line).values() for line in lines)


def test_late_cases_are_late_and_their_twins_are_not(world: World, posted: Posted) -> None:
    """By the events themselves: what fulfils the duty lies after the deadline, or on it, or is missing."""
    dates = {one.name: one.event for one in posted.events}
    for label in world.labels:
        if label.legal_deadline is None or label.scheme.startswith("MATCH_"):
            continue
        later = [
            dates[name].occurred_on
            for name in label.events
            if name != label.decisive_event and not isinstance(dates[name], Claim)
        ]
        in_time = bool(later) and max(later) <= label.legal_deadline
        assert in_time is not label.is_violation


# --- twins ----------------------------------------------------------------------------------------------------

COUNTY = "county"
NOISE = ("bank_ref", "uscc", "masked", "document", "payee_list", "line_no", "statement", "lines")


def differences(guilty: County, innocent: County, posted: Posted) -> dict[tuple[str, str], set[str]]:
    """Names of the fields in which the two counties differ, by (sort, what it is about); ``absent`` if one lacks it."""
    one, other = told_of(guilty, posted), told_of(innocent, posted)
    found: dict[tuple[str, str], set[str]] = {}
    for about in one.keys() ^ other.keys():
        found[about] = {"absent"}
    for about in one.keys() & other.keys():
        names = one[about].keys() | other[about].keys()
        differing = {name for name in names if one[about].get(name) != other[about].get(name)}
        if differing:
            found[about] = differing
    return found


def told_of(county: County, posted: Posted) -> dict[tuple[str, str], dict[str, Any]]:
    """What the ledger says of `county`, its own names taken out: reports, bank lines by report, closings by account."""
    place = county.name_en.removesuffix(" County")
    own = re.compile(rf"(?<![0-9]){county.division}(?=[^0-9]|001|$)|{county.name}|{place}")
    reports = {
        one.event.bank_ref: one.name
        for one in posted.events
        if hasattr(one.event, "bank_ref") and not isinstance(one.event, Movement)
    }
    told = {}
    for one in posted.events:
        text = json.dumps(msgspec.to_builtins(one.event), ensure_ascii=False)
        if own.search(text) and not isinstance(one.event, Key):
            match one.event:
                case Movement() as line:
                    about = ("line", f"{line.account} {reports[line.bank_ref]}")
                case BankBalance() as balance:
                    about = ("closing", f"{balance.account} {balance.statement}")
                case _:
                    about = ("report", one.name if own.search(one.party) else upper(one))
            fields = json.loads(own.sub(COUNTY, text))
            told[about[0], own.sub(COUNTY, about[1])] = {
                name: value for name, value in fields.items() if name not in NOISE
            }
    return told


def upper(one: PostedEvent) -> str:
    """The name of an upper body's event by what it is about, since its place among others is no difference."""
    named = (getattr(one.event, name, None) for name in ("line", "to_account", "id"))
    return f"{one.name.rpartition('/')[0]}/{next((name for name in named if name is not None), '')}"


@pytest.fixture(scope="module", params=range(PROGRAMMES))
def city(request: pytest.FixtureRequest, world: World) -> City:
    """Each city in turn, since each varies how bad its cases are."""
    found: City = world.cities[request.param]
    return found


REPORTED_DIFFERENCES = {
    1: {
        "county-finance/subsidy-split/0": {"occurred_on"},
        "county-school/purchase-0521/0": {"economic"},
    },
    2: {
        "county-finance/accounts/3": {"bank"},
        "county-finance/road-pay-2/0": {"occurred_on"},
        "990000-finance/general-county-extra/county-treasury": {"occurred_on"},
    },
    3: {
        "county-finance/meals-pay-0604/0": {"absent"},
        "county-school/food-extra/0": {"amount"},
        "CITY-finance/split-second-county/meals-county-2": {"occurred_on"},
    },
}
"""What the reports of a pair may differ in; pair 1 differs beside it in the balance its statements open with."""


@pytest.mark.parametrize("pair", PAIRS)
def test_twins_differ_in_the_decisive_facts_only(pair: int, city: City, posted: Posted) -> None:
    """No report differs but those of the cases; bank lines differ where their report does or the feed is missing."""
    found = differences(*city.twins(pair), posted)
    reports = {
        about.split(" ")[0].replace(city.division, "CITY"): names
        for (sort, about), names in found.items()
        if sort == "report"
    }
    match = reports.pop("county-finance/road-match/0", None)
    assert reports == REPORTED_DIFFERENCES[pair]
    assert match == (None if pair != 3 else {"occurred_on"} if city.variant == 2 else {"amount"})
    submissions = {about.rpartition("/")[0] for about in (*reports, "county-finance/road-match/0")}
    for account, report in (about.split(" ") for sort, about in found if sort == "line"):
        unfed = pair == 2 and account == "county-township-account"
        assert unfed or report.rpartition("/")[0] in submissions


def test_shortage_twins_differ_in_the_opening_balance(city: City, posted: Posted) -> None:
    """Pair 1 lends the same amount on the same day; every balance of its treasury differs by the same sum."""
    guilty, innocent = (
        {
            one.event.statement: (one.event.opening, one.event.closing)
            for one in posted.events
            if isinstance(one.event, BankBalance) and one.event.account == county.treasury
        }
        for county in city.twins(1)
    )
    gaps = {
        richer - poorer
        for month in guilty
        for richer, poorer in zip(innocent[month], guilty[month], strict=True)
    }
    assert gaps == {2 * city.twins(1)[0].figures.lent_short}
