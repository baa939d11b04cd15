# SPDX-License-Identifier: Apache-2.0
"""F26 年底突击花钱: more of a year's money for a fund is spent in December, or in its last quarter, than is usual.

Basis: 预算法实施条例 art. 60; the shares are convention. For each fund, party and calendar year that is over: payments
to final payees, less referenced returns. Usual is `december_pct` per cent of the year in December,
`quarter_pct` in the last quarter. Money that came only in that time could not be spent before it: as much
spending is left out of both sides. It came when lines of the fund were given to the party, or, where it holds
none, when cash did. A fund whose season is at the end of the year gets other shares by policy. Fewer payments
than `least` in the year say nothing.

Statistical, never more (semantics P7): the amount is what goes beyond the usual share. Where nothing tells when
the money came, it cannot be judged.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Return, Transfer, Use
from ledger.kinds.registry import CUSTODIAN_CLASSES
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import Undone, paid_by
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F26",
    version=1,
    title=Told(zh="年底突击花钱", en="Spent in a rush at the end of the year"),
    basis=Told(
        zh="《预算法实施条例》（2020年修订）第六十条",
        en="Implementing Regulations of the Budget Law (rev. 2020), art. 60",
    ),
    subject=("fund", "party", "year", "period"),
    severity="yellow",
    tier="T0",
)

_PER_CENT: Final = 100
_PERIODS: Final = (
    ("december_pct", 12, Told(zh="十二月", en="December")),
    ("quarter_pct", 10, Told(zh="第四季度", en="the last quarter")),
)
"""Parameter with the usual share, first month, and name of each period up to the end of the year."""

_UNKNOWN: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="单位既无该资金的指标，也无收款记录，资金何时到位不明，年底支出是否集中无从判断",
        en="a party holds no line of the fund and no cash of it is recorded: when the money came is unknown, and whether "
        "it was spent in a rush cannot be judged",
    ),
    count=1,
)


class Spent(Said, frozen=True, kw_only=True):
    """The party paid `amount` to a final payee; `told` is the same however often one payment is told.

    `again`: this may tell it again (semantics T22).
    """

    amount: int
    account: str
    told: str
    again: bool


class Came(Said, frozen=True, kw_only=True):
    """`amount` came to the party, by a `line` or in cash."""

    amount: int
    line: bool


Fact = Spent | Came | Undone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """What was paid in a year, net, and what came in it."""

    year: int
    paid: tuple[tuple[Noted[Fact], int], ...]
    came: tuple[tuple[datetime.date, int], ...]

    def since(self, month: int) -> int:
        """Paid from the first of `month` on."""
        return sum(amount for one, amount in self.paid if one.on.month >= month)

    def late(self, month: int) -> int:
        """What came from the first of `month` on."""
        return sum(amount for on, amount in self.came if on.month >= month)


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Payments and cash that comes, lines that are given, by fund and party; returns with what they undo."""
    match posted.event:
        case Allocation() as event if event.goes_down:
            fund = event.fund or case.fund_of_line(event.line) or ""
            yield Placed(matter=key_of(fund, event.to), said=Came(amount=event.amount, line=True))
        case (Disbursement() | Use() | Transfer()) as event:
            said = paid_by(event, case)
            if said is None:
                return
            if said.to_class in CUSTODIAN_CLASSES:
                yield Placed(
                    matter=key_of(said.fund, said.payee or ""), said=Came(amount=said.amount, line=False)
                )
            elif said.kind != "transfer":
                told = posted.name
                if said.bank_ref is not None:
                    told = f"{said.account} {said.amount} {said.bank_ref}"
                spent = Spent(amount=said.amount, account=said.account, told=told, again=said.kind == "use")
                yield Placed(matter=key_of(said.fund, said.payer), said=spent)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Undone(amount=amount, undoes=undoes))
        case _:
            pass


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """For each year that is over at most one finding: of December, else of the last quarter."""
    fund, _, party = matter.key.partition("/")
    for year in _years(matter):
        if year.year >= case.as_of.year:
            continue
        on = datetime.date(year.year, 12, 31)
        terms = case.book.terms(RULE.id, Addressee(fund=fund, level=case.standing.level(party)), on)
        if len(year.paid) < terms.number("least"):
            continue
        if not any(isinstance(one.said, Came) for one in matter.facts):
            yield _UNKNOWN
            continue
        found = (_finding(case, matter, year, terms, number) for number in range(len(_PERIODS)))
        yield from [one for one in found if one is not None][:1]


