# SPDX-License-Identifier: Apache-2.0
"""F11 以拨代支: a fund's money is moved to an account under the payer's hand and counts as spent though nobody was paid.

Basis: 处罚处分条例 (Decree 427) art. 7(1), 预算法实施条例 art. 57. Moved into an account of the payer itself or of a body
under it (`unit_real`), or into a township's, special or platform account. It counts as spent when it says so: a
use, a direct or authorised payment, or one with an economic class; and, whatever it says, from `park_from`
(month and day) on to the end of the year (semantics P5). Payments to final payees of the fund from that account
within `days` clear it, each once, the oldest move first; it fires the day after. One finding for each fund,
account and year.

Left alone: wages (`wage_class`), repayments of what was advanced (a transfer that says so, or payments that the
account made before beyond what it had been given), and accounts that a policy lists in rows of
`allowed_account`. Taxes and deposits of the payer are papers that clear.

Money counts as the bank dates it; what the bank does not bear out moved nothing and clears nothing. Arithmetic:
proved where statements cover the account for the whole time, else indicated (semantics P7); undecidable as far
as payments that the bank may still bear out would clear it; not judged where an account has no statements and never
reported a payment (T1).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Return, Transfer, Use
from ledger.kinds.registry import CUSTODIAN_CLASSES, AccountClass
from verifier.basis.findings import Finding, FindingClass, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.basis.working_days import DAYS_MAX
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import ALLOWED_ACCOUNT, KINDS, Paid, Undone, paid_by
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F11",
    version=1,
    title=Told(zh="以拨代支", en="Moved, and counted as spent"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第七条第一项；"
        "《预算法实施条例》（2020年修订）第五十七条",
        en="State Council Decree 427 (rev. 2011), art. 7(1); Implementing Regulations of the Budget Law (2020), art. 57",
    ),
    subject=("fund", "account", "year"),
    severity="orange",
    tier="T1",
)
PARKING: Final[frozenset[AccountClass]] = frozenset({"township", "special", "platform"})
"""Classes of accounts in which money may be parked, whoever owns them."""

_BLIND: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="转入资金的账户既无银行对账单，也未报告过任何支付，无从得知是否已支付最终收款人",
        en="an account that money was moved to has no bank statements and never reported a payment: whether final "
        "payees were paid cannot be seen",
    ),
    count=1,
)

_HUNDRED: Final = 100
_DAY: Final = datetime.timedelta(days=1)


class Moved(Said, frozen=True, kw_only=True):
    """`amount` came into the account; `booked` as spent, or not to be looked at where it is `excused`.

    `told` is what one payment has in common however often it is told; `again`: this may tell it again (semantics T22).
    """

    amount: int
    payer: str
    direct: bool
    booked: bool
    excused: bool
    economic: str | None
    told: str
    again: bool


class Spent(Said, frozen=True, kw_only=True):
    """`amount` went from the account to a final payee; `told` and `again` as of moves."""

    amount: int
    told: str
    again: bool


Fact = Moved | Spent | Undone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What the bank says of `amount` of a move or a payment; `certain` unless its line may still come."""

    entry: Noted[Fact]
    said: Fact
    on: datetime.date
    amount: int
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lot:
    """A move that counts as spent, with what payments left `unused` of it, and what they leave even at their most."""

    move: _Part
    unused: int
    surely: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Swept:
    terms: Terms
    spent: tuple[_Part, ...]
    lots: tuple[_Lot, ...]

    @property
    def days(self) -> datetime.timedelta:
        """Within how many days a move is to be used."""
        return datetime.timedelta(days=min(self.terms.number("days"), DAYS_MAX))


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Moves by fund and the account they go to; final payments from such accounts; returns."""
    match posted.event:
        case (Disbursement() | Use() | Transfer()) as event:
            said = paid_by(event, case)
            if said is None:
                return
            if said.to_class in PARKING or (said.to_class == "unit_real" and said.below):
                yield Placed(matter=key_of(said.fund, said.to_account or ""), said=_moved(said, posted.name))
            holds = said.payer_class == "unit_real" or said.payer_class in PARKING
            if holds and said.kind != "transfer" and said.to_class not in CUSTODIAN_CLASSES:
                yield Placed(matter=key_of(said.fund, said.account), said=_spent(said, posted.name))
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Undone(amount=amount, undoes=undoes))
        case _:
            pass


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """One finding for each year in which something was left; a gap where nobody tells what the account pays."""
    swept = _swept(matter, case)
    if swept is None or matter.key.partition("/")[2] in case.book.rows_of(ALLOWED_ACCOUNT):
        return
    over = [one for one in swept.lots if one.unused and one.move.on + swept.days < case.as_of]
    if over and _untold(matter, swept, over, case):
        yield _BLIND
        return
    for year in sorted({one.move.on.year for one in over}):
        yield _finding(case, matter, swept, [one for one in over if one.move.on.year == year])


def wake(matter: Matter[Fact], case: Case) -> datetime.date | None:
    """The day after the days of the next move that is not used up yet."""
    swept = _swept(matter, case)
    if swept is None:
        return None
    ends = (one.move.on + swept.days + _DAY for one in swept.lots if one.unused)
    return min((day for day in ends if day > case.as_of), default=None)


def _untold(matter: Matter[Fact], swept: _Swept, over: list[_Lot], case: Case) -> bool:
    """Whether neither statements nor any report tell what the account pays to final payees."""
    account = matter.key.partition("/")[2]
    covered = any(case.bank.covers(account, one.move.on, one.move.on + swept.days) for one in over)
    return not covered and not swept.spent


FAMILY: Final = Family(
    name="parked", rules=(RULE,), kinds=KINDS, said=Fact, note=note, judge=judge, wake=wake
)


def _told(said: Paid, name: str) -> str:
    return name if said.bank_ref is None else f"{said.account} {said.amount} {said.bank_ref}"


def _spent(said: Paid, name: str) -> Spent:
    return Spent(amount=said.amount, told=_told(said, name), again=said.kind == "use")


def _moved(said: Paid, name: str) -> Moved:
    return Moved(
        amount=said.amount,
        payer=said.payer,
        direct=said.direct,
        booked=said.kind == "use" or said.mode in {"direct", "authorised"} or said.economic is not None,
        excused=said.reason == "repay",
        economic=said.economic,
        told=_told(said, name),
        again=said.kind == "use",
    )


def _swept(matter: Matter[Fact], case: Case) -> _Swept | None:
    parts = sorted(
        _parts(matter, case), key=lambda one: (one.on, isinstance(one.said, Spent), one.entry.entry.seq)
    )
    moves = [(one, one.said) for one in parts if isinstance(one.said, Moved) and one.certain]
    if not moves:
        return None
    first, said = moves[0]
    fund, level = matter.key.partition("/")[0], case.standing.level(said.payer)
    terms = case.book.terms(RULE.id, Addressee(fund=fund, level=level, direct=said.direct), first.on)
    spent = tuple(one for one in parts if isinstance(one.said, Spent))
    swept = _Swept(terms=terms, spent=spent, lots=())
    counted = [one for one, moved in moves if _counts(one, moved, terms)]
    sure = [one for one in parts if one.certain]
    most = [one for one in parts if one.certain or isinstance(one.said, Spent)]
    left, least = (_unused(counted, some, swept.days) for some in (sure, most))
    lots = tuple(
        _Lot(move=one, unused=unused, surely=surely)
        for one, unused, surely in zip(counted, left, least, strict=True)
    )
    return replace(swept, lots=lots)


def _counts(move: _Part, said: Moved, terms: Terms) -> bool:
    wages = str(terms.number("wage_class"))
    if said.excused or (said.economic or "").startswith(wages):
        return False
    return said.booked or move.on.month * _HUNDRED + move.on.day >= terms.number("park_from")


def _parts(matter: Matter[Fact], case: Case) -> Iterator[_Part]:
    """Moves and payments as the bank dates them, less referenced returns; what it refutes is left out."""
    back: dict[str, int] = {}
    for one in matter.facts:
        if isinstance(one.said, Undone):
            back[one.said.undoes] = back.get(one.said.undoes, 0) + one.said.amount
    ordered = {
        one.said.told for one in matter.facts if not isinstance(one.said, Undone) and not one.said.again
    }
    for one in matter.facts:
        if isinstance(one.said, Undone) or (one.said.again and one.said.told in ordered):
            continue
        left = max(0, one.said.amount - back.get(one.name, 0))
        for booked in case.bank.bookings(one.name, one.said.amount):
            amount = min(left, booked.amount)
            left -= amount
            if booked.on == "refuted" or not amount:
                continue
            on = booked.on if isinstance(booked.on, datetime.date) else one.on
            yield _Part(entry=one, said=one.said, on=on, amount=amount, certain=booked.on != "pending")


def _unused(counted: list[_Part], parts: list[_Part], days: datetime.timedelta) -> list[int]:
    """What is left of each of `counted`, in their order; `parts` are all moves and payments by day."""
    left = [one.amount for one in counted]
    held = advanced = 0
    for part in parts:
        if isinstance(part.said, Moved):
            repaid = min(advanced, part.amount)
            advanced -= repaid
            held += part.amount - repaid
            if part in counted:
                left[counted.index(part)] -= repaid
            continue
        beyond = max(0, part.amount - held)
        held -= part.amount - beyond
        advanced += beyond
        pays = part.amount
        for number, lot in enumerate(counted):
            if lot.on <= part.on <= lot.on + days:
                used = min(pays, left[number])
                left[number] -= used
                pays -= used
    return left


def _finding(case: Case, matter: Matter[Fact], swept: _Swept, over: list[_Lot]) -> Finding:
    fund, _, account = matter.key.partition("/")
    amount, sure = sum(one.unused for one in over), sum(one.surely for one in over)
    first, last = over[0].move, over[-1].move
    ends = first.on + swept.days + _DAY
    covered = all(case.bank.covers(account, one.move.on, one.move.on + swept.days) for one in over)
    kind: FindingClass = "undecidable" if not sure else "proved" if covered else "indicated"
    later = sum(one.amount for one in swept.spent if one.on > last.on + swept.days)
    lead = Lead(
        subject=(fund, account, str(first.on.year)),
        finding_class=kind,
        severity="yellow" if kind == "undecidable" else "orange",
        explanation=_explain(case, matter, swept, over),
        clears_if=Told(
            zh="三十日内支付最终收款人的凭证；归垫、代缴税费、保证金等的凭证；或经批准暂存的文件",
            en="papers of payments to final payees within the days; of an advance repaid, or taxes and deposits paid for "
            "the payer; or a paper by which it may stay there",
        ),
        terms=swept.terms,
        first=first.entry,
        decisive=last.entry,
        decisive_on=max(ends, *(one.move.entry.known_on for one in over)),
        evidence=[one.move.entry.entry for one in over] + [one.entry.entry for one in swept.spent],
        fund=fund,
        parties=[case.standing.owner(account) or "?"],
        accounts=[account],
        amount_min=sure if covered else 0,
        amount=amount,
        amount_max=amount,
        restored=0,
        outstanding=max(0, amount - later),
        figures={"moved": sum(one.move.amount for one in over), "unused": amount, "days": swept.days.days},
        marks=() if covered else ("reported_only",),
    )
    return finding_of(case, RULE, lead)


def _explain(case: Case, matter: Matter[Fact], swept: _Swept, over: list[_Lot]) -> Told:
    fund, _, account = matter.key.partition("/")
    moved, unused = (
        case.money(sum(one.move.amount for one in over)),
        case.money(sum(one.unused for one in over)),
    )
    days, on, count = swept.days.days, over[0].move.on, len(over)
    sure = any(one.surely for one in over)
    doubt = Told(
        zh="" if sure else "其中未用部分可能由尚待银行对账的支付用去，现有数据不能判定。",
        en=""
        if sure
        else " What is left may have gone in payments that the bank may still bear out: undecided.",
    )
    return Told(
        zh=f"自 {on} 起，资金 {fund} 有 {count} 笔共 {moved.zh} 转入账户 {account} 并作支出，{days} 日内未由该账户支"
        f"付最终收款人的有 {unused.zh}。{doubt.zh}",
        en=f"From {on} on, {count} payments of fund {fund}, {moved.en} in all, went into account {account} and count as "
        f"spent; {unused.en} of it was not paid to final payees from there within {days} days.{doubt.en}",
    )
