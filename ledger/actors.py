# SPDX-License-Identifier: Apache-2.0
"""Whose act each event is (DESIGN §3, *Keys*: the header's party is the actor), by the rows of `ledger.rights`.

In a historical ledger a transcriber may post every kind that is not the administrators' alone.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from ledger.duties import duty_of
from ledger.errors import ProgrammerError
from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Disbursement, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.contract import ContractChange
from ledger.kinds.control import Correction, Erasure, Reply
from ledger.kinds.fact import Claim, MatchingReceipt, PayeeList, Restitution, Return, Transfer, Use
from ledger.kinds.form import kind_of
from ledger.kinds.mandate import Deputation, Override
from ledger.kinds.registry import Account, Calendar, Fund, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import covers, level_rank
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
from ledger.rulings import is_over, places_named
from ledger.upper import is_pinned

_FINANCE: Final = frozenset({"finance"})
_BANK: Final = frozenset({"bank"})
_OVERSIGHT: Final = frozenset({"audit", "supervision"})
_PUBLIC: Final = frozenset({"finance", "department", "unit"})
_APPOINTED: Final = _FINANCE | _BANK | _OVERSIGHT | {"transcriber"}
"""Roles that give power over others: administrators alone grant them and change who has one."""


_ADMINISTRATORS: Final = (
    "administrators register keys and parties, and change their own posts and the log's keys, each by his duty",
    "管理员只登记密钥和单位、变更管理员与日志密钥，且各守分工",
)


def check_actor(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> Iterator[Problem]:
    """A problem, if `party` is not the one whose act `event` is (DESIGN §3: the header's party is the actor)."""
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
            return bool(party == getattr(event, field)) and (not roles or _has_role(register, party, roles))
        case OwnerOf(field=field):
            return party == register.accounts[getattr(event, field)].owner
        case BankOf(field=field):
            bank = register.accounts[getattr(event, field)].bank
            return party == bank and _has_role(register, party, _BANK)
        case UnitOf(field=field):
            return party == register.projects[getattr(event, field)].unit
        case HolderOf(field=field):
            return party == register.lines[getattr(event, field)].holder
        case Anybody(roles=roles):
            return not roles or _has_role(register, party, roles)
        case ByState():
            return _may_by_state(register, event, party=party, past=past)
        case _:
            assert_never(right.actor)


def _may_by_state(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> bool:  # noqa: C901, PLR0911, PLR0912 - one row a kind
    """The rules of the kinds whose actor hangs on more than one field."""
    match event:
        case Party():
            return _may_register(register, event, party=party)
        case Account():
            before = register.accounts.get(event.id)
            return _runs(register, party, event.owner if before is None else before.owner)
        case Fund():
            pinned = event.upper is not None and is_pinned(register, event.upper)
            return pinned and _has_role(register, party, _FINANCE)
        case Project():
            return _may_plan(register, event, party=party)
        case Policy():
            return _may_rule(register, event, party=party)
        case Calendar():
            roles = _OVERSIGHT | _FINANCE
            return _has_role(register, party, roles) and _follows(register, ("calendar", event.id), party)
        case Claim():
            return _may_answer(register, event, party=party)
        case Disbursement():
            return _may_pay(register, event, party=party)
        case Return():
            return _may_report_return(register, event, party=party, past=past)
        case Attachment():
            return _may_speak_for(register, event.event, party=party, past=past)
        case Correction():
            return _may_correct(register, event, party=party, past=past)
        case ContractChange():
            return party == register.projects[register.contracts[event.contract].project].unit
        case Waiver():
            return party == register.funds[event.fund].issuer or _has_role(register, party, _OVERSIGHT)
        case PayeeList():
            issuer = register.funds[event.fund].issuer
            return _has_role(register, party, _PUBLIC) and _over_party(register, issuer, party)
        case Restitution():
            return party in _sides(register, event.from_account, event.to_account)
        case Reply():
            return _may_speak_for(register, register.objections[event.objection], party=party, past=past)
        case Erasure():
            return _may_speak_for(register, event.event, party=party, past=past)
        case Deputation():
            return _may_depute(register, event, party=party)
        case Override():
            return event.event is None or register.overrides.get(event.event, party) == party
        case _:
            raise ProgrammerError(f"{kind_of(event)} has no rule of its own: give its row another actor")


def _may_register(register: Register, event: Party, *, party: str) -> bool:
    """Bureaus register ordinary parties of their place, and change of them what grants nothing."""
    own = register.parties[party]
    if (
        "finance" not in own.roles
        or _APPOINTED & set(event.roles)
        or not is_over(register, own.division, event.division)
    ):
        return False
    before = register.parties.get(event.id)
    if before is None:
        return level_rank(event.level) >= level_rank(own.level)
    kept = ("level", "division", "roles", "parent")
    return all(getattr(event, field) == getattr(before, field) for field in kept)


def _may_plan(register: Register, event: Project, *, party: str) -> bool:
    before = register.projects.get(event.id)
    if party == event.unit and (before is None or before.unit == party):
        return True
    places = {event.division} | ({before.division} if before else set())
    return _has_role(register, party, _FINANCE | {"department"}) and all(
        _over(register, party, place) for place in places
    )


def _may_rule(register: Register, event: Policy, *, party: str) -> bool:
    """An audit or supervision office rules for its own level and below, and changes no policy of an office above it.

    Places it settles in its own place only.
    """
    rank = level_rank(register.parties[party].level)
    levels = (row.level for row in event.rows if row.level is not None)
    return (
        _has_role(register, party, _OVERSIGHT)
        and _follows(register, ("policy", event.id), party)
        and all(rank <= level_rank(level) for level in levels)
        and all(covers(register.parties[party].division, place) for place in places_named(event))
    )


def _follows(register: Register, entry: tuple[str, str], party: str) -> bool:
    """Whether `party` posted the last version of `entry`, or is over the one that did, or there is none."""
    author = register.authors.get(entry, party)
    return party == author or _over_party(register, party, author)


def _may_pay(register: Register, event: Disbursement, *, party: str) -> bool:
    """The line's holder, from its own account; between public bodies, from its bureau's or from one it runs as bureau."""
    owner = register.accounts[event.from_account].owner
    if party != register.lines[event.line].holder:
        return False
    public = _has_role(register, party, _PUBLIC) and _has_role(register, owner, _PUBLIC)
    return party == owner or (public and (_runs(register, owner, party) or _runs(register, party, owner)))


def _may_answer(register: Register, event: Claim, *, party: str) -> bool:
    """Approving and returning is up to who holds the claim's line, or else to who is over its project."""
    project = register.projects[event.project]
    claim = register.claims[event.claim]
    if event.line is not None and party != register.lines[event.line].holder:
        return False
    if claim.line is not None:
        return party == register.lines[claim.line].holder
    if event.action == "return" and claim.approver is not None:
        return party == claim.approver
    approves = event.action == "approve"
    return _over(register, party, project.division) and (
        approves or _has_role(register, party, _FINANCE | {"department"})
    )


def _may_report_return(register: Register, event: Return, *, party: str, past: PastEvents) -> bool:
    """Owner or bank of an account that the money touches; of a named event, somebody who had to do with it."""
    if party not in _sides(register, event.from_account, event.to_account):
        return False
    original = None if event.event is None else register.event_named(event.event, past)
    paid = None if original is None else original.event
    if original is None or not isinstance(paid, Disbursement | Transfer | Use | MatchingReceipt):
        return True  # a name of nothing, or of nothing that moved money, is told by ledger.returns
    accounts = (getattr(paid, field, None) for field in ("from_account", "to_account", "account"))
    concerned = _sides(register, *accounts) | {original.party, getattr(paid, "payee", None)}
    return party in concerned or _runs(register, party, original.party)


def _sides(register: Register, *accounts: str | None) -> set[str | None]:
    known = [register.accounts[account] for account in accounts if account is not None]
    return {side.owner for side in known} | {side.bank for side in known}


def _may_correct(register: Register, event: Correction, *, party: str, past: PastEvents) -> bool:
    original = register.event_named(event.event, past)
    if original is None or party == original.party:
        return True  # a missing original is told by ledger.effects
    if isinstance(original.event, Movement | BankBalance):
        return False
    above = register.parties[original.party].parent if original.party in register.parties else None
    seen: set[str] = set()
    while above is not None and above not in seen:
        if above == party:
            return True
        seen.add(above)
        above = register.parties[above].parent if above in register.parties else None
    return False


def _may_speak_for(register: Register, name: str | None, *, party: str, past: PastEvents) -> bool:
    """The party that posted event `name`, or the bureau over it; of none, anybody. `ledger.effects` tells a missing one."""
    known = None if name is None else register.event_named(name, past)
    return known is None or _runs(register, party, known.party)


def _may_depute(register: Register, event: Deputation, *, party: str) -> bool:
    if event.action == "grant":
        state = register.keys.get(event.principal or "")
        return state is None or state.registered.holder == party  # a missing key is told by ledger.mandates
    granted = register.deputations.get(event.id)
    return granted is None or granted.party == party


def _has_role(register: Register, party: str, roles: frozenset[str]) -> bool:
    return not roles.isdisjoint(register.parties[party].roles)


def _runs(register: Register, party: str, other: str) -> bool:
    """Whether `party` is `other`, or the finance bureau over its place."""
    return party == other or (_has_role(register, party, _FINANCE) and _over_party(register, party, other))


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


def _over(register: Register, party: str, division: str) -> bool:
    return is_over(register, register.parties[party].division, division)


def _over_party(register: Register, party: str, other: str) -> bool:
    return other in register.parties and _over(register, party, register.parties[other].division)


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
