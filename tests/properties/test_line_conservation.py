# SPDX-License-Identifier: Apache-2.0
"""Whatever is posted, and in whatever order: lines conserve money, ceilings hold, a refusal leaves no trace (spec §5)."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy

from hypothesis import given

from ledger.first_entry import found
from ledger.kinds.authority import Allocation, Disbursement
from ledger.posting import admit
from ledger.register import Register
from tests.desk import Desk, Memory
from tests.stories import STEPS, Step, Story
from tests.worlds import make_world


def check_lines(story: Story, register: Register) -> None:
    """Every sum of every line follows from the standing events alone, and nothing is made or lost (spec §5.3)."""
    lines = register.lines.values()
    sums: defaultdict[str, int] = defaultdict(int)
    for event in story.standing().values():
        match event:
            case Allocation(action="issue" | "split" | "carry_over") | Allocation(direction="increase"):
                sums[f"{event.line} received"] += event.amount
            case Allocation():
                sums[f"{event.line} given back"] += event.amount
            case Disbursement():
                sums[f"{event.line} paid"] += event.amount
            case _:
                pass
    for line in lines:
        assert line.received == sums[f"{line.id} received"]
        assert line.lowered + line.recalled == sums[f"{line.id} given back"]
        assert line.disbursed == sums[f"{line.id} paid"]
        below = [(one, one.received - one.lowered - one.recalled) for one in lines if one.parent == line.id]
        assert line.split_out == sum(net for one, net in below if not one.carried)
        assert line.carried_out == sum(net for one, net in below if one.carried)
        assert line.free >= 0 or story.fell
    top = [line for line in lines if line.parent is None]
    held = sum(line.free + line.disbursed - line.restored for line in lines)
    assert sum(line.received - line.lowered - line.recalled for line in top) == held
    assert sum(register.issued.values()) == sum(line.received for line in top)


def check_returns(story: Story, register: Register) -> None:
    """Nothing is restored but by standing returns, within their payments and within what the bank stands for."""
    standing = story.standing()
    restored: defaultdict[str, int] = defaultdict(int)
    leaning: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for name, made in register.returns.items():
        assert 0 <= made.lifted <= made.amount
        assert name in standing
        restored[made.payment] += made.lifted
        if made.reference is not None and not made.sworn:
            leaning[made.reference] += made.lifted
        if made.reference is None and not made.sworn:
            assert made.lifted == 0
    for payment, amount in register.lifted.items():
        event = story.events[payment]
        assert isinstance(event, Disbursement)
        assert amount == restored[payment] <= event.amount
    for reference, amount in leaning.items():
        line = register.references[reference].line
        assert amount <= (0 if line is None else line.amount)
    assert sum(amount for _, amount in register.lifted.items()) == sum(
        line.restored for line in register.lines.values()
    )


@given(STEPS)
def test_lines_conserve_money_at_every_prefix(steps: list[Step]) -> None:
    """Through issue, split, adjust, recall, carry-over, payment, return, bank line, correction, refused ones included."""
    story = Story()
    desk = story.begin()
    for step in steps:
        story.post(desk, step)
        check_lines(story, desk.register)
        check_returns(story, desk.register)


@given(STEPS)
def test_what_stands_does_not_depend_on_when_it_is_settled(steps: list[Step]) -> None:
    """One flush for all, or one for each: the register is the same, so that every replay agrees with the live one."""
    story = Story()
    desk = story.begin()
    for step in steps:
        story.post(desk, step)
    opening = list(make_world().opening())
    pending = Register()
    found(pending, story.world.genesis_entry)
    seq = 1
    for submission in (*opening, *story.submissions):
        problems = admit(pending, submission, seq=seq, recorded=submission.header.signed_at, past=Memory())
        assert problems == ()
        seq += 1 + submission.header.count
    assert pending.tables() == desk.register.tables()


@given(STEPS)
def test_a_rollback_undoes_a_whole_batch(steps: list[Step]) -> None:
    """Back at a mark, the register equals a copy taken there, whatever was admitted since."""
    story = Story()
    desk = story.begin()
    before, mark, size = deepcopy(desk.register), desk.register.mark(), desk.size
    unsettled = Desk(desk.register, past=desk.past, size=size, settles=False)
    for step in steps:
        told = story.told(unsettled, step)
        if told is not None:
            unsettled.post(story.world.submission(told[0], told[1]))
    desk.register.rollback(mark)
    assert desk.register == before
