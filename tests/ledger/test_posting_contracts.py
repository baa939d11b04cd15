# SPDX-License-Identifier: Apache-2.0
"""Contracts, their changes, progress, settlement, plans: what stands, what is refused, what a correction undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.errors import FormatError
from ledger.kinds.contract import Progress, Settlement
from ledger.kinds.control import Correction
from ledger.kinds.vocabulary import event_bytes, parse_event
from tests.desk import codes
from tests.later_kinds import CONTRACT, LATER, admitting, change, contract, payee_list, plan
from tests.worlds import AUDIT, COUNTY, DAY, PROJECT, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.kinds.vocabulary import AnyEvent
    from tests.desk import Desk
    from tests.worlds import World


@pytest.fixture
def open_desk(world: World, desk: Desk) -> Desk:
    """The desk with the kinds admitted and the contract posted."""
    desk.must(world.submission(AUDIT, admitting(*LATER)))
    desk.must(world.submission(UNIT, contract()))
    return desk


def told(desk: Desk, world: World, party: str, event: AnyEvent) -> list[str]:
    """The codes that `event` of `party` meets."""
    return codes(desk.post(world.submission(party, event)))


def undo(event: str) -> Correction:
    """The reversal of `event`."""
    return Correction(occurred_on=DAY, event=event, reason="记错")


def test_no_kind_is_used_before_a_policy_admits_it(world: World, desk: Desk) -> None:
    """The same contract is refused before the policy and stands after it."""
    assert told(desk, world, UNIT, contract()) == ["kind-unadmitted"]
    desk.must(world.submission(AUDIT, admitting("contract/1")))
    assert told(desk, world, UNIT, contract()) == []


def test_a_contract_counts_its_changes_net_and_gross(world: World, open_desk: Desk) -> None:
    """120,000 + 4,000 − 1,000, and the other way of counting; a correction takes a change back."""
    for one in (change(), change("decrease", 1_000), change(None, None, due_on=DAY)):
        open_desk.must(world.submission(UNIT, one))
    state = open_desk.register.contracts[CONTRACT]
    assert (state.net, state.gross) == (123_000, 125_000)
    late = open_desk.must(world.submission(UNIT, change("decrease", 500_000)))
    assert open_desk.register.contracts[CONTRACT].net < 0, "a fact is not refused for what it says"
    open_desk.must(world.submission(UNIT, undo(late)))
    assert open_desk.register.contracts[CONTRACT] == state


def test_a_contract_is_made_once_and_of_what_is_known(world: World, open_desk: Desk) -> None:
    """Its id is taken for ever; project and supplier are registered; stages are told apart; only the unit posts it."""
    assert told(open_desk, world, UNIT, contract()) == ["id-duplicate"]
    assert told(open_desk, world, UNIT, contract(id="C2", supplier="nobody")) == ["party-unknown"]
    assert told(open_desk, world, UNIT, contract(id="C2", project="P-NONE")) == ["project-unknown"]
    twice = contract().milestones * 2
    assert told(open_desk, world, UNIT, contract(id="C2", milestones=twice)) == ["inner-duplicate"]
    assert told(open_desk, world, COUNTY, contract(id="C2")) == ["actor"]
    assert told(open_desk, world, UNIT, contract(id="C2")) == []


def test_a_reversed_contract_takes_nothing_more(world: World, open_desk: Desk) -> None:
    """Changes, progress and settlement of it are refused; of another they stand; its id stays taken."""
    made = open_desk.must(world.submission(UNIT, contract(id="C2")))
    open_desk.must(world.submission(UNIT, undo(made)))
    assert told(open_desk, world, UNIT, contract(id="C2")) == ["id-duplicate"]
    for event in (change(), progress(), settled()):
        gone = msgspec.structs.replace(event, contract="C2")
        assert told(open_desk, world, UNIT, gone) == ["contract-state"]
        assert told(open_desk, world, UNIT, event) == []


def progress(**changes: object) -> Progress:
    """Work done on the contract."""
    return msgspec.structs.replace(
        Progress(occurred_on=DAY, project=PROJECT, value=40_000, contract=CONTRACT, milestone="m1"), **changes
    )


def settled(**changes: object) -> Settlement:
    """The contract's final accounts."""
    return msgspec.structs.replace(
        Settlement(occurred_on=DAY, project=PROJECT, amount=123_000, contract=CONTRACT), **changes
    )


def test_progress_names_a_milestone_of_its_contract(world: World, open_desk: Desk) -> None:
    """A milestone that neither project nor contract has is refused, and so is a contract of another project."""
    assert told(open_desk, world, UNIT, progress(milestone="m9")) == ["milestone-unknown"]
    assert told(open_desk, world, UNIT, progress(contract="none")) == ["contract-unknown"]
    assert told(open_desk, world, UNIT, progress(contract=None)) == ["milestone-unknown"]
    open_desk.must(world.submission(UNIT, world.project("P-2")))
    assert told(open_desk, world, UNIT, settled(project="P-2")) == ["contract-project"]
    assert told(open_desk, world, UNIT, settled(project="P-2", contract=None)) == []
    assert told(open_desk, world, UNIT, progress()) == []


def test_plans_stay_within_what_the_line_may_pay(world: World, open_desk: Desk) -> None:
    """L1 may pay 100,000, paid or not; one plan a period; a correction gives its room and its place back."""
    open_desk.must(world.submission(COUNTY, world.paid("L1", 30_000)))
    first = open_desk.must(world.submission(COUNTY, plan(amount=60_000)))
    assert told(open_desk, world, COUNTY, plan("2026-Q4", 40_001)) == ["plan-exceeded"]
    assert told(open_desk, world, COUNTY, plan("2026-Q3", 1)) == ["stands-already"]
    assert told(open_desk, world, COUNTY, plan("2026-Q4", 40_000)) == []
    assert open_desk.register.lines["L1"].planned == 100_000
    open_desk.must(world.submission(COUNTY, undo(first)))
    assert told(open_desk, world, COUNTY, plan("2026-Q3", 60_000)) == []
    assert told(open_desk, world, UNIT, plan("2026-11", 1)) == ["actor"]


def test_a_payee_list_stands_once(world: World, open_desk: Desk) -> None:
    """By its root; corrected, it may be posted again. Persons of another place are none of a unit's business."""
    name = open_desk.must(world.submission(COUNTY, payee_list()))
    assert told(open_desk, world, COUNTY, payee_list(period="2026-02")) == ["stands-already"]
    assert told(open_desk, world, COUNTY, payee_list(root="aa" * 32)) == []
    open_desk.must(world.submission(COUNTY, undo(name)))
    assert told(open_desk, world, COUNTY, payee_list()) == []
    assert told(open_desk, world, AUDIT, payee_list(root="bb" * 32)) == ["actor"]


@pytest.mark.parametrize(
    "make",
    [lambda: change(amount=None), lambda: change(direction=None), lambda: contract(retention=None)],
    ids=["direction alone", "amount alone", "held back until, without amount"],
)
def test_fields_that_belong_together_come_together(make: Callable[[], object]) -> None:
    """Twins without the fault are posted above."""
    with pytest.raises(ValueError, match=r"required|absent"):
        make()


@pytest.mark.parametrize(
    "event",
    [contract(category="other"), msgspec.structs.replace(plan(), period="2026-13"), payee_list(persons=0)],
    ids=["category", "month 13", "nobody"],
)
def test_wrong_values_are_refused(event: AnyEvent) -> None:
    """Codes, periods and numbers of persons that do not exist."""
    with pytest.raises(FormatError):
        parse_event(event_bytes(event), place="x")
