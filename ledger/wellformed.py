# SPDX-License-Identifier: Apache-2.0
"""Form beyond types: real dates and instants, commitments in order, ids distinct within an event, credit codes (spec §1).

These are posting rules and no parsing rules: a log that breaks them is still read, and its verification says where.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final, assert_never

from ledger.instant import EARLIEST, LATEST, is_date, is_instant
from ledger.kinds.authority import MatchingPledge, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.code import Code
from ledger.kinds.contract import Contract, ContractChange
from ledger.kinds.control import Disposition
from ledger.kinds.fact import Publication
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import is_uscc
from ledger.problems import Problem, problem_at

_problem: Final = partial(problem_at, check="form")
_DATES: Final[Mapping[type[AnyEvent], tuple[tuple[str, str], ...]]] = {
    Movement: (("value_on", "value_on"),),
    BankBalance: (("from_on", "from"), ("to_on", "to")),
    Account: (("effective_on", "effective_on"),),
    Calendar: (),
    Code: (("edition", "edition"),),
    Contract: (("retention_until", "retention_until"),),
    ContractChange: (("due_on", "due_on"),),
    Disposition: (("due_on", "due_on"),),
    Fund: (("effective_on", "effective_on"), ("class_edition", "class_edition")),
    Key: (),
    MatchingPledge: (("due_on", "due_on"),),
    Party: (("effective_on", "effective_on"), ("division_edition", "division_edition")),
    Policy: (("effective_on", "effective_on"),),
    Project: (("effective_on", "effective_on"), ("division_edition", "division_edition")),
    Publication: (("until", "until"),),
    Waiver: (("due_on", "due_on"),),
}
"""Kinds that are looked into further: (attribute, field on the wire) of their dates besides the business date."""


def form_problems(event: AnyEvent, today: datetime.date) -> Iterator[Problem]:
    """What is wrong with the form of `event`, recorded on business day `today`."""
    if event.occurred_on > today:
        yield _problem(
            "date-ahead", "occurred_on",
            f"{event.occurred_on} lies after the recorded day {today}", f"{event.occurred_on} 晚于入账日 {today}",
            ("post it on or after its business date", "请在业务日期之后登记"),
        )  # fmt: skip
    if event.occurred_on < EARLIEST:
        yield _date_problem("occurred_on", event.occurred_on)
    if not are_ordered(event.sd):
        yield _problem(
            "commitment-order", "_sd", "commitments are not sorted and unique", "承诺值未排序或有重复",
            ("sort the commitments and drop repeated ones, then sign again", "请将承诺值排序去重后重新签名"),
        )  # fmt: skip
    if type(event) in _DATES:
        for field, day in _dates(event):
            if day is not None and not is_date(day):
                yield _date_problem(field, day)
        if isinstance(event, Party | Key | Project | Policy | Calendar | Contract):
            yield from _registry_problems(event)


def are_ordered(commitments: tuple[str, ...]) -> bool:
    """Whether `commitments` are sorted and unique."""
    return not commitments or list(commitments) == sorted(set(commitments))


def _registry_problems(event: Party | Key | Project | Policy | Calendar | Contract) -> Iterator[Problem]:
    match event:
        case Party():
            if event.uscc is not None and not is_uscc(event.uscc):
                yield _problem(
                    "uscc", "uscc", f"{event.uscc} has a wrong check character", f"{event.uscc} 校验码不符",
                    ("compare with the licence of the body", "请核对营业执照或证书"),
                )  # fmt: skip
        case Key():
            yield from _key_problems(event)
        case Project() | Contract():
            yield from _distinct("milestones.id", (one.id for one in event.milestones))
        case Policy():
            yield from _distinct("rows.id", (row.id for row in event.rows))
        case Calendar():
            yield from _distinct("off, worked", (str(day) for day in (*set(event.off), *set(event.worked))))
        case _:
            assert_never(event)


def _dates(event: AnyEvent) -> Iterator[tuple[str, datetime.date | None]]:
    """Every date of `event` but its business date, by field."""
    yield from ((field, getattr(event, attribute)) for attribute, field in _DATES[type(event)])
    match event:
        case Fund():
            yield from (("matching.due_on", term.due_on) for term in event.matching)
            yield from (("matching_amounts.due_on", term.due_on) for term in event.matching_amounts)
        case Project() | Contract():
            yield from (("milestones.due_on", one.due_on) for one in event.milestones)
        case Calendar():
            yield from (("off", day) for day in event.off)
            yield from (("worked", day) for day in event.worked)
        case _:
            return


def _key_problems(event: Key) -> Iterator[Problem]:
    for field, instant in (
        ("valid_from", event.valid_from),
        ("valid_to", event.valid_to),
        ("compromised_since", event.compromised_since),
    ):
        if instant is not None and not is_instant(instant):
            yield instant_problem("instant", field, instant)
    if event.valid_to is not None and event.valid_to <= (event.valid_from or ""):
        yield _problem(
            "key-window", "valid_to", "the key is valid at no moment", "密钥有效期为空",
            ("let the window end after it begins", "有效期的止点应晚于起点"),
        )  # fmt: skip


def _distinct(field: str, ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield _problem(
                "inner-duplicate", field, f"{one} stands twice in the event", f"{one} 在同一事件中重复",
                ("say each of them once", "同一编号或日期只写一次"),
            )  # fmt: skip
        seen.add(one)


def instant_problem(code: str, field: str, instant: str) -> Problem:
    """A problem named `code`: `instant` is no real moment, or lies in another age."""
    return _problem(
        code, field,
        f"{instant} is no moment between {EARLIEST} and {LATEST}", f"{instant} 不是 {EARLIEST} 至 {LATEST} 之间的时刻",
        ("write a real moment in UTC, such as 2026-06-12T08:31:07.000Z", "请写真实的 UTC 时刻"),
    )  # fmt: skip


def _date_problem(field: str, day: datetime.date) -> Problem:
    return _problem(
        "date-range", field,
        f"{day} does not lie between {EARLIEST} and {LATEST}", f"{day} 不在 {EARLIEST} 至 {LATEST} 之间",
        ("check the year; leave the field out where there is no date", "请核对年份；没有日期时不填该字段"),
    )  # fmt: skip
