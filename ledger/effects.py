# SPDX-License-Identifier: Apache-2.0
"""What each event does to the register once it is well-formed, rightly signed and resolves (DESIGN §4).

Yields what only shows against the state: parties that do not fit the line, ceilings, and corrections that may not be.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from ledger import lines
from ledger.genesis import raw_public
from ledger.keys import key_id
from ledger.kinds.authority import Allocation, Disbursement, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Acceptance, Claim, Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent, event_class
from ledger.party import is_uscc
from ledger.problems import Check, Problem
from ledger.register import ClaimState, KeyState, KnownEvent, PastEvents, Register

Registered = Party | Account | Fund | Project | Policy | Calendar


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


def pledge_exists(register: Register, event: AnyEvent) -> bool:
    """Whether `event` is a pledge whose id is taken."""
    return isinstance(event, MatchingPledge) and event.id in register.pledges


def pledge_id(event: AnyEvent) -> str:
    """The id of a pledge; empty for any other kind."""
    return event.id if isinstance(event, MatchingPledge) else ""


def take_in(register: Register, known: KnownEvent, *, name: str, past: PastEvents) -> Iterator[Problem]:  # noqa: C901, PLR0912 - one row a kind
    """The register after `known`, whose stable name is `name`; yields what forbids it."""
    event = known.event
    match event:
        case Party():
            if event.uscc is not None and not is_uscc(event.uscc):
                yield _problem("uscc", "form", "uscc", f"{event.uscc} has a wrong check character",
                               f"{event.uscc} 校验码不符")  # fmt: skip
            register.put(register.parties, event.id, event)
        case Account():
            register.put(register.accounts, event.id, event)
        case Fund():
            register.put(register.funds, event.id, event)
        case Project():
            register.put(register.projects, event.id, event)
        case Policy():
            register.put(register.policies, event.id, event)
        case Calendar():
            register.put(register.calendars, event.id, event)
        case Key():
            yield from _take_key(register, event, recorded=known.recorded)
        case Allocation():
            yield from _allocation_parties(register, event)
            yield from lines.allocate(register, event, name=name)
        case Disbursement():
            yield from lines.disburse(register, event)
        case MatchingPledge():
            register.put(register.pledges, event.id, event)
        case Claim():
            yield from _take_claim(register, event)
        case Return():
            yield from _take_return(register, event, known, past=past)
        case Movement():
            _take_movement(register, event, seq=known.seq)
        case BankBalance():
            register.put(register.pending_lines, (event.account, event.statement, 0), known.seq)
        case Correction():
            yield from _take_correction(register, event, name=name, past=past)
        case MatchingReceipt() | Transfer() | Use() | Interest() | Acceptance():
            yield from _tag_problems(register, event)
        case _:
            assert_never(event)


def _take_key(register: Register, event: Key, *, recorded: str) -> Iterator[Problem]:
    if event.action == "revoke":
        state = register.keys.get(event.key)
        if state is None or state.revoked_at is not None:
            yield _problem("key-revoke", "I7", "key", "the key is not registered or revoked already",
                           "该密钥未登记或已吊销")  # fmt: skip
        else:
            register.put(register.keys, event.key, replace(state, revoked_at=recorded))
        return
    public = raw_public(event.public or "")
    if key_id(event.alg or "", public) != event.key:
        yield _problem(
            "key-id", "form", "key", "the key id does not belong to the public key", "密钥编号与公钥不符"
        )
    register.put(register.keys, event.key, KeyState(registered=event, public=public))


def _allocation_parties(register: Register, event: Allocation) -> Iterator[Problem]:
    """Money goes between the holders of the two lines, or between the fund's issuer and the holder of a top line."""
    if event.action == "issue":
        upper, lower = register.funds[event.fund or ""].issuer, event.to
    elif event.action == "split":
        upper, lower = register.lines[event.parent or ""].holder, event.to
    else:
        line = register.lines[event.line]
        upper, lower = line.giver, line.holder
    giver, taker = (upper, lower) if event.goes_down else (lower, upper)
    for field, given, wanted in (("from", event.from_, giver), ("to", event.to, taker)):
        if given != wanted:
            yield _problem("line-party", "I7", field, f"{given} does not hold that side of the line; {wanted} does",
                           f"{given} 不是该指标的一方，应为 {wanted}")  # fmt: skip


def _take_claim(register: Register, event: Claim) -> Iterator[Problem]:
    before = register.claims.get(event.claim)
    if event.action != "submit" and before is not None and before.action == "return":
        yield _problem("claim-state", "I7", "claim", f"claim {event.claim} was returned; submit a new one",
                       f"请款 {event.claim} 已退回，请重新提交")  # fmt: skip
    if before is not None and before.project != event.project:
        yield _problem("claim-project", "I7", "project", f"claim {event.claim} is of project {before.project}",
                       f"请款 {event.claim} 属于项目 {before.project}")  # fmt: skip
    line = event.line or (before.line if before else None)
    amount = event.amount or (before.amount if before else 0)
    state = ClaimState(project=event.project, action=event.action, line=line, amount=amount)
    register.put(register.claims, event.claim, state)


