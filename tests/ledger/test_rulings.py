# SPDX-License-Identifier: Apache-2.0
"""What policies ask for beside maker and checker, and whose a place is (spec §3.11): each refusal beside its twin."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.kinds.authority import MatchingPledge
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance
from ledger.kinds.registry import Policy, PolicyRow
from tests.desk import codes
from tests.worlds import AUDIT, BANK, CITY, COUNTY, DAY, FUND, PROJECT, PROVINCE, UNIT, signer_named

if TYPE_CHECKING:
    from ledger.keys import Ed25519Signer
    from ledger.kinds.registry import KeyRole, Party
    from ledger.party import Level
    from ledger.submission import Submission
    from tests.desk import Desk
    from tests.worlds import World


def ruling(
    rule: str,
    *,
    policy: str = "rights",
    version: int = 1,
    on: datetime.date = DAY,
    level: Level | None = None,
    fund: str | None = None,
    **parameters: int,
) -> Policy:
    """A policy of one row, narrowed to `level` and `fund` where they are given."""
    row = PolicyRow(
        id="r-1", rule=rule, basis="内部控制规范", parameters=dict(parameters), level=level, fund=fund
    )
    return Policy(occurred_on=DAY, id=policy, version=version, effective_on=on, title="权限", rows=(row,))


def tier(
    amount_from: int = 5_000,
    approvers: int = 1,
    *,
    level: Level | None = None,
    fund: str | None = None,
    **changes: object,
) -> Policy:
    """A tier from that amount on, with `changes` to the policy."""
    made = ruling("approval_tier", level=level, fund=fund, amount_from=amount_from, approvers=approvers)
    return msgspec.structs.replace(made, **changes)


def hired(
    world: World,
    desk: Desk,
    holder: str,
    role: KeyRole,
    *names: str,
    **changes: object,
) -> list[tuple[str, Ed25519Signer]]:
    """Keys of these persons, registered for `holder` in `role`, as pairs for signing."""
    signers = [signer_named(f"{holder} {name}") for name in names]
    events = [
        msgspec.structs.replace(
            world.key_event(world.seats[holder].party, role, signer),
            **{"person": name, "device": f"{name}-t", **changes},
        )
        for name, signer in zip(names, signers, strict=True)
    ]
    proofs = [("possession", signer) for signer in signers]
    desk.must(world.submission("admin-a", *events, signers=[*world.signers("admin-a"), *proofs]))
    return [(role, signer) for signer in signers]


def pay(world: World, amount: int, more: list[tuple[str, Ed25519Signer]] | None = None) -> Submission:
    """The county pays, with the signatures of `more` beside its pair."""
    return world.submission(COUNTY, world.paid("L1", amount), signers=[*world.signers(COUNTY), *(more or [])])


def test_a_payment_of_a_tier_needs_its_approver(world: World, desk: Desk) -> None:
    """From the amount on, from the policy's own position on, and a maker and a checker as ever."""
    chief = hired(world, desk, COUNTY, "approver", "chief")
    assert desk.post(pay(world, 5_000)) == ()
    desk.must(world.submission(AUDIT, tier()))
    assert codes(desk.post(pay(world, 5_000))) == ["signature-missing"]
    assert desk.post(pay(world, 4_999)) == ()
    assert desk.post(pay(world, 5_000, chief)) == ()
    alone = world.submission(COUNTY, world.paid("L1", 5_000), signers=chief)
    assert codes(desk.post(alone)) == ["signature-missing"] * 2


def test_a_tier_counts_what_is_signed_at_once(world: World, desk: Desk) -> None:
    """A payment cut in two is as large as in one piece; of other funds nothing counts."""
    chief = hired(world, desk, COUNTY, "approver", "chief")
    desk.must(world.submission(AUDIT, tier()))

    def cut(*amounts: int, more: list[tuple[str, Ed25519Signer]] | None = None) -> Submission:
        events = [world.paid("L1", amount) for amount in amounts]
        return world.submission(COUNTY, *events, signers=[*world.signers(COUNTY), *(more or [])])

    assert desk.post(cut(2_500, 2_499)) == ()
    assert codes(desk.post(cut(2_500, 2_500))) == ["signature-missing"]
    assert desk.post(cut(2_500, 2_500, more=chief)) == ()
    desk.must(world.submission(PROVINCE, world.fund("F-OTHER")))
    desk.must(world.submission(AUDIT, tier(version=2, fund="F-OTHER")))
    assert desk.post(cut(2_500, 2_500)) == ()


