# SPDX-License-Identifier: Apache-2.0
"""Deputations, overrides and changes of administrators as the register takes them in (spec §3.13 to §3.15)."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ledger.authority import material
from ledger.deputies import is_valid
from ledger.duties import duty_of
from ledger.errors import ProgrammerError
from ledger.genesis import Administrator
from ledger.instant import is_instant, parse_instant
from ledger.kinds.mandate import DEPUTATION_DAYS_MAX, AdministratorChange, Deputation, Override
from ledger.open_records import DeputationState, OfficeState
from ledger.problems import Problem, problem_at
from ledger.register import Register
from ledger.rights import Duty
from ledger.separation import persons_apart

_DUTIES_THAT_SIGN: Final[tuple[Duty, ...]] = ("system", "security")


def take_deputation(register: Register, event: Deputation, *, party: str, recorded: str) -> Iterator[Problem]:
    """The register knows the deputation, or that it ended; yields what forbids it."""
    state = register.deputations.get(event.id)
    if event.action == "end":
        if state is None or state.ended:
            yield problem_at(
                "deputation-unknown", "id", f"no deputation {event.id} is running", f"没有正在生效的授权 {event.id}",
                ("check its id", "请核对授权编号"),
            )  # fmt: skip
        else:
            register.put(register.deputations, event.id, replace(state, ended=True))
        return
    if state is not None:
        yield problem_at(
            "id-duplicate",
            "id",
            f"{event.id} exists already",
            f"{event.id} 已存在",
            ("choose another id", "请换一个编号"),
        )
    yield from _window_problems(event)
    yield from _pair_problems(register, event, party=party, recorded=recorded)
    register.put(register.deputations, event.id, DeputationState(granted=event, party=party))


def _window_problems(event: Deputation) -> Iterator[Problem]:
    start, end = event.valid_from or "", event.valid_to or ""
    if not is_instant(start) or not is_instant(end):
        yield _window("it begins and ends at real moments", "起止时刻须真实存在")
    elif end <= start:
        yield _window("it would hold at no moment", "有效期为空")
    elif parse_instant(end) - parse_instant(start) > datetime.timedelta(days=DEPUTATION_DAYS_MAX):
        yield _window(f"it lasts {DEPUTATION_DAYS_MAX} days at most", f"最长 {DEPUTATION_DAYS_MAX} 天")


def _window(en: str, zh: str) -> Problem:
    return problem_at(
        "deputation-window", "valid_to", en, zh,
        ("shorten the window; for longer register a key for the successor", "请缩短期限；长期请为接任者登记密钥"),
        check="form",
    )  # fmt: skip


def _pair_problems(register: Register, event: Deputation, *, party: str, recorded: str) -> Iterator[Problem]:
    found = {}
    for field in ("principal", "deputy"):
        state = register.keys.get(getattr(event, field))
        if state is None or not is_valid(state, recorded) or state.registered.holder != party:
            yield problem_at(
                "deputation-key", field, f"{field} is no valid key of {party}", f"{field} 不是 {party} 的有效密钥",
                ("name the ids of two keys of the party", "请填写本单位两把密钥的编号"),
            )  # fmt: skip
        else:
            found[field] = state.registered
    if len(found) != len(("principal", "deputy")):
        return
    principal, deputy = found["principal"], found["deputy"]
    if principal.person == deputy.person or principal.device == deputy.device:
        yield problem_at(
            "deputation-same", "deputy", "principal and deputy are one person or one device",
            "委托人与受托人为同一人或同一设备",
            ("let another person sign with another device", "请委托他人并使用另一设备"),
        )  # fmt: skip
    if event.role not in principal.roles:
        yield problem_at(
            "deputation-role", "role", f"the principal does not hold the role {event.role}",
            f"委托人没有 {event.role} 角色",
            ("nobody lends what he has not", "只能委托本人具有的角色"),
        )  # fmt: skip


def take_override(register: Register, event: Override, *, party: str, name: str) -> Iterator[Problem]:
    """The register knows the override `name`, or that one was ratified; yields what forbids it."""
    if event.action == "declare":
        register.put(register.overrides, name, party)
        return
    if event.event not in register.overrides:
        yield problem_at(
            "override-unknown", "event", f"{event.event} is no override that waits for it",
            f"{event.event} 不是待追认的越权事项",
            ("name the override by party/submission/index", "请填写越权事项的名称（单位/提交编号/序号）"),
        )  # fmt: skip
    else:
        register.drop(register.overrides, event.event)


def take_administrator(register: Register, event: AdministratorChange) -> Iterator[Problem]:
    """The register knows the administrators as they are from now on; yields what forbids it."""
    match event.action:
        case "appoint":
            yield from _appoint(register, event)
        case "assign":
            yield from _assign(register, event)
        case "dismiss":
            if event.id in register.administrators:
                register.drop(register.administrators, event.id)
                register.put(register.offices, event.id, OfficeState(dismissed=True))
            else:
                yield _no_administrator(event)
    yield from _lockout(register)


def _appoint(register: Register, event: AdministratorChange) -> Iterator[Problem]:
    if event.id in register.parties or event.id in register.offices or event.id in register.administrators:
        yield problem_at(
            "id-duplicate",
            "id",
            f"{event.id} exists already",
            f"{event.id} 已存在",
            ("choose another id", "请换一个编号"),
        )
    if material(event.alg, event.public, event.key or "") is None:
        yield problem_at(
            "key-id", "public", "the public key is none of its suite, or has another key id", "公钥无效，或与密钥编号不符",
            ("give the raw public key in base64 and the id computed from it", "请填写原始公钥的 base64 及由其算得的编号"),
            check="form",
        )  # fmt: skip
        return
    if (
        event.person is None or event.device is None or event.alg is None
        or event.key is None or event.public is None
    ):  # fmt: skip
        raise ProgrammerError("an appointment without its key was parsed")
    new = Administrator(
        id=event.id,
        person=event.person,
        device=event.device,
        alg=event.alg,
        key=event.key,
        public=event.public,
    )
    held = [one.registered for one in register.keys.values() if one.revoked_at is None]
    taken = [*register.administrators.values(), *held]
    for field in ("person", "device", "key"):
        if any(getattr(one, field) == getattr(new, field) for one in taken):
            yield problem_at(
                "administrator-twice", field, f"that {field} holds another office or signs business already",
                f"该 {field} 已任其他管理员或持有业务密钥",
                ("appoint another person, with a device and a key of their own", "请任命他人，并使用其专用的设备和密钥"),
            )  # fmt: skip
    register.put(register.administrators, event.id, new)
    register.put(register.offices, event.id, OfficeState(duty=event.duty))


def _assign(register: Register, event: AdministratorChange) -> Iterator[Problem]:
    own = register.administrators.get(event.id)
    if own is None:
        yield _no_administrator(event)
        return
    before = duty_of(register, event.id)
    if before is not None:
        yield problem_at(
            "administrator-duty", "duty", f"{event.id} has the duty {before} for good",
            f"{event.id} 的分工已定为 {before}",
            ("dismiss him and appoint somebody else", "请免去后另行任命"),
        )  # fmt: skip
    for other in register.administrators.values():
        duty = duty_of(register, other.id)
        same = other.person == own.person or other.device == own.device
        if other.id != own.id and same and duty not in {None, event.duty}:
            yield problem_at(
                "administrator-twice", "duty", f"{other.id} is the same person or device with another duty",
                f"{other.id} 为同一人或同一设备且已有其他分工",
                ("no one holds two duties", "一人不得兼任两项"),
            )  # fmt: skip
    register.put(register.offices, event.id, OfficeState(duty=event.duty))


def _lockout(register: Register) -> Iterator[Problem]:
    """Nothing may leave fewer administrators for a duty than the threshold asks for: nobody could mend it afterwards."""
    for duty in _DUTIES_THAT_SIGN:
        able = [one for one in register.administrators.values() if duty_of(register, one.id) in {None, duty}]
        left = persons_apart(able)
        if left < register.genesis.threshold:
            yield problem_at(
                "administrator-lockout", "action",
                f"{left} would be left for the duty {duty}, {register.genesis.threshold} must sign",
                f"{duty} 分工将只剩 {left} 人，签名门限为 {register.genesis.threshold}",
                ("appoint more administrators first", "请先任命更多管理员"),
            )  # fmt: skip


def _no_administrator(event: AdministratorChange) -> Problem:
    return problem_at(
        "administrator-unknown", "id", f"{event.id} is no administrator", f"{event.id} 不是管理员",
        ("check the id", "请核对编号"),
    )  # fmt: skip
