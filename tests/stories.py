# SPDX-License-Identifier: Apache-2.0
"""Stories for property tests: whatever may be tried with lines, payments, returns, bank lines, claims and corrections."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim, Return
from ledger.kinds.vocabulary import AnyEvent
from ledger.submission import Submission, event_name
from tests.desk import Desk, open_desk
from tests.later_kinds import admitting
from tests.worlds import (
    AUDIT,
    BANK,
    CITY,
    COUNTY,
    COUNTY_ACCOUNT,
    DAY,
    FUND,
    PROJECT,
    PROVINCE,
    SUPPLIER_ACCOUNT,
    UNIT,
    World,
    make_world,
)

if TYPE_CHECKING:
    from ledger.open_records import Line

HOLDERS: Final = (COUNTY, UNIT, CITY)
LAST_YEAR: Final = DAY.replace(year=2025)

ACTIONS: Final = (
    "return", "bank", "pay", "correct", "split", "raise", "lower", "recall", "issue", "return", "bank", "return",
    "claim", "pledge", "carry",
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
            case "claim" | "pledge":
                return _asked(action, first, second, amount)
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
        self.note(submission)

    def note(self, submission: Submission) -> None:
        """`submission` of one event stands."""
        (event,) = submission.events
        self.submissions.append(submission)
        self.events[event_name(submission.header, 0)] = event
        if isinstance(event, Correction):
            self.reversed.add(event.event)
            self.fell |= isinstance(self.events[event.event], Return | Movement)

    def begin(self) -> Desk:
        """A desk on which the county has a line of 300 and has paid twice from it."""
        desk = open_desk(self.world)
        admitted = self.world.submission(AUDIT, admitting("allocation/2"))
        desk.must(admitted)
        self.submissions.append(admitted)
        for step in (("issue", 0, 0, 300), ("pay", 0, 1, 40), ("pay", 0, 1, 50)):
            self.post(desk, step)
        return desk

    def standing(self) -> dict[str, AnyEvent]:
        """Events that were not reversed, by name."""
        return {name: event for name, event in self.events.items() if name not in self.reversed}


def _asked(action: str, first: int, second: int, amount: int) -> tuple[str, AnyEvent]:
    if action == "pledge":
        return COUNTY, MatchingPledge(
            occurred_on=DAY, id=f"P{first}", fund=FUND, party=COUNTY, amount=amount, source="budget"
        )
    fields_: dict[str, Any] = {"claim": f"C{first // 3}", "project": PROJECT}
    match second % 3:
        case 0:
            return UNIT, Claim(occurred_on=DAY, action="submit", amount=amount, **fields_)
        case 1:
            return COUNTY, Claim(occurred_on=DAY, action="approve", line="L0", amount=amount, **fields_)
        case _:
            return COUNTY, Claim(occurred_on=DAY, action="return", reason="x", **fields_)


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
        case "carry":
            over = {"line": f"L{count}", "parent": line.id}
            return line.giver, Allocation(v=2, occurred_on=DAY, action="carry_over", **{**fields_, **over})
        case "raise":
            return line.giver, Allocation(occurred_on=DAY, action="adjust", direction="increase", **fields_)
        case _:
            pass
    fields_ |= {"from_": line.holder, "to": line.giver}
    if action == "lower":
        return line.giver, Allocation(occurred_on=DAY, action="adjust", direction="decrease", **fields_)
    return line.giver, Allocation(occurred_on=DAY, action="recall", **fields_)
