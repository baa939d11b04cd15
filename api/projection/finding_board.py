# SPDX-License-Identifier: Apache-2.0
"""The last judgement: public findings, what could not be decided, and instalments; replaced whole, never edited."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from verifier.basis.findings import Finding, Rule
from verifier.casework.life_cycle import LifeCycle
from verifier.judgement.deadlines import Duty
from verifier.obligations.records import State
from verifier.obligations.tasks import Task
from verifier.obligations.watch import Gap
from verifier.reconciliation.stopped_statements import StoppedStatements


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One thing that `who` owed by `due`: passing a line on, or paying an approved claim; `amount` in minor units.

    `started` is the position of the entry that started the clock; `met_on` the day on which it was met in full.
    """

    fund: str
    duty: Duty
    who: str
    amount: int
    due: datetime.date
    met_on: datetime.date | None
    state: State
    started: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What is not settled yet: `who` owes `outstanding` of `amount` by `due`; minor units, beginning with entry `started`.

    `id` orders obligations by what started them, and stays the same from one judgement to the next. `line` is None for
    matching money, which is owed to a fund. From `soon_from` on it is due soon. What is no matter of money has neither
    fund nor amount: the answer to objection or case `matter`, milestone `matter` of `project`. `provisional` says that no
    calendar is adopted for a year that the due day was counted in (semantics O5).
    """

    id: str
    duty: Duty
    who: str
    fund: str | None
    line: str | None
    amount: int | None
    outstanding: int | None
    due: datetime.date
    soon_from: datetime.date
    state: State
    started: int
    provisional: bool
    project: str | None = None
    matter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The judgement of the first `size` entries, whose tree has `root` (hex), as of `as_of`.

    `public` are the findings that are proved, or that auditors affirmed, sorted by rule and id: what anybody may see
    (DESIGN §6, *Life cycle*); `lives` says by id where each of them stands, as far as auditors tell in clear.
    `undecided` counts matters in which the data do not suffice, `gaps` what no rule could judge and why. `rules` are the
    rules by id; `instalments` by fund; `owed` is what is not settled, sorted by id;
    `tasks` are answers and milestones, settled or not, by project and milestone, or None and objection; `stopped` are
    accounts whose statements stopped: whose newest one ended longer ago than `stopped_after`.
    """

    size: int
    root: str
    as_of: datetime.date
    public: tuple[Finding, ...]
    lives: Mapping[str, LifeCycle]
    undecided: int
    gaps: tuple[Gap, ...]
    rules: Mapping[str, Rule]
    instalments: Mapping[str, tuple[Instalment, ...]]
    owed: tuple[Owed, ...]
    tasks: Mapping[tuple[str | None, str], Task]
    stopped: tuple[StoppedStatements, ...]
    stopped_after: datetime.timedelta

    @property
    def unjudged(self) -> int:
        """How many matters no rule could judge."""
        return sum(gap.count for gap in self.gaps)

    def of_fund(self, fund: str) -> tuple[Finding, ...]:
        """The public findings about `fund`."""
        return tuple(one for one in self.public if one.fund == fund)


@dataclass(slots=True)
class FindingBoard:
    """Holds the last judgement; None until there is one. Reading it needs no lock."""

    judged: Judged | None = field(default=None)


def telling(instalments: Iterable[Instalment], *, most: int) -> tuple[Instalment, ...]:
    """The `most` instalments that say most: overdue before late, before coming, before kept; then by due day."""
    order: dict[State, int] = {"overdue": 0, "met_late": 1, "due_soon": 2, "open": 3, "met": 4}

    def key(one: Instalment) -> tuple[int, int, int]:
        return (order.get(one.state, 9), -one.due.toordinal(), one.started)

    kept = sorted((one for one in instalments if one.state in order), key=key)[:most]
    return tuple(sorted(kept, key=lambda one: (one.due, one.started)))
