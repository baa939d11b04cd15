# SPDX-License-Identifier: Apache-2.0
"""F23 公款私存、转个人: a fund's money goes into a private person's account though it is not meant for persons.

Basis: 审计法 art. 37, 处罚处分条例 (Decree 427) art. 11. Meant for persons is what declares an economic class of wages
(`wage_class`) or of subsidies to persons (`person_class`, both as prefixes), or pays by a list of persons. Who
trades under a licence has a credit code and is a business. A paper may allow it
(`verifier.payments.payment_lead`).

Class of the account is that of the register. Judgement, indicated (semantics P7). A payment that declares no
class, of a fund that may pay persons, is undecidable; one into an account that nobody registered cannot be
judged. A register of staff is not in the ledger, so that a private account of an employee is known by its class
alone.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import Payment
from verifier.payments.payment_lead import PaymentTell, about, payment_finding, terms_of

RULE: Final = Rule(
    id="F23",
    version=1,
    title=Told(zh="公款私存、转个人", en="Paid into a private account"),
    basis=Told(
        zh="《审计法》（2021年修正）第三十七条；《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第十一条",
        en="Audit Law (as amended 2021), art. 37; State Council Decree 427 (rev. 2011), art. 11",
    ),
    subject=("payment",),
    severity="orange",
    tier="T2",
)

_UNREGISTERED: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="收款账户未登记（T2 数据缺失），是否为个人账户无从判断",
        en="the account that was paid is not registered (tier T2 is missing): whether it is a private one cannot be judged",
    ),
    count=1,
)


def judge(payment: Payment, case: Case) -> Iterator[Finding | Gap]:
    """At most one finding, or a gap."""
    said = payment.said
    if said.listed:
        return
    if said.to_class is None:
        yield _UNREGISTERED
        return
    if said.to_class != "personal" or said.licensed:
        return
    terms = terms_of(case, RULE, payment)
    classes = tuple(str(one) for name in ("wage_class", "person_class") if (one := terms.get(name)))
    if said.economic is not None and said.economic.startswith(classes):
        return
    sure = said.economic is not None or not _may_pay_persons(case, said.fund, classes)
    told = about(case, payment)
    tell = PaymentTell(
        text=Told(
            zh=f"{told.zh}，收款账户 {said.to_account} 登记为个人账户，"
            + (
                f"申报的经济分类 {said.economic or '（未填）'} 不是工资或对个人的补助。"
                if sure
                else "付款未申报经济分类，该资金可以发给个人，现有数据不能判定。"
            ),
            en=f"{told.en}, into {said.to_account}, registered as a private account; "
            + (
                f"the economic class declared, {said.economic or 'none'}, is neither wages nor a subsidy to persons."
                if sure
                else "no economic class was declared, and the fund may pay persons: this cannot be decided."
            ),
        ),
        clears_if=Told(
            zh="发放名单、工资单或个体工商户执照；批准的文件；或对误填账户、分类的付款的冲正",
            en="the list of persons, the payroll or the licence of a sole trader; a paper that allows it; or the "
            "correction of a payment recorded with the wrong account or class",
        ),
        finding_class="indicated" if sure else "undecidable",
        severity="orange" if sure else "yellow",
    )
    found = payment_finding(case, RULE, payment, tell)
    if found is not None:
        yield found


def _may_pay_persons(case: Case, fund: str, classes: tuple[str, ...]) -> bool:
    """Whether the fund's economic classes leave room for wages or subsidies to persons."""
    known = case.standing.funds.get(fund)
    allowed = () if known is None else known.economic
    return not allowed or any(one.startswith(classes) or classes[0].startswith(one) for one in allowed)