def test_the_highest_tier_counts_and_its_approvers_are_different_persons(world: World, desk: Desk) -> None:
    """Two rows of two policies; two keys of one person, or on one device, are one approver."""
    first, second = hired(world, desk, COUNTY, "approver", "chief", "head")
    same_person = hired(world, desk, COUNTY, "approver", "chief-2", person="chief")
    same_device = hired(world, desk, COUNTY, "approver", "chief-3", device="chief-t")
    desk.must(world.submission(AUDIT, tier()))
    desk.must(world.submission(AUDIT, tier(20_000, 2, id="more-rights")))
    assert desk.post(pay(world, 19_999, [first])) == ()
    for too_few in ([first], [first, *same_person], [first, *same_device]):
        assert codes(desk.post(pay(world, 20_000, too_few))) == ["signature-missing"]
    assert desk.post(pay(world, 20_000, [first, second])) == ()


def test_an_approver_of_another_party_approves_nothing(world: World, desk: Desk) -> None:
    """Approvers are of the party whose act it is."""
    desk.must(world.submission(AUDIT, tier()))
    foreign = hired(world, desk, CITY, "approver", "city-chief")
    assert "key-holder" in codes(desk.post(pay(world, 5_000, foreign)))


@pytest.mark.parametrize(
    ("narrowed", "binds"),
    [
        ({"level": "county"}, True),
        ({"level": "city"}, False),
        ({"fund": FUND}, True),
        ({"fund": "F-OTHER"}, False),
        ({"effective_on": DAY + datetime.timedelta(days=1)}, False),
    ],
)
def test_a_tier_binds_whom_it_names_from_its_day_on(
    world: World, desk: Desk, narrowed: dict[str, Any], binds: bool
) -> None:
    """Level of the party, fund of the line, business day of recording."""
    desk.must(world.submission(PROVINCE, world.fund("F-OTHER")))
    desk.must(world.submission(AUDIT, tier(**narrowed)))
    assert codes(desk.post(pay(world, 5_000))) == (["signature-missing"] if binds else [])


def test_an_office_binds_its_own_place_only(world: World, desk: Desk) -> None:
    """The audit office of another city asks nothing of the county."""
    other = msgspec.structs.replace(
        world.seats[AUDIT].party, id="jl-city-audit", level="city", division="220200"
    )
    desk.must(world.submission("admin-a", other))
    seat = type(world.seats[AUDIT])(
        party=other, keys={role: signer_named(f"other {role}") for role in ("maker", "checker")}
    )
    world.seats[other.id] = seat
    desk.must(world.registration(seat))
    desk.must(world.submission(other.id, tier(level="county")))
    assert desk.post(pay(world, 5_000)) == ()


def test_allocations_and_pledges_have_tiers_and_facts_have_none(world: World, desk: Desk) -> None:
    """What exercises authority is approved; what happened is recorded."""
    desk.must(world.submission(AUDIT, tier()))
    pledge = MatchingPledge(
        occurred_on=DAY, id="mp-1", fund=FUND, party=COUNTY, amount=5_000, source="budget"
    )  # fmt: skip
    assert codes(desk.post(world.issue("L2", 5_000))) == ["signature-missing"]
    assert codes(desk.post(world.submission(COUNTY, pledge))) == ["signature-missing"]
    assert desk.post(world.submission(UNIT, world.use(5_000))) == ()
    assert desk.post(world.submission(BANK, world.moved(1, 5_000))) == ()


def test_a_reversal_needs_the_approvers_of_what_it_reverses(world: World, desk: Desk) -> None:
    """Undoing a large payment is no smaller act than making it."""
    chief = hired(world, desk, COUNTY, "approver", "chief")
    large, small = desk.must(pay(world, 5_000)), desk.must(pay(world, 4_999))
    desk.must(world.submission(AUDIT, tier()))

    def undo(name: str, more: list[tuple[str, Ed25519Signer]]) -> Submission:
        event = Correction(occurred_on=DAY, event=name, reason="金额记错")
        return world.submission(COUNTY, event, signers=[*world.signers(COUNTY), *more])

    assert codes(desk.post(undo(large, []))) == ["signature-missing"]
    assert desk.post(undo(small, [])) == ()
    assert desk.post(undo(large, chief)) == ()


def test_a_tier_lasts_as_long_as_its_policy_says_so(world: World, desk: Desk) -> None:
    """The next version without the row asks nothing more."""
    desk.must(world.submission(AUDIT, tier()))
    assert codes(desk.post(pay(world, 5_000))) == ["signature-missing"]
    ended = Policy(occurred_on=DAY, id="rights", version=2, effective_on=DAY, title="权限")
    desk.must(world.submission(AUDIT, ended))
    assert desk.post(pay(world, 5_000)) == ()
    assert desk.register.rulings == {}


def accepted(world: World, more: list[tuple[str, Ed25519Signer]]) -> Submission:
    """The unit reports the acceptance, signed by `more` beside its pair."""
    event = Acceptance(occurred_on=DAY, project=PROJECT, verdict="pass")
    return world.submission(UNIT, event, signers=[*world.signers(UNIT), *more])


