# SPDX-License-Identifier: Apache-2.0
"""Mandates that a sequencer should not have honoured: replay finds each, and the honest twin verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.mandate import AdministratorChange
from tests.later_kinds import admitting as versions
from tests.ledger.test_custody import offline
from tests.ledger.test_mandates import TO, admitting, appointed, by_deputy, change, declared, granted
from tests.malicious.forger import found_in, judge
from tests.worlds import AUDIT, COUNTY, DAY, signer_named

if TYPE_CHECKING:
    from ledger.keys import Ed25519Signer
    from ledger.kinds.registry import KeyRole
    from ledger.submission import Submission
    from tests.malicious.forger import Forger

Leaders = list[tuple[str, "Ed25519Signer"]]


@pytest.fixture
def leaders(forger: Forger) -> Leaders:
    """Two approvers of the county in a log that admits mandates."""
    world = forger.world
    pairs: Leaders = [("approver", signer_named(f"leader {number}")) for number in (1, 2)]
    holder = world.seats[COUNTY].party
    keys = [
        msgspec.structs.replace(world.key_event(holder, "approver", one), person=f"l-{n}", device=f"l-{n}-t")
        for n, (_, one) in enumerate(pairs)
    ]
    proofs = [("possession", one) for _, one in pairs]
    forger.post(admitting(world))
    forger.post(world.submission("admin-a", *keys, signers=[*world.signers("admin-a"), *proofs]))
    return pairs


def broken(forger: Forger, submission: Submission) -> bool:
    """Whether replay refuses exactly this submission, in I6."""
    at = forger.post(submission)
    return found_in(judge(forger.files())) == ("I6", at)


def sound(forger: Forger, *submissions: Submission) -> bool:
    """Whether replay takes these."""
    forger.post(*submissions)
    return judge(forger.files()).outcome != "broken"


def test_a_deputy_after_the_end_is_found(forger: Forger, leaders: Leaders) -> None:
    """He signed in time once, and once too late."""
    world, deputy = forger.world, leaders[0][1]
    assert sound(forger, world.submission(COUNTY, granted(world, deputy)), by_deputy(world, deputy))
    late = world.submission(
        COUNTY, world.paid("L1", 1), signed_at=TO,
        signers=[("maker", world.seats[COUNTY].keys["maker"]), ("checker", deputy)],
    )  # fmt: skip
    assert broken(forger, late)


def test_an_override_of_one_leader_is_found(forger: Forger, leaders: Leaders) -> None:
    """Two do, one does not."""
    assert sound(forger, declared(forger.world, leaders))
    assert broken(forger, declared(forger.world, leaders[:1]))


def test_an_act_beyond_the_duty_is_found(forger: Forger, leaders: Leaders) -> None:
    """An administrator of duty security registers no party any more."""
    world = forger.world
    assert leaders
    assign = AdministratorChange(occurred_on=DAY, action="assign", id="admin-b", duty="security")
    assert sound(forger, change(world, appointed("sys-1", "system"), assign))
    party = msgspec.structs.replace(world.seats[COUNTY].party, id="na-finance-2")
    assert broken(forger, world.submission("admin-a", party))


def test_a_large_payment_signed_in_a_browser_is_found(forger: Forger) -> None:
    """By the custody that the key was registered with; as much as the amount itself may be signed there."""
    world, holder = forger.world, forger.world.seats[COUNTY].party
    kept: dict[str, tuple[KeyRole, str]] = {"browser": ("checker", "clerk"), "file": ("maker", "chief")}
    pair: Leaders = []
    forger.post(world.submission(AUDIT, versions("key/2")))
    for custody, (role, person) in kept.items():
        signer = signer_named(person)
        key = msgspec.structs.replace(
            world.key_event(holder, role, signer), v=2, custody=custody, person=person, device=person
        )
        proofs = [*world.signers("admin-a"), ("possession", signer)]
        forger.post(world.submission("admin-a", key, signers=proofs))
        pair.append((role, signer))
    forger.post(world.submission(AUDIT, offline(1)))
    assert sound(forger, world.submission(COUNTY, world.paid("L1", 1), signers=pair))
    assert broken(forger, world.submission(COUNTY, world.paid("L1", 2), signers=pair))
