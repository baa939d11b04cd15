# SPDX-License-Identifier: Apache-2.0
"""F16 超标准: a list of persons comes to more than the standard for each of them allows.

The standard is an amount for a person that a policy sets for the fund, in force on the day of the list; where none is
set, the list cannot be judged. Only the total is compared: what a single person was given is not in the ledger, and
whether an object is eligible (超范围) neither. Basis: 处罚处分条例 (Decree 427) art. 6(4), 预算法 art. 95(3).

Arithmetic on a signed list and an adopted standard; proved (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payees.list_facts import ListFile

RULE: Final = Rule(
    id="F16",
    version=1,
    title=Told(zh="超标准", en="Above the standard"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第四项；《预算法》（2018年修正）"
        "第九十五条第三项",
        en="State Council Decree 427 (rev. 2011), art. 6(4); Budget Law (as amended 2018), art. 95(3)",
    ),
    subject=("root of the list",),
    severity="orange",
    tier="T0",
)
_NO_STANDARD: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="没有规则事件规定该资金每人的发放标准，清单是否超标准无从判断",
        en="no policy sets the fund's standard for a person: whether a list goes above it cannot be judged",
    ),
    count=1,
)


def judge(file: ListFile, case: Case) -> Iterator[Finding | Gap]:
    """At most one finding: the list, with what it comes to beyond the standard."""
    entry, listed = file.entry, file.listed
    if entry is None or listed is None:
        return
    terms = case.book.terms(RULE.id, Addressee(fund=listed.fund), entry.on)
    each = terms.number("per_person")
    if not each:
        yield _NO_STANDARD
        return
    allowed = each * listed.persons
    if listed.amount <= allowed:
        return
    total, one, most, over = (
        case.money(amount) for amount in (listed.amount, each, allowed, listed.amount - allowed)
    )
    lead = Lead(
        subject=(file.root,),
        finding_class="proved",
        severity=RULE.severity,
        explanation=Told(
            zh=f"清单 {file.root[:16]}…（资金 {listed.fund}，{listed.period}）合计 {total.zh}；"
            f"{listed.persons} 人 × 每人 {one.zh} = {most.zh}，超出 {over.zh}。",
            en=f"List {file.root[:16]}… (fund {listed.fund}, {listed.period}) comes to {total.en}; {listed.persons} "
            "persons × "
            f"{one.en} each = {most.en}, {over.en} less.",
        ),
        clears_if=Told(
            zh="该期间适用更高标准的文件；或对人数、合计登记错误的冲正",
            en="the paper with a higher standard for that period; or the correction of a wrong number or total",
        ),
        terms=terms,
        first=entry,
        decisive=entry,
        evidence=[payout.entry.entry for payout in file.payouts],
        fund=listed.fund,
        parties=(entry.party,),
        amount_min=listed.amount - allowed,
        amount=listed.amount - allowed,
        amount_max=listed.amount - allowed,
        outstanding=listed.amount - allowed,
        figures={"listed": listed.amount, "persons": listed.persons, "allowed": allowed},
    )
    yield finding_of(case, RULE, lead)
