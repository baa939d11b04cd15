# SPDX-License-Identifier: Apache-2.0
"""Money that comes back, and the bank lines that bear it out (spec §5.5).

A return lifts its line's ceiling by what the bank stands for: it signed the return itself, or posted a credit line with
the return's reference, of which every return takes its part once. Of several lines with one reference the first counts;
after its reversal, the next one posted. The order of report and bank line does not matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ledger import lines
from ledger.kinds.authority import Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.fact import MatchingReceipt, Return, Transfer, Use
from ledger.open_records import BankReference, ReferenceState, ReturnState
from ledger.past_events import BankLine, KnownEvent, PastEvents
from ledger.problems import Problem
from ledger.register import Register


def take_return(
    register: Register, event: Return, *, party: str, name: str, past: PastEvents
) -> Iterator[Problem]:
    """The register after return `name`; yields what forbids it: it names nothing, or nothing that moved money."""
    if event.event is None:
        return
    original = register.event_named(event.event, past)
    if original is None:
        yield _problem(
            "event-unknown", f"there is no earlier event {event.event}", f"此前没有事件 {event.event}"
        )
        return
    if not isinstance(original.event, Disbursement | Transfer | Use | MatchingReceipt):
        yield _problem(
            "return-kind",
            f"{event.event} moved no money that could come back",
            f"{event.event} 没有可退回的资金",
        )
        return
    before = register.returned.get(event.event, 0)
    register.put(register.returned, event.event, before + event.amount)
    if _may_lift(register, event, original, name=event.event):
        _lean(register, event, original.event, party=party, name=name, past=past)


def _may_lift(register: Register, event: Return, original: KnownEvent, *, name: str) -> bool:
    """Whether the money went back to the account it left, in the line's year, from a payment `name` that still stands."""
    paid = original.event
    return (
        isinstance(paid, Disbursement)
        and name not in register.corrected
        and event.to_account == paid.from_account
        and event.occurred_on.year == register.lines[paid.line].fiscal_year
    )


def _lean(
    register: Register, event: Return, paid: object, *, party: str, name: str, past: PastEvents
) -> None:
    """The return is known under its reference, and lifts what it may at once."""
    if not isinstance(paid, Disbursement) or event.event is None:
        return
    account = register.accounts[paid.from_account]
    reference: BankReference | None = None
    if event.bank_ref is not None:
        reference = (account.id, "credit", event.bank_ref)
        state = _state_of(register, reference, past)
        register.put(register.leaning, (reference, state.returns), name)
        register.put(register.references, reference, replace(state, returns=state.returns + 1))
    made = ReturnState(
        payment=event.event,
        paid=paid.amount,
        line=paid.line,
        reference=reference,
        amount=event.amount,
        sworn=party == account.bank != account.owner and "bank" in register.parties[party].roles,
    )
    register.put(register.returns, name, made)
    _lift(register, name)


def undo_return(register: Register, event: Return, *, name: str) -> None:
    """The register as if return `name` had not been posted; its line may fall below zero, since facts are not refused."""
    if event.event is None:
        return
    register.put(register.returned, event.event, register.returned[event.event] - event.amount)
    made = register.returns.get(name)
    if made is not None:
        _unlift(register, name, made)
        register.drop(register.returns, name)


def take_movement(register: Register, event: Movement, *, seq: int) -> None:
    """The bank line stands; returns that waited for one with its reference lift what it bears out."""
    register.put(register.pending_lines, (event.account, event.statement, event.line_no), seq)
    if event.bank_ref is None:
        return
    reference = (event.account, event.direction, event.bank_ref)
    line = BankLine(seq=seq, amount=event.amount)
    if reference not in register.pending_refs:
        register.put(register.pending_refs, reference, line)
    state = register.references.get(reference)
    if state is not None and state.line is None:
        register.put(register.references, reference, replace(state, line=line))
        for number in range(state.returns):
            _lift(register, register.leaning[reference, number])


