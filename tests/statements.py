# SPDX-License-Identifier: Apache-2.0
"""A small ledger of two months with everything that a statement shows, and nothing more.

January: line L1 of 1,000.00, matching 300.00, 120.00 used and 20.00 of it entered twice and corrected in February.
The bank of the unit knows a debit that the books do not, and the books a credit that it does not.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction, Objection, PeriodClose
from ledger.kinds.fact import MatchingReceipt
from ledger.kinds.registry import Milestone
from ledger.submission import event_name
from tests.later_kinds import LATER, admitting
from tests.malicious.forger import Forger
from tests.worlds import AUDIT, BANK, COUNTY, FUND, UNIT, UNIT_ACCOUNT, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.kinds.vocabulary import AnyEvent
    from tests.worlds import World

JANUARY: Final = datetime.date(2026, 1, 20)
FEBRUARY: Final = datetime.date(2026, 2, 10)
MONTH: Final = 31 * 86_400
HASH: Final = "ab" * 32


def matched(amount: int, day: datetime.date, ref: str) -> MatchingReceipt:
    """Matching money of the county in the unit's account."""
    return MatchingReceipt(
        occurred_on=day,
        fund=FUND,
        party=COUNTY,
        amount=amount,
        source="budget",
        account=UNIT_ACCOUNT,
        bank_ref=ref,
    )


def line(number: int, amount: int, *, credit: bool, ref: str) -> Movement:
    """A line of the unit's statement of January."""
    return Movement(
        occurred_on=JANUARY, account=UNIT_ACCOUNT, statement="2026-01", line_no=number,
        direction="credit" if credit else "debit", amount=amount, bank_ref=ref,
    )  # fmt: skip


def balance() -> BankBalance:
    """The whole of January, closed in February."""
    return BankBalance(
        occurred_on=datetime.date(2026, 2, 1), account=UNIT_ACCOUNT, statement="2026-01",
        from_on=datetime.date(2026, 1, 1), to_on=datetime.date(2026, 1, 31), opening=50_000,
        closing=50_000 + 30_000 - 10_000 - 2_000 - 700, lines=4,
    )  # fmt: skip


def tell(forger: Forger, party: str, *events: AnyEvent) -> str:
    """Post `events`; the name of the first."""
    submission = forger.world.submission(party, *events)
    forger.post(submission)
    return event_name(submission.header, 0)


def used(world: World, amount: int, ref: str, day: datetime.date = JANUARY) -> AnyEvent:
    """The unit pays the supplier."""
    return replace(world.use(amount), occurred_on=day, bank_ref=ref)


def written(folder: Path, *, closed: bool = False, asked: bool = False) -> Path:
    """The export of the ledger in `folder`; with `closed`, January was closed before the last fact of it came.

    With `asked` the project has a milestone of June, and the public asks about a payment of the county and about a policy.
    """
    world = make_world()
    forger = Forger(world)
    forger.post(*world.opening(), world.issue("L1", 100_000))
    admitted = tell(forger, AUDIT, admitting(*LATER))
    world.tick(2 * MONTH)
    tell(forger, UNIT, matched(30_000, JANUARY, "M-1"))
    tell(forger, UNIT, used(world, 10_000, "U-1"))
    twice = tell(forger, UNIT, used(world, 2_000, "U-2"))
    tell(forger, UNIT, matched(500, JANUARY, "M-2"))
    if closed:
        done = PeriodClose(occurred_on=FEBRUARY, unit=UNIT, period="2026-01", statement=HASH)
        tell(forger, UNIT, done)
    late = replace(world.paid("L1", 5_000), occurred_on=JANUARY, to_account=UNIT_ACCOUNT, mode="transfer")
    paid = tell(forger, COUNTY, late)
    lines = (
        line(1, 30_000, credit=True, ref="M-1"),
        line(2, 10_000, credit=False, ref="U-1"),
        line(3, 2_000, credit=False, ref="U-2"),
        line(4, 700, credit=False, ref="FEE"),
    )
    tell(forger, BANK, *lines, balance())
    tell(forger, UNIT, Correction(occurred_on=FEBRUARY, event=twice, reason="重复登记"))
    if asked:
        dig = Milestone(id="dig", task="开挖", party=UNIT, due_on=datetime.date(2026, 6, 30))
        tell(forger, COUNTY, replace(world.project(), version=2, effective_on=FEBRUARY, milestones=(dig,)))
        for number, event in enumerate((paid, admitted), 1):
            objection = Objection(
                occurred_on=FEBRUARY, id=f"o-{number}", event=event, text="与公示不符", days=5
            )
            tell(forger, AUDIT, objection)
    return forger.export(folder / "export")