def _take_return(
    register: Register, event: Return, known: KnownEvent, *, past: PastEvents
) -> Iterator[Problem]:
    yield from _tag_problems(register, event)
    if event.event is None:
        return
    original = register.pending_events.get(event.event) or past.find(event.event)
    if original is None:
        yield _problem("event-unknown", "I7", "event", f"there is no earlier event {event.event}",
                       f"此前没有事件 {event.event}")  # fmt: skip
        return
    before = register.returned.get(event.event, 0)
    register.put(register.returned, event.event, before + event.amount)
    paid = original.event
    if not isinstance(paid, Disbursement) or event.to_account != paid.from_account:
        return
    if event.occurred_on.year != register.lines[paid.line].fiscal_year:
        return
    amount = max(0, min(event.amount, paid.amount - before))
    _restore_when_backed(register, event, paid.line, amount, party=known.party, past=past)


def _restore_when_backed(
    register: Register, event: Return, line: str, amount: int, *, party: str, past: PastEvents
) -> None:
    """Lift the ceiling only when the bank says so: it posted the return, or a credit line carries its reference."""
    account = event.to_account or ""
    reference = event.bank_ref or ""
    credit = (account, "credit", reference)
    if (
        party == register.accounts[account].bank
        or credit in register.pending_refs
        or (reference and past.bank_line(*credit) is not None)
    ):
        lines.restore(register, line, amount)
    elif reference:
        register.put(register.unbacked, (account, reference), (event.event or "", line, amount))


def _take_movement(register: Register, event: Movement, *, seq: int) -> None:
    register.put(register.pending_lines, (event.account, event.statement, event.line_no), seq)
    if event.bank_ref is None:
        return
    register.put(register.pending_refs, (event.account, event.direction, event.bank_ref), seq)
    waiting = (event.account, event.bank_ref)
    if event.direction == "credit" and waiting in register.unbacked:
        _, line, amount = register.unbacked[waiting]
        lines.restore(register, line, min(amount, event.amount))
        register.drop(register.unbacked, waiting)


def _take_correction(
    register: Register, event: Correction, *, name: str, past: PastEvents
) -> Iterator[Problem]:
    original = register.pending_events.get(event.event) or past.find(event.event)
    if original is None:
        yield _problem("event-unknown", "I7", "event", f"there is no earlier event {event.event}",
                       f"此前没有事件 {event.event}")  # fmt: skip
        return
    if event.event in register.corrected:
        yield _problem("corrected-twice", "I7", "event", f"{event.event} was reversed by {register.corrected[event.event]}",
                       f"{event.event} 已由 {register.corrected[event.event]} 冲正")  # fmt: skip
        return
    yield from _reverse(register, original.event, event.event, past=past)
    register.put(register.corrected, event.event, name)


def _reverse(register: Register, original: AnyEvent, name: str, *, past: PastEvents) -> Iterator[Problem]:
    match original:
        case Correction() | Key():
            yield _problem("not-correctable", "I7", "event", "a correction or key event cannot be reversed",
                           "冲正和密钥事件不可再冲正")  # fmt: skip
        case Allocation():
            yield from lines.reverse_allocation(register, original)
        case Disbursement():
            reference = (original.from_account, "debit", original.bank_ref or "")
            banked = reference in register.pending_refs or past.bank_line(*reference) is not None
            if (original.bank_ref is not None and banked) or name in register.returned:
                yield _problem("paid", "I7", "event", "the bank has paid it; money that left is returned, not reversed",
                               "银行已付款；已付出的钱应退回而非冲正")  # fmt: skip
            else:
                lines.reverse_disbursement(register, original)
        case MatchingPledge():
            register.drop(register.pledges, original.id)
        case _ if event_class(original) == "registry":
            yield _problem("not-correctable", "I7", "event", "a registry entry is changed by its next version",
                           "登记事项请以新版本变更")  # fmt: skip
        case _:
            pass


def _tag_problems(register: Register, event: AnyEvent) -> Iterator[Problem]:
    tag = getattr(event, "tag", None)
    if tag is not None and tag.line is not None and register.lines[tag.line].fund != tag.fund:
        yield _problem("tag-line", "I7", "tag.line", f"line {tag.line} is not of fund {tag.fund}",
                       f"指标 {tag.line} 不属于资金 {tag.fund}")  # fmt: skip


def _problem(code: str, check: Check, place: str, en: str, zh: str) -> Problem:
    return Problem(
        code=code,
        check=check,
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en="correct the field and submit again",
        remedy_zh="请更正该字段后重新提交",
    )