def take_movements(register: Register, numbered: Sequence[tuple[int, Movement]], past: PastEvents) -> bool:
    """Whether every bank line stands, each at its position, as if taken in one after the other; False: nothing is changed.

    False where one of them stands already, or a return or a correction has to do with its reference.
    """
    places = {(event.account, event.statement, event.line_no): seq for seq, event in numbered}
    references: dict[BankReference, BankLine] = {
        (event.account, event.direction, event.bank_ref): BankLine(seq=seq, amount=event.amount)
        for seq, event in reversed(numbered)  # of several, the first remains
        if event.bank_ref is not None
    }
    if (
        len(places) < len(numbered)
        or not register.pending_lines.keys().isdisjoint(places)
        or any(past.statement_line(*place) is not None for place in places)
        or any(register.references.get(reference) is not None for reference in references)
    ):
        return False
    first = {one: line for one, line in references.items() if one not in register.pending_refs}
    register.put_new(register.pending_lines, places)
    register.put_new(register.pending_refs, first)
    return True


def undo_movement(register: Register, event: Movement, *, seq: int, past: PastEvents) -> None:
    """The bank line at `seq` bears nothing out any longer; what leaned on it falls back."""
    if event.bank_ref is None:
        return
    reference = (event.account, event.direction, event.bank_ref)
    state = _state_of(register, reference, past)
    if state.line is None or state.line.seq != seq:
        return
    for number in range(state.returns):
        name = register.leaning[reference, number]
        made = register.returns.get(name)
        if made is not None and not made.sworn:
            _unlift(register, name, made)
    after = register.references.get(reference, state)
    register.put(register.references, reference, replace(after, line=None))


def is_banked(register: Register, paid: Disbursement, *, past: PastEvents) -> bool:
    """Whether a bank line that was not reversed carries the payment's reference."""
    if paid.bank_ref is None:
        return False
    return _state_of(register, (paid.from_account, "debit", paid.bank_ref), past).line is not None


def _state_of(register: Register, reference: BankReference, past: PastEvents) -> ReferenceState:
    known = register.references.get(reference)
    if known is not None:
        return known
    return ReferenceState(line=past.bank_line(*reference) or register.pending_refs.get(reference))


def _lift(register: Register, name: str) -> None:
    """Let return `name` lift what its payment still has out, as far as the bank stands for it."""
    made = register.returns.get(name)
    if made is None:
        return
    lifted = register.lifted.get(made.payment, 0)
    amount = min(made.amount - made.lifted, made.paid - lifted)
    if not made.sworn:
        amount = min(amount, _left(register, made.reference))
    if amount > 0:
        _move(register, name, made, amount)


def _unlift(register: Register, name: str, made: ReturnState) -> None:
    if made.lifted:
        _move(register, name, made, -made.lifted)


def _move(register: Register, name: str, made: ReturnState, amount: int) -> None:
    register.put(register.returns, name, replace(made, lifted=made.lifted + amount))
    register.put(register.lifted, made.payment, register.lifted.get(made.payment, 0) + amount)
    if made.reference is not None:
        state = register.references[made.reference]
        register.put(register.references, made.reference, replace(state, taken=state.taken + amount))
    lines.restore(register, made.line, amount)


def _left(register: Register, reference: BankReference | None) -> int:
    """What the bank line of `reference` still bears out."""
    state = None if reference is None else register.references[reference]
    return 0 if state is None or state.line is None else max(0, state.line.amount - state.taken)


def _problem(code: str, en: str, zh: str) -> Problem:
    return Problem(
        code=code,
        check="I7",
        place="event",
        message_en=en,
        message_zh=zh,
        remedy_en="name the payment, transfer, use or matching receipt whose money came back, or none",
        remedy_zh="请填写资金退回所对应的拨付、转拨、使用或配套到位事件，没有则不填",
    )
