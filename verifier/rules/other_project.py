# SPDX-License-Identifier: Apache-2.0
"""F31 擅自改变用途、项目: a line for one project pays for another.

Basis: 预算法 (2018) art. 93(4)(5). A payment names a project, or a contract of one, that is not the one its line
is for; or that its fund does not serve, where the line is for none. Moves between lines of one fund are this
rule and no diversion (semantics T14). What makes it proper is a line for the project that is paid; a paper (see
`verifier.payments.payment_lead`); or a policy that says the project's code is another's now: a row of
`project_recoded` whose id is the project.

Both sides are signed, but whether the change was approved on paper is not known here: indicated (semantics P7).
A payment of a line for a project that names neither project nor contract cannot be judged.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import Payment
from verifier.payments.payment_lead import PaymentTell, about, payment_finding

RULE: Final = Rule(
    id="F31",
    version=1,
    title=Told(zh="擅自改变用途、项目", en="Paid for another project than the line's"),
    basis=Told(
        zh="《预算法》（2018年修正）第九十三条第四项、第五项",
        en="Budget Law (as amended 2018), art. 93(4)(5)",
    ),
    subject=("payment",),
    severity="orange",
    tier="T0",
)
RECODED: Final = "project_recoded"
"""Policies list projects under this name whose code is another's now."""

_NO_PROJECT: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="付款未注明项目或合同，是否用于指标所列项目无从判断",
        en="a payment names neither project nor contract: whether it was for the line's project cannot be judged",
    ),
    count=1,
)


def judge(payment: Payment, case: Case) -> Iterator[Finding | Gap]:
    """At most one finding, or a gap."""
    said = payment.said
    if said.kind == "transfer":
        return
    if said.project is None:
        if said.line_project is not None:
            yield _NO_PROJECT
        return
    proper = said.project == said.line_project if said.line_project is not None else said.served
    if proper or said.project in case.book.rows_of(RECODED):
        return
    told = about(case, payment)
    zh, en = (
        (
            f"指标 {said.line} 用于项目 {said.line_project}",
            f"line {said.line} is for project {said.line_project}",
        )
        if said.line_project is not None
        else (f"资金 {said.fund} 不用于该项目", f"fund {said.fund} does not serve it")
    )
    tell = PaymentTell(
        text=Told(
            zh=f"{told.zh}，用于项目 {said.project}；{zh}。",
            en=f"{told.en} for project {said.project}; {en}.",
        ),
        clears_if=Told(
            zh="付款前批准变更用途的文件（豁免登记）；所付项目自己的指标；或对误填项目的付款的冲正",
            en="a paper of before the payment that approves the change (a waiver); a line for the project that was paid; "
            "or the correction of a payment recorded with the wrong project",
        ),
    )
    found = payment_finding(case, RULE, payment, tell)
    if found is not None:
        yield found
