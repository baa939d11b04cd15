# SPDX-License-Identifier: Apache-2.0
"""What somebody owes by a day: the records of the obligations engine (semantics O1 to O12, M1).

A rule turns events into acts: an `Opening` starts a clock, a `Payment` fulfils, a `Return` opens anew what it undoes
(O8), a `Lowering` takes back what was to be passed on (O9), an `Ending` stops the clock (O12), a `Waiving` moves the due
day or lifts the duty (O6).
`verifier.obligations.docket` puts dates on the acts of a matter; `verifier.obligations.fulfilment` sweeps them in date
order.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

import msgspec

from verifier.basis.findings import Evidence
from verifier.basis.rulepack import Terms

State = Literal["open", "due_soon", "met", "met_late", "overdue", "lapsed", "corrected", "ended", "waived"]
"""`lapsed`: ended or waived after the due day with something unmet; `ended`, `waived`: on or before it; `corrected`:
trigger reversed late."""

Unsettled = Literal["unfed", "pending", "refuted"]
"""Why a report has no bank date: its accounts have no statements for the day; the line may still come; the
statements are there and the line is not."""

Doubt = Literal["pending", "backdated"]
"""Why a payment counts in the generous reading only: its bank line may still come; it was recorded late."""

EVIDENCE_MAX: Final = 20
"""Most fulfilments that one obligation shows; the sums are exact beyond it."""


class Booking(NamedTuple):
    """What the bank says of `amount` of a report: booked on a date, the later of both sides (O1), or why not."""

    amount: int
    on: datetime.date | Unsettled


class BankDates(Protocol):
    """What reconciliation knows of reports (semantics O1, R1, R3)."""

    def bookings(self, name: str, amount: int) -> Sequence[Booking]:
        """The parts of the report with stable name `name`, which sum to its `amount`, in a fixed order."""

    def covers(self, account: str, first: datetime.date, last: datetime.date) -> bool:
        """Whether closed statements of `account` cover every day from `first` to `last` (T2)."""


class NoFeeds:
    """A ledger without bank statements: every report stands on its own."""

    def bookings(self, name: str, amount: int) -> Sequence[Booking]:  # noqa: ARG002 - alike for every report
        """The whole amount, ``unfed``."""
        return (Booking(amount, "unfed"),)

    def covers(self, account: str, first: datetime.date, last: datetime.date) -> bool:  # noqa: ARG002 - as above
        """Never."""
        return False


class _Act(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """What an act rests on: `entry`, its business date, and the date on which the ledger recorded it."""

    entry: Evidence
    on: datetime.date
    recorded: datetime.date


class Traits(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What must agree, where both sides say it, before an unnamed payment meets an obligation."""

    project: str | None = None
    contract: str | None = None
    payee: str | None = None
    fund: str | None = None

    def fits(self, other: "Traits") -> bool:
        """Whether nothing that both say differs."""
        return all(
            None in pair or pair[0] == pair[1]
            for pair in (
                (self.project, other.project),
                (self.contract, other.contract),
                (self.payee, other.payee),
                (self.fund, other.fund),
            )
        )


class Opening(_Act, frozen=True, kw_only=True):
    """A clock starts on `on`: `who` owes `amount` within the days of `terms` (by number), or by `due_on`.

    Unnamed payments of `group` (a line) meet it, and payments that name `named` (a claim). `own_act` says that the
    trigger was posted by the party whose act it is, not by a transcriber.
    """

    who: str
    amount: int
    terms: int
    group: str
    fund: str
    line: str
    own_act: bool
    named: str | None = None
    traits: Traits = Traits()
    reopens: Evidence | None = None
    """The trigger of the obligation that a return opened anew."""
    due_on: datetime.date | None = None
    """A day that a document or the law names; it does not roll (O4)."""
    rolls: bool = True
    """Whether the end of the period rolls off days off; what is merely counted in days does not (O11)."""
    banked: bool = False
    """Whether a bank could see what opens it: then it starts on the bank date, in the parts that the bank saw (O1)."""
    carries: Literal["all", "begun"] | None = None
    """Whether what was paid too much earlier meets it: all, or what was paid since the first opening of the group (T7)."""


