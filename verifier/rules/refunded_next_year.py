# SPDX-License-Identifier: Apache-2.0
"""F12 虚列支出: an expense booked late in a year, most of which comes back in the next one.

Basis: 预算法 (2018) art. 93(1). Payments and uses of a fund near the end of a year, and the returns that name them
(semantics T17): when at least `share` per cent came back in a later year within `return_days`, the expense stood in the
books of a year in which the money was not spent. What a bank sends back within `reject_days` was never accepted and does
not count.

Dates are the bank's where it is fed (O1). That money was booked to use up a budget is for a person to judge: indicated.
What turns on a return that the bank may still bear out is undecidable. The other tell of F12, an expense without bank line,
is rule R2.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Return, Use
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.settling import Reported, Settled, settle
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F12",
    version=1,
    title=Told(zh="虚列支出（跨年退回）", en="Expense that comes back in the next year"),
    basis=Told(zh="《预算法》（2018年修正）第九十三条第一项", en="Budget Law (as amended 2018), art. 93(1)"),
    subject=("payment",),
    severity="orange",
    tier="T0",
)

_PER_CENT: Final = 100
_DAY: Final = datetime.timedelta(days=1)


class Booked(Said, frozen=True, kw_only=True):
    """`amount` of `fund` was booked as paid from `account`."""

    amount: int
    account: str
    fund: str | None


class Back(Said, frozen=True, kw_only=True):
    """`amount` of it came back, as reported."""

    amount: int


class _Came(NamedTuple):
    entry: Noted[Booked | Back]
    part: Settled


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Booked | Back]]:
    """Payments so late in a year that a return in the next one counts; returns by what they undo."""
    match posted.event:
        case (Disbursement() | Use()) as event if case.fund_of(event) is not None:
            days = _terms(case, case.fund_of(event), event.occurred_on).number("return_days")
            if (event.occurred_on + datetime.timedelta(days=days)).year > event.occurred_on.year:
                said = Booked(amount=event.amount, account=event.from_account, fund=case.fund_of(event))
                yield Placed(matter=posted.name, said=said)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Back(amount=amount))
        case _:
            pass


def judge(matter: Matter[Booked | Back], case: Case) -> Iterator[Finding]:
    """At most one finding: the payment, with what came back of it in a later year."""
    paid, said = next(((one, one.said) for one in matter.facts if isinstance(one.said, Booked)), (None, None))
    if paid is None or said is None:
        return
    terms = _terms(case, said.fund, paid.on)
    came = [one for one in _came(matter.facts, case, terms) if _counts(paid, one, terms)]
    firm = [one for one in came if one.part.doubt != "pending"]
    for back in (firm, came):
        total = min(said.amount, sum(one.part.amount for one in back))
        if back and total * _PER_CENT >= said.amount * terms.number("share"):
            yield _finding(case, (paid, said), back, total, terms)
            return


def wake(matter: Matter[Booked | Back], case: Case) -> datetime.date | None:
    """Tomorrow, while a return waits for its bank."""
    pending = any(
        one.part.doubt == "pending" for one in _came(matter.facts, case, _terms(case, None, case.as_of))
    )
    return case.as_of + _DAY if pending else None


FAMILY: Final = Family(
    name="refunded",
    rules=(RULE,),
    kinds=(Disbursement, Use, Return),
    said=Booked | Back,
    note=note,
    judge=judge,
    wake=wake,
)


def _terms(case: Case, fund: str | None, on: datetime.date) -> Terms:
    return case.book.terms(RULE.id, Addressee(fund=fund or ""), on)


def _came(facts: Iterable[Noted[Booked | Back]], case: Case, terms: Terms) -> list[_Came]:
    """What came back, in parts where the bank saw it in parts, by date."""
    dates = case.dates(terms.number("late_days"))
    found = [
        _Came(one, part)
        for one in facts
        if isinstance(one.said, Back)
        for part in settle(Reported(one.name, one.said.amount, one.on, one.recorded_on), dates)
    ]
    return sorted(found, key=lambda one: (one.part.on, one.entry.entry.seq))


def _counts(paid: Noted[Booked | Back], one: _Came, terms: Terms) -> bool:
    """Whether it came in a later year, within the days, and not as a rejection of the bank."""
    days = (one.part.on - paid.on).days
    within = terms.number("reject_days") < days <= terms.number("return_days")
    return within and one.part.on.year > paid.on.year


def _finding(
    case: Case, payment: tuple[Noted[Booked | Back], Booked], back: list[_Came], total: int, terms: Terms
) -> Finding:
    paid, said = payment
    decisive, sure = back[-1].entry, all(one.part.doubt != "pending" for one in back)
    whole, returned = case.money(said.amount), case.money(total)
    share = total * _PER_CENT // said.amount
    first, last = back[0].part.on, back[-1].part.on
    unsure = Told(
        zh="" if sure else "退回尚待银行流水印证，现有数据不能判定。",
        en="" if sure else " The bank may still bear the return out; this cannot be decided.",
    )
    lead = Lead(
        subject=(paid.name,),
        finding_class="indicated" if sure else "undecidable",
        severity=RULE.severity if sure else "yellow",
        explanation=Told(
            zh=f"{paid.on} 列支 {whole.zh}，次年 {first} 至 {last} 退回 {returned.zh}（{share}%），"
            f"列支年度并未实际支出该部分资金。{unsure.zh}",
            en=f"{whole.en} were booked as spent on {paid.on}; {returned.en} of it ({share} %) came back from {first} to "
            f"{last}, in a later year, so that part was not spent in the year that bears it.{unsure.en}",
        ),
        clears_if=Told(
            zh="合同解除、变更或银行退票的凭证；或对错误登记的冲正",
            en="papers on a contract that was cancelled or changed, or on a rejection by the bank; or the correction of a "
            "wrong record",
        ),
        terms=terms,
        first=paid,
        decisive=decisive,
        decisive_on=max(last, decisive.known_on),
        evidence=[one.entry.entry for one in back],
        fund=said.fund,
        parties=[paid.party],
        accounts=[said.account],
        amount_min=0,
        amount=total,
        amount_max=said.amount,
        figures={"paid": said.amount, "returned": total, "days": (last - paid.on).days},
        marks=() if sure else ("pending",),
    )
    return finding_of(case, RULE, lead)
