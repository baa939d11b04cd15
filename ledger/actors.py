# SPDX-License-Identifier: Apache-2.0
"""The table of actors: whose act each kind of event is (DESIGN §3, *Keys*: the header's party is the actor).

One row a kind; docs/spec repeats it and a test compares. In a historical ledger a transcriber may post every kind but keys.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import kind_of
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import covers, level_rank
from ledger.past_events import PastEvents
from ledger.problems import Problem
from ledger.register import Register

_FINANCE: Final = frozenset({"finance"})
_BANK: Final = frozenset({"bank"})
_OVERSIGHT: Final = frozenset({"audit", "supervision"})
_PUBLIC: Final = frozenset({"finance", "department", "unit"})
_APPOINTED: Final = _FINANCE | _BANK | _OVERSIGHT | {"transcriber"}
"""Roles that give power over others: administrators alone grant them and change who has one."""


def check_actor(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> Iterator[Problem]:
    """A problem, if `party` is not the one whose act `event` is (DESIGN §3: the header's party is the actor)."""
    if party in register.administrators:
        if not isinstance(event, Key | LogKeyChange | Party):
            yield _actor_problem(
                event, party, ("administrators register keys and parties only", "管理员只登记密钥和单位")
            )
        return
    if (
        register.genesis.historical
        and "transcriber" in register.parties[party].roles
        and not isinstance(event, Key | LogKeyChange)
    ):
        return
    if not _may_act(register, event, party=party, past=past):
        yield _actor_problem(event, party, _rightful(register, event))


def _may_act(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> bool:  # noqa: C901, PLR0911, PLR0912 - the table of actors, one row a kind
    match event:
        case Key() | LogKeyChange():
            return False
        case Party():
            return _may_register(register, event, party=party)
        case Account():
            before = register.accounts.get(event.id)
            return _runs(register, party, event.owner if before is None else before.owner)
        case Fund():
            return party == event.issuer and _has_role(register, party, _FINANCE)
        case Project():
            return _may_plan(register, event, party=party)
        case Policy():
            return _may_rule(register, event, party=party)
        case Calendar():
            roles = _OVERSIGHT | _FINANCE
            return _has_role(register, party, roles) and _follows(register, ("calendar", event.id), party)
        case Allocation():
            return party == event.actor
        case MatchingPledge():
            return party == event.party
        case MatchingReceipt() | Interest():
            return party == register.accounts[event.account].owner
        case Claim():
            return _may_claim(register, event, party=party)
        case Disbursement():
            return _may_pay(register, event, party=party)
        case Transfer() | Use():
            return party == register.accounts[event.from_account].owner
        case Return():
            return _may_report_return(register, event, party=party, past=past)
        case Movement() | BankBalance():
            return party == register.accounts[event.account].bank and _has_role(register, party, _BANK)
        case Acceptance():
            return party == register.projects[event.project].unit
        case Correction():
            return _may_correct(register, event, party=party, past=past)
        case _:
            assert_never(event)


def _may_register(register: Register, event: Party, *, party: str) -> bool:
    """Bureaus register ordinary parties of their place, and change of them what grants nothing."""
    own = register.parties[party]
    if (
        "finance" not in own.roles
        or _APPOINTED & set(event.roles)
        or not covers(own.division, event.division)
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
    """An audit or supervision office rules for its own level and below, and changes no policy of an office above it."""
    rank = level_rank(register.parties[party].level)
    levels = (row.level for row in event.rows if row.level is not None)
    return (
        _has_role(register, party, _OVERSIGHT)
        and _follows(register, ("policy", event.id), party)
        and all(rank <= level_rank(level) for level in levels)
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


def _may_claim(register: Register, event: Claim, *, party: str) -> bool:
    """Submitting is up to the unit; answering to who holds the claim's line, or else to who is over its project."""
    project = register.projects[event.project]
    if event.action == "submit":
        return party == project.unit
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


def _has_role(register: Register, party: str, roles: frozenset[str]) -> bool:
    return not roles.isdisjoint(register.parties[party].roles)


def _runs(register: Register, party: str, other: str) -> bool:
    """Whether `party` is `other`, or the finance bureau over its place."""
    return party == other or (_has_role(register, party, _FINANCE) and _over_party(register, party, other))


def _rightful(register: Register, event: AnyEvent) -> tuple[str, str]:
    match event:
        case Allocation():
            return f"this is an act of {event.actor}", f"这是 {event.actor} 的职权"
        case Disbursement():
            holder, owner = register.lines[event.line].holder, register.accounts[event.from_account].owner
            return (
                f"line {event.line} is held by {holder}, account {event.from_account} belongs to {owner}",
                f"指标 {event.line} 由 {holder} 持有，账户 {event.from_account} 属于 {owner}",
            )
        case Transfer() | Use():
            owner = register.accounts[event.from_account].owner
            return (
                f"account {event.from_account} belongs to {owner}",
                f"账户 {event.from_account} 属于 {owner}",
            )
        case Movement() | BankBalance():
            bank = register.accounts[event.account].bank
            if bank is None:
                return f"account {event.account} has no bank", f"账户 {event.account} 未登记开户行"
            return f"the bank of account {event.account} is {bank}", f"账户 {event.account} 的开户行是 {bank}"
        case _:
            return "see the table of actors in docs/spec", "见 docs/spec 中的职权表"


def _over(register: Register, party: str, division: str) -> bool:
    return covers(register.parties[party].division, division)


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
