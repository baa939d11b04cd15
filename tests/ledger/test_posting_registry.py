# SPDX-License-Identifier: Apache-2.0
"""Registration and its changes: nobody takes over what is another's, and nobody raises itself."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from ledger.kinds.registry import Account, Calendar, Milestone, Party, Policy, PolicyRow
from tests.desk import codes, open_desk
from tests.worlds import (
    AUDIT,
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    PROVINCE,
    SUPPLIER,
    UNIT,
    UNIT_ACCOUNT,
    Seat,
    make_world,
    signer_named,
)

if TYPE_CHECKING:
    from ledger.kinds.registry import KeyRole
    from ledger.kinds.vocabulary import AnyEvent
    from ledger.party import PartyRole
    from tests.desk import Desk
    from tests.worlds import World


PAIR: Final[tuple[KeyRole, ...]] = ("maker", "checker")


def party(party_id: str = "p9", **changes: object) -> Party:
    """A firm of the county."""
    made = Party(
        occurred_on=DAY, id=party_id, name="某公司", level="payee", division="220122", roles=("supplier",)
    )
    return msgspec.structs.replace(made, **changes)


def seated(world: World, desk: Desk, newcomer: Party) -> None:
    """`newcomer` is registered and has keys."""
    keys = {role: signer_named(f"{newcomer.id} {role}") for role in PAIR}
    world.seats[newcomer.id] = Seat(party=newcomer, keys=keys)
    desk.must(world.submission("admin-a", newcomer))
    desk.must(world.registration(world.seats[newcomer.id]))


def second(event: AnyEvent, **changes: object) -> AnyEvent:
    """Version 2 of a registration."""
    return msgspec.structs.replace(event, version=2, **changes)


def _account(world: World, account: str) -> Account:
    return next(one for one in world.accounts() if one.id == account)


@pytest.mark.parametrize(
    ("actor", "changes", "expected"),
    [
        (SUPPLIER, {"owner": SUPPLIER}, ["registry-fixed"]),
        (SUPPLIER, {"masked": "****0001"}, ["actor"]),
        (COUNTY, {"owner": COUNTY}, ["registry-fixed"]),
        (UNIT, {"owner": COUNTY}, ["registry-fixed"]),
        (UNIT, {"bank": None}, ["registry-fixed"]),
        (UNIT, {"bank": "bank-2"}, ["registry-fixed"]),
        (CITY, {"account_class": "special"}, []),
        (UNIT, {"masked": "****0001"}, []),
        (BANK, {"masked": "****0001"}, ["actor"]),
    ],
)
def test_an_account_keeps_owner_and_bank(
    world: World, desk: Desk, actor: str, changes: dict[str, Any], expected: list[str]
) -> None:
    """Whoever registers a next version must have had the right to the one before, and the owner stays."""
    seated(world, desk, party("bank-2", roles=("bank",)))
    if actor == SUPPLIER:
        world.seats[SUPPLIER].keys.update({role: signer_named(role) for role in PAIR})
        desk.must(world.registration(world.seats[SUPPLIER]))
    changed = second(_account(world, UNIT_ACCOUNT), **changes)
    assert codes(desk.post(world.submission(actor, changed)))[:1] == expected


def test_a_bank_joins_later_and_is_a_bank(world: World, desk: Desk) -> None:
    """An account without a bank may get one; a body that is no bank signs no statements."""
    bare = Account(id="A9", owner=UNIT, account_class="special", occurred_on=DAY)
    assert codes(desk.post(world.submission(UNIT, msgspec.structs.replace(bare, bank=UNIT)))) == [
        "account-bank"
    ]
    desk.must(world.submission(UNIT, bare))
    line = msgspec.structs.replace(world.moved(1, 5), account="A9")
    refused = desk.post(world.submission(BANK, line))
    assert codes(refused) == ["actor"]
    assert "None" not in refused[0].message_en
    desk.must(world.submission(UNIT, second(bare, bank=BANK)))
    desk.must(world.submission(BANK, line))


def _pooled(number: int) -> Account:
    below = f"A{number - 1}" if number else None
    return Account(id=f"A{number}", owner=UNIT, account_class="special", occurred_on=DAY, pool=below)


def test_pools_make_no_circle(world: World, desk: Desk) -> None:
    """An account whose real balance lies in itself, however far around, has none."""
    first = Account(id="A1", owner=UNIT, account_class="special", occurred_on=DAY)
    desk.must(world.submission(UNIT, first))
    desk.must(world.submission(UNIT, msgspec.structs.replace(first, id="A2", pool="A1")))
    assert codes(desk.post(world.submission(UNIT, second(first, pool="A2")))) == ["registry-circle"]
    assert codes(desk.post(world.submission(UNIT, second(first, pool="A1")))) == ["registry-circle"]


def test_pools_are_not_stacked_without_end(world: World, desk: Desk) -> None:
    """A pool in a pool in a pool: 32 at most, so that looking upwards stays cheap."""
    desk.must(world.submission(UNIT, *(_pooled(number) for number in range(33))))
    assert codes(desk.post(world.submission(UNIT, _pooled(33)))) == ["registry-depth"]


def test_a_project_keeps_its_unit(world: World, desk: Desk) -> None:
    """Nobody makes himself the unit of another's project; who covers it changes the rest."""
    project = world.project()
    assert codes(desk.post(world.submission(COUNTY, second(project, unit=COUNTY)))) == ["registry-fixed"]
    seated(world, desk, party("na-roads", level="county", roles=("unit",)))
    assert codes(desk.post(world.submission("na-roads", second(project, unit="na-roads")))) == [
        "registry-fixed"
    ]
    assert codes(desk.post(world.submission("na-roads", second(project, division="220122001")))) == ["actor"]
    desk.must(world.submission(COUNTY, second(project, budget=5)))


