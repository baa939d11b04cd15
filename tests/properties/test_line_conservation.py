# SPDX-License-Identifier: Apache-2.0
"""Whatever is posted, and in whatever order: lines conserve money, ceilings hold, a refusal leaves no trace (spec §5)."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return
from ledger.kinds.vocabulary import AnyEvent
from ledger.posting import admit
from ledger.register import Register, found
from ledger.submission import Submission, event_name
from tests.desk import Desk, Memory, open_desk
from tests.worlds import (
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    PROVINCE,
    SUPPLIER_ACCOUNT,
    UNIT,
    World,
    make_world,
)

if TYPE_CHECKING:
    from ledger.register import Line

HOLDERS: Final = (COUNTY, UNIT, CITY)
LAST_YEAR: Final = DAY.replace(year=2025)

ACTIONS: Final = (
    "return", "bank", "pay", "correct", "split", "raise", "lower", "recall", "issue", "return", "bank", "return",
)  # fmt: skip
"""What is tried, the steps with more ways to go wrong more often."""

Step = tuple[str, int, int, int]
"""What is tried: an action, two numbers that choose among what exists, an amount."""

STEPS: Final = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 9), st.integers(0, 9), st.integers(1, 60)),
    min_size=8,
    max_size=30,
)


@dataclass(slots=True)
class Story:
    """A ledger in the making: what was posted, and what was reversed of it."""

    world: World = field(default_factory=make_world)
    events: dict[str, AnyEvent] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    submissions: list[Submission] = field(default_factory=list)
    fell: bool = False

    def told(self, desk: Desk, step: Step) -> tuple[str, AnyEvent] | None:
        """Actor and event of `step`, or None where there is nothing yet to choose from."""
        action, first, second, amount = step
        lines = list(desk.register.lines.values())
        match action:
            case "issue":
                return PROVINCE, self.world.issued(f"L{len(lines)}", amount, to=HOLDERS[first % 3])
            case "bank":
                return BANK, _bank_line(self, second, amount)
            case "return" | "correct":
                return self._about_the_past(action, first, second, amount)
            case _ if lines:
                return _on_line(lines[first % len(lines)], len(lines), step)
            case _:
                return None

    def _about_the_past(
        self, action: str, first: int, second: int, amount: int
    ) -> tuple[str, AnyEvent] | None:
        sought = Disbursement if action == "return" else Movement | Return if first % 2 else object
        names = [name for name, event in self.events.items() if isinstance(event, sought)]
        if not names:
            return None
        name = names[(first * 10 + second) % len(names)]
        if action == "correct":
            return name.partition("/")[0], Correction(occurred_on=DAY, event=name, reason="x")
        ours = COUNTY_ACCOUNT if first % 5 else None
        made = Return(
            occurred_on=DAY if second % 5 else LAST_YEAR,
            amount=amount,
            event=name,
            from_account=SUPPLIER_ACCOUNT,
            to_account=ours,
            bank_ref=f"R{second % 2}" if second % 3 else None,
        )
        return (BANK if first % 3 == 0 else COUNTY), made

    def post(self, desk: Desk, step: Step) -> None:
        """Try `step`; a refusal leaves everything as it was."""
        told = self.told(desk, step)
        if told is None:
            return
        actor, event = told
        submission = self.world.submission(actor, event)
        before = deepcopy(desk.register)
        if desk.post(submission):
            assert desk.register == before
            return
        self.submissions.append(submission)
        self.events[event_name(submission.header, 0)] = event
        if isinstance(event, Correction):
            self.reversed.add(event.event)
            self.fell |= isinstance(self.events[event.event], Return | Movement)

    def begin(self) -> Desk:
        """A desk on which the county has a line of 300 and has paid twice from it."""
        desk = open_desk(self.world)
        for step in (("issue", 0, 0, 300), ("pay", 0, 1, 40), ("pay", 0, 1, 50)):
            self.post(desk, step)
        return desk

    def standing(self) -> dict[str, AnyEvent]:
        """Events that were not reversed, by name."""
        return {name: event for name, event in self.events.items() if name not in self.reversed}


def _bank_line(story: Story, number: int, amount: int) -> Movement:
    return Movement(
        occurred_on=DAY,
        account=COUNTY_ACCOUNT,
        statement="s1",
        line_no=1 + sum(isinstance(event, Movement) for event in story.events.values()),
        direction="debit" if number == 0 else "credit",
        amount=amount,
        bank_ref=f"R{number % 2}",
    )


def _on_line(line: Line, count: int, step: Step) -> tuple[str, AnyEvent]:
    action, _, second, amount = step
    if action == "pay":
        reference = "R0" if second == 0 else None
        return line.holder, Disbursement(
            occurred_on=DAY, line=line.id, from_account=COUNTY_ACCOUNT, to_account=SUPPLIER_ACCOUNT, amount=amount,
            mode="direct", bank_ref=reference,
        )  # fmt: skip
    fields_: dict[str, Any] = {
        "line": line.id, "from_": line.giver, "to": line.holder, "amount": amount, "document": "D1"
    }  # fmt: skip
    match action:
        case "split":
            below = {"line": f"L{count}", "parent": line.id, "from_": line.holder, "to": HOLDERS[second % 3]}
            return line.holder, Allocation(occurred_on=DAY, action="split", **{**fields_, **below})
        case "raise":
            return line.giver, Allocation(occurred_on=DAY, action="adjust", direction="increase", **fields_)
        case _:
            pass
    fields_ |= {"from_": line.holder, "to": line.giver}
    if action == "lower":
        return line.giver, Allocation(occurred_on=DAY, action="adjust", direction="decrease", **fields_)
    return line.giver, Allocation(occurred_on=DAY, action="recall", **fields_)


def check_lines(story: Story, register: Register) -> None:
    """Every sum of every line follows from the standing events alone, and nothing is made or lost (spec §5.3)."""
    lines = register.lines.values()
    sums: defaultdict[str, int] = defaultdict(int)
    for event in story.standing().values():
        match event:
            case Allocation(action="issue" | "split") | Allocation(direction="increase"):
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
        below = [one for one in lines if one.parent == line.id]
        assert line.split_out == sum(one.received - one.lowered - one.recalled for one in below)
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
    assert sum(register.lifted.values()) == sum(line.restored for line in register.lines.values())


@given(STEPS)
def test_lines_conserve_money_at_every_prefix(steps: list[Step]) -> None:
    """Through issue, split, adjust, recall, payment, return, bank line and correction, refused ones included."""
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
    for one in fields(Register):
        if not one.name.startswith(("pending_", "_")):
            assert getattr(pending, one.name) == getattr(desk.register, one.name), one.name


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
