# SPDX-License-Identifier: Apache-2.0
"""Submissions as a whole: they stand wholly or not at all, once, in their own ledger, as signed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return, Transfer
from ledger.kinds.form import Tag
from tests.desk import Desk, Memory, codes, open_desk
from tests.worlds import (
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    SUPPLIER_ACCOUNT,
    UNIT,
    UNIT_ACCOUNT,
    make_world,
)

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent
    from ledger.past_events import KnownEvent
    from ledger.submission import Signature
    from tests.worlds import World


def test_all_or_nothing(world: World, desk: Desk) -> None:
    """A submission whose last event is wrong leaves nothing of its first."""
    problems = desk.post(world.submission(COUNTY, world.paid("L1", 60_000), world.paid("L1", 60_000)))
    assert [(p.code, p.index) for p in problems] == [("line-exceeded", 1)]
    assert desk.register.lines["L1"].free == 100_000


def test_other_header_same_id_is_a_duplicate(world: World, desk: Desk) -> None:
    """(party, id) stands once."""
    assert desk.post(world.submission(COUNTY, world.paid("L1", 1), submission_id="once")) == ()
    assert codes(desk.post(world.submission(COUNTY, world.paid("L1", 2), submission_id="once"))) == [
        "submission-duplicate"
    ]


def test_a_signature_over_another_header_is_wrong(world: World, desk: Desk) -> None:
    """Signatures bind the header: one lifted from elsewhere is refused."""
    good, other = world.pay("L1", 1), world.pay("L1", 2)
    assert codes(desk.post(replace(good, signatures=other.signatures))) == ["signature-wrong"] * 2


def test_events_that_do_not_fit_the_root(world: World, desk: Desk) -> None:
    """Changing an event after signing breaks the root."""
    good, other = world.pay("L1", 1), world.pay("L1", 2)
    forged = replace(good, events=other.events, event_bytes=other.event_bytes)
    assert codes(desk.post(forged)) == ["root"]


def test_a_submission_for_another_ledger(desk: Desk) -> None:
    """A header that names another genesis is refused, though well signed."""
    elsewhere = make_world(origin="ledger.example/other")
    assert "other-ledger" in codes(desk.post(elsewhere.pay("L1", 1)))


def test_bad_news_is_recorded(world: World, desk: Desk) -> None:
    """Facts are never refused for content: overdrawn, out of purpose, to a related account."""
    bad = Transfer(
        occurred_on=DAY, from_account=UNIT_ACCOUNT, to_account=SUPPLIER_ACCOUNT, amount=2**53 - 1, reason="lend",
        tag=Tag(fund=FUND, source="grant"),
    )  # fmt: skip
    assert desk.post(world.submission(UNIT, bad)) == ()


def test_disbursement_needs_somebody_to_pay() -> None:
    """Form: a payment names an account, a party or a list."""
    with pytest.raises(ValueError, match="to_account"):
        Disbursement(occurred_on=DAY, line="L1", from_account="A", amount=1, mode="direct")


def _events_that_fail(world: World) -> dict[str, AnyEvent]:
    split: dict[str, Any] = {"line": "L2", "parent": "L9", "from_": COUNTY, "to": UNIT, "amount": 1}
    return {
        "a split of an unknown line": Allocation(occurred_on=DAY, action="split", **split),
        "a payment from an unknown line": world.paid("L9", 1),
        "a pledge for an unknown fund": MatchingPledge(
            occurred_on=DAY, id="M1", fund="F9", party=COUNTY, amount=1, source="budget"
        ),
        "a payment beyond the line": world.paid("L1", 100_001),
    }


@pytest.mark.parametrize("case", _events_that_fail(make_world()))
def test_what_fails_cannot_be_undone_in_the_same_submission(world: World, desk: Desk, case: str) -> None:
    """An event that does not stand is unknown to a correction or return after it, which say so and do not fail."""
    failing = _events_that_fail(world)[case]
    undo = Correction(occurred_on=DAY, event=f"{COUNTY}/own/0", reason="x")
    back = Return(occurred_on=DAY, amount=1, event=f"{COUNTY}/own/0", to_account=COUNTY_ACCOUNT)
    problems = desk.post(world.submission(COUNTY, failing, undo, back, submission_id="own"))
    assert [p.code for p in problems if p.index != 0] == ["event-unknown", "event-unknown"]


def test_what_stands_is_undone_in_the_same_submission(world: World, desk: Desk) -> None:
    """A correction may follow its original at once."""
    undo = Correction(occurred_on=DAY, event=f"{COUNTY}/own/0", reason="x")
    desk.must(world.submission(COUNTY, world.paid("L1", 5), undo, submission_id="own"))
    assert desk.register.lines["L1"].free == 100_000


def test_a_failing_disk_leaves_no_half_of_a_submission(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception out of a look-up undoes what the submission did so far."""

    def fail(_memory: Memory, name: str) -> KnownEvent | None:
        raise OSError(name)

    monkeypatch.setattr(Memory, "find", fail)
    before = deepcopy(desk.register)
    undo = Correction(occurred_on=DAY, event="a/b/0", reason="x")
    with pytest.raises(OSError, match="a/b/0"):
        desk.post(world.submission(COUNTY, world.paid("L1", 5), undo))
    assert desk.register == before


