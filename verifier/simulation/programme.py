# SPDX-License-Identifier: Apache-2.0
"""A fund of a simulated country while it is written: its terms, and the lines by which it comes down to projects."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final, Literal

from ledger.kinds.authority import Allocation
from ledger.kinds.fact import Transfer
from ledger.kinds.form import Tag
from ledger.kinds.registry import Deadline, Fund, MatchingTerm
from ledger.party import Level
from verifier.simulation.country import CENTRE, CENTRE_TREASURY, Branch, Region
from verifier.simulation.diary import Diary
from verifier.simulation.holidays import worked_before, working

_LEVELS: Final[tuple[Level, ...]] = ("province", "city", "county")
PASS_ON_DAYS: Final = 30
PAY_DAYS: Final = 30
ISSUED_BEFORE: Final = 38
PROVINCE_BEFORE: Final = 20
CASH_AFTER: Final = 6
"""Calendar days around the day on which the county gets its line, before they roll to working days.

There is room for the longest holiday within the days in which each level passes lines on.
"""

_ONWARD_BASIS: Final = "《中华人民共和国预算法》第五十二条"
_PAY_BASIS: Final = "《中华人民共和国预算法》第五十七条；资金管理办法（模拟）第十二条"
_DENIED: Final = ("301", "307", "30212", "30217", "30231")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a kind of fund is for: names, classes, and what is ordinarily bought."""

    stem: str
    names: tuple[str, str]
    purposes: tuple[str, str]
    functional: str
    economic: tuple[str, ...]
    category: Literal["works", "goods", "services"]

    @property
    def bought(self) -> str:
        """Economic class of what is ordinarily bought."""
        return self.economic[0]


