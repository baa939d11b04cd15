# SPDX-License-Identifier: Apache-2.0
"""F27 拆分规避: purchases of one unit from one supplier, each below the limit for tendering, together at or above it.

Two matters alike (semantics P1): contracts of a unit's projects in one category (works, goods, services), and payments
of a unit of one economic class that name no contract. A supplier and those registered as related to it are one. Each
purchase lies below the limit; those within the days of the pack after the first add up to the limit or more; of such
groups the largest is told. Instalments of one contract are no purchases of their own, nor are payments on one invoice.
Payments are judged for projects of which contracts are registered; elsewhere they may be instalments of contracts that
nobody names, and are counted as not judged. Those that name no invoice either leave it undecidable. Referenced returns
lower payments, and a use that tells a disbursement again is the same payment (P2, T22). Basis: 政府采购法 art. 28,
政府采购法实施条例 art. 28.

A judgement on intent, never proved: an approved way of purchase, an emergency or a framework agreement makes it lawful,
and none of them is in the ledger (semantics P7).
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract
from ledger.kinds.fact import Return, Use
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F27",
    version=1,
    title=Told(zh="拆分规避", en="Split below a limit"),
    basis=Told(
        zh="《中华人民共和国政府采购法》（2014年修正）第二十八条；《政府采购法实施条例》第二十八条",
        en="Government Procurement Law of the PRC (as amended 2014), art. 28; its Implementing Regulations, art. 28",
    ),
    subject=("contract or payment", "unit", "category or economic class", "supplier"),
    severity="yellow",
    tier="T0",
)
_SUPPLIER: Final = "supplier"
_UNTOLD: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="同一单位向同一供应商的多笔付款合计达到限额，而其项目没有登记任何合同，是否分期付款无从判断",
        en="payments of one unit to one supplier reach the limit together, and no contract of their project is registered: "
        "whether they are instalments cannot be told",
    ),
    count=1,
)


class Bought(Said, frozen=True, kw_only=True):
    """A contract for `amount`, or a payment of it on an invoice, from `account`, with money of `fund`.

    `contracted` says that contracts of its project are registered, so that what names none has none.
    """

    amount: int
    payee: str
    invoice: str | None = None
    account: str | None = None
    bank_ref: str | None = None
    disbursed: bool = False
    contracted: bool = True
    fund: str | None = None


class Returned(Said, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back."""

    amount: int
    undoes: str


@dataclass(slots=True, kw_only=True)
class _Purchase:
    """`amount` bought in `entries`.

    `told` says that a contract would be known, `single` that they are known to be a purchase of their own.
    """

    amount: int
    entries: list[Noted[Bought | Returned]]
    told: bool
    single: bool

    @property
    def on(self) -> datetime.date:
        """Its first day."""
        return min(one.on for one in self.entries)


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Bought | Returned]]:
    """Contracts by unit, category and supplier; payments without contract by unit, economic class and supplier."""
    match posted.event:
        case Contract() as event:
            project = case.standing.projects.get(event.project)
            unit = posted.party if project is None else project.unit
            key = key_of("contract", unit, event.category, _circle(case, event.supplier))
            yield Placed(matter=key, said=Bought(amount=event.amount, payee=event.supplier))
        case (Disbursement() | Use()) as event if event.contract is None:
            payee = event.payee or case.standing.owner(event.to_account)
            party = case.standing.parties.get(payee or "")
            if payee is not None and party is not None and _SUPPLIER in party.roles:
                yield Placed(
                    matter=_payment_key(posted, case, event, payee), said=_payment(case, event, payee)
                )
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Returned(amount=amount, undoes=undoes))
        case _:
            pass


def _circle(case: Case, payee: str) -> str:
    """One id for `payee` and those related to it, as registered."""
    return min(case.standing.related(payee))


def _payment_key(posted: PostedEvent, case: Case, event: Disbursement | Use, payee: str) -> str:
    project = case.standing.projects.get(event.project or "")
    unit = posted.party if project is None else project.unit
    return key_of("payment", unit, event.economic or "", _circle(case, payee))


def _payment(case: Case, event: Disbursement | Use, payee: str) -> Bought:
    return Bought(
        amount=event.amount,
        payee=payee,
        invoice=None if event.invoice is None else event.invoice.hash,
        account=event.from_account,
        bank_ref=event.bank_ref,
        disbursed=isinstance(event, Disbursement),
        contracted=event.project in case.standing.contracted,
        fund=case.fund_of(event),
    )


def judge(matter: Matter[Bought | Returned], case: Case) -> Iterator[Finding | Gap]:
    """At most one finding: the largest group of purchases that reach the limit; a gap without registered contracts."""
    purchases = list(_purchases(matter))
    if not purchases:
        return
    what, _, category, _ = matter.key.split("/")
    funds = {said.fund for one in purchases for said in _said(one)}
    fund = next(iter(funds)) if len(funds) == 1 else None
    terms = case.book.terms(RULE.id, Addressee(fund=fund or ""), purchases[0].on)
    limit = terms.number(f"{category if what == 'contract' else 'uncontracted'}_limit")
    small = [one for one in purchases if one.amount < limit]
    told = [one for one in small if one.told]
    days = datetime.timedelta(days=terms.number("days"))
    for sure, counted in ((True, [one for one in told if one.single]), (False, told)):
        group = _largest(counted, days)
        if _sum(group) >= limit > 0:
            yield _finding(case, matter.key, (fund, terms, limit), group, sure=sure)
            return
    if _sum(_largest(small, days)) >= limit > 0:
        yield _UNTOLD


