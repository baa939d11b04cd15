# SPDX-License-Identifier: Apache-2.0
"""The table of actors: whose act each kind of event is (DESIGN §3, *Keys*: the header's party is the actor).

One row a kind; docs/spec repeats it and a test compares. In a historical ledger a transcriber may post every kind but keys.
"""

from collections.abc import Iterator
from typing import assert_never

from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.form import kind_of
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.party import covers
from ledger.problems import Problem
from ledger.register import PastEvents, Register


def check_actor(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> Iterator[Problem]:
    """A problem, if `party` is not the one whose act `event` is (DESIGN §3: the header's party is the actor)."""
    if party in register.administrators:
        if not isinstance(event, Key | Party):
            yield _actor_problem(
                event, party, ("administrators register keys and parties only", "管理员只登记密钥和单位")
            )
        return
    if (
        register.genesis.historical
        and "transcriber" in register.parties[party].roles
        and not isinstance(event, Key)
    ):
        return
    if not _may_act(register, event, party=party, past=past):
        yield _actor_problem(event, party, _rightful(register, event))


def _may_act(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> bool:  # noqa: C901, PLR0911, PLR0912 - the table of actors, one row a kind
    roles = set(register.parties[party].roles)
    match event:
        case Key():
            return False
        case Party():
            return "finance" in roles and _over(register, party, event.division)
        case Account():
            return party == event.owner or ("finance" in roles and _over_party(register, party, event.owner))
        case Fund():
            return party == event.issuer and "finance" in roles
        case Project():
            return party == event.unit or (
                bool(roles & {"finance", "department"}) and _over(register, party, event.division)
            )
        case Policy():
            return bool(roles & {"audit", "supervision"})
        case Calendar():
            return bool(roles & {"audit", "supervision", "finance"})
        case Allocation():
            return party == event.actor
        case MatchingPledge():
            return party == event.party
        case MatchingReceipt() | Interest():
            return party == register.accounts[event.account].owner
        case Claim():
            return _may_claim(register, event, party=party)
        case Disbursement():
            return party == register.lines[event.line].holder
        case Transfer() | Use():
            return party == register.accounts[event.from_account].owner
        case Return():
            return party in _return_actors(register, event)
        case Movement() | BankBalance():
            return party == register.accounts[event.account].bank and "bank" in roles
        case Acceptance():
            return party == register.projects[event.project].unit
        case Correction():
            return _may_correct(register, event, party=party, past=past)
        case _:
            assert_never(event)


def _may_claim(register: Register, event: Claim, *, party: str) -> bool:
    if event.action == "submit":
        return party == register.projects[event.project].unit
    line = event.line or register.claims[event.claim].line
    if line is not None:
        return party == register.lines[line].holder
    return "finance" in register.parties[party].roles


def _return_actors(register: Register, event: Return) -> set[str | None]:
    sides = [
        register.accounts[account]
        for account in (event.from_account, event.to_account)
        if account is not None
    ]
    return {side.owner for side in sides} | {side.bank for side in sides}


def _may_correct(register: Register, event: Correction, *, party: str, past: PastEvents) -> bool:
    original = register.pending_events.get(event.event) or past.find(event.event)
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


def _rightful(register: Register, event: AnyEvent) -> tuple[str, str]:
    match event:
        case Allocation():
            return f"this is an act of {event.actor}", f"这是 {event.actor} 的职权"
        case Disbursement():
            holder = register.lines[event.line].holder
            return f"line {event.line} is held by {holder}", f"指标 {event.line} 由 {holder} 持有"
        case Transfer() | Use():
            owner = register.accounts[event.from_account].owner
            return (
                f"account {event.from_account} belongs to {owner}",
                f"账户 {event.from_account} 属于 {owner}",
            )
        case Movement() | BankBalance():
            bank = register.accounts[event.account].bank
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
