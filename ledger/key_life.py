# SPDX-License-Identifier: Apache-2.0
"""Keys of persons as they are registered and revoked (spec §3.6), and keys of the log as they come and go (spec §2.16)."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace

from ledger.authority import key_material
from ledger.cosignature import LogKey, parse_log_key
from ledger.errors import InputError
from ledger.genesis import ADMINISTRATOR
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.registry import Key
from ledger.log_keys import is_held
from ledger.open_records import KeyState, LogKeyState
from ledger.problems import Check, Problem, problem_at
from ledger.register import Register


def take_key(register: Register, event: Key, *, recorded: str) -> Iterator[Problem]:
    """The register knows the new key, or that it was revoked at `recorded`; yields what forbids it."""
    if event.action == "revoke":
        yield from _revoke(register, event, recorded=recorded)
        return
    yield from _administrators_key(register, event)
    public = key_material(event)
    if public is None:
        yield problem_at(
            "key-id", "public", "the public key is none of its suite, or has another key id", "公钥无效，或与密钥编号不符",
            ("give the raw public key in base64 and the id computed from it", "请填写原始公钥的 base64 及由其算得的编号"),
            check="form",
        )  # fmt: skip
        return
    register.put(register.keys, event.key, KeyState(registered=event, public=public))


def _revoke(register: Register, event: Key, *, recorded: str) -> Iterator[Problem]:
    state = register.keys.get(event.key)
    if state is None or state.revoked_at is not None:
        yield problem_at(
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
    return problem_at("log-key", "vkey", en, zh, remedy, check=check)


def _administrators_key(register: Register, event: Key) -> Iterator[Problem]:
    """Administrators hold no business role: neither their keys nor they themselves nor their devices sign business."""
    for one in register.administrators.values():
        if event.key == one.key or event.person == one.person or event.device == one.device:
            yield problem_at(
                "key-administrator", "key", f"{one.id} is an administrator and holds no business key",
                f"{one.id} 是管理员，不得持有业务密钥",
                ("register a key of another person and device", "请登记其他人员和设备的密钥"),
            )  # fmt: skip
    if ADMINISTRATOR in event.roles:
        yield problem_at(
            "key-administrator", "roles", "no key event makes an administrator", "密钥登记不能授予管理员角色",
            ("leave that role out; an administrator is appointed", "请去掉该角色；管理员须经任命"),
        )  # fmt: skip