FAMILY: Final = Family(
    name="purchases",
    rules=(RULE,),
    kinds=(Contract, Disbursement, Use, Return),
    said=Bought | Returned,
    note=note,
    judge=judge,
)


def _said(purchase: _Purchase) -> Iterator[Bought]:
    return (one.said for one in purchase.entries if isinstance(one.said, Bought))


def _purchases(matter: Matter[Bought | Returned]) -> Iterator[_Purchase]:
    """Contracts, payments without invoice, and payments by invoice, in order of their first days."""
    contracts = matter.key.startswith("contract/")
    back: dict[str, int] = {}
    for one in matter.facts:
        if isinstance(one.said, Returned):
            back[one.said.undoes] = back.get(one.said.undoes, 0) + one.said.amount
    bought = [(one, one.said) for one in matter.facts if isinstance(one.said, Bought)]
    disbursed = {_same(said) for _, said in bought if said.disbursed and said.bank_ref is not None}
    found: dict[str, _Purchase] = {}
    for one, said in bought:
        if not contracts and not said.disbursed and _same(said) in disbursed:
            continue
        amount = max(0, said.amount - back.get(one.name, 0))
        purchase = found.setdefault(
            said.invoice or one.name,
            _Purchase(
                amount=0,
                entries=[],
                told=said.contracted,
                single=contracts or said.invoice is not None,
            ),
        )
        purchase.amount += amount
        purchase.entries.append(one)
    yield from sorted(found.values(), key=lambda one: (one.on, one.entries[0].entry.seq))


def _same(said: Bought) -> tuple[str | None, int, str | None]:
    return said.bank_ref, said.amount, said.account


def _largest(purchases: Sequence[_Purchase], days: datetime.timedelta) -> list[_Purchase]:
    """The purchases within `days` of the first of them that add up to most; the earliest of equals; two at least."""
    best, most, end, total = (0, 0), 0, 0, 0
    for start, first in enumerate(purchases):
        while end < len(purchases) and purchases[end].on <= first.on + days:
            total += purchases[end].amount
            end += 1
        if end - start > 1 and total > most:
            best, most = (start, end), total
        total -= first.amount
    return list(purchases[best[0] : best[1]])


def _sum(purchases: Sequence[_Purchase]) -> int:
    return sum(one.amount for one in purchases)


def _finding(
    case: Case, key: str, by: tuple[str | None, Terms, int], group: Sequence[_Purchase], *, sure: bool
) -> Finding:
    (what, unit, _, _), (fund, terms, limit) = key.split("/"), by
    entries = sorted((entry for one in group for entry in one.entries), key=lambda one: one.entry.seq)
    payees = sorted({said.payee for one in group for said in _said(one)})
    total, reached = _sum(group), 0
    decisive = entries[-1]
    for one in sorted(group, key=lambda one: one.entries[-1].entry.seq):
        reached += one.amount
        if reached >= limit:
            decisive = one.entries[-1]
            break
    lead = Lead(
        subject=tuple(key.split("/")),
        finding_class="indicated" if sure else "undecidable",
        severity=RULE.severity,
        explanation=_explanation(case, (what, unit), group, (payees, terms.number("days"), limit), sure=sure),
        clears_if=Told(
            zh="经批准的采购方式；或应急采购、框架协议的文件；或属于同一合同分期付款的证明",
            en="the approval of the way of purchase; or papers of an emergency or a framework agreement; or what shows "
            "them to be instalments of one contract",
        ),
        terms=terms,
        first=entries[0],
        decisive=decisive,
        evidence=[one.entry for one in entries],
        fund=fund,
        parties=(unit, *payees),
        accounts=sorted({said.account for one in group for said in _said(one) if said.account is not None}),
        amount_min=0,
        amount=total,
        amount_max=total,
        figures={"purchases": len(group), "sum": total, "limit": limit},
        marks=() if sure else ("unresolved",),
    )
    return finding_of(case, RULE, lead)


_WHATS: Final[dict[str, tuple[str, str]]] = {
    "contract": ("份合同", "contracts"),
    "payment": ("笔无合同的付款", "payments without a contract"),
}


def _explanation(
    case: Case,
    about: tuple[str, str],
    group: Sequence[_Purchase],
    figures: tuple[list[str], int, int],
    *,
    sure: bool,
) -> Told:
    (what, unit), (payees, days, limit) = about, figures
    zh_what, en_what = _WHATS[what]
    total, least, most = (
        case.money(one)
        for one in (
            _sum(group),
            min(one.amount for one in group),
            max(one.amount for one in group),
        )
    )
    buyer, names, bound = case.party(unit), "、".join(payees), case.money(limit)
    first, last = group[0].on, group[-1].on
    zh = (
        f"{buyer.zh} 于 {first} 至 {last} 向 {names} 采购 {len(group)} {zh_what}，各为 {least.zh} 至 {most.zh}，"
        f"均低于限额 {bound.zh}；{days} 日内合计 {total.zh}，达到限额。"
    )
    en = (
        f"From {first} to {last} {buyer.en} bought of {', '.join(payees)} by {len(group)} {en_what}, each of {least.en} to "
        f"{most.en} and below the limit of {bound.en}; within {days} days they come to {total.en}, which reaches it."
    )
    if not sure:
        zh += "部分付款既无合同也无发票，是否同一采购的分期付款，现有数据不能判定。"
        en += " Some name neither contract nor invoice: whether they are instalments of one purchase cannot be decided."
    return Told(zh=zh, en=en)
