# SPDX-License-Identifier: Apache-2.0
"""F37 非财政部门下达、拨付: transfers between levels that somebody other than a finance bureau issues or pays.

Basis: 预算法实施条例 arts. 59, 94. An allocation of a fund, or money of it paid on (`transfer` disbursements,
transfers that say `pass_on`), from a party without the role of a finance bureau to a public body of a lower
level. What a department gives to bodies of its own level is its budget and no transfer. Allocations under one
document number (文号) that a finance bureau issues too are joint documents.

Who gave is the actor of a signed act, and its roles are those of the register: arithmetic, proved (semantics
P7). Where giver or taker was not registered it cannot be judged.
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.fact import Return, Transfer
from ledger.party import PUBLIC, level_rank
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import Undone, paid_by
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F37",
    version=1,
    title=Told(zh="非财政部门下达、拨付", en="Issued or paid down by other than a finance bureau"),
    basis=Told(
        zh="《预算法实施条例》（2020年修订）第五十九条、第九十四条",
        en="Implementing Regulations of the Budget Law (rev. 2020), arts. 59, 94",
    ),
    subject=("allocation or payment",),
    severity="orange",
    tier="T0",
)

_UNREGISTERED: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="下达、拨付或接收单位未登记（T2 数据缺失），是否为财政部门无从判断",
        en="who gave or who took is not registered (tier T2 is missing): whether it is a finance bureau cannot be judged",
    ),
    count=1,
)


class Given(Said, frozen=True, kw_only=True):
    """`giver` gave `amount` of `fund` to `taker`, as authority or as cash from `account`.

    `entitled`: a finance bureau gave, or it is no transfer between levels; None where a register does not tell.
    `finance`: a finance bureau gave.
    """

    amount: int
    fund: str
    giver: str
    taker: str
    line: str | None
    account: str | None
    entitled: bool | None
    finance: bool


Fact = Given | Undone


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Allocations by fund and document; all else by itself, unless somebody entitled gave; returns with what they undo."""
    match posted.event:
        case Allocation() as event if event.goes_down:
            fund = event.fund or case.fund_of_line(event.parent or event.line) or ""
            given = _given(case, event.from_, event.to, event.amount, fund, line=event.line)
            if event.document is not None:
                yield Placed(matter=key_of(fund, event.document), said=given)
            elif not given.entitled:
                yield Placed(matter=posted.name, said=given)
        case (Disbursement() | Transfer()) as event:
            said = paid_by(event, case)
            if said is None or not (said.mode == "transfer" or said.reason == "pass_on"):
                return
            given = _given(
                case,
                said.payer,
                said.payee or "",
                said.amount,
                said.fund,
                line=said.line,
                account=said.account,
            )
            if not given.entitled:
                yield Placed(matter=posted.name, said=given)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Undone(amount=amount, undoes=undoes))
        case _:
            pass


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """One finding for each act, unless a finance bureau shares the document."""
    given = [(one, one.said) for one in matter.facts if isinstance(one.said, Given)]
    if any(said.finance for _, said in given):
        return
    for one, said in given:
        if said.entitled is None:
            yield _UNREGISTERED
        elif not said.entitled:
            back = [
                (other, other.said)
                for other in matter.facts
                if isinstance(other.said, Undone) and other.said.undoes == one.name
            ]
            yield _finding(
                case, one, said, sum(undone.amount for _, undone in back), [fact for fact, _ in back]
            )


FAMILY: Final = Family(
    name="giver",
    rules=(RULE,),
    kinds=(Allocation, Disbursement, Transfer, Return),
    said=Fact,
    note=note,
    judge=judge,
)


def _given(  # noqa: PLR0913 - what an allocation and a payment say alike
    case: Case,
    giver: str,
    taker: str,
    amount: int,
    fund: str,
    *,
    line: str | None,
    account: str | None = None,
) -> Given:
    finance = case.standing.is_finance(giver)
    return Given(
        amount=amount,
        fund=fund,
        giver=giver,
        taker=taker,
        line=line,
        account=account,
        entitled=True if finance else _no_transfer(case, giver, taker),
        finance=finance,
    )


def _no_transfer(case: Case, giver: str, taker: str) -> bool | None:
    """Whether what `giver`, no finance bureau, gives to `taker` stays within its level; None where that is not known."""
    above, below = case.standing.parties.get(giver), case.standing.parties.get(taker)
    if above is None or below is None:
        return None
    if PUBLIC.isdisjoint(below.roles):
        return True
    return level_rank(below.level) <= level_rank(above.level)


def _finding(case: Case, one: Noted[Fact], said: Given, back: int, returns: list[Noted[Fact]]) -> Finding:
    giver, taker, amount = case.party(said.giver), case.party(said.taker), case.money(said.amount)
    zh, en = ("下达", "issued") if said.account is None else ("拨付", "paid")
    lead = Lead(
        subject=(one.name,),
        finding_class="proved",
        severity="orange",
        explanation=Told(
            zh=f"{one.on}，{giver.zh} 向 {taker.zh} {zh}资金 {said.fund} {amount.zh}；前者登记的角色中没有财政部门。",
            en=f"On {one.on} {giver.en} {en} {amount.en} of fund {said.fund} to {taker.en}; the roles registered "
            f"for the former do not include that of a finance bureau.",
        ),
        clears_if=Told(
            zh="与财政部门联合下达的文件；或对单位角色的更正登记；或对误登记下达单位的冲正",
            en="a joint document of a finance bureau; the corrected registration of its roles; or the correction of a "
            "record with the wrong giver",
        ),
        terms=case.book.terms(
            RULE.id, Addressee(fund=said.fund, level=case.standing.level(said.giver)), one.on
        ),
        first=one,
        decisive=one,
        evidence=[fact.entry for fact in returns],
        fund=said.fund,
        line=said.line,
        parties=(said.giver, said.taker),
        accounts=() if said.account is None else (said.account,),
        amount_min=said.amount,
        amount=said.amount,
        amount_max=said.amount,
        restored=back,
        outstanding=max(0, said.amount - back),
    )
    return finding_of(case, RULE, lead)
