# SPDX-License-Identifier: Apache-2.0
"""The whole matrix of rights through the posting path: act × party × signatures, on one prepared ledger."""

from __future__ import annotations

import pytest

from ledger.first_entry import found
from ledger.posting import admit
from ledger.register import Register
from ledger.rights import RIGHTS, rights_to
from tests.acts import ACTS, POSTERS, Trial, refusals, setting, stage, standing
from tests.desk import Desk, codes


@pytest.fixture(scope="module")
def desk() -> tuple[Desk, list[Trial], list[Trial]]:
    """A desk on which the setting stands, with the trials to be refused and those that stand."""
    world = stage()
    desk = Desk(Register())
    found(desk.register, world.genesis_entry)
    for submission in setting(world):
        desk.must(submission)
    return desk, list(refusals(world)), list(standing(world, once=False))


def tried(desk: Desk, trial: Trial) -> list[str]:
    """The codes that the submission meets; whatever it did is undone."""
    mark = desk.register.mark()
    problems = admit(
        desk.register,
        trial.submission,
        seq=desk.size,
        recorded=trial.submission.header.signed_at,
        past=desk.past,
    )
    desk.register.rollback(mark)
    return codes(problems)


def test_nobody_posts_what_is_not_his(desk: tuple[Desk, list[Trial], list[Trial]]) -> None:
    """Each trial of the matrix that must be refused is refused, for the reason that it was made for."""
    wrong = {one.name: (tried(desk[0], one), one.refused) for one in desk[1]}
    assert {name: both for name, both in wrong.items() if both[1] not in both[0]} == {}
    assert len(wrong) == len(desk[1]) > 600


def test_everybody_posts_what_is_his(desk: tuple[Desk, list[Trial], list[Trial]]) -> None:
    """The twins: the same acts by whose they are, rightly signed, stand."""
    assert {one.name: tried(desk[0], one) for one in desk[2] if tried(desk[0], one)} == {}


def test_the_matrix_is_whole() -> None:
    """Every row of the table is tried in each of its actions, and every party both may and may not do something."""
    tried_acts = {(act.kind, act.action) for act in ACTS}
    for right in RIGHTS:
        for action in right.actions or ("",):
            if (right.kind, action) == ("override", "declare"):
                continue  # never alone, and by leaders: tests/ledger/test_mandates.py
            acts = {one for one in tried_acts if one[0] == right.kind and (not action or one[1] == action)}
            assert acts, f"tests/acts.py has no act for {right.kind} {action}"
    assert all(rights_to(act.kind, act.action) for act in ACTS)
    assert all(0 < sum(one in act.who for act in ACTS) < len(ACTS) for one in POSTERS if one != "dh-finance")


def test_a_kind_without_a_row_is_nobodys() -> None:
    """What the table does not list has no actor, and an action that it does not list neither."""
    assert rights_to("gift") == ()
    assert rights_to("claim", "forgive") == ()
    assert [one.actions for one in rights_to("claim", "return")] == [("approve", "return")]
