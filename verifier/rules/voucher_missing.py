# SPDX-License-Identifier: Apache-2.0
"""F25 白条、凭证缺失: earmarked money was paid to a supplier, and nothing in the ledger says for what.

Something is said by an invoice, a contract, a list of persons, a voucher number (凭证号) or a claim that the payment
names, by an evidence file registered for it, or by a report that tells the same payment again (equal reference, account
and amount, semantics T22) and names one of these. The pack sets from which amount on and after how many days. Judged
are disbursements to final payees and uses of earmarked money, less referenced returns. Small purchases are left out;
payments to nobody who is registered cannot be judged, since nothing tells which voucher they need. Basis: 会计法 art.
14.

The paper may exist outside the ledger; indicated (semantics P7).
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ledger.kinds.attachment import Attachment
from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Return, Use
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.basis.working_days import Due
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F25",
    version=1,
    title=Told(zh="凭证缺失", en="Payment without a voucher"),
    basis=Told(zh="《中华人民共和国会计法》第十四条", en="Accounting Law of the PRC, art. 14"),
    subject=("payment",),
    severity="yellow",
    tier="T0",
)
_SUPPLIER: Final = "supplier"
_UNTOLD: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="付款未注明凭证，而没有登记的收款人，或其项目没有登记任何合同（凭证资料未进账本），无从判断",
        en="a payment without a voucher names no registered payee, or no contract of its project is registered, so "
        "that papers "
        "are kept outside the ledger: it cannot be judged",
    ),
    count=1,
)


class Paid(Said, frozen=True, kw_only=True):
    """`amount` left `account` with money of `fund`; `shown` says that it names what it was paid for.

    `payee` is None where nobody registered was paid.
    """

    amount: int
    account: str
    payee: str | None
    fund: str | None
    shown: bool
    papers: bool
    """Whether papers of its project are in the ledger, by a contract that is registered."""


class Filed(Said, frozen=True, kw_only=True):
    """An evidence file was registered for the payment `about`."""

    about: str


class Returned(Said, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back."""

    undoes: str
    amount: int


Fact = Paid | Filed | Returned


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Payments by account and bank reference, or by themselves; files and returns with the payment that they name."""
    match posted.event:
        case (Disbursement() | Use()) as event if _spends(event):
            payee = event.payee or case.standing.owner(event.to_account)
            party = case.standing.parties.get(payee or "")
            if party is None or _SUPPLIER in party.roles:
                said = Paid(
                    amount=event.amount,
                    account=event.from_account,
                    payee=None if party is None else party.id,
                    fund=case.fund_of(event),
                    shown=_shown(event),
                    papers=event.project in case.standing.contracted,
                )
                yield Placed(matter=_matter(posted, event), said=said)
        case Attachment(event=str(about)):
            yield Placed(about=about, said=Filed(about=about))
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Returned(undoes=undoes, amount=amount))
        case _:
            pass


def _spends(event: Disbursement | Use) -> bool:
    """Whether earmarked money goes to whoever is finally paid."""
    return event.mode != "transfer" if isinstance(event, Disbursement) else event.tag is not None


def _shown(event: Disbursement | Use) -> bool:
    named = (event.invoice, event.contract, event.voucher, event.claim, getattr(event, "payee_list", None))
    return any(one is not None for one in named)


def _matter(posted: PostedEvent, event: Disbursement | Use) -> str:
    return posted.name if event.bank_ref is None else key_of("bank", event.from_account, event.bank_ref)


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """One finding for each payment that nothing bears out once its days are over."""
    for one, said, amount in _bare(matter):
        terms, due = _due(case, one, said)
        if amount < terms.number("from_amount") or case.as_of <= due.on:
            continue
        if said.payee is None or not said.papers:
            yield _UNTOLD
        else:
            yield _finding(case, (one, said, amount), terms, due)


def wake(matter: Matter[Fact], case: Case) -> datetime.date | None:
    """The day after the first due day that is still to come."""
    days = [_due(case, one, said)[1].on for one, said, _ in _bare(matter)]
    return min((day + datetime.timedelta(days=1) for day in days if day >= case.as_of), default=None)


FAMILY: Final = Family(
    name="vouchers",
    rules=(RULE,),
    kinds=(Disbursement, Use, Attachment, Return),
    said=Fact,
    note=note,
    judge=judge,
    wake=wake,
)


def _bare(matter: Matter[Fact]) -> Iterator[tuple[Noted[Fact], Paid, int]]:
    """Payments that nothing bears out, with what did not come back; one told twice counts once."""
    filed = {one.said.about for one in matter.facts if isinstance(one.said, Filed)}
    back: Counter[str] = Counter()
    for one in matter.facts:
        if isinstance(one.said, Returned):
            back[one.said.undoes] += one.said.amount
    payments = [(one, one.said) for one in matter.facts if isinstance(one.said, Paid)]
    told = {said.amount for one, said in payments if said.shown or one.name in filed}
    for one, said in payments:
        if said.amount not in told:
            told.add(said.amount)
            yield one, said, max(0, said.amount - back[one.name])


def _due(case: Case, one: Noted[Fact], said: Paid) -> tuple[Terms, Due]:
    terms = case.book.terms(RULE.id, Addressee(fund=said.fund or ""), one.on)
    return terms, case.calendar.period(one.on, terms.number("days"), terms.unit or "calendar")


def _finding(case: Case, payment: tuple[Noted[Fact], Paid, int], terms: Terms, due: Due) -> Finding:
    one, said, amount = payment
    payer, payee, paid = case.party(one.party), case.party(said.payee or ""), case.money(amount)
    least, days = case.money(terms.number("from_amount")), terms.number("days")
    lead = Lead(
        subject=(one.name,),
        finding_class="indicated",
        severity=RULE.severity,
        explanation=Told(
            zh=f"{payer.zh} 于 {one.on} 从账户 {said.account} 向 {payee.zh} 支付 {paid.zh}（{least.zh} 以上须有凭证），"
            f"至 {due.on}（{days} 日）未见发票、合同、清单、凭证号、请款或附件。",
            en=f"On {one.on} {payer.en} paid {paid.en} from account {said.account} to {payee.en}; from {least.en} on a "
            f"voucher is needed. By {due.on} ({days} days) there was no invoice, contract, list, voucher number, "
            "claim or "
            f"evidence file.",
        ),
        clears_if=Told(
            zh="为该付款登记的发票、合同或其他凭证的附件；或冲正后注明凭证重新登记",
            en="an evidence file registered for the payment: invoice, contract or other voucher; or a correction, "
            "and the "
            "payment anew with its voucher",
        ),
        terms=terms,
        first=one,
        decisive=one,
        decisive_on=max(due.on + datetime.timedelta(days=1), one.known_on),
        fund=said.fund,
        parties=[one.party, *([said.payee] if said.payee is not None else [])],
        accounts=(said.account,),
        amount_min=0,
        amount=amount,
        amount_max=amount,
        outstanding=amount,
        due=due.on,
        calendars=due.calendars,
        figures={"paid": amount},
        marks=("provisional",) if due.provisional else (),
    )
    return finding_of(case, RULE, lead)