class Payment(_Act, frozen=True, kw_only=True):
    """`amount` that fulfils: reported for `on`; `account` is where the money left; `banked` that a bank could see it.

    What of it meets nothing is kept for later where it `carries`; else excess is lost (O7).
    """

    amount: int
    group: str
    banked: bool
    account: str | None = None
    named: str | None = None
    traits: Traits = Traits()
    carries: bool = False


class Return(_Act, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back; `poster` says so, a bank when `by_bank`."""

    amount: int
    undoes: str
    poster: str
    by_bank: bool


class Lowering(_Act, frozen=True, kw_only=True):
    """`amount` was taken back out of `group` by whoever gave it."""

    amount: int
    group: str


class Ending(_Act, frozen=True, kw_only=True):
    """Whatever is owed under `named` is no longer owed; with `if_reversed` from the day `entry` is reversed, if ever."""

    named: str
    if_reversed: bool = False


class Waiving(_Act, frozen=True, kw_only=True):
    """The paper `document` moves the due day to `until`, or lifts the duty if that is None (semantics O6).

    `about` is the event that started the duty, with the `row` that demands it, or else the id of a finding. Only a duty
    under `fund` is meant, whose issuer or overseer says so. It is no act of its day: it moves the due day before anything
    is judged late.
    """

    fund: str
    about: str
    row: str | None
    document: str
    until: datetime.date | None


Act = Opening | Payment | Return | Lowering | Ending


class DatedWaiving(NamedTuple):
    """A waiving and the date that counts; `doubt` where that is its late recording."""

    paper: Waiving
    on: datetime.date
    doubt: Doubt | None = None


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """An act with the dates that count.

    `due` and `provisional` are set for openings. `voided_on` is the date of the correction that reversed the act's
    event. `doubt` says why a payment is only in the generous reading: ``pending``, or ``backdated`` when it counts
    from its late recording. `unfed` marks a payment no bank could bear out. `returned`: a return of it follows.
    """

    act: Act
    on: datetime.date
    due: datetime.date | None = None
    calendars: tuple[str, ...] = ()
    provisional: bool = False
    voided_on: datetime.date | None = None
    doubt: Doubt | None = None
    unfed: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """What one payment met of one obligation."""

    entry: Evidence
    on: datetime.date
    amount: int
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """An obligation as it stands at the as-of date; amounts in minor units.

    `amount` is what was asked, `lowered` what was taken back on or before the due day, `in_time` and `late` what was
    paid on or before and after it, `dropped` what ceased to be owed after it; `unmet_at_due` and `outstanding` follow.
    `known_on` is the first business date on which it could be known to be unmet. `surely_unmet` is `unmet_at_due` in
    the generous reading, where payments count that the bank may still bear out, and backdated ones from the date
    they claim; `shaken` says which of them make the difference. `waivings` are those that touched it; the first after
    the due day, `late_waiving`, ends its lateness on `accrues_until`.
    """

    opening: Opening
    start: datetime.date
    due: datetime.date
    calendars: tuple[str, ...]
    provisional: bool
    terms: Terms
    amount: int
    lowered: int
    in_time: int
    late: int
    dropped: int
    state: State
    known_on: datetime.date
    met_on: datetime.date | None = None
    ended_by: Evidence | None = None
    waivings: tuple[Waiving, ...] = ()
    late_waiving: Waiving | None = None
    accrues_until: datetime.date | None = None
    fulfilments: tuple[Fulfilment, ...] = ()
    fulfilments_count: int = 0
    reported_only: bool = False
    surely_unmet: int = 0
    shaken: Doubt | None = None

    @property
    def unmet_at_due(self) -> int:
        """What was unmet at the end of the due day (O3)."""
        return self.amount - self.lowered - self.in_time

    @property
    def outstanding(self) -> int:
        """What is unmet at the as-of date (O3)."""
        return self.unmet_at_due - self.late - self.dropped

    @property
    def breached(self) -> bool:
        """Whether the due day has passed with something unmet."""
        return self.state in {"met_late", "overdue", "lapsed", "corrected"}


def running(day: datetime.date, *, soon_from: datetime.date, due: datetime.date) -> State:
    """How something unmet stands on `day`."""
    if day > due:
        return "overdue"
    return "due_soon" if day >= soon_from else "open"


def days_before(due: datetime.date, days: int) -> datetime.date:
    """The day so many days before `due`; the first of the calendar where a policy says more than there are."""
    return due - datetime.timedelta(days=min(days, due.toordinal() - 1))
