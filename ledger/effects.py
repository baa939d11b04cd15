# SPDX-License-Identifier: Apache-2.0
"""What each event does to the register once it is well-formed, rightly signed and resolves (DESIGN §4).

Yields what only shows against the state: parties that do not fit the line, ceilings, and corrections that may not be.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from ledger import cases, contracts, lines, once, returns, upper
from ledger.key_life import take_key, take_log_key
from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge, Plan, Waiver
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.code import Code
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.control import Correction, Disposition, Erasure, Objection, PeriodClose, Reply
from ledger.kinds.fact import (
    Acceptance,
    Claim,
    Interest,
    MatchingReceipt,
    PayeeList,
    Publication,
    Restitution,
    Return,
    Transfer,
    Use,
)
from ledger.kinds.form import Tag
from ledger.kinds.log_key import LogKeyChange
from ledger.kinds.mandate import AdministratorChange, Deputation, Override
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.mandates import take_administrator, take_deputation, take_override
from ledger.open_records import ClaimState, Line
from ledger.past_events import KnownEvent, PastEvents
from ledger.problems import Problem
from ledger.register import Register
from ledger.registration import take_registration


def take_in(register: Register, known: KnownEvent, *, name: str, past: PastEvents) -> Iterator[Problem]:  # noqa: C901, PLR0912, PLR0915 - one row a kind
    """The register after `known`, whose stable name is `name`; yields what forbids it."""
    event = known.event
    match event:
        case Party() | Account() | Fund() | Project() | Policy() | Calendar():
            take_registration(register, event, party=known.party)
        case Key():
            yield from take_key(register, event, recorded=known.recorded)
        case LogKeyChange():
            yield from take_log_key(register, event, recorded=known.recorded)
        case Deputation():
            yield from take_deputation(register, event, party=known.party, recorded=known.recorded)
        case Override():
            yield from take_override(register, event, party=known.party, name=name)
        case AdministratorChange():
            yield from take_administrator(register, event)
        case Allocation():
            yield from _allocation_parties(register, event)
            yield from lines.allocate(register, event, name=name)
            once.take_once(register, event, name=name)
        case Disbursement():
            yield from lines.disburse(register, event)
        case MatchingPledge():
            register.put(register.pledges, event.id, event)
        case Claim():
            yield from _take_claim(register, event, party=known.party)
        case Return():
            yield from tag_problems(register, event.tag)
            yield from returns.take_return(register, event, party=known.party, name=name, past=past)
        case Movement():
            returns.take_movement(register, event, seq=known.seq)
        case BankBalance():
            register.put(register.pending_lines, (event.account, event.statement, 0), known.seq)
        case Correction():
            yield from _take_correction(register, event, name=name, past=past)
        case Transfer() | Use() | Interest():
            yield from tag_problems(register, event.tag)
        case MatchingReceipt() | Acceptance() | Reply():
            pass
        case Contract() | ContractChange() | Settlement() | Progress():
            yield from contracts.take_contract(register, event)
        case Plan():
            yield from lines.plan(register, event)
            once.take_once(register, event, name=name)
        case PayeeList() | PeriodClose() | Code():
            once.take_once(register, event, name=name)
        case Attachment() | Waiver() | Restitution() | Publication() | Erasure():
            yield from cases.check_named(register, event, past)
        case Objection():
            yield from cases.check_named(register, event, past)
            register.put(register.objections, event.id, event.event)
        case Disposition():
            yield from cases.take_step(register, event, name=name)
        case _:
            assert_never(event)


def _allocation_parties(register: Register, event: Allocation) -> Iterator[Problem]:
    """Money goes between the holders of the two lines, or between the fund's issuer and the holder of a top line."""
    if event.source is not None:
        yield from upper.check_source(register, event.source, fund=event.fund)
    if event.action in {"issue", "receive"}:
        above, below = register.funds[event.fund or ""].issuer, event.to
    elif event.action == "split":
        above, below = register.lines[event.parent or ""].holder, event.to
    elif event.action == "carry_over":
        above, below = _carrier(register, event), register.lines[event.parent or ""].holder
    else:
        line = register.lines[event.line]
        above, below = line.giver, line.holder
        yield from _outside_problems(event, line)
    giver, taker = (above, below) if event.goes_down else (below, above)
    for field, given, wanted in (("from", event.from_, giver), ("to", event.to, taker)):
        if given != wanted:
            yield _problem("line-party", field, f"{given} does not hold that side of the line; {wanted} does",
                           f"{given} 不是该指标的一方，应为 {wanted}")  # fmt: skip


def _carrier(register: Register, event: Allocation) -> str:
    """Who may carry a line over: the party above, or its holder where that is a bureau, which carries over its own."""
    line = register.lines[event.parent or ""]
    own = event.from_ == line.holder and "finance" in register.parties[line.holder].roles
    return line.holder if own else line.giver