def test_a_fund_keeps_issuer_and_year(world: World, desk: Desk) -> None:
    """A bureau cannot make itself the issuer of another's fund."""
    fund = world.fund()
    assert codes(desk.post(world.submission(COUNTY, second(fund, issuer=COUNTY)))) == ["registry-fixed"]
    assert codes(desk.post(world.submission(COUNTY, second(fund)))) == ["actor"]
    for change in ({"issuer": COUNTY}, {"fiscal_year": 2027}):
        assert codes(desk.post(world.submission(PROVINCE, second(fund, **change)))) == ["registry-fixed"]
    desk.must(world.submission(PROVINCE, second(fund, purpose="农田水利")))


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "centre"},
        {"roles": ("finance", "audit")},
        {"roles": ("finance", "bank")},
        {"division": "220100"},
        {"parent": None},
        {"name": "农安县财政总局"},
    ],
)
def test_a_bureau_does_not_change_itself(world: World, desk: Desk, changes: dict[str, Any]) -> None:
    """Level, division, roles and superior of bodies with authority are changed by administrators only."""
    changed = second(world.seats[COUNTY].party, **changes)
    for actor in (COUNTY, CITY):
        assert codes(desk.post(world.submission(actor, changed))) in (["actor"], ["key-jurisdiction"] * 2)
    desk.must(world.submission("admin-a", changed))


@pytest.mark.parametrize("role", ["finance", "audit", "supervision", "bank"])
def test_bodies_with_authority_are_appointed_by_administrators(world: World, desk: Desk, role: str) -> None:
    """A bureau registers units and payees; it makes no bank, auditor or further bureau."""
    newcomer = party(roles=("supplier", role))
    assert codes(desk.post(world.submission(COUNTY, newcomer))) == ["actor"]
    desk.must(world.submission("admin-a", newcomer))


def test_a_bureau_registers_and_changes_ordinary_parties_of_its_place(world: World, desk: Desk) -> None:
    """Name and related parties change; level, division, roles and superior stay; higher levels are not made."""
    assert codes(desk.post(world.submission(COUNTY, party(level="city")))) == ["actor"]
    desk.must(world.submission(COUNTY, party()))
    for change in ({"level": "county"}, {"division": "220122001"}, {"roles": ("unit",)}, {"parent": UNIT}):
        assert codes(desk.post(world.submission(COUNTY, second(party(), **change)))) == ["actor"]
    desk.must(world.submission(COUNTY, second(party(), name="某集团", related=(SUPPLIER,))))


def test_a_bureau_does_not_draw_others_into_its_place(world: World, desk: Desk) -> None:
    """A party elsewhere is not moved under a bureau by a next version that the bureau signs."""
    elsewhere = party(division="220100")
    desk.must(world.submission(CITY, elsewhere))
    assert codes(desk.post(world.submission(COUNTY, second(elsewhere, division="220122")))) == ["actor"]
    assert codes(desk.post(world.submission(COUNTY, second(elsewhere, name="x")))) == ["key-jurisdiction"] * 2


def test_superiors_make_no_circle(world: World, desk: Desk) -> None:
    """A body is not above itself, however far around."""
    top = world.seats[PROVINCE].party
    for parent in (COUNTY, PROVINCE):
        assert codes(desk.post(world.submission("admin-a", second(top, parent=parent)))) == [
            "registry-circle"
        ]


def test_a_party_is_not_named_like_an_administrator(world: World, desk: Desk) -> None:
    """Header parties and administrators share one name space."""
    assert codes(desk.post(world.submission("admin-a", party("admin-b")))) == ["id-duplicate"]


