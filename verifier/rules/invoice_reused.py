# SPDX-License-Identifier: Apache-2.0
"""F21 发票重复报销: more was paid on one invoice than it comes to.

Paid is what disbursements and uses that name the invoice by its hash add up to, less referenced returns of them (semantics
P2). A use that tells a disbursement again by bank reference, amount and payer is the same payment (T22). Where payments say
different amounts for one invoice, nothing in the ledger tells which is right: undecidable, by the largest.

Arithmetic on signed facts: the payer's own references; proved (semantics P7). That a seller is not the payee is not looked
at: invoices are hashes here.
"""

import operator
from collections.abc import Iterable, Iterator
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Return, Use
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F21",
    version=1,
    title=Told(zh="发票重复报销", en="Invoice paid more than once"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第一项",
        en="State Council Decree 427 (rev. 2011), art. 6(1)",
    ),
    subject=("invoice hash",),
    severity="red",
    tier="T0",
)


class Paid(Said, frozen=True, kw_only=True):
    """`amount` was paid from `account` on an invoice of `invoiced`, of the fund's money if it says so."""

    amount: int
    invoiced: int
    account: str
    bank_ref: str | None
    disbursed: bool
    fund: str | None


class Returned(Said, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back."""

    amount: int
    undoes: str


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Paid | Returned]]:
    """Payments by the hash of their invoice; returns with what they undo."""
    match posted.event:
        case (Disbursement() | Use()) as event if event.invoice is not None:
            yield Placed(
                matter=event.invoice.hash,
                said=Paid(
                    amount=event.amount,
                    invoiced=event.invoice.amount,
                    account=event.from_account,
                    bank_ref=event.bank_ref,
                    disbursed=isinstance(event, Disbursement),
                    fund=case.fund_of(event),
                ),
            )
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Returned(amount=amount, undoes=undoes))
        case _:
            pass


def judge(matter: Matter[Paid | Returned], case: Case) -> Iterator[Finding]:
    """At most one finding: the invoice, with what was paid beyond it."""
    back: dict[str, int] = {}
    for one in matter.facts:
        if isinstance(one.said, Returned):
            back[one.said.undoes] = back.get(one.said.undoes, 0) + one.said.amount
    payments = list(_told_once(matter.facts))
    invoiced = max(said.invoiced for _, said in payments) if payments else 0
    paid, decisive = 0, None
    for entry, said in payments:
        paid += max(0, said.amount - back.get(entry.name, 0))
        if decisive is None and paid > invoiced:
            decisive = entry
    if decisive is not None and paid > invoiced:
        yield _finding(case, matter, payments, decisive, (paid, invoiced))


FAMILY: Final = Family(
    name="invoice",
    rules=(RULE,),
    kinds=(Disbursement, Use, Return),
    said=Paid | Returned,
    note=note,
    judge=judge,
)

Payment = tuple[Noted[Paid | Returned], Paid]


def _told_once(facts: Iterable[Noted[Paid | Returned]]) -> Iterator[Payment]:
    """The payments, a use left out that tells a disbursement again (semantics T22)."""
    payments = [(one, one.said) for one in facts if isinstance(one.said, Paid)]
    disbursed = {_same(said) for _, said in payments if said.disbursed and said.bank_ref is not None}
    for one, said in payments:
        if said.disbursed or _same(said) not in disbursed:
            yield one, said


def _same(said: Paid) -> tuple[str | None, int, str]:
    return said.bank_ref, said.amount, said.account


def _finding(
    case: Case,
    matter: Matter[Paid | Returned],
    payments: list[Payment],
    decisive: Noted[Paid | Returned],
    sums: tuple[int, int],
) -> Finding:
    paid, invoiced = sums
    certain = len({said.invoiced for _, said in payments}) == 1
    funds = {said.fund for _, said in payments}
    fund = next(iter(funds)) if len(funds) == 1 else None
    over = case.money(paid - invoiced)
    total, once = case.money(paid), case.money(invoiced)
    unsure = Told(
        zh="" if certain else "各笔付款所填的发票金额不一，以最大者计，现有数据不能判定。",
        en=""
        if certain
        else " The payments give it different amounts; by the largest. This cannot be decided.",
    )
    lead = Lead(
        subject=(matter.key,),
        finding_class="proved" if certain else "undecidable",
        severity=RULE.severity if certain else "yellow",
        explanation=Told(
            zh=f"发票 {matter.key[:16]}… 金额 {once.zh}，{len(payments)} 笔付款引用，扣除退回后共 {total.zh}，"
            f"超出 {over.zh}。{unsure.zh}",
            en=f"Invoice {matter.key[:16]}… comes to {once.en}; {len(payments)} payments name it, {total.en} net of "
            f"returns, {over.en} too much.{unsure.en}",
        ),
        clears_if=Told(
            zh="退回重复支付部分的凭证；或对误填发票的付款登记的冲正；或发票的转让文件",
            en="the return of what was paid twice; or the correction of a payment recorded with the wrong invoice; or the "
            "paper that assigned it",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=fund or ""), decisive.on),
        first=min((one for one, _ in payments), key=operator.attrgetter("entry.seq")),
        decisive=decisive,
        evidence=[one.entry for one in matter.facts],
        fund=fund,
        parties=[one.party for one, _ in payments],
        accounts=[said.account for _, said in payments],
        amount_min=paid - invoiced if certain else 0,
        amount=paid - invoiced,
        amount_max=paid - invoiced if certain else paid,
        outstanding=paid - invoiced,
        figures={"paid": paid, "invoiced": invoiced, "payments": len(payments)},
        marks=() if certain else ("unresolved",),
    )
    return finding_of(case, RULE, lead)
