# SPDX-License-Identifier: Apache-2.0
"""The simulated world as a ledger: same seed, same bytes; it posts without a problem; its money adds up."""

import datetime
from collections import Counter
from collections.abc import Callable

import pytest

from ledger.errors import InputError
from ledger.kinds.authority import Disbursement
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.registry import Fund, Party, Project
from ledger.submission import parse_wire, wire_bytes
from tests.simulation.posted_world import Posted, post
from verifier.simulation.county import PAIRS, PROGRAMMES_MAX
from verifier.simulation.diary import Diary, sides
from verifier.simulation.holidays import is_working
from verifier.simulation.names import PLACES_MAX, place_name, place_name_en
from verifier.simulation.world import SEED_MAX, World, simulate

ORIGIN = "ledger.example/jl/2026"
SEED = 20_260_101


@pytest.fixture(scope="module")
def world() -> World:
    """The world of one programme."""
    return simulate(seed=SEED, programmes=1, origin=ORIGIN)


@pytest.fixture(scope="module")
def posted(world: World) -> Posted:
    """That world, posted."""
    return post(world.genesis_entry, world.submissions())


def wire(world: World) -> bytes:
    """Every submission as NDJSON."""
    return b"\n".join(wire_bytes(one) for one in world.submissions())


def test_same_seed_gives_the_same_bytes(world: World) -> None:
    """Genesis, submissions and labels repeat byte for byte."""
    again = simulate(seed=SEED, programmes=1, origin=ORIGIN)
    assert again.genesis_entry == world.genesis_entry
    assert wire(again) == wire(world)
    assert again.labels == world.labels


def test_other_seed_gives_other_amounts_and_keys(world: World) -> None:
    """Another seed draws another province."""
    other = simulate(seed=SEED + 1, programmes=1, origin=ORIGIN)
    assert other.genesis.log_keys != world.genesis.log_keys
    assert other.cities[0].counties[0].figures != world.cities[0].counties[0].figures


def test_a_city_does_not_depend_on_how_many_there_are(world: World) -> None:
    """More programmes add cities and leave the first one as it was."""
    larger = simulate(seed=SEED, programmes=3, origin=ORIGIN)
    assert larger.cities[0] == world.cities[0]
    assert len(larger.labels) == 3 * len(world.labels)
    assert len({county.name for city in larger.cities for county in city.counties}) == 3 * 2 * len(PAIRS)


@pytest.mark.parametrize(("seed", "programmes"), [(0, 1), (1, 2), (SEED_MAX, 1), (99, 7)])
def test_it_posts_without_a_problem(seed: int, programmes: int) -> None:
    """Every submission is admitted, signatures, rights, references and ceilings included."""
    world = simulate(seed=seed, programmes=programmes, origin=ORIGIN)
    posted = post(world.genesis_entry, world.submissions())
    assert posted.problems == ()
    assert len(posted.events) == sum(len(act.events) for act in world.acts)


def test_the_default_world_is_small(posted: Posted) -> None:
    """One programme is a ledger that is posted in a moment."""
    assert 600 <= posted.size <= 1_500


def test_submissions_read_back(world: World) -> None:
    """What is written is what a strict parser reads."""
    for one in world.submissions():
        assert parse_wire(wire_bytes(one)) == one


def test_time_never_runs_backwards_and_offices_are_open(world: World) -> None:
    """Acts are signed in order, on working days, between nine and six."""
    moments = [act.moment for act in world.acts]
    assert moments == sorted(moments)
    assert all(is_working(moment.date()) and 9 <= moment.hour < 18 for moment in moments)
    assert moments[-1].date() == world.as_of == datetime.date(2026, 8, 3)


def test_statements_chain_and_add_up(posted: Posted) -> None:
    """Opening plus lines is closing, the next opening is the last closing, and months have no gap."""
    lines: Counter[tuple[str, str]] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    before: dict[str, BankBalance] = {}
    for one in posted.events:
        match one.event:
            case Movement() as line:
                lines[line.account, line.statement] += (
                    line.amount if line.direction == "credit" else -line.amount
                )
                counts[line.account, line.statement] += 1
                assert line.line_no == counts[line.account, line.statement]
            case BankBalance() as balance:
                key = (balance.account, balance.statement)
                assert balance.opening + lines[key] == balance.closing
                assert balance.lines == counts[key]
                if balance.account in before:
                    last = before[balance.account]
                    assert (last.closing, last.to_on + datetime.timedelta(days=1)) == (
                        balance.opening,
                        balance.from_on,
                    )
                before[balance.account] = balance
            case _:
                pass
    assert len(before) == sum(account.bank is not None for account in posted.register.accounts.values())


