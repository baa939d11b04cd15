# SPDX-License-Identifier: Apache-2.0
"""Registrations and their next versions: what stays as it was, and what leads round in a circle (spec §4.4).

Who may register what is the business of `ledger.actors`; this holds for everybody, administrators and transcribers too.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Final, assert_never

from ledger.kinds.registry import Account, Calendar, Fund, Party, Policy, Project
from ledger.problems import Problem, problem_at
from ledger.register import Register
from ledger.rulings import ruling_problems, take_rulings

Registered = Party | Account | Fund | Project | Policy | Calendar

_FIXED: Final[Mapping[type[Registered], tuple[str, ...]]] = {
    Account: ("owner", "bank"),
    Fund: ("issuer", "fiscal_year"),
    Project: ("unit",),
    Calendar: ("year",),
}
"""Fields that no later version changes, once given."""


STEPS_MAX: Final = 32
"""Most superiors above a party, and pools above an account; bounds the work of every later look upwards."""


def registered(register: Register, event: Registered) -> Registered | None:
    """The latest version of the registry entry that `event` registers or changes."""
    match event:
        case Party():
            return register.parties.get(event.id)
        case Account():
            return register.accounts.get(event.id)
        case Fund():
            return register.funds.get(event.id)
        case Project():
            return register.projects.get(event.id)
        case Policy():
            return register.policies.get(event.id)
        case Calendar():
            return register.calendars.get(event.id)
        case _:
            assert_never(event)


def check_registration(register: Register, event: Registered, *, today: datetime.date) -> Iterator[Problem]:
    """What forbids `event`, recorded on `today`, whoever posts it; its references are known to resolve."""
    before = registered(register, event)
    wanted = 1 if before is None else before.version + 1
    if event.version != wanted:
        yield problem_at(
            "version", "version", f"{event.id} would be version {wanted}, not {event.version}",
            f"{event.id} 应为第 {wanted} 版，而非第 {event.version} 版",
            ("choose another id for a new entry, or the next version for a change", "新登记请换编号；变更请用下一版本号"),
        )  # fmt: skip
    for field in _FIXED.get(type(event), ()):
        given = getattr(before, field, None)
        if given is not None and getattr(event, field) != given:
            yield problem_at(
                "registry-fixed", field, f"{field} of {event.id} is {given} for good",
                f"{event.id} 的 {field} 已登记为 {given}，不可变更",
                ("register a new entry under another id", "请以新编号另行登记"),
            )  # fmt: skip
    match event:
        case Party():
            yield from _party_problems(register, event)
        case Account():
            yield from _account_problems(register, event)
        case Policy():
            yield from ruling_problems(event, today)
        case _:
            pass


def _party_problems(register: Register, event: Party) -> Iterator[Problem]:
    if event.id in register.administrators or event.id in register.offices:
        yield problem_at(
            "id-duplicate", "id", f"{event.id} is an administrator", f"{event.id} 是管理员编号",
            ("choose another id", "请换一个编号"),
        )  # fmt: skip
    if "transcriber" in event.roles and not register.genesis.historical:
        yield problem_at(
            "role-transcriber", "roles", "this ledger is not historical", "本账本不是历史账本",
            ("only the genesis of a historical ledger admits a transcriber", "只有历史账本才设转录单位"),
        )  # fmt: skip
    yield from _way_up(event.id, "parent", event.parent, lambda one: register.parties[one].parent)


def _account_problems(register: Register, event: Account) -> Iterator[Problem]:
    if event.bank is not None and "bank" not in register.parties[event.bank].roles:
        yield problem_at(
            "account-bank", "bank", f"{event.bank} is no bank", f"{event.bank} 不是银行",
            ("name the bank that signs the statements, or none", "请填写出具对账单的银行，没有则不填"),
        )  # fmt: skip
    yield from _way_up(event.id, "pool", event.pool, lambda one: register.accounts[one].pool)


def _way_up(
    identifier: str, field: str, first: str | None, next_of: Callable[[str], str | None]
) -> Iterator[Problem]:
    """What is wrong with the way from `identifier` up: it comes back to where it began, or does not end soon."""
    above = first
    for _ in range(STEPS_MAX + 1):
        if above is None:
            return
        if above == identifier:
            yield problem_at(
                "registry-circle", field, f"{identifier} would lie above itself", f"{identifier} 将成为自身的上级",
                ("name one that does not depend on it", "请填写不依赖于它的对象"),
            )  # fmt: skip
            return
        above = next_of(above)
    yield problem_at(
        "registry-depth", field, f"more than {STEPS_MAX} lie above {identifier}", f"{identifier} 之上超过 {STEPS_MAX} 级",
        ("name one nearer to the top", "请填写层级更高的对象"),
    )  # fmt: skip


def take_registration(register: Register, event: Registered, *, party: str) -> None:
    """The register holds this version, posted by `party`."""
    match event:
        case Party():
            register.put(register.parties, event.id, event)
        case Account():
            register.put(register.accounts, event.id, event)
        case Fund():
            register.put(register.funds, event.id, event)
        case Project():
            register.put(register.projects, event.id, event)
        case Policy():
            register.put(register.policies, event.id, event)
            register.put(register.authors, ("policy", event.id), party)
            take_rulings(register, event)
        case Calendar():
            register.put(register.calendars, event.id, event)
            register.put(register.authors, ("calendar", event.id), party)
        case _:
            assert_never(event)
