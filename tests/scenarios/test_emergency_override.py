# SPDX-License-Identifier: Apache-2.0
"""K1: two leaders in place of maker and checker. A violation, its innocent twin, and what the ledger cannot decide."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from ledger.kinds.mandate import Override
from ledger.kinds.registry import Key
from ledger.submission import event_name
from tests.desk import open_desk
from tests.ledger.test_mandates import admitting
from tests.ledger.test_rulings import hired
from tests.scenarios.wording import assert_worded
from tests.worlds import COUNTY, DAY, make_world
from verifier.basis.rulepack import RuleBook, load_pack
from verifier.judgement.run import Judgement
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.workspace import Workspace

if TYPE_CHECKING:
    from ledger.keys import Ed25519Signer
    from ledger.submission import Submission
    from tests.desk import Desk
    from tests.worlds import World
    from verifier.basis.findings import Finding


@pytest.fixture
def world() -> World:
    """An invented ledger."""
    return make_world()


@pytest.fixture
def desk(world: World) -> Desk:
    """Its opening, a line of the county, and overrides admitted."""
    desk = open_desk(world)
    desk.must(world.issue("L1", 100_000))
    desk.must(admitting(world))
    return desk


def found(world: World, desk: Desk) -> list[Finding]:
    """The K1 findings of everything on the desk, in order of the log."""
    events = sorted(desk.past.events.items(), key=lambda item: item[1].seq)
    with Workspace() as workspace:
        case = Case(
            genesis=world.genesis, genesis_hash=world.genesis_hash, as_of=datetime.date(2026, 12, 31),
            known_by=desk.size, workspace=workspace, book=RuleBook(load_pack("cn-special-funds")),
        )  # fmt: skip
        judgement = Judgement(case)
        for name, known in events:
            judgement.take(
                PostedEvent(
                    seq=known.seq, leaf=bytes(32), recorded=known.recorded, party=known.party, name=name, event=known.event,
                )
            )  # fmt: skip
        judgement.close()
        listed = [one for one in judgement.findings() if one.rule == "K1"]
    for one in listed:
        assert_worded(one)
    return listed


def overridden(world: World, leaders: list[tuple[str, Ed25519Signer]]) -> Submission:
    """Two payments that the leaders make alone."""
    declared = Override(occurred_on=DAY, action="declare", reason="山洪抢险")
    return world.submission(
        COUNTY, declared, world.paid("L1", 700), world.paid("L1", 300), signers=leaders
    )  # fmt: skip


def test_an_override_is_proved_where_the_pair_could_have_signed(world: World, desk: Desk) -> None:
    """With what it covered, by the party's own admission."""
    leaders = hired(world, desk, COUNTY, "approver", "head", "deputy-head")
    name = desk.must(overridden(world, leaders))
    desk.must(world.pay("L1", 5))
    (one,) = found(world, desk)
    assert (one.finding_class, one.severity, one.state) == ("proved", "orange", "open")
    assert (one.amount_min, one.amount, one.figures["events"]) == (1_000, 1_000, 2)
    assert (one.subject, one.parties, len(one.evidence)) == ((name,), (COUNTY,), 3)
    assert "could have signed" in one.explanation.en
    assert "尚未追认" in one.explanation.zh


def test_the_same_payments_by_the_pair_are_clean(world: World, desk: Desk) -> None:
    """Leaders who sign as well change nothing."""
    leaders = hired(world, desk, COUNTY, "approver", "head", "deputy-head")
    events = (world.paid("L1", 700), world.paid("L1", 300))
    desk.must(world.submission(COUNTY, *events, signers=[*world.signers(COUNTY), *leaders]))
    assert found(world, desk) == []


def test_without_a_valid_pair_the_emergency_cannot_be_decided(world: World, desk: Desk) -> None:
    """Nobody else could sign; whether it was urgent is not in the ledger, and that never reads as clean."""
    leaders = hired(world, desk, COUNTY, "approver", "head", "deputy-head")
    checker = next(
        key for key, state in desk.register.keys.items()
        if state.registered.holder == COUNTY and "checker" in state.registered.roles
    )  # fmt: skip
    desk.must(world.submission("admin-a", Key(occurred_on=DAY, action="revoke", key=checker)))
    desk.must(overridden(world, leaders))
    (one,) = found(world, desk)
    assert one.finding_class == "undecidable"
    assert "does not say" in one.explanation.en


def test_a_ratified_override_stays_and_is_milder(world: World, desk: Desk) -> None:
    """Yellow, with the entry that ratified it; its id is the same."""
    leaders = hired(world, desk, COUNTY, "approver", "head", "deputy-head")
    covered = overridden(world, leaders)
    desk.must(covered)
    (before,) = found(world, desk)
    ratified = Override(
        occurred_on=DAY, action="ratify", reason="事后补签", event=event_name(covered.header, 0)
    )
    name = desk.must(world.submission(COUNTY, ratified))
    (after,) = found(world, desk)
    assert (after.id, after.severity, after.state) == (before.id, "yellow", "ratified")
    assert after.evidence[-1].name == name
    assert name in after.explanation.zh
