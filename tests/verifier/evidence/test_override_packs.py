# SPDX-License-Identifier: Apache-2.0
"""Packs of what two leaders did in place of maker and checker: they hold the override, and are refused without it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import SignatureError
from ledger.kinds.mandate import Override
from tests.ledger.test_mandates import admitting
from tests.verifier.evidence.cases import a_log, pack_bytes, pack_of, trusting
from tests.worlds import COUNTY, DAY, signer_named
from verifier.evidence.pack import parse_pack
from verifier.evidence.pack_check import check_pack

if TYPE_CHECKING:
    from tests.malicious.forger import Forger


@pytest.fixture(scope="module")
def overridden() -> tuple[Forger, int]:
    """A log with two payments by override, and the position of their header."""
    forger, _ = a_log()
    world = forger.world
    leaders = [("approver", signer_named(f"leader {number}")) for number in (1, 2)]
    holder = world.seats[COUNTY].party
    keys = [
        msgspec.structs.replace(world.key_event(holder, "approver", one), person=f"l-{n}", device=f"l-{n}-t")
        for n, (_, one) in enumerate(leaders)
    ]
    proofs = [("possession", one) for _, one in leaders]
    forger.post(admitting(world))
    forger.post(world.submission("admin-a", *keys, signers=[*world.signers("admin-a"), *proofs]))
    declared = Override(occurred_on=DAY, action="declare", reason="抢险")
    events = (declared, world.paid("L1", 1), world.paid("L1", 2))
    return forger, forger.post(world.submission(COUNTY, *events, signers=leaders))


@pytest.mark.parametrize("offset", range(4))
def test_every_entry_of_an_override_can_be_packed(overridden: tuple[Forger, int], offset: int) -> None:
    """Header, override and both payments; it says that approvers signed."""
    forger, head = overridden
    shown = check_pack(parse_pack(pack_bytes(forger, head + offset)), trusting(forger))
    assert (shown.seq, shown.outcome) == (head + offset, "verified")
    said = " ".join(one.en for one in shown.signed)
    assert "as approver by l-0" in said
    assert "as approver by l-1" in said


def test_without_its_override_the_payment_lacks_a_pair(overridden: tuple[Forger, int]) -> None:
    """Two approvers alone sign nothing."""
    forger, head = overridden
    pack = pack_of(forger, head + 3)
    gone = {head + 1, head + 2}
    cut = replace(
        pack,
        entries={seq: one for seq, one in pack.entries.items() if seq not in gone},
        receipts={seq: one for seq, one in pack.receipts.items() if seq not in gone},
        paths={seq: one for seq, one in pack.paths.items() if seq not in gone},
    )
    with pytest.raises(SignatureError, match="no maker signed"):
        check_pack(cut, trusting(forger))
