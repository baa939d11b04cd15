# SPDX-License-Identifier: Apache-2.0
"""Lines into the next year, and lines from the ledger above (version 2 of allocation, fund and policy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ledger.kinds.authority import Allocation
from ledger.kinds.control import Correction
from ledger.kinds.form import kind_of
from tests.desk import codes
from tests.later_kinds import (
    CAME,
    HASH,
    SECOND_VERSIONS,
    admitting,
    came,
    carried,
    pinning,
    received,
    second_events,
    source,
)
from tests.worlds import AUDIT, CITY, COUNTY, DAY, FUND, PROVINCE, UNIT

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent
    from tests.desk import Desk
    from tests.worlds import World


@pytest.fixture
def open_desk(world: World, desk: Desk) -> Desk:
    """The desk with the versions admitted."""
    desk.must(world.submission(AUDIT, admitting(*SECOND_VERSIONS)))
    return desk


def told(desk: Desk, world: World, party: str, event: AnyEvent) -> list[str]:
    """The codes that `event` of `party` meets."""
    return codes(desk.post(world.submission(party, event)))


def moved(action: str, amount: int, **changes: object) -> Allocation:
    """A recall of the carried line by the province, or its increase."""
    made = Allocation(
        occurred_on=DAY, action="recall", line="L1-27", from_=COUNTY, to=PROVINCE, amount=amount
    )
    return msgspec.structs.replace(made, **({"action": action} | changes))


def test_every_second_version_stands(world: World, open_desk: Desk) -> None:
    """One of each and more, in order, by whom it is for; of keys see `test_custody`."""
    events = list(second_events(world))
    for party, event in events:
        assert told(open_desk, world, party, event) == [], event
    assert {f"{kind_of(event)}/{event.v}" for _, event in events} == set(SECOND_VERSIONS) - {"key/2"}


def test_no_second_version_before_a_policy_admits_it(world: World, desk: Desk) -> None:
    """Version 1 is admitted by genesis, version 2 is not."""
    desk.must(world.submission(AUDIT, admitting("fund/2")))
    assert told(desk, world, COUNTY, carried()) == ["kind-unadmitted"]
    desk.must(world.submission(AUDIT, admitting("allocation/2", policy="second")))
    assert told(desk, world, COUNTY, carried()) == []


def test_what_is_left_goes_into_the_next_year(world: World, open_desk: Desk) -> None:
    """A new line a year on, with fund and flag of the old one, which holds that much less."""
    assert told(open_desk, world, COUNTY, carried()) == []
    old, new = (open_desk.register.lines[line] for line in ("L1", "L1-27"))
    assert (old.free, old.carried_out) == (70_000, 30_000)
    assert (new.free, new.fiscal_year, new.fund, new.holder, new.giver) == (
        30_000,
        2027,
        FUND,
        COUNTY,
        PROVINCE,
    )
    assert told(open_desk, world, COUNTY, carried(line="L1-27b", amount=70_001)) == ["line-exceeded"]
    assert told(open_desk, world, COUNTY, carried(line="L1-27b", amount=70_000)) == []


def test_a_bureau_carries_over_its_own_and_the_party_above_anything(world: World, open_desk: Desk) -> None:
    """A unit does not extend its own authority; a line keeps its holder."""
    split = Allocation(
        occurred_on=DAY, action="split", line="LU", parent="L1", from_=COUNTY, to=UNIT, amount=500
    )
    open_desk.must(world.submission(COUNTY, split))
    fields: dict[str, Any] = {"line": "LU-27", "parent": "LU", "amount": 200}
    assert told(open_desk, world, UNIT, carried(**fields, from_=UNIT, to=UNIT)) == ["line-party"]
    assert told(open_desk, world, CITY, carried(**fields, from_=CITY, to=UNIT)) == ["line-party"]
    assert told(open_desk, world, COUNTY, carried(**fields, from_=COUNTY, to=COUNTY)) == ["line-party"]
    assert told(open_desk, world, COUNTY, carried(**fields, from_=COUNTY, to=UNIT)) == []
    assert told(open_desk, world, PROVINCE, carried(from_=PROVINCE, to=COUNTY)) == []


def test_money_of_the_next_year_goes_back_the_way_it_came(world: World, open_desk: Desk) -> None:
    """A recall gives it back to the old line, from which a second one takes it out of the fund; so does a correction."""
    name = open_desk.must(world.submission(COUNTY, carried()))
    assert told(open_desk, world, PROVINCE, moved("recall", 10_000)) == []
    lines = open_desk.register.lines
    assert (lines["L1"].carried_out, lines["L1"].free, lines["L1-27"].free) == (20_000, 80_000, 20_000)
    undo = Correction(occurred_on=DAY, event=name, reason="记错")
    assert told(open_desk, world, COUNTY, undo) == ["line-exceeded"]
    raised = moved("adjust", 10_000, direction="increase", from_=PROVINCE, to=COUNTY)
    assert told(open_desk, world, PROVINCE, raised) == []
    assert lines["L1"].carried_out == 30_000
    out = Allocation(occurred_on=DAY, action="recall", line="L1", from_=COUNTY, to=PROVINCE, amount=1_000)
    assert told(open_desk, world, PROVINCE, out) == []
    tops = [line for line in lines.values() if line.parent is None]
    net = sum(line.received - line.lowered - line.recalled for line in tops)
    assert net == 99_000 == sum(line.free for line in lines.values()), (
        "a recall from a top line leaves the fund"
    )


def test_a_fund_of_a_pinned_ledger_is_registered_by_any_bureau(world: World, open_desk: Desk) -> None:
    """Its issuer has no keys here; a ledger that no policy pins, under either name, does not count."""
    assert told(open_desk, world, COUNTY, came(world.fund(CAME))) == ["actor"]
    for wrong in ({"genesis": HASH}, {"origin": "ledger.example/other"}):
        open_desk.must(
            world.submission(AUDIT, msgspec.structs.replace(pinning(**wrong), id=f"p-{len(str(wrong))}"))
        )
        assert told(open_desk, world, COUNTY, came(world.fund(CAME))) == ["actor"]
    open_desk.must(world.submission(AUDIT, pinning()))
    assert told(open_desk, world, UNIT, came(world.fund(CAME))) == ["actor"]
    assert told(open_desk, world, COUNTY, came(world.fund(CAME))) == []


def test_what_another_ledger_issued_is_received_once(world: World, open_desk: Desk) -> None:
    """By who got it, for a fund that began there; corrected, it may be received again."""
    assert told(open_desk, world, COUNTY, received(fund=FUND)) == ["ledger-unpinned", "fund-source"]
    open_desk.must(world.submission(AUDIT, pinning()))
    open_desk.must(world.submission(COUNTY, came(world.fund(CAME))))
    assert told(open_desk, world, COUNTY, received(fund=FUND)) == ["fund-source"]
    assert told(open_desk, world, PROVINCE, received()) == ["actor"]
    name = open_desk.must(world.submission(COUNTY, received()))
    assert told(open_desk, world, COUNTY, received(line="LC2")) == ["stands-already"]
    assert told(open_desk, world, COUNTY, received(line="LC2", source=source(1))) == []
    open_desk.must(world.submission(COUNTY, Correction(occurred_on=DAY, event=name, reason="记错")))
    assert told(open_desk, world, COUNTY, received(line="LC3")) == []


def test_a_received_line_changes_as_the_ledger_above_says(world: World, open_desk: Desk) -> None:
    """Recalled by its holder, with the act above; a line issued here has none."""
    open_desk.must(world.submission(AUDIT, pinning()))
    open_desk.must(world.submission(COUNTY, came(world.fund(CAME))))
    open_desk.must(world.submission(COUNTY, received()))
    back: dict[str, Any] = {"line": "LC", "from_": COUNTY, "to": PROVINCE, "amount": 4_000}
    plain = Allocation(occurred_on=DAY, action="recall", **back)
    assert told(open_desk, world, PROVINCE, plain) == ["line-source"]
    crossing = msgspec.structs.replace(plain, v=2, source=source(2))
    assert told(open_desk, world, PROVINCE, crossing) == ["actor"]
    assert told(open_desk, world, COUNTY, crossing) == []
    assert open_desk.register.lines["LC"].free == 46_000
    here = msgspec.structs.replace(crossing, line="L1", source=source(3))
    assert told(open_desk, world, COUNTY, here) == ["line-source"]


@pytest.mark.parametrize(
    "changes",
    [{"action": "receive", "source": None}, {"action": "issue"}, {"parent": "L1"}, {"v": 1}, {"fund": None}],
    ids=["receive without source", "issue with source", "receive with parent", "version 1", "no fund"],
)
def test_wrong_forms_are_refused(changes: dict[str, Any]) -> None:
    """Each action has its own fields; the twin is posted above."""
    received()
    with pytest.raises(ValueError, match=r"required|absent|`v`"):
        received(**changes)
