# SPDX-License-Identifier: Apache-2.0
"""Which money an event says it moved, from where to where: layer 0 of tracing, the declared purpose of each payment.

What a line holds is no cash and comes from line arithmetic; these moves begin where a line is paid out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from msgspec import structs

from api.projection.places import PERSONS, UNNAMED, Place, holder_place, is_custodian
from ledger.kinds.authority import Disbursement
from ledger.kinds.bank import Movement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.vocabulary import AnyEvent
from ledger.register import Register

Source = Literal["grant", "match", "interest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """`amount` minor units of `fund` from `giver` to `taker`; negative when an earlier move is undone.

    `giver` is None where money enters the fund from outside its lines: matching money, interest. `handed` marks a
    transfer between two bodies, which may be the cash of a line that the taker holds already (`api.projection.fund_book`).
    """

    fund: str
    source: Source
    giver: Place | None
    taker: Place
    amount: int
    handed: bool = False


class Earlier(Protocol):
    """Look-ups into what was posted before."""

    def event_named(self, name: str) -> AnyEvent | None:
        """The event with stable name `name`, or None."""

    def is_paid(self, *, account: str, bank_ref: str, amount: int) -> bool:
        """Whether a direct or authorised disbursement of `amount` from `account` carries that bank reference."""


def moves_of(register: Register, event: AnyEvent, earlier: Earlier) -> tuple[Move, ...]:  # noqa: PLR0911 - one row a kind
    """The moves that `event` declares; none for registry, allocations, bank lines, and payments without a tag."""
    match event:
        case Disbursement():
            return tuple(_disbursed(register, event))
        case Use():
            return tuple(_used(register, event, earlier))
        case Transfer():
            return tuple(_transferred(register, event))
        case MatchingReceipt():
            return tuple(_matched(register, event))
        case Interest() if event.tag is not None:
            owner = Place("body", register.accounts[event.account].owner)
            return (
                Move(fund=event.tag.fund, source="interest", giver=None, taker=owner, amount=event.amount),
            )
        case Return():
            return tuple(_returned(register, event, earlier))
        case Correction():
            original = earlier.event_named(event.event)
            return () if original is None else undone(moves_of(register, original, earlier))
        case _:
            return ()


def moves_of_alike(register: Register, events: Sequence[AnyEvent], earlier: Earlier) -> tuple[Move, ...]:
    """The moves of `events`, all of one sort (`ledger.alike`), in sum: what one payment of all of it moves."""
    moving = [event for event in events if not (isinstance(event, Use) and is_report(event, earlier))]
    if not moving or isinstance(moving[0], Movement):
        return ()
    total = sum(getattr(event, "amount", 0) for event in moving)
    return moves_of(register, structs.replace(moving[0], amount=total, bank_ref=None), earlier)


def is_report(event: Use, earlier: Earlier) -> bool:
    """Whether it reports a direct payment of the ledger: it adds class and invoice, no money (semantics T22)."""
    return event.bank_ref is not None and earlier.is_paid(
        account=event.from_account, bank_ref=event.bank_ref, amount=event.amount
    )


def undone(moves: tuple[Move, ...], amount: int | None = None) -> tuple[Move, ...]:
    """The same moves backwards in effect, each for `amount` at most."""
    return tuple(
        replace(move, amount=-move.amount if amount is None else -min(amount, move.amount)) for move in moves
    )


def _disbursed(register: Register, event: Disbursement) -> Iterator[Move]:
    line = register.lines[event.line]
    account = register.accounts.get(event.to_account or "")
    if account is not None:
        taker = holder_place(account)
    elif event.payee is not None:
        taker = Place("payee", event.payee)
    else:
        taker = PERSONS if event.payee_list is not None else UNNAMED
    yield from _hops(line.fund, "grant", Place("body", line.holder), event.project, taker, event.amount)


def _used(register: Register, event: Use, earlier: Earlier) -> Iterator[Move]:
    tag = event.tag
    if tag is None or is_report(event, earlier):
        return
    account = register.accounts.get(event.to_account or "")
    payee = event.payee or (account.owner if account else None)
    taker = Place("payee", payee) if payee else UNNAMED
    giver = Place("body", register.accounts[event.from_account].owner)
    yield from _hops(tag.fund, tag.source, giver, event.project, taker, event.amount)


def _transferred(register: Register, event: Transfer) -> Iterator[Move]:
    if event.tag is None:
        return
    giver = Place("body", register.accounts[event.from_account].owner)
    taker = holder_place(register.accounts[event.to_account])
    for move in _hops(event.tag.fund, event.tag.source, giver, None, taker, event.amount):
        yield replace(move, handed=not taker.final)


def _matched(register: Register, event: MatchingReceipt) -> Iterator[Move]:
    if event.source == "in_kind":
        return  # work and goods, not money
    payer = Place("body", event.party)
    yield Move(fund=event.fund, source="match", giver=None, taker=payer, amount=event.amount)
    taker = holder_place(register.accounts[event.account])
    yield from _hops(event.fund, "match", payer, None, taker, event.amount)


def _returned(register: Register, event: Return, earlier: Earlier) -> Iterator[Move]:
    if event.event is not None:
        original = earlier.event_named(event.event)
        if original is not None:
            yield from undone(moves_of(register, original, earlier), event.amount)
        return
    if event.tag is None:
        return
    giver = _owner(register, event.from_account)
    taker = _owner(register, event.to_account)
    yield from _hops(event.tag.fund, event.tag.source, giver, None, taker, event.amount)


def _owner(register: Register, account_id: str | None) -> Place:
    account = register.accounts.get(account_id or "")
    if account is None:
        return UNNAMED
    return holder_place(account) if is_custodian(account) else Place("payee", account.owner)


def _hops(
    fund: str, source: Source, giver: Place, project: str | None, taker: Place, amount: int
) -> Iterator[Move]:
    """One move, or two through the project that a final payment serves; none from a body to itself."""
    if project is not None and taker.final:
        middle = Place("project", project)
        yield Move(fund=fund, source=source, giver=giver, taker=middle, amount=amount)
        giver = middle
    if giver != taker:
        yield Move(fund=fund, source=source, giver=giver, taker=taker, amount=amount)