def wake(matter: Matter[Fact], case: Case) -> datetime.date | None:
    """New Year after the as-of date, if anything is paid in its year."""
    this = case.as_of.year
    if any(isinstance(one.said, Spent) and one.on.year == this for one in matter.facts):
        return datetime.date(this + 1, 1, 1) if this < datetime.MAXYEAR else None
    return None


FAMILY: Final = Family(
    name="rush",
    rules=(RULE,),
    kinds=(Allocation, Disbursement, Use, Transfer, Return),
    said=Fact,
    note=note,
    judge=judge,
    wake=wake,
)


def _years(matter: Matter[Fact]) -> Iterator[_Year]:
    back: dict[str, int] = {}
    for one in matter.facts:
        if isinstance(one.said, Undone):
            back[one.said.undoes] = back.get(one.said.undoes, 0) + one.said.amount
    spent = [(one, one.said) for one in matter.facts if isinstance(one.said, Spent)]
    ordered = {said.told for _, said in spent if not said.again}
    paid = [
        (one, max(0, said.amount - back.get(one.name, 0)))
        for one, said in spent
        if not (said.again and said.told in ordered)
    ]
    came = [
        (one.on, one.said.line, max(0, one.said.amount - back.get(one.name, 0)))
        for one in matter.facts
        if isinstance(one.said, Came)
    ]
    lines = any(line for _, line, _ in came)
    for year in sorted({one.on.year for one, _ in paid}):
        yield _Year(
            year=year,
            paid=tuple(part for part in paid if part[0].on.year == year),
            came=tuple((on, amount) for on, line, amount in came if line == lines and on.year == year),
        )


def _finding(case: Case, matter: Matter[Fact], year: _Year, terms: Terms, number: int) -> Finding | None:
    name, month, period = _PERIODS[number]
    pct, total, end = terms.number(name), sum(amount for _, amount in year.paid), year.since(month)
    late = min(end, year.late(month))
    usual = (total - late) * pct // _PER_CENT
    beyond = end - late - usual
    if beyond <= 0:
        return None
    fund, _, party = matter.key.partition("/")
    who, money = case.party(party), [case.money(one) for one in (total, end, late, usual, beyond)]
    of_end = [one for one, _ in year.paid if one.on.month >= month]
    lead = Lead(
        subject=(fund, party, str(year.year), str(month)),
        finding_class="statistical",
        severity="yellow",
        explanation=Told(
            zh=f"{who.zh} {year.year} 年以资金 {fund} 支付 {money[0].zh}，其中{period.zh} {money[1].zh}；扣除当期才到位的 "
            f"{money[2].zh}，按其余的 {pct}% 计通常为 {money[3].zh}，超出 {money[4].zh}。",
            en=f"In {year.year} {who.en} paid {money[0].en} of fund {fund}, {money[1].en} of it in {period.en}; without "
            f"the {money[2].en} that came only then, {pct} % of the rest would be usual, {money[3].en}: "
            f"{money[4].en} beyond.",
        ),
        clears_if=Told(
            zh="相应的验收和进度资料；季节性用款的说明或规则",
            en="acceptance and progress of what was paid; the season of the fund, or a policy that says so",
        ),
        terms=terms,
        first=of_end[0],
        decisive=of_end[-1],
        decisive_on=datetime.date(year.year, 12, 31),
        evidence=[one.entry for one in of_end],
        fund=fund,
        parties=(party,),
        accounts=sorted({one.said.account for one in of_end if isinstance(one.said, Spent)}),
        amount_min=0,
        amount=beyond,
        amount_max=end,
        figures={
            "paid": total,
            "paid_at_end": end,
            "came_late": late,
            "usual": usual,
            "payments": len(year.paid),
        },
    )
    return finding_of(case, RULE, lead)
