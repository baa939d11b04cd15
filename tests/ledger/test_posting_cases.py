# SPDX-License-Identifier: Apache-2.0
"""What is said of other entries: cases of findings, waivers, objections, erasures, publications, closed books, codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.authority import Waiver
from ledger.kinds.code import Code
from ledger.kinds.control import Correction, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import Publication, Restitution
from tests.desk import codes
from tests.later_kinds import (
    ASKED,
    FINDING,
    HASH,
    LATER,
    NUMBER,
    ROOT,
    admitting,
    later_events,
    payee_list,
    step,
)
from tests.worlds import AUDIT, CITY, COUNTY, COUNTY_ACCOUNT, DAY, FUND, PROVINCE, UNIT, UNIT_ACCOUNT

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent
    from tests.desk import Desk
    from tests.worlds import World


@pytest.fixture
def open_desk(world: World, desk: Desk) -> Desk:
    """The desk with the kinds admitted."""
    desk.must(world.submission(AUDIT, admitting(*LATER)))
    return desk


def told(desk: Desk, world: World, party: str, event: AnyEvent) -> list[str]:
    """The codes that `event` of `party` meets."""
    return codes(desk.post(world.submission(party, event)))


ELSEWHERE = {"administrator/1", "deputation/1", "log_key/1", "override/1"}
"""Kinds with tests of their own: who acts for whom, and the keys of the log."""


def committed(world: World, desk: Desk) -> str:
    """An event of the province with a commitment."""
    account = msgspec.structs.replace(world.accounts()[1], id="A-NEW", sd=NUMBER)
    return desk.must(world.submission(PROVINCE, account))


def test_every_later_kind_stands(world: World, open_desk: Desk) -> None:
    """One of each and more, in order, by whom it is for."""
    paid = open_desk.must(world.pay("L1", 100))
    events = list(later_events(paid=paid, account=committed(world, open_desk)))
    for party, event in events:
        assert told(open_desk, world, party, event) == [], event
    assert {f"{event.__struct_config__.tag}/1" for _, event in events} | ELSEWHERE == set(LATER)


def test_a_case_goes_step_by_step(world: World, open_desk: Desk) -> None:
    """No step out of turn, and one finding to a case; only audit and supervision take one."""
    assert told(open_desk, world, AUDIT, step("answered")) == ["case-state"]
    assert told(open_desk, world, AUDIT, step("suspected")) == []
    assert told(open_desk, world, AUDIT, step("ordered")) == ["case-state"]
    assert told(open_desk, world, COUNTY, step("affirmed")) == ["actor"]
    assert told(open_desk, world, AUDIT, step("affirmed", parties=("nobody",))) == ["party-unknown"]
    assert told(open_desk, world, AUDIT, step("affirmed")) == []
    assert told(open_desk, world, AUDIT, step("ordered", finding="00" * 16)) == ["case-finding"]
    for state in ("ordered", "answered", "verified", "closed", "ordered"):
        assert told(open_desk, world, AUDIT, step(state)) == []


def test_a_reversed_step_was_not_taken(world: World, open_desk: Desk) -> None:
    """The case stands where it stood, and is about no finding if none was told rightly."""
    open_desk.must(world.submission(AUDIT, step("suspected")))
    wrong = open_desk.must(world.submission(AUDIT, step("affirmed", finding="00" * 16)))
    open_desk.must(world.submission(AUDIT, Correction(occurred_on=DAY, event=wrong, reason="记错")))
    case = open_desk.register.cases["c-1"]
    assert (case.state, case.finding) == ("suspected", None)
    assert told(open_desk, world, AUDIT, step("affirmed")) == []
    assert open_desk.register.cases["c-1"].finding == FINDING


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ("suspected", {"sd": ()}),
        ("suspected", {"finding": FINDING}),
        ("suspected", {"content_hash": HASH}),
        ("cleared", {"text": "某乡镇"}),
        ("cleared", {"parties": (UNIT,)}),
        ("affirmed", {"finding": None}),
        ("affirmed", {"content_hash": None}),
        ("affirmed", {"returned": 1}),
        ("answered", {"due_on": DAY}),
        ("answered", {"exempt": 1}),
        ("answered", {"basis": "示例办法第9条"}),
    ],
)
def test_a_step_tells_what_may_be_told(state: str, changes: dict[str, object]) -> None:
    """Nothing before it is affirmed, the finding afterwards, amounts with an answer, a basis with an exemption."""
    step(state)
    with pytest.raises(ValueError, match=r"required|absent"):
        step(state, **changes)


def test_a_waiver_is_for_the_funds_issuer_or_oversight(world: World, open_desk: Desk) -> None:
    """It names a duty by an event that stands, or a finding, and never both."""
    paid = open_desk.must(world.pay("L1", 100))
    waiver = Waiver(occurred_on=DAY, fund=FUND, document="吉财农2026-55号", hash=HASH, event=paid, row="r-1")
    assert told(open_desk, world, COUNTY, waiver) == ["actor"]
    unknown = msgspec.structs.replace(waiver, event="nobody/s-1/0")
    assert told(open_desk, world, PROVINCE, unknown) == ["event-unknown"]
    assert told(open_desk, world, PROVINCE, waiver) == []
    assert told(open_desk, world, AUDIT, waiver) == []
    for changes in ({"finding": FINDING}, {"row": None}, {"event": None}):
        with pytest.raises(ValueError, match=r"required|absent"):
            msgspec.structs.replace(waiver, **changes)


def test_an_objection_is_answered_by_the_body_concerned(world: World, open_desk: Desk) -> None:
    """Any party may object to any event; who posted it answers, or the bureau over that; others do not."""
    paid = open_desk.must(world.pay("L1", 100))
    asked = Objection(occurred_on=DAY, id="o-1", event=paid, text="与公示不符", days=15, sd=ASKED)
    assert told(open_desk, world, UNIT, msgspec.structs.replace(asked, event="x/y/0")) == ["event-unknown"]
    assert told(open_desk, world, UNIT, asked) == []
    assert told(open_desk, world, UNIT, asked) == ["id-duplicate"]
    answer = Reply(occurred_on=DAY, objection="o-1", text="一致")
    assert told(open_desk, world, UNIT, answer) == ["actor"]
    assert told(open_desk, world, COUNTY, msgspec.structs.replace(answer, objection="o-2")) == [
        "objection-unknown"
    ]
    assert told(open_desk, world, COUNTY, answer) == []
    assert told(open_desk, world, CITY, answer) == []


def test_an_erasure_names_commitments_that_are_there(world: World, open_desk: Desk) -> None:
    """Of that event, and by who posted it or the bureau over it."""
    held = committed(world, open_desk)
    erased = Erasure(occurred_on=DAY, event=held, commitments=NUMBER, reason="本人申请")
    other = msgspec.structs.replace(erased, commitments=("y" * 43,))
    assert told(open_desk, world, PROVINCE, other) == ["commitment-unknown"]
    assert told(open_desk, world, COUNTY, erased) == ["actor"]
    assert told(open_desk, world, PROVINCE, erased) == []


def test_a_publication_is_about_something_that_stands(world: World, open_desk: Desk) -> None:
    """A list that was never posted, or was reversed, cannot have been published."""
    shown = Publication(occurred_on=DAY, subject="发放清单", place="公告栏", hash=HASH, payee_list=ROOT)
    assert told(open_desk, world, COUNTY, shown) == ["payee-list-unknown"]
    open_desk.must(world.submission(COUNTY, payee_list()))
    assert told(open_desk, world, COUNTY, shown) == []
    with pytest.raises(ValueError, match="required"):
        msgspec.structs.replace(shown, payee_list=None)


def test_restitution_names_what_took_the_money(world: World, open_desk: Desk) -> None:
    """By owner or bank of an account it moves through; it lifts no ceiling."""
    paid = open_desk.must(world.pay("L1", 100))
    free = open_desk.register.lines["L1"].free
    back = Restitution(occurred_on=DAY, line="L1", amount=40, event=paid, to_account=COUNTY_ACCOUNT)
    assert told(open_desk, world, UNIT, back) == ["actor"]
    assert told(open_desk, world, COUNTY, msgspec.structs.replace(back, event="x/y/0")) == ["event-unknown"]
    assert told(open_desk, world, COUNTY, back) == []
    assert told(open_desk, world, UNIT, msgspec.structs.replace(back, to_account=UNIT_ACCOUNT)) == []
    assert open_desk.register.lines["L1"].free == free
    for changes in ({"finding": FINDING}, {"event": None}, {"to_account": None}):
        with pytest.raises(ValueError, match="required"):
            msgspec.structs.replace(back, **changes)


def test_books_are_closed_once_by_their_own_unit(world: World, open_desk: Desk) -> None:
    """Once for a period and fund, until corrected."""
    closed = PeriodClose(occurred_on=DAY, unit=COUNTY, period="2025-Q4", statement=HASH)
    assert told(open_desk, world, CITY, closed) == ["actor"]
    name = open_desk.must(world.submission(COUNTY, closed))
    assert told(open_desk, world, COUNTY, closed) == ["stands-already"]
    assert told(open_desk, world, COUNTY, msgspec.structs.replace(closed, fund=FUND)) == []
    open_desk.must(world.submission(COUNTY, Correction(occurred_on=DAY, event=name, reason="漏记")))
    assert told(open_desk, world, COUNTY, closed) == []


def test_a_code_stands_once_in_an_edition(world: World, open_desk: Desk) -> None:
    """Another edition may call it otherwise; a bank registers none."""
    code = Code(occurred_on=DAY, scheme="functional", code="21303", name="水利", edition=DAY)
    assert told(open_desk, world, UNIT, code) == ["actor"]
    assert told(open_desk, world, COUNTY, code) == []
    assert told(open_desk, world, COUNTY, msgspec.structs.replace(code, name="水利事业")) == [
        "stands-already"
    ]
    newer = msgspec.structs.replace(code, edition=DAY.replace(year=2027))
    assert told(open_desk, world, COUNTY, newer) == []
