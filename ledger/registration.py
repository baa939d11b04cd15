# SPDX-License-Identifier: Apache-2.0
"""Registrations and their next versions: what stays as it was, what leads round in a circle, which keys may be (spec §4.4).

Who may register what is the business of `ledger.actors`; this holds for everybody, administrators and transcribers too.
"""

import datetime
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, assert_never

from ledger.authority import key_material
from ledger.cosignature import LogKey, parse_log_key
from ledger.errors import InputError
from ledger.genesis import ADMINISTRATOR
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.log_keys import is_held
from ledger.open_records import KeyState, LogKeyState
from ledger.problems import Check, Problem
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
        yield _problem(
            "version", "version", f"{event.id} would be version {wanted}, not {event.version}",
            f"{event.id} 应为第 {wanted} 版，而非第 {event.version} 版",
            ("choose another id for a new entry, or the next version for a change", "新登记请换编号；变更请用下一版本号"),
        )  # fmt: skip
    for field in _FIXED.get(type(event), ()):
        given = getattr(before, field, None)
        if given is not None and getattr(event, field) != given:
            yield _problem(
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
        yield _problem(
            "id-duplicate", "id", f"{event.id} is an administrator", f"{event.id} 是管理员编号",
            ("choose another id", "请换一个编号"),
        )  # fmt: skip
    if "transcriber" in event.roles and not register.genesis.historical:
        yield _problem(
            "role-transcriber", "roles", "this ledger is not historical", "本账本不是历史账本",
            ("only the genesis of a historical ledger admits a transcriber", "只有历史账本才设转录单位"),
        )  # fmt: skip
    yield from _way_up(event.id, "parent", event.parent, lambda one: register.parties[one].parent)


def _account_problems(register: Register, event: Account) -> Iterator[Problem]:
    if event.bank is not None and "bank" not in register.parties[event.bank].roles:
        yield _problem(
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
            yield _problem(
                "registry-circle", field, f"{identifier} would lie above itself", f"{identifier} 将成为自身的上级",
                ("name one that does not depend on it", "请填写不依赖于它的对象"),
            )  # fmt: skip
            return
        above = next_of(above)
    yield _problem(
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


def take_key(register: Register, event: Key, *, recorded: str) -> Iterator[Problem]:
    """The register knows the new key, or that it was revoked at `recorded`; yields what forbids it."""
    if event.action == "revoke":
        yield from _revoke(register, event, recorded=recorded)
        return
    yield from _administrators_key(register, event)
    public = key_material(event)
    if public is None:
        yield _problem(
            "key-id", "public", "the public key is none of its suite, or has another key id", "公钥无效，或与密钥编号不符",
            ("give the raw public key in base64 and the id computed from it", "请填写原始公钥的 base64 及由其算得的编号"),
            check="form",
        )  # fmt: skip
        return
    register.put(register.keys, event.key, KeyState(registered=event, public=public))


def _revoke(register: Register, event: Key, *, recorded: str) -> Iterator[Problem]:
    state = register.keys.get(event.key)
    if state is None or state.revoked_at is not None:
        yield _problem(
            "key-revoke", "key", "the key is not registered or revoked already", "该密钥未登记或已吊销",
            ("check the key id", "请核对密钥编号"),
        )  # fmt: skip
        return
    register.put(register.keys, event.key, replace(state, revoked_at=recorded))


def take_log_key(register: Register, event: LogKeyChange, *, recorded: str) -> Iterator[Problem]:
    """The register knows that this key of the log came, or went at `recorded`; yields what forbids it."""
    key = _log_key(register, event)
    if isinstance(key, Problem):
        yield key
        return
    state = register.log_keys.get(event.vkey)
    if event.action == "add" and state is not None:
        yield _log_key_problem("it is a key of this log already, or was one", "该密钥现为或曾为本日志密钥")
    elif event.action == "add" and not is_held(key, register.genesis_hash, b64decode(event.proof or "")):
        yield _log_key_problem(
            "the proof is not its signature over this ledger", "证明不是该密钥对本账本的签名"
        )
    elif event.action == "add":
        register.put(register.log_keys, event.vkey, LogKeyState(vkey=event.vkey))
    else:
        yield from _retire(register, event, key, recorded=recorded)


def _retire(register: Register, event: LogKeyChange, key: LogKey, *, recorded: str) -> Iterator[Problem]:
    state = register.log_keys.get(event.vkey)
    if state is None or state.retired is not None:
        yield _log_key_problem("it is no current key of this log", "该密钥不是本日志现行密钥")
        return
    if not any(type(one) is type(key) and one != key for one in register.current_log_keys):
        yield _log_key_problem(
            "it is the last key of its type: add the next one first", "该类型仅余此密钥：请先加入新密钥"
        )
    register.put(register.log_keys, event.vkey, replace(state, retired=recorded))


def _log_key(register: Register, event: LogKeyChange) -> LogKey | Problem:
    try:
        key = parse_log_key(event.vkey)
        proof = event.proof or ""
        canonical = b64encode(b64decode(proof, validate=True)).decode() == proof
    except (InputError, ValueError):
        return _log_key_problem("the text is no verifier key of a log", "文本不是日志验证密钥", check="form")
    if key.name != register.genesis.origin or not canonical:
        return _log_key_problem(
            f"a key of this log has the name {register.genesis.origin} and a proof in plain base64",
            f"本日志密钥的名称应为 {register.genesis.origin}，证明应为规范 base64", check="form",
        )  # fmt: skip
    return key


def _log_key_problem(en: str, zh: str, *, check: Check = "I7") -> Problem:
    remedy = ("make the event with fundtrace keys log", "请用 fundtrace keys log 生成该事件")
    return _problem("log-key", "vkey", en, zh, remedy, check=check)


def _administrators_key(register: Register, event: Key) -> Iterator[Problem]:
    """Administrators hold no business role: neither their keys nor they themselves nor their devices sign business."""
    for one in register.administrators.values():
        if event.key == one.key or event.person == one.person or event.device == one.device:
            yield _problem(
                "key-administrator", "key", f"{one.id} is an administrator and holds no business key",
                f"{one.id} 是管理员，不得持有业务密钥",
                ("register a key of another person and device", "请登记其他人员和设备的密钥"),
            )  # fmt: skip
    if ADMINISTRATOR in event.roles:
        yield _problem(
            "key-administrator", "roles", "no key event makes an administrator", "密钥登记不能授予管理员角色",
            ("leave that role out; an administrator is appointed", "请去掉该角色；管理员须经任命"),
        )  # fmt: skip


def _problem(
    code: str, place: str, en: str, zh: str, remedy: tuple[str, str], *, check: Check = "I7"
) -> Problem:
    return Problem(
        code=code,
        check=check,
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en=remedy[0],
        remedy_zh=remedy[1],
    )
