# SPDX-License-Identifier: Apache-2.0
"""What events say of a list of persons, which is the matter: its registration, payments that name it, what came back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import PayeeList, Return
from ledger.kinds.form import Event
from verifier.matters.family import Matter, Noted, Placed, Said
from verifier.obligations.case import Case
from verifier.posted import PostedEvent

KINDS: Final[tuple[type[Event], ...]] = (PayeeList, Disbursement, Return)


class Listed(Said, frozen=True, kw_only=True):
    """`persons` are to be paid `amount` in all, of `fund`, for `period`."""

    fund: str
    period: str
    persons: int
    amount: int


class PaidOut(Said, frozen=True, kw_only=True):
    """`amount` left `account` by the list, with money of `fund`."""

    fund: str | None
    account: str
    amount: int


class CameBack(Said, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back."""

    undoes: str
    amount: int


Fact = Listed | PaidOut | CameBack


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Lists and payments by the root of the list; returns with what they undo."""
    match posted.event:
        case PayeeList() as event:
            listed = Listed(fund=event.fund, period=event.period, persons=event.persons, amount=event.amount)
            yield Placed(matter=event.root, said=listed)
        case Disbursement(payee_list=str(root)) as event:
            paid = PaidOut(fund=case.fund_of(event), account=event.from_account, amount=event.amount)
            yield Placed(matter=root, said=paid)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=CameBack(undoes=undoes, amount=amount))
        case _:
            pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """A payment by the list, less what came back of it; `amount` in minor units."""

    entry: Noted[Fact]
    said: PaidOut
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list by its root, as its standing facts tell it; `listed` is None where nobody registered it."""

    root: str
    entry: Noted[Fact] | None
    listed: Listed | None
    payouts: tuple[Payout, ...]

    @property
    def paid(self) -> int:
        """What was paid by it in all, net of referenced returns."""
        return sum(one.amount for one in self.payouts)


def file_of(matter: Matter[Fact]) -> ListFile:
    """The file of the list that `matter` is."""
    back: dict[str, int] = {}
    for one in matter.facts:
        if isinstance(one.said, CameBack):
            back[one.said.undoes] = back.get(one.said.undoes, 0) + one.said.amount
    registered = [(one, one.said) for one in matter.facts if isinstance(one.said, Listed)]
    entry, listed = registered[-1] if registered else (None, None)
    payouts = tuple(
        Payout(entry=one, said=one.said, amount=max(0, one.said.amount - back.get(one.name, 0)))
        for one in matter.facts
        if isinstance(one.said, PaidOut)
    )
    return ListFile(root=matter.key, entry=entry, listed=listed, payouts=payouts)
