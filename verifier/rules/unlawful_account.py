# SPDX-License-Identifier: Apache-2.0
"""F24 违规转专户、平台公司、乡镇实有账户: a fund's money is moved into an account that may not hold it.

Basis: 预算法实施条例 arts. 52, 57. Special accounts, those of platform companies and of townships. Left alone are
special accounts that the registry dedicates to the fund; townships that hold a line of the fund; platform
companies paid on a contract of which they are the supplier; and accounts that a policy lists, by a row of
`allowed_account` whose id is the account. Money of direct funds goes straight to whom it is for: there the
first two excuse nothing, and it is always red. A paper may allow a payment (`verifier.payments.payment_lead`).

Whether another rule allows the account is not known here: indicated (semantics P7). Transfers and payments into
an account that nobody registered cannot be judged. What stays in such accounts unpaid is F11.
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.registry import AccountClass
from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import ALLOWED_ACCOUNT, Paid, Payment
from verifier.payments.payment_lead import PaymentTell, about, payment_finding

RULE: Final = Rule(
    id="F24",
    version=1,
    title=Told(zh="违规转专户、平台公司、乡镇实有账户", en="Moved into an account that may not hold it"),
    basis=Told(
        zh="《预算法实施条例》（2020年修订）第五十二条、第五十七条",
        en="Implementing Regulations of the Budget Law (rev. 2020), arts. 52, 57",
    ),
    subject=("payment",),
    severity="orange",
    tier="T2",
)

_NAMED: Final[dict[AccountClass, Told]] = {
    "special": Told(zh="财政专户", en="a special account"),
    "platform": Told(zh="平台公司账户", en="a platform company's account"),
    "township": Told(zh="乡镇实有资金账户", en="a township's own account"),
}
_UNREGISTERED: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="收款账户未登记（T2 数据缺失），账户类别无从判断",
        en="the account that was paid is not registered (tier T2 is missing): its class cannot be judged",
    ),
    count=1,
)


def judge(payment: Payment, case: Case) -> Iterator[Finding | Gap]:
    """At most one finding, or a gap."""
    said = payment.said
    if said.to_class is None:
        if not said.listed:
            yield _UNREGISTERED
        return
    named = _NAMED.get(said.to_class)
    if named is None or _allowed(said) or said.to_account in case.book.rows_of(ALLOWED_ACCOUNT):
        return
    told = about(case, payment)
    direct = Told(
        zh="；该资金为直达资金" if said.direct else "", en="; the fund is a direct one" if said.direct else ""
    )
    tell = PaymentTell(
        text=Told(
            zh=f"{told.zh}，转入 {said.to_account}，登记为{named.zh}{direct.zh}。",
            en=f"{told.en}, into {said.to_account}, registered as {named.en}{direct.en}.",
        ),
        clears_if=Told(
            zh="批准该账户存放该资金的文件；代建合同；或对误登账户类别的更正",
            en="the paper by which the account may hold the fund; a contract by which it builds for the payer; or the "
            "correction of a class registered wrongly",
        ),
        severity="red" if said.direct else "orange",
    )
    found = payment_finding(case, RULE, payment, tell)
    if found is not None:
        yield found


def _allowed(said: Paid) -> bool:
    match said.to_class:
        case "special":
            return said.dedicated and not said.direct
        case "township":
            return said.entitled and not said.direct
        case _:
            return said.supplier is not None and said.supplier == said.payee