def _outside_problems(event: Allocation, line: Line) -> Iterator[Problem]:
    """A later act on a top line names its paper; of a line received from another ledger, and of no other, the act there."""
    if event.action == "adjust" and line.parent is None and event.document is None:
        yield _problem("document", "document", f"{line.id} is a top line: the paper that changes it is not named",
                       f"{line.id} 为顶层指标，未注明调整文号")  # fmt: skip
    received = None if event.source is None else event.source.genesis
    if received != line.upper:
        yield _problem("line-source", "source", f"{line.id} is changed as it came: ledger {line.upper or 'this'}",
                       f"{line.id} 的来源账本为 {line.upper or '本账本'}，变更须由该账本作出")  # fmt: skip


def _take_claim(register: Register, event: Claim, *, party: str) -> Iterator[Problem]:
    before = register.claims.get(event.claim)
    if event.action == "submit" or before is None:
        made = ClaimState(project=event.project, line=event.line)
        register.put(register.claims, event.claim, made)
        return
    if before.action in {"return", "withdraw"}:
        yield _problem("claim-state", "claim", f"claim {event.claim} was returned or withdrawn; submit a new one",
                       f"请款 {event.claim} 已退回或撤回，请重新提交")  # fmt: skip
    if before.project != event.project:
        yield _problem("claim-project", "project", f"claim {event.claim} is of project {before.project}",
                       f"请款 {event.claim} 属于项目 {before.project}")  # fmt: skip
    approver = party if event.action == "approve" else before.approver
    register.put(register.claims, event.claim, replace(before, action=event.action, approver=approver))


def _undo_claim(register: Register, event: Claim) -> None:
    """The claim as before that step; a reversed submission is withdrawn, and its id stays taken."""
    state = register.claims.get(event.claim)
    if state is None:
        return  # whoever folds lines alone has taken in no claims
    match event.action:
        case "submit":
            undone = replace(state, action="withdraw")
        case "approve":
            stands = "submit" if state.action == "approve" else state.action
            undone = replace(state, action=stands, approver=None)
        case "return":
            undone = replace(state, action="submit" if state.approver is None else "approve")
        case _:
            assert_never(event.action)
    register.put(register.claims, event.claim, undone)


def _take_correction(
    register: Register, event: Correction, *, name: str, past: PastEvents
) -> Iterator[Problem]:
    original = register.event_named(event.event, past)
    if original is None:
        yield _problem("event-unknown", "event", f"there is no earlier event {event.event}",
                       f"此前没有事件 {event.event}")  # fmt: skip
        return
    reversed_by = register.corrected.get(event.event)
    if reversed_by is not None:
        yield _problem("corrected-twice", "event", f"{event.event} was reversed by {reversed_by}",
                       f"{event.event} 已由 {reversed_by} 冲正")  # fmt: skip
        return
    yield from _reverse(register, original, event.event, past=past)
    register.put(register.corrected, event.event, name)


def _reverse(register: Register, known: KnownEvent, name: str, *, past: PastEvents) -> Iterator[Problem]:  # noqa: C901, PLR0912 - one row a kind
    """The register as if `known`, named `name`, had not been posted; yields what forbids it. Facts are never refused."""
    original = known.event
    match original:
        case Correction() | Key() | LogKeyChange() | Deputation() | Override() | AdministratorChange():
            yield _problem("not-correctable", "event", "a correction, a key or a mandate cannot be reversed",
                           "冲正、密钥和授权事件不可再冲正")  # fmt: skip
        case Party() | Account() | Fund() | Project() | Policy() | Calendar():
            yield _problem("not-correctable", "event", "a registry entry is changed by its next version",
                           "登记事项请以新版本变更")  # fmt: skip
        case Allocation():
            yield from lines.reverse_allocation(register, original)
            once.release_once(register, original)
        case Disbursement():
            if returns.is_banked(register, original, past=past) or register.returned.get(name, 0):
                yield _problem("paid", "event", "the bank has paid it; money that left is returned, not reversed",
                               "银行已付款；已付出的钱应退回而非冲正")  # fmt: skip
            else:
                lines.reverse_disbursement(register, original)
        case Claim():
            _undo_claim(register, original)
        case Return():
            returns.undo_return(register, original, name=name)
        case Movement():
            returns.undo_movement(register, original, seq=known.seq, past=past)
        case Contract() | ContractChange():
            contracts.undo_contract(register, original)
        case Plan():
            lines.reverse_plan(register, original)
            once.release_once(register, original)
        case PayeeList() | PeriodClose() | Code():
            once.release_once(register, original)
        case Disposition():
            cases.undo_step(register, original, name=name)
        case _:
            pass  # nothing in the register rests on it; ids of pledges and objections, numbers of bank lines stay taken


def tag_problems(register: Register, tag: Tag | None) -> Iterator[Problem]:
    """A problem, if the line of `tag` is not of its fund."""
    if tag is not None and tag.line is not None and register.lines[tag.line].fund != tag.fund:
        yield _problem("tag-line", "tag.line", f"line {tag.line} is not of fund {tag.fund}",
                       f"指标 {tag.line} 不属于资金 {tag.fund}")  # fmt: skip


def _problem(code: str, place: str, en: str, zh: str) -> Problem:
    return Problem(
        code=code,
        check="I7",
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="correct the field and submit again",
        remedy_zh="请更正该字段后重新提交",
    )