def test_transcribers_exist_in_historical_ledgers_only(world: World, desk: Desk) -> None:
    """A live ledger cannot be given a transcriber; in a historical one it still grants no keys."""
    scribe = party("scribe", roles=("transcriber",))
    assert codes(desk.post(world.submission("admin-a", scribe))) == ["role-transcriber"]
    past = make_world(historical=True, ceilings="flag")
    old = open_desk(past)
    seated(past, old, scribe)
    old.must(past.submission("scribe", past.issued("L1", 5), past.paid("L1", 7)))
    key = past.key_event(scribe, "maker", signer_named("another"))
    assert "actor" in codes(old.post(past.submission("scribe", key)))
    stolen = second(_account(past, COUNTY_ACCOUNT), owner=UNIT)
    assert codes(old.post(past.submission("scribe", stolen))) == ["registry-fixed"]


def _policy(**changes: object) -> Policy:
    row = PolicyRow(id="r1", rule="F03", basis="某办法", parameters={"days": 30})
    made = Policy(occurred_on=DAY, effective_on=DAY, id="pol-1", title="规则", rows=(row,))
    return msgspec.structs.replace(made, **changes)


def test_a_policy_is_changed_by_its_office_or_one_above(world: World, desk: Desk) -> None:
    """A county's audit office neither overrides the province's policy nor rules on levels above its own."""
    seated(world, desk, party("na-audit", level="county", roles=("audit",)))
    desk.must(world.submission(AUDIT, _policy()))
    assert codes(desk.post(world.submission("na-audit", second(_policy())))) == ["actor"]
    desk.must(world.submission("na-audit", _policy(id="pol-2")))
    desk.must(world.submission(AUDIT, second(_policy(id="pol-2"))))
    assert codes(desk.post(world.submission("na-audit", _policy(id="pol-2", version=3)))) == ["actor"]
    row = PolicyRow(id="r1", rule="F03", basis="某办法", level="city")
    assert codes(desk.post(world.submission("na-audit", _policy(id="pol-3", rows=(row,))))) == ["actor"]
    desk.must(world.submission(AUDIT, _policy(id="pol-3", rows=(row,))))
    assert codes(desk.post(world.submission(COUNTY, _policy(id="pol-4")))) == ["actor"]


@pytest.mark.parametrize("judged", [PROVINCE, COUNTY, UNIT, BANK])
def test_rules_are_not_set_by_the_judged(world: World, desk: Desk, judged: str) -> None:
    """A bureau, a unit and a bank adopt no policy, nor a next version of one; an audit office does both."""
    assert codes(desk.post(world.submission(judged, _policy()))) == ["actor"]
    desk.must(world.submission(AUDIT, _policy()))
    assert codes(desk.post(world.submission(judged, second(_policy())))) == ["actor"]
    desk.must(world.submission(AUDIT, second(_policy())))


@pytest.mark.parametrize("other", ["finance", "department", "unit", "bank", "supplier", "beneficiary"])
def test_an_office_that_is_judged_itself_sets_no_rules(world: World, desk: Desk, other: PartyRole) -> None:
    """Supervision inside a bureau handles money too; an office of supervision alone does not."""
    seated(world, desk, party("own", level="county", roles=("supervision", other)))
    seated(world, desk, party("apart", level="county", roles=("supervision",)))
    assert codes(desk.post(world.submission("own", _policy()))) == ["actor"]
    desk.must(world.submission("apart", _policy()))


def test_a_calendar_is_changed_by_its_office_or_one_above(world: World, desk: Desk) -> None:
    """A county does not give the province a day off."""
    holidays = Calendar(occurred_on=DAY, id="cn-2026", year=2026, notice="某通知")
    desk.must(world.submission(PROVINCE, holidays))
    longer = second(holidays, off=(datetime.date(2026, 2, 20),))
    assert codes(desk.post(world.submission(COUNTY, longer))) == ["actor"]
    desk.must(world.submission(PROVINCE, longer))


def test_ids_inside_one_registration_are_distinct(world: World, desk: Desk) -> None:
    """Two milestones or rows of one id, or a day both off and worked, say nothing certain."""
    row = PolicyRow(id="r1", rule="F03", basis="某办法")
    milestone = Milestone(id="m1", task="路基", party=UNIT, due_on=DAY)
    day = datetime.date(2026, 2, 20)
    both = Calendar(occurred_on=DAY, id="c", year=2026, notice="x", off=(day,), worked=(day,))
    doubled = msgspec.structs.replace(world.project("P2"), milestones=(milestone, milestone))
    for actor, event in ((AUDIT, _policy(rows=(row, row))), (UNIT, doubled), (AUDIT, both)):
        assert codes(desk.post(world.submission(actor, event))) == ["inner-duplicate"]