def test_reports_and_bank_lines_are_the_same_money(world: World, posted: Posted) -> None:
    """On every covered account the reported sides equal the bank lines in date, reference, direction and amount.

    But for the mistake that a label tells of.
    """
    mistakes = {name for label in world.labels if label.is_irregular_only for name in label.events}
    covered = {one.id for one in posted.register.accounts.values() if one.bank is not None}
    reported: Counter[tuple[object, ...]] = Counter()
    banked: Counter[tuple[object, ...]] = Counter()
    for one in posted.events:
        if one.name in mistakes:
            continue
        match one.event:
            case Movement() as line:
                banked[line.account, line.occurred_on, line.direction, line.amount, line.bank_ref] += 1
            case Disbursement() | Transfer() | Use() | Interest() | MatchingReceipt() | Return() as report:
                for account, direction in zip(sides(report), ("debit", "credit"), strict=True):
                    if account in covered:
                        reported[account, report.occurred_on, direction, report.amount, report.bank_ref] += 1
            case _:
                pass
    assert reported == banked


def test_no_covered_account_is_ever_overdrawn(posted: Posted) -> None:
    """Banks do not lend to the province: dirty accounts are short of what they owe, never below zero."""
    balances = {
        balance.account: balance.opening
        for one in reversed(posted.events)
        if isinstance(balance := one.event, BankBalance)
    }
    for one in posted.events:
        if isinstance(line := one.event, Movement):
            balances[line.account] += line.amount if line.direction == "credit" else -line.amount
            assert balances[line.account] >= 0


def test_lines_hold_what_is_left(posted: Posted) -> None:
    """No line is overdrawn; every level but the last hands everything on."""
    lines = posted.register.lines.values()
    assert all(line.free >= 0 for line in lines)
    parents = {line.parent for line in lines} - {None}
    assert all(line.free == 0 for line in lines if line.id in parents)


@pytest.mark.parametrize(
    ("seed", "programmes", "origin", "code"),
    [
        (-1, 1, ORIGIN, "simulation.range"),
        (SEED_MAX + 1, 1, ORIGIN, "simulation.range"),
        (1, 0, ORIGIN, "simulation.range"),
        (1, PROGRAMMES_MAX + 1, ORIGIN, "simulation.range"),
        (1, 1, "https://ledger.example", "simulation.origin"),
        (1, 1, "Ledger.Example", "simulation.origin"),
        (1, 1, "", "simulation.origin"),
    ],
)
def test_impossible_worlds_are_refused(seed: int, programmes: int, origin: str, code: str) -> None:
    """Numbers out of range and origins that cannot name a log are told, not used."""
    with pytest.raises(InputError) as refused:
        simulate(seed=seed, programmes=programmes, origin=origin)
    assert refused.value.code == code


def test_everything_named_has_an_english_name(world: World) -> None:
    """Parties, projects and funds carry a name in plain Latin letters; no two parties, and no two projects, share one."""
    events = [event for one in world.submissions() for event in one.events]
    for kind in (Party, Project, Fund):
        names = [event.name_en or "" for event in events if isinstance(event, kind)]
        assert names
        assert all(name and name.isascii() for name in names)
        assert len(set(names)) == len(names)
    county = world.cities[0].counties[0]
    bureau = next(one for one in events if isinstance(one, Party) and one.id == county.finance)
    assert bureau.name_en == f"{county.name_en} Finance Bureau"


@pytest.mark.parametrize("spell", [place_name, place_name_en])
def test_every_place_has_its_own_name(spell: Callable[[int], str]) -> None:
    """There are names enough for the largest world, none twice, in either script."""
    names = [spell(number) for number in range(PLACES_MAX)]
    assert len(set(names)) == PLACES_MAX >= PROGRAMMES_MAX * (1 + 2 * len(PAIRS))


def test_nobody_acts_on_a_day_off() -> None:
    """A script that would sign on a holiday is a mistake of this program."""
    with pytest.raises(RuntimeError, match="nobody works"):
        Diary().act(datetime.date(2026, 5, 1), "someone", "something")
