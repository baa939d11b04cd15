# SPDX-License-Identifier: Apache-2.0
"""I8 for cash: what lines paid, what was matched and what interest came is on hand, used or returned, fund by fund.

    disbursed + matched + interest + unrecorded = on hand − advance + used + returned + paid again

No rule is involved and nothing is reconciled: only what events declare, in log order (spec §6.5). An account holds a
claim of a fund from its first credit of that fund on, credits less debits; a negative claim is an advance. What leaves
an account before that comes from outside the record: for a payment by a line that is the left side itself, for any
other report it is `unrecorded`. What a line pays out of a claim was paid before by another line, and is `paid again`.

`disbursed` is taken from line arithmetic, everything else from the accounts, so that each side checks the other.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final, Literal, NamedTuple, assert_never

from ledger.amount import format_amount
from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Interest, MatchingReceipt, Return, Transfer, Use
from ledger.kinds.registry import CUSTODIAN_CLASSES
from ledger.kinds.vocabulary import AnyEvent
from ledger.register import Register
from verifier.integrity.verdict import Checklist
from verifier.language import Told

Origin = Literal["disbursed", "matched", "interest", "unrecorded"]
"""Where money of a fund comes from that no claim covers."""

End = Literal["used", "returned"]
"""Where money of a fund goes that enters no claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundSum:
    """The cash of one fund by its declarations, all in minor units; both sides are equal where I8 holds."""

    fund: str
    disbursed: int = 0
    matched: int = 0
    interest: int = 0
    unrecorded: int = 0
    on_hand: int = 0
    advance: int = 0
    used: int = 0
    returned: int = 0
    paid_again: int = 0

    @property
    def came(self) -> int:
        """The left side."""
        return self.disbursed + self.matched + self.interest + self.unrecorded

    @property
    def stands(self) -> int:
        """The right side."""
        return self.on_hand - self.advance + self.used + self.returned + self.paid_again


SUMS: Final = tuple(field.name for field in fields(FundSum) if field.name != "fund")
"""The names of the sums of a fund, left side first."""


class Move(NamedTuple):
    """What one event declares of money of `fund`: out of account `debit` into account `credit`, each None if outside.

    `amount` is in minor units.
    Outside a claim it comes from `origin` and goes to `end`; money that comes back `from_use` is used no longer. `feeds`
    says that the claim of `credit` may begin here: a return begins none.
    """

    fund: str
    amount: int
    debit: str | None
    credit: str | None
    origin: Origin = "unrecorded"
    end: End = "used"
    from_use: bool = False
    feeds: bool = True


class Posting(NamedTuple):
    """`amount` minor units more in the claim of `fund` on `account`; or, without one, in the sum `name` of the fund."""

    fund: str
    account: str | None
    name: str
    amount: int


