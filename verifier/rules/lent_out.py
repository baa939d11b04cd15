# SPDX-License-Identifier: Apache-2.0
"""F34 出借、担保、理财: a fund's money is lent, or comes back with more than was paid.

Basis: 处罚处分条例 (Decree 427) art. 6(2). A transfer of a fund's money that says of itself that it lends is proved
by its poster's own word (semantics P7). A payment of which more came back than was paid looks like principal
with interest: indicated. Treasuries that place balances with a bank manage their cash as the law lets them. A
paper may allow it (`verifier.payments.payment_lead`).

Pledges and wealth products have no kind of their own: they show only as far as they are called lending. A
return that names no payment cannot be set against one; T17 tells it.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.payments.payment import Payment
from verifier.payments.payment_lead import PaymentTell, about, payment_finding

RULE: Final = Rule(
    id="F34",
    version=1,
    title=Told(zh="出借、担保、理财", en="Lent out"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第二项",
        en="State Council Decree 427 (rev. 2011), art. 6(2)",
    ),
    subject=("payment",),
    severity="red",
    tier="T0",
)
_TREASURY: Final = frozenset({"treasury_single"})


def judge(payment: Payment, case: Case) -> Iterator[Finding]:
    """At most one finding."""
    said = payment.said
    if said.payer_class in _TREASURY and said.bank:
        return
    more = payment.back - said.amount
    if said.reason == "lend":
        zh, en = "登记事由为出借", "and called it lending"
    elif more > 0:
        extra = case.money(more)
        zh, en = (
            f"多收回 {extra.zh}，类似本金加利息",
            f"{extra.en} more than was paid, like principal with interest",
        )
    else:
        return
    told = about(case, payment)
    tell = PaymentTell(
        text=Told(zh=f"{told.zh}，{zh}。", en=f"{told.en}, {en}."),
        clears_if=Told(
            zh="批准的文件；证明非借款的合同和凭证；或对误填事由的登记的冲正",
            en="a paper that allows it; contracts and papers that show that it was no loan; or the correction of a report "
            "with the wrong reason",
        ),
        finding_class="proved" if said.reason == "lend" else "indicated",
        severity="red" if said.reason == "lend" else "orange",
    )
    found = payment_finding(case, RULE, payment, tell)
    if found is not None:
        yield found