def test_an_acceptance_needs_its_panel(world: World, desk: Desk) -> None:
    """Three persons, one of them from outside; before the policy nobody of another party could sign at all."""
    own = hired(world, desk, UNIT, "panel", "own-1", "own-2", "own-3")
    foreign = hired(world, desk, CITY, "panel", "expert")
    assert desk.post(accepted(world, own)) == ()
    assert codes(desk.post(accepted(world, foreign))) == ["key-holder"]
    desk.must(world.submission(AUDIT, ruling("panel", persons=3, outside=1)))
    assert codes(desk.post(accepted(world, []))) == ["signature-missing", "panel-outside"]
    assert codes(desk.post(accepted(world, [own[0], *foreign]))) == ["signature-missing"]
    assert codes(desk.post(accepted(world, own))) == ["panel-outside"]
    assert desk.post(accepted(world, [*own[:2], *foreign])) == ()
    assert codes(desk.post(pay(world, 1, foreign))) == ["key-holder"]


def test_a_panel_for_one_fund(world: World, desk: Desk) -> None:
    """Asked where the project lives on that fund, and not elsewhere."""
    desk.must(world.submission(PROVINCE, world.fund("F-OTHER")))
    desk.must(world.submission(AUDIT, ruling("panel", persons=3, outside=0, fund="F-OTHER")))
    assert desk.post(accepted(world, [])) == ()
    desk.must(world.submission(AUDIT, ruling("panel", version=2, persons=3, outside=0, fund=FUND)))
    assert codes(desk.post(accepted(world, []))) == ["signature-missing"]


def test_a_panel_member_is_neither_maker_nor_checker(world: World, desk: Desk) -> None:
    """Separation holds for every signature of the submission."""
    desk.must(world.submission(AUDIT, ruling("panel", persons=1, outside=0)))
    maker_too = hired(world, desk, UNIT, "panel", "twin", person=f"{UNIT}-maker")
    assert codes(desk.post(accepted(world, maker_too))) == ["separation"]


def township(world: World, number: int) -> Party:
    """A township of the county."""
    return msgspec.structs.replace(
        world.seats[UNIT].party, id=f"town-{number}", level="township", division="220122001", parent=COUNTY
    )


def test_a_county_directly_under_the_province(world: World, desk: Desk) -> None:
    """Its city, whose code its own begins with, is over it no more; the province and the county itself are."""
    assert desk.post(world.submission(CITY, township(world, 1))) == ()
    desk.must(world.submission(AUDIT, ruling("administered_by", division=220122, by=220000)))
    assert "key-jurisdiction" in codes(desk.post(world.submission(CITY, township(world, 2))))
    assert desk.post(world.submission(PROVINCE, township(world, 3))) == ()
    assert desk.post(world.submission(COUNTY, township(world, 4))) == ()
    ended = Policy(occurred_on=DAY, id="rights", version=2, effective_on=DAY, title="权限")
    desk.must(world.submission(AUDIT, ended))
    assert desk.post(world.submission(CITY, township(world, 5))) == ()


def test_a_development_zone_under_a_city_of_another_code(world: World, desk: Desk) -> None:
    """The bureau that the list names registers its bodies, and its keys cover them; within, a narrower row counts."""
    zone = msgspec.structs.replace(township(world, 1), division="220391000")
    assert "key-jurisdiction" in codes(desk.post(world.submission(CITY, zone)))
    desk.must(world.submission(AUDIT, ruling("administered_by", division=220391, by=220100)))
    assert desk.post(world.submission(CITY, zone)) == ()
    narrower = ruling("administered_by", policy="narrower", division=220391001, by=220200)
    desk.must(world.submission(AUDIT, narrower))
    inner = msgspec.structs.replace(township(world, 2), division="220391001")
    assert "key-jurisdiction" in codes(desk.post(world.submission(CITY, inner)))


@pytest.mark.parametrize(
    "policy",
    [
        ruling("approval_tier", amount_from=5_000),
        ruling("approval_tier", amount_from=5_000, approvers=1, extra=1),
        ruling("approval_tier", amount_from=0, approvers=1),
        ruling("approval_tier", amount_from=1, approvers=5),
        ruling("panel", persons=0, outside=0),
        ruling("panel", persons=2, outside=3),
        ruling("administered_by", division=220122, by=2201),
        ruling("administered_by", division=2201221, by=220000),
        ruling("administered_by", division=220122, by=220122),
        ruling("administered_by", division=220122, by=220000, level="county"),
        ruling("administered_by", division=220122, by=220000, on=DAY + datetime.timedelta(days=1)),
    ],
)
def test_a_row_that_would_bind_nobody_is_refused(world: World, desk: Desk, policy: Policy) -> None:
    """A parameter missing, unknown or out of range; a division that is none; a change of place dated ahead."""
    assert codes(desk.post(world.submission(AUDIT, policy))) == ["policy-row"]
    assert desk.register.rulings == {}


def test_the_centre_may_be_named(world: World, desk: Desk) -> None:
    """Division 000000 is a place too; an office settles places in its own only."""
    outside = ruling("administered_by", division=220122, by=0)
    assert codes(desk.post(world.submission(AUDIT, outside))) == ["actor"]
