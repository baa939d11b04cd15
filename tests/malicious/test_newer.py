# SPDX-License-Identifier: Apache-2.0
"""Events of kinds that only a newer program knows: said, never called broken, and the bytes are checked all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ledger.submission import Header, Submission, events_root, sign
from tests.malicious.forger import Forger, found_in, judge
from tests.worlds import COUNTY, UNIT, Seat, signer_named

if TYPE_CHECKING:
    from tests.worlds import World

NEW_KIND = b'{"kind":"satellite_image","occurred_on":"2026-01-05","v":1}'
NEW_VERSION = b'{"kind":"use","occurred_on":"2026-01-05","v":2,"weight":3}'


def submission_of(world: World, *events: bytes) -> Submission:
    """The county signs events that this program does not know."""
    world.number += 1
    header = Header(
        count=len(events),
        genesis=world.genesis_hash,
        id=f"s-{world.number:06d}",
        origin=world.genesis.origin,
        party=COUNTY,
        root=events_root(events),
        signed_at=world.tick(),
    )
    signatures = sorted(
        (sign(header, role=role, signer=signer) for role, signer in world.signers(COUNTY)),
        key=lambda signature: signature.role,
    )
    return Submission(header=header, signatures=tuple(signatures), events=(), event_bytes=events)


@pytest.mark.parametrize("event", [NEW_KIND, NEW_VERSION])
def test_an_unknown_event_needs_a_newer_verifier(forger: Forger, event: bytes) -> None:
    """Exit 3, from the position of the event; what does not need to understand it is ok."""
    at = forger.post(submission_of(forger.world, event))
    forger.post(forger.world.pay("L1", 1))
    verdict = judge(forger.files())
    assert (verdict.outcome, verdict.exit_code, verdict.newer_from) == ("incomplete", 3, at + 1)
    assert verdict.good_prefix == at
    states = {check.number: (check.state, check.position) for check in verdict.checks}
    assert states["I7"] == states["I8"] == ("unevaluable", at + 1)
    assert {states[number][0] for number in ("I1", "I2", "I3", "I4", "I6")} == {"ok"}


def test_signatures_behind_an_unknown_event_are_still_checked(forger: Forger) -> None:
    """A later submission with a wrong signature is broken, and 2 comes before 3."""
    forger.post(submission_of(forger.world, NEW_KIND))
    made, other = forger.world.pay("L1", 1), forger.world.pay("L1", 2)
    at = forger.post(replace(made, signatures=other.signatures))
    assert found_in(judge(forger.files())) == ("I6", at)


def test_the_root_of_unknown_events_is_checked(forger: Forger) -> None:
    """The bytes are what was signed, understood or not."""
    made = submission_of(forger.world, NEW_KIND)
    at = forger.post(replace(made, event_bytes=(NEW_VERSION,)))
    assert found_in(judge(forger.files())) == ("I6", at)


def test_keys_registered_behind_an_unknown_event_count(forger: Forger) -> None:
    """Rights of later signers are judged by the keys in the log, wherever they were registered."""
    world = forger.world
    forger.post(submission_of(world, NEW_KIND))
    late = Seat(
        party=world.seats[UNIT].party,
        keys={"maker": signer_named("late-1"), "checker": signer_named("late-2")},
    )
    forger.post(world.registration(late))
    forger.post(world.submission(UNIT, world.project("P-9"), signers=list(late.keys.items())))
    assert judge(forger.files()).outcome == "incomplete"
    strange = [("maker", signer_named("x")), ("checker", signer_named("y"))]
    at = forger.post(world.submission(UNIT, world.project("P-10"), signers=strange))
    assert found_in(judge(forger.files())) == ("I6", at)


@pytest.mark.parametrize(
    "event",
    [
        b'{"kind":"satellite_image","v":1,"occurred_on":"2026-01-05"}',
        b'{"kind":"satellite_image","occurred_on": "2026-01-05","v":1}',
        b'{"amount":1.5,"kind":"satellite_image","occurred_on":"2026-01-05","v":1}',
        b'{"kind":"satellite_image","kind":"x","v":1}',
    ],
)
def test_unknown_events_are_canonical_too(forger: Forger, event: bytes) -> None:
    """Order, spaces, fractions and duplicate keys are refused in what nobody here understands."""
    at = forger.post(submission_of(forger.world, event))
    assert found_in(judge(forger.files())) == ("I1", at + 1)
