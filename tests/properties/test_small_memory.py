# SPDX-License-Identifier: Apache-2.0
"""A register that puts everything away judges as one that keeps everything, through refusals, corrections and rollbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.journal import Journal
from ledger.register import Register
from ledger.shelf import ShelvedTable
from tests.desk import Desk, MemoryShelf, open_desk
from tests.stories import STEPS, Step, Story

if TYPE_CHECKING:
    from ledger.problems import Problem
    from ledger.submission import Submission

WINDOWS = st.sampled_from((0, 1, 3))
BATCHES = st.lists(st.tuples(STEPS, st.booleans()), min_size=1, max_size=3)
"""What is tried together, and whether it is settled or taken back."""

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("put", "drop", "settle", "mark", "rollback")), st.integers(0, 3), st.integers()
    ),
    max_size=40,
)


def small(window: int) -> Register:
    """A register that holds `window` records of a table in memory."""
    return Register(shelf=MemoryShelf(), held_max=window)


@given(STEPS, WINDOWS)
def test_the_same_verdicts_and_tables_one_by_one(steps: list[Step], window: int) -> None:
    """Every submission settled on its own, so that what it touched is put away before the next."""
    story = Story()
    desk = story.begin()
    put_away = open_desk(story.world, small(window))
    for submission in story.submissions:
        assert put_away.post(submission) == ()
    for step in steps:
        told = story.told(desk, step)
        if told is None:
            continue
        submission = story.world.submission(*told)
        problems = desk.post(submission)
        assert put_away.post(submission) == problems
        if not problems:
            story.note(submission)
    assert put_away.register.tables() == desk.register.tables()


@given(BATCHES, WINDOWS)
def test_the_same_verdicts_and_tables_in_batches(batches: list[tuple[list[Step], bool]], window: int) -> None:
    """As the sequencer works: several submissions on one mark, then all settled or all taken back."""
    story = Story()
    desk = story.begin()
    put_away = open_desk(story.world, small(window))
    for submission in story.submissions:
        assert put_away.post(submission) == ()
    for steps, kept in batches:
        submissions = [story.world.submission(*told) for step in steps if (told := story.told(desk, step))]
        judged = [_judge(one, submissions, kept=kept) for one in (desk, put_away)]
        assert judged[0] == judged[1]
        for submission, problems in zip(submissions, judged[0], strict=True):
            if kept and not problems:
                story.note(submission)
        assert put_away.register.tables() == desk.register.tables()


def _judge(desk: Desk, submissions: list[Submission], *, kept: bool) -> list[tuple[Problem, ...]]:
    size, mark, ends = desk.size, desk.register.mark(), []
    desk.settles = False
    verdicts = []
    for submission in submissions:
        verdicts.append(desk.post(submission))
        ends.append(desk.size)
    if kept:
        for submission, problems, end in zip(submissions, verdicts, ends, strict=True):
            if not problems:
                desk.remember(submission, end=end)
        desk.register.settle()
    else:
        desk.register.rollback(mark)
        desk.size = size
    return verdicts


@given(CHANGES, WINDOWS)
def test_a_shelved_table_is_a_dictionary(changes: list[tuple[str, int, int]], window: int) -> None:
    """Under any changes, and at whatever point they are taken back."""
    table = ShelvedTable("t", int, int, shelf=MemoryShelf())
    journal, model, states = Journal(), dict[int, int](), list[dict[int, int]]()
    marks: list[int] = []
    for action, key, value in changes:
        match action:
            case "put":
                journal.put(table, key, value)
                model[key] = value
            case "drop" if key in model:
                journal.drop(table, key)
                del model[key]
            case "settle":
                journal.forget()
                table.put_away(most=window)
                marks, states = [], []
            case "mark":
                marks.append(journal.mark())
                states.append(dict(model))
            case "rollback" if marks:
                journal.rollback(marks.pop())
                model = states.pop()
            case _:
                pass
        _check_same(table, model)


def _check_same(table: ShelvedTable[int, int], model: dict[int, Any]) -> None:
    assert dict(table.items()) == model
    for key in range(4):
        assert (key in table) == (key in model)
        assert table.get(key) == model.get(key)
