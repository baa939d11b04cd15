# SPDX-License-Identifier: Apache-2.0
"""Packs of an acceptance that members of other parties signed: they say of which party each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import SignatureError
from ledger.kinds.fact import Acceptance
from tests.ledger.test_rulings import ruling
from tests.verifier.evidence.cases import a_log, pack_bytes, trusting
from tests.worlds import AUDIT, CITY, DAY, PROJECT, UNIT, signer_named
from verifier.evidence.pack import parse_pack
from verifier.evidence.pack_check import check_pack

if TYPE_CHECKING:
    from ledger.kinds.registry import KeyRole


@pytest.mark.parametrize(("role", "stands"), [("panel", True), ("approver", False)])
def test_a_guest_signs_as_panel_only(role: KeyRole, stands: bool) -> None:
    """A policy may ask for panel members of other parties, and for nobody else of them."""
    forger, _ = a_log()
    world, guest = forger.world, signer_named("guest")
    made = world.key_event(world.seats[CITY].party, role, guest)
    key = msgspec.structs.replace(made, person="expert", device="expert-t")
    forger.post(world.submission("admin-a", key, signers=[*world.signers("admin-a"), ("possession", guest)]))
    forger.post(world.submission(AUDIT, ruling("panel", persons=1, outside=1)))
    accepted = Acceptance(occurred_on=DAY, project=PROJECT, verdict="pass")
    signers = [*world.signers(UNIT), (role, guest)]
    seq = forger.post(world.submission(UNIT, accepted, signers=signers)) + 1
    if not stands:
        with pytest.raises(SignatureError, match=f"belongs to {CITY}"):
            pack_bytes(forger, seq)
        return
    shown = check_pack(parse_pack(pack_bytes(forger, seq)), trusting(forger))
    assert shown.outcome == "verified"
    assert f"signed as panel by expert of {CITY}, key" in " ".join(one.en for one in shown.signed)
    assert "panel members of other parties" in " ".join(one.en for one in shown.open_)
