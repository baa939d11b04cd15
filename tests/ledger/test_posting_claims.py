# SPDX-License-Identifier: Apache-2.0
"""Claims: who submits, approves and returns them, and what a correction of each undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ledger.kinds.authority import Allocation, MatchingPledge
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim, MatchingReceipt
from tests.desk import codes
from tests.worlds import CITY, COUNTY, DAY, FUND, PROJECT, PROVINCE, UNIT, UNIT_ACCOUNT

if TYPE_CHECKING:
    from tests.desk import Desk
    from tests.worlds import World


CLAIMS = {
    "submit": Claim(occurred_on=DAY, action="submit", claim="C1", project=PROJECT, amount=500),
    "approve": Claim(occurred_on=DAY, action="approve", claim="C1", project=PROJECT, amount=500, line="L1"),
    "return": Claim(occurred_on=DAY, action="return", claim="C1", project=PROJECT, reason="材料不全"),
}


def claim(action: str, **changes: object) -> Claim:
    """Claim C1 of the canal: `action`, with amount and line as the action asks."""
    return msgspec.structs.replace(CLAIMS[action], **changes)


def undo(event: str) -> Correction:
    """The reversal of `event`."""
    return Correction(occurred_on=DAY, event=event, reason="记错")


def stands(desk: Desk) -> str:
    """Where claim C1 stands."""
    return desk.register.claims["C1"].action


def split_to(world: World, desk: Desk, line: str, holder: str) -> None:
    """`holder` gets a line of its own below L1."""
    fields: dict[str, Any] = {"line": line, "parent": "L1", "from_": COUNTY, "to": holder, "amount": 1000}
    desk.must(world.submission(COUNTY, Allocation(occurred_on=DAY, action="split", **fields)))


def test_claims_go_their_way(world: World, desk: Desk) -> None:
    """Submitted by the unit, approved by the line's holder; a returned claim is submitted anew."""
    claim = Claim(occurred_on=DAY, action="submit", claim="C1", project=PROJECT, amount=500, line="L1")
    approve = msgspec.structs.replace(claim, action="approve")
    turn_down = Claim(occurred_on=DAY, action="return", claim="C1", project=PROJECT, reason="材料不全")
    assert codes(desk.post(world.submission(COUNTY, claim))) == ["actor"]
    assert desk.post(world.submission(UNIT, claim)) == ()
    assert codes(desk.post(world.submission(UNIT, claim))) == ["id-duplicate"]
    assert codes(desk.post(world.submission(UNIT, approve))) == ["actor"]
    assert desk.post(world.submission(COUNTY, turn_down)) == ()
    assert codes(desk.post(world.submission(COUNTY, approve))) == ["claim-state"]


def test_only_the_holder_of_the_claimed_line_answers(world: World, desk: Desk) -> None:
    """Whoever holds some line elsewhere neither approves nor returns a claim on the line of another."""
    split_to(world, desk, "L-CITY", CITY)
    desk.must(world.submission(UNIT, claim("submit", line="L1")))
    for answer in (claim("approve", line="L-CITY"), claim("return", line="L-CITY"), claim("return")):
        assert codes(desk.post(world.submission(CITY, answer))) == ["actor"]
    desk.must(world.submission(COUNTY, claim("approve")))
    desk.must(world.submission(COUNTY, claim("return")))


def test_a_claim_without_a_line_is_answered_from_above_its_project(world: World, desk: Desk) -> None:
    """Its approver holds the line that pays and covers the project's place; nobody else's line kills it."""
    split_to(world, desk, "L-CITY", CITY)
    desk.must(world.submission(UNIT, claim("submit")))
    desk.must(world.submission(CITY, claim("approve", line="L-CITY")))
    assert codes(desk.post(world.submission(COUNTY, claim("return")))) == ["actor"], "the city approved it"
    desk.must(world.submission(CITY, claim("return")))


def test_a_stranger_does_not_approve_a_claim_without_a_line(world: World, desk: Desk) -> None:
    """A line holder of another place has nothing to say about it."""
    elsewhere = msgspec.structs.replace(world.project("P-CITY"), division="220100", unit=CITY)
    desk.must(world.submission(CITY, elsewhere))
    desk.must(world.submission(CITY, claim("submit", project="P-CITY")))
    assert codes(desk.post(world.submission(COUNTY, claim("approve", project="P-CITY")))) == ["actor"]
    assert codes(desk.post(world.submission(COUNTY, claim("return", project="P-CITY")))) == ["actor"]


def test_a_reversed_return_revives_the_claim(world: World, desk: Desk) -> None:
    """Reversing each step leads back to the step before it."""
    submitted = desk.must(world.submission(UNIT, claim("submit")))
    returned = desk.must(world.submission(COUNTY, claim("return")))
    assert codes(desk.post(world.submission(COUNTY, claim("approve")))) == ["claim-state"]
    desk.must(world.submission(COUNTY, undo(returned)))
    approved = desk.must(world.submission(COUNTY, claim("approve")))
    assert stands(desk) == "approve"
    desk.must(world.submission(COUNTY, undo(approved)))
    assert stands(desk) == "submit"
    desk.must(world.submission(UNIT, undo(submitted)))
    assert codes(desk.post(world.submission(COUNTY, claim("approve")))) == ["claim-state"]
    assert codes(desk.post(world.submission(UNIT, claim("submit")))) == ["id-duplicate"]


def test_a_claim_stays_with_its_project(world: World, desk: Desk) -> None:
    """An answer names the project of the claim."""
    desk.must(world.submission(UNIT, world.project("P2")))
    desk.must(world.submission(UNIT, claim("submit")))
    assert codes(desk.post(world.submission(COUNTY, claim("approve", project="P2")))) == ["claim-project"]


def test_a_pledge_is_reversed_once_and_its_id_stays_taken(world: World, desk: Desk) -> None:
    """A reversed pledge still resolves for receipts that name it, and nobody takes over its id."""
    pledge = MatchingPledge(occurred_on=DAY, id="M1", fund=FUND, party=COUNTY, amount=5, source="budget")
    assert codes(desk.post(world.submission(CITY, pledge))) == ["actor"]
    promised = desk.must(world.submission(COUNTY, pledge))
    desk.must(world.submission(PROVINCE, undo(promised)))
    assert codes(desk.post(world.submission(COUNTY, undo(promised)))) == ["corrected-twice"]
    assert codes(desk.post(world.submission(COUNTY, pledge))) == ["id-duplicate"]
    receipt = MatchingReceipt(
        occurred_on=DAY, fund=FUND, party=COUNTY, amount=5, source="budget", account=UNIT_ACCOUNT, pledge="M1"
    )
    desk.must(world.submission(UNIT, receipt))
    assert codes(desk.post(world.submission(UNIT, msgspec.structs.replace(receipt, pledge="M2")))) == [
        "pledge-unknown"
    ]
