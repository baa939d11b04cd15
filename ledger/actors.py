# SPDX-License-Identifier: Apache-2.0
"""Whose act each event is (DESIGN §3, *Keys*: the header's party is the actor), by the rows of `ledger.rights`.

In a historical ledger a transcriber may post every kind that is not the administrators' alone.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from ledger.competence import has_role, may_by_state
from ledger.duties import duty_of
from ledger.kinds.authority import Disbursement
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Account
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import BANK
from ledger.past_events import PastEvents
from ledger.problems import Problem
from ledger.register import Register
from ledger.rights import (
    Administrators,
    Anybody,
    BankOf,
    ByState,
    HolderOf,
    Named,
    OwnerOf,
    Right,
    UnitOf,
    rights_to,
)

_ADMINISTRATORS: Final = (
    "administrators register keys and parties, and change their own posts and the log's keys, each by his duty",
    "管理员只登记密钥和单位、变更管理员与日志密钥，且各守分工",
)


def check_actor(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> Iterator[Problem]:
    """A problem, if `party` is not the one whose act `event` is."""
    rights = rights_of(event)
    if party in register.administrators:
        if not any(_is_duty(register, one, party) for one in rights):
            yield _actor_problem(event, party, _ADMINISTRATORS)
        return
    if party not in register.parties:  # an administrator whom an event before this one dismissed
        yield _actor_problem(event, party, _told(rights[-1]))
        return
    others = [one for one in rights if not isinstance(one.actor, Administrators)]
    if others and register.genesis.historical and "transcriber" in register.parties[party].roles:
        return
    if not any(_is_actor(register, one, event, party=party, past=past) for one in others):
        yield _actor_problem(event, party, _rightful(register, event, rights[-1]))


def rights_of(event: AnyEvent) -> tuple[Right, ...]:
    """The rows of the table of rights that speak of `event`."""
    return rights_to(kind_of(event), getattr(event, "action", ""))


def _is_duty(register: Register, right: Right, administrator: str) -> bool:
    duty = duty_of(register, administrator)
    return isinstance(right.actor, Administrators) and duty in {None, right.actor.duty}


def _is_actor(register: Register, right: Right, event: AnyEvent, *, party: str, past: PastEvents) -> bool:  # noqa: C901, PLR0911 - one row a sort of actor
    match right.actor:
        case Administrators():
            return False
        case Named(field=field, roles=roles):
            return bool(party == getattr(event, field)) and (not roles or has_role(register, party, roles))
        case OwnerOf(field=field):
            return party == register.accounts[getattr(event, field)].owner
        case BankOf(field=field):
            bank = register.accounts[getattr(event, field)].bank
            return party == bank and has_role(register, party, BANK)
        case UnitOf(field=field):
            return party == register.projects[getattr(event, field)].unit
        case HolderOf(field=field):
            return party == register.lines[getattr(event, field)].holder
        case Anybody(roles=roles):
            return not roles or has_role(register, party, roles)
        case ByState():
            return may_by_state(register, event, party=party, past=past)
        case _:
            assert_never(right.actor)


def _rightful(register: Register, event: AnyEvent, right: Right) -> tuple[str, str]:
    """Whose act it is, by name where one field says it."""
    match right.actor:
        case Named(field=field):
            party = getattr(event, field)
            return f"this is an act of {party}", f"这是 {party} 的职权"
        case OwnerOf(field=field):
            account = register.accounts[getattr(event, field)]
            return (
                f"account {account.id} belongs to {account.owner}",
                f"账户 {account.id} 属于 {account.owner}",
            )
        case BankOf(field=field):
            return _rightful_bank(register.accounts[getattr(event, field)])
        case UnitOf(field=field):
            project = register.projects[getattr(event, field)]
            return (
                f"project {project.id} is run by {project.unit}",
                f"项目 {project.id} 由 {project.unit} 实施",
            )
        case HolderOf(field=field):
            line = register.lines[getattr(event, field)]
            return f"line {line.id} is held by {line.holder}", f"指标 {line.id} 由 {line.holder} 持有"
        case Administrators() | Anybody() | ByState():
            return _rightful_payer(register, event) if isinstance(event, Disbursement) else _told(right)
        case _:
            assert_never(right.actor)


def _told(right: Right) -> tuple[str, str]:
    return f"this is for {right.who[0]}", f"有权的是{right.who[1]}"


def _rightful_bank(account: Account) -> tuple[str, str]:
    if account.bank is None:
        return f"account {account.id} has no bank", f"账户 {account.id} 未登记开户行"
    return (
        f"the bank of account {account.id} is {account.bank}",
        f"账户 {account.id} 的开户行是 {account.bank}",
    )


def _rightful_payer(register: Register, event: Disbursement) -> tuple[str, str]:
    holder, owner = register.lines[event.line].holder, register.accounts[event.from_account].owner
    return (
        f"line {event.line} is held by {holder}, account {event.from_account} belongs to {owner}",
        f"指标 {event.line} 由 {holder} 持有，账户 {event.from_account} 属于 {owner}",
    )


def _actor_problem(event: AnyEvent, party: str, rightful: tuple[str, str]) -> Problem:
    return Problem(
        code="actor",
        check="I6",
        place="header.party",
        message_en=f"{party} may not post this {kind_of(event)}: {rightful[0]}",
        message_zh=f"{party} 无权登记此 {kind_of(event)}：{rightful[1]}",
        remedy_en="let the party whose act it is submit it",
        remedy_zh="请由有权单位提交",
    )
