# SPDX-License-Identifier: Apache-2.0
"""Competence: whose act an event is where that hangs on more than one field; a rule for each kind (spec §4.2, 4.4, 4.7)."""

from typing import Final

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
from ledger.party import BANK, FINANCE, JUDGED, OVERSIGHT, PUBLIC, covers, level_rank
from ledger.past_events import PastEvents
from ledger.register import Register
from ledger.rulings import is_over, places_named
from ledger.upper import is_pinned

_APPOINTED: Final = FINANCE | BANK | OVERSIGHT | {"transcriber"}
"""Roles that give power over others: administrators alone grant them and change who has one."""


def may_by_state(register: Register, event: AnyEvent, *, party: str, past: PastEvents) -> bool:  # noqa: C901, PLR0911, PLR0912 - one row a kind
    """Whether `event` is an act of `party`, which is registered.

    Raises:
        ProgrammerError: the kind has no rule here.
    """
    match event:
        case Party():
            return _may_register(register, event, party=party)
        case Account():
            before = register.accounts.get(event.id)
            return _runs(register, party, event.owner if before is None else before.owner)
        case Fund():
            pinned = event.upper is not None and is_pinned(register, event.upper)
            return pinned and has_role(register, party, FINANCE)
        case Project():
            return _may_plan(register, event, party=party)
        case Policy():
            return _may_rule(register, event, party=party)
        case Calendar():
            roles = OVERSIGHT | FINANCE
            return has_role(register, party, roles) and _follows(register, ("calendar", event.id), party)
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
            return party == register.funds[event.fund].issuer or has_role(register, party, OVERSIGHT)
        case PayeeList():
            issuer = register.funds[event.fund].issuer
            return has_role(register, party, PUBLIC) and _over_party(register, issuer, party)
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
    return has_role(register, party, FINANCE | {"department"}) and all(
        _over(register, party, place) for place in places
    )


def _may_rule(register: Register, event: Policy, *, party: str) -> bool:
    """An audit or supervision office rules for its own level and below, and changes no policy of an office above it.

    A body that is judged itself, since it also handles money, sets no rules. Places are settled within its own place only.
    """
    rank = level_rank(register.parties[party].level)
    levels = (row.level for row in event.rows if row.level is not None)
    return (
        has_role(register, party, OVERSIGHT)
        and not has_role(register, party, JUDGED)
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
    public = has_role(register, party, PUBLIC) and has_role(register, owner, PUBLIC)
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
        approves or has_role(register, party, FINANCE | {"department"})
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


def has_role(register: Register, party: str, roles: frozenset[str]) -> bool:
    """Whether `party` holds one of `roles`."""
    return not roles.isdisjoint(register.parties[party].roles)


def _runs(register: Register, party: str, other: str) -> bool:
    """Whether `party` is `other`, or the finance bureau over its place."""
    return party == other or (has_role(register, party, FINANCE) and _over_party(register, party, other))


def _over(register: Register, party: str, division: str) -> bool:
    return is_over(register, register.parties[party].division, division)


def _over_party(register: Register, party: str, other: str) -> bool:
    return other in register.parties and _over(register, party, register.parties[other].division)