WORKS: Final = Purpose(
    stem="works",
    names=("农村公路建设补助资金", "Rural road grant"),
    purposes=("农村公路新建、改建和养护工程", "Building, rebuilding and upkeep of rural roads"),
    functional="2140106",
    economic=("31005", "31006"),
    category="works",
)
MEALS: Final = Purpose(
    stem="meals",
    names=("学生营养改善补助资金", "School meals grant"),
    purposes=("农村义务教育学生营养膳食", "Meals of pupils in rural schools"),
    functional="2050202",
    economic=("30218", "30308"),
    category="goods",
)
AID: Final = Purpose(
    stem="aid",
    names=("农户生产补贴资金", "Household farming subsidy"),
    purposes=("对种粮农户的直接补贴", "Direct subsidy to grain-growing households"),
    functional="2130122",
    economic=("30310",),
    category="services",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Line `line` of `amount` that a county gets on `on`, for `project` if given.

    `handed` is how the city hands it on where that is not all of it on that day: days and parts, the first part opening
    the line. Cash follows for all of it, or for the part that is `funded`.
    """

    line: str
    county: Region
    amount: int
    on: datetime.date
    project: str | None = None
    handed: tuple[tuple[datetime.date, int], ...] = ()
    funded: int | None = None

    @property
    def city_line(self) -> str:
        """The line above it, which the city holds."""
        return f"{self.line}-city"

    @property
    def cash(self) -> int:
        """How much cash follows it: all of it, or as much as is `funded`."""
        return self.amount if self.funded is None else self.funded

    @property
    def cash_on(self) -> datetime.date:
        """When its money is in the county treasury."""
        return working(self.on + datetime.timedelta(days=CASH_AFTER))


@dataclass(slots=True, kw_only=True)
class FundPlan:
    """A fund that one city and its counties get, while scripts ask for lines and say what matching is owed."""

    id: str
    purpose: Purpose
    branch: Branch
    year: int
    number: int
    matching: list[MatchingTerm] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)

    def province_split_on(self, grant: Grant) -> datetime.date:
        """When the province handed the line of `grant` to the city, which starts the city's clock."""
        return worked_before(grant.on - datetime.timedelta(days=PROVINCE_BEFORE))

    def received(self, grant: Grant) -> str:
        """Stable name of the event by which the city got the line of `grant`."""
        return f"{self.branch.province.finance}/split-{grant.city_line}/0"

    def handed(self, grant: Grant, part: int = 0) -> str:
        """Stable name of the event by which the city handed on part number `part` of the line of `grant`."""
        return f"{self.branch.city.finance}/split-{grant.line}-{part}/0"

    def registration(self, day: datetime.date) -> Fund:
        """The fund's registration by its issuer."""
        zh, en = self.purpose.names
        return Fund(
            occurred_on=day,
            id=self.id,
            name=f"{zh}（模拟，{self.number}）",
            name_en=f"{en} (simulated, {self.number})",
            purpose=self.purpose.purposes[0],
            purpose_en=self.purpose.purposes[1],
            issuer=CENTRE,
            level="centre",
            fiscal_year=self.year,
            document=f"模财预〔{self.year}〕{self.number}号",
            functional=(self.purpose.functional[:5],),
            economic=self.purpose.economic,
            denied_economic=_DENIED,
            matching=tuple(self.matching),
            deadlines=(*(_pass_on(level) for level in _LEVELS), _pay()),
        )

    def hand_down(self, diary: Diary) -> None:
        """Lines and cash of all grants, batch by batch, from the centre to the counties."""
        batches: dict[datetime.date, list[Grant]] = defaultdict(list)
        for grant in self.grants:
            batches[grant.on].append(grant)
        for number, (on, grants) in enumerate(sorted(batches.items()), start=1):
            self._batch(diary, f"{self.id}-{number:02d}", on, grants)

    def _batch(self, diary: Diary, top: str, on: datetime.date, grants: list[Grant]) -> None:
        province, amount = self.branch.province, sum(grant.amount for grant in grants)
        issued = worked_before(on - datetime.timedelta(days=ISSUED_BEFORE))
        issue = Allocation(
            occurred_on=issued,
            action="issue",
            line=top,
            from_=CENTRE,
            to=province.finance,
            amount=amount,
            fund=self.id,
            fiscal_year=on.year,
            functional=self.purpose.functional,
        )
        diary.act(issued, CENTRE, f"issue-{top}", issue)
        for grant in grants:
            self._split(diary, top, grant)
        total = sum(grant.cash for grant in grants)
        if total:
            paid = worked_before(on + datetime.timedelta(days=1))
            cash = _dispatch(
                paid, CENTRE_TREASURY, province.treasury, total, Tag(fund=self.id, source="grant", line=top)
            )
            diary.act(paid, CENTRE, f"cash-{top}", cash)

    def _split(self, diary: Diary, top: str, grant: Grant) -> None:
        province, city = self.branch.province, self.branch.city
        split_on = self.province_split_on(grant)
        split = _child(split_on, (top, grant.city_line), (province.finance, city.finance), grant)
        diary.act(split_on, province.finance, f"split-{grant.city_line}", split)
        for part, (day, amount) in enumerate(grant.handed or ((grant.on, grant.amount),)):
            parties = (city.finance, grant.county.finance)
            if part == 0:
                handed = _child(day, (grant.city_line, grant.line), parties, grant, amount)
            else:
                handed = _raise(day, grant.line, parties, amount)
            diary.act(day, city.finance, f"split-{grant.line}-{part}", handed)
        if grant.cash:
            tag = Tag(fund=self.id, source="grant", line=grant.line)
            cash = _dispatch(grant.cash_on, province.treasury, grant.county.treasury, grant.cash, tag)
            diary.act(grant.cash_on, province.finance, f"cash-{grant.line}", cash, slot=1)


def _child(
    day: datetime.date,
    lines: tuple[str, str],
    parties: tuple[str, str],
    grant: Grant,
    amount: int | None = None,
) -> Allocation:
    return Allocation(
        occurred_on=day,
        action="split",
        parent=lines[0],
        line=lines[1],
        from_=parties[0],
        to=parties[1],
        amount=grant.amount if amount is None else amount,
        project=grant.project,
    )


def _raise(day: datetime.date, line: str, parties: tuple[str, str], amount: int) -> Allocation:
    return Allocation(
        occurred_on=day,
        action="adjust",
        direction="increase",
        line=line,
        from_=parties[0],
        to=parties[1],
        amount=amount,
    )


def _dispatch(day: datetime.date, giver: str, taker: str, amount: int, tag: Tag) -> Transfer:
    return Transfer(
        occurred_on=day, from_account=giver, to_account=taker, amount=amount, reason="dispatch", tag=tag
    )


def _pass_on(level: Level) -> Deadline:
    return Deadline(duty="pass_on", days=PASS_ON_DAYS, unit="calendar", basis=_ONWARD_BASIS, level=level)


def _pay() -> Deadline:
    return Deadline(duty="pay", days=PAY_DAYS, unit="calendar", basis=_PAY_BASIS)