class FundCash:
    """The claims of every account and the sums of every fund; takes events in log order."""

    __slots__ = ("_register", "claims", "fed", "sums_of")

    def __init__(self, register: Register) -> None:
        """Nothing moved yet; `register` says of which fund a line is and what it paid."""
        self._register = register
        self.claims: defaultdict[tuple[str, str], int] = defaultdict(int)
        """(fund, account) → what the account holds of it."""
        self.fed: dict[tuple[str, str], int] = {}
        """(fund, account) → position of its first credit."""
        self.sums_of: defaultdict[tuple[str, str], int] = defaultdict(int)
        """(fund, name of a sum) → that sum."""

    def take(
        self, event: AnyEvent, *, seq: int, original: AnyEvent | None = None, times: int = 1
    ) -> tuple[Posting, ...]:
        """`event` stands at `seq`; a return brings the `original` it names; with `times` −1 it was corrected.

        Returns what it was booked as, so that whoever shows entries shows those of this arithmetic.
        """
        move = move_of(event, original, self._register)
        if move is None:
            return ()
        made = tuple(self._postings(move, times * move.amount, seq))
        for one in made:
            if one.account is not None:
                self.claims[one.fund, one.account] += one.amount
            elif one.name != "disbursed":  # what a line paid is summed from the lines
                self.sums_of[one.fund, one.name] += one.amount
        return made

    def _postings(self, move: Move, amount: int, seq: int) -> Iterator[Posting]:
        fund = move.fund
        if move.origin == "disbursed":
            yield Posting(fund, None, "disbursed", amount)
        if move.from_use:
            yield Posting(fund, None, "used", -amount)
        elif move.debit is not None and self._is_fed(fund, move.debit, seq):
            yield Posting(fund, move.debit, "claim", -amount)
            if move.origin == "disbursed":
                yield Posting(fund, None, "paid_again", amount)
        elif move.origin != "disbursed":
            yield Posting(fund, None, move.origin, amount)
        if move.credit is not None and move.feeds:
            self.fed.setdefault((fund, move.credit), seq)
        if move.credit is not None and (move.feeds or self._is_fed(fund, move.credit, seq)):
            yield Posting(fund, move.credit, "claim", amount)
        else:
            yield Posting(fund, None, move.end, amount)

    def sums(self) -> Iterator[FundSum]:
        """Each fund that money moved for, by id."""
        told: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for line in self._register.lines.values():
            told[line.fund]["disbursed"] += line.disbursed
        for (fund, name), amount in self.sums_of.items():
            told[fund][name] += amount
        for (fund, account), claim in self.claims.items():
            if self._register.accounts[account].account_class not in CUSTODIAN_CLASSES:
                told[fund]["used"] += claim  # who is paid in the end holds no claim (semantics T1)
            else:
                told[fund]["on_hand" if claim > 0 else "advance"] += abs(claim)
        for fund in sorted(told):
            if any(told[fund].values()):
                yield FundSum(fund=fund, **told[fund])

    def conclude(self, checklist: Checklist) -> None:
        """I8 is broken for each fund whose two sides differ."""
        for one in self.sums():
            if one.came != one.stands:
                figures = f"{format_amount(one.came)} ≠ {format_amount(one.stands)}"
                reason = Told(
                    en=f"the cash of fund {one.fund} does not add up, what came against what became of it: {figures}",
                    zh=f"资金 {one.fund} 的现金收支不平，来源与去向不符：{figures}",
                )
                checklist.broke("I8", None, reason)

    def _is_fed(self, fund: str, account: str, seq: int) -> bool:
        """Whether the account had been credited with money of the fund before `seq`."""
        return self.fed.get((fund, account), seq) < seq


def move_of(event: AnyEvent, original: AnyEvent | None, register: Register) -> Move | None:
    """What `event` declares about earmarked money; None if nothing."""
    match event:
        case Disbursement():
            fund = register.lines[event.line].fund
            return Move(fund, event.amount, event.from_account, event.to_account, origin="disbursed")
        case MatchingReceipt() if event.source != "in_kind":
            return Move(event.fund, event.amount, None, event.account, origin="matched")
        case Return() if original is not None:
            return _referenced(event, original, register)
        case Transfer() | Use() | Interest() | Return() if event.tag is not None:
            return _tagged(event, event.tag.fund)
        case _:
            return None


def _tagged(event: Transfer | Use | Interest | Return, fund: str) -> Move:
    match event:
        case Transfer():
            return Move(fund, event.amount, event.from_account, event.to_account)
        case Use():
            return Move(fund, event.amount, event.from_account, None)
        case Interest():
            return Move(fund, event.amount, None, event.account, origin="interest")
        case Return():
            return _back(fund, event.amount, event.from_account, event.to_account)
        case _:
            assert_never(event)


def _referenced(event: Return, original: AnyEvent, register: Register) -> Move | None:
    """A return undoes what `original` moved, whatever it says itself (semantics T17)."""
    moved = move_of(original, None, register)
    match original:
        case _ if moved is None:
            return None
        case MatchingReceipt():  # the payer gets general money back
            return _back(moved.fund, event.amount, event.from_account or moved.credit, None)
        case _ if moved.credit is None:
            return _back(moved.fund, event.amount, None, event.to_account)._replace(from_use=True)
        case _:
            return _back(moved.fund, event.amount, event.from_account or moved.credit, event.to_account)


def _back(fund: str, amount: int, debit: str | None, credit: str | None) -> Move:
    return Move(fund, amount, debit, credit, end="returned", feeds=False)