@pytest.mark.parametrize("forged", ["unsorted", "twice", "none"])
def test_signatures_are_sorted_and_unique_in_the_log_too(world: World, desk: Desk, forged: str) -> None:
    """What the wire form refuses is refused when it stands in a log already."""
    good = world.pay("L1", 1)
    lists: dict[str, tuple[Signature, ...]] = {
        "unsorted": good.signatures[::-1],
        "twice": (*good.signatures, good.signatures[-1]),
        "none": (),
    }
    assert "signature-order" in codes(desk.post(replace(good, signatures=lists[forged])))


@pytest.mark.parametrize(
    ("signed_at", "code"),
    [
        ("2026-13-45T99:99:99.999Z", "signed-at"),
        ("9999-12-31T23:59:59.999Z", "signed-at"),
        ("0001-01-01T00:00:00.000Z", "signed-at"),
    ],
)
def test_unreal_instants_of_signing(world: World, desk: Desk, signed_at: str, code: str) -> None:
    """An instant that no calendar has, or centuries away, is a problem and no crash; it cannot poison a replay clock."""
    assert code in codes(desk.post(world.submission(COUNTY, world.paid("L1", 1), signed_at=signed_at)))


@pytest.mark.parametrize("recorded", ["9999-12-31T23:59:59.999Z", "2026-99-05T02:00:00.000Z"])
def test_unreal_instants_of_recording(world: World, desk: Desk, recorded: str) -> None:
    """A log whose operator invents instants is refused, and the reader does not fail on it."""
    assert codes(desk.post(world.pay("L1", 1), recorded=recorded)) == ["recorded"]


@pytest.mark.parametrize(
    ("recorded", "code"),
    [
        ("2026-01-05T01:00:00.000Z", []),
        ("2026-01-05T00:50:00.000Z", ["signed-ahead"]),
        ("2026-02-05T01:00:00.000Z", ["signed-long-ago"]),
        ("2026-02-04T01:01:00.000Z", []),
    ],
)
def test_wall_clocks_bound_the_time_of_signing(recorded: str, code: list[str]) -> None:
    """The offline reader sees that a wall ledger took in what was signed ahead of its clock or long before."""
    world = make_world(clock="wall")
    desk = open_desk(world)
    paid = world.submission(UNIT, world.use(1), signed_at="2026-01-05T01:00:00.000Z")
    assert [c for c in codes(desk.post(paid, recorded=recorded)) if c.startswith("signed")] == code
