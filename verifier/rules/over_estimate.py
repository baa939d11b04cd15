# SPDX-License-Identifier: Apache-2.0
"""F15 超概算: the contracts of a project come to more than its budget.

Each contract counts with its changes, or as it was settled. The budget is that of the newest version of the project, so
that an approved re-estimate clears; the pack sets by how many per cent of it the sum may lie above. A project with
contracts and no budget cannot be judged. Basis: 政府投资条例 arts. 12, 23; 处罚处分条例 (Decree 427) art. 9(3).

Arithmetic on what the project's unit signed itself; proved (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.works.project_file import ContractFile, ProjectFile, Stated
from verifier.works.work_facts import Fact, Planned

RULE: Final = Rule(
    id="F15",
    version=1,
    title=Told(zh="超概算", en="Contracts beyond the project's budget"),
    basis=Told(
        zh="《政府投资条例》（国务院令第712号）第十二条、第二十三条",
        en="Government Investment Regulations (State Council Decree 712), arts. 12, 23",
    ),
    subject=("project",),
    severity="orange",
    tier="T0",
)
_NO_BUDGET: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="项目登记有合同而没有预算（概算），无从比较",
        en="a project has contracts and no budget to compare them with",
    ),
    count=1,
)


def judge(file: ProjectFile, case: Case) -> Iterator[Finding | Gap]:
    """At most one finding: the project, with what its contracts come to beyond the budget."""
    contracts, plan = list(file.contracts), file.plan
    if not contracts:
        return
    if plan is None or plan.said.budget is None:
        yield _NO_BUDGET
        return
    terms = case.book.terms(RULE.id, Addressee(fund=""), plan.on)
    allowed = plan.said.budget * (100 + terms.number("tolerance_pct")) // 100
    if sum(_commitment(one) for one in contracts) > allowed:
        yield _finding(case, file, contracts, plan, plan.said.budget)


def _commitment(contract: ContractFile) -> int:
    return contract.net if contract.settled is None else contract.settled.said.amount


def _entries(contract: ContractFile) -> Iterator[Noted[Fact]]:
    yield contract.agreed.entry
    yield from (one.entry for one in contract.changes)
    if contract.settled is not None:
        yield contract.settled.entry


def _finding(
    case: Case, file: ProjectFile, contracts: list[ContractFile], plan: Stated[Planned], budget: int
) -> Finding:
    committed = sum(_commitment(one) for one in contracts)
    entries = sorted((entry for one in contracts for entry in _entries(one)), key=lambda one: one.entry.seq)
    decisive = max(entries[-1], plan.entry, key=lambda one: one.entry.seq)
    told = {
        name: case.money(value)
        for name, value in {"committed": committed, "budget": budget, "excess": committed - budget}.items()
    }
    lead = Lead(
        subject=(file.project,),
        finding_class="proved",
        severity=RULE.severity,
        explanation=Told(
            zh=f"项目 {file.project} 的 {len(contracts)} 份合同连同变更或按结算共 {told['committed'].zh}，"
            f"超出现行预算 {told['budget'].zh}，超出 {told['excess'].zh}。",
            en=f"The {len(contracts)} contracts of project {file.project} come to {told['committed'].en} with changes, "
            f"or as settled; its budget is {told['budget'].en}, {told['excess'].en} less.",
        ),
        clears_if=Told(
            zh="经批准调整概算后的项目登记；或合同减额变更；或对错误登记的冲正",
            en="a new version of the project after an approved re-estimate; or changes that lower the contracts; or the "
            "correction of a wrong record",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=""), plan.on),
        first=min(entries[0], plan.entry, key=lambda one: one.entry.seq),
        decisive=decisive,
        evidence=[plan.entry.entry, *(one.entry for one in entries)],
        parties=(plan.said.unit,),
        amount_min=committed - budget,
        amount=committed - budget,
        amount_max=committed - budget,
        outstanding=committed - budget,
        figures={"committed": committed, "budget": budget, "contracts": len(contracts)},
    )
    return finding_of(case, RULE, lead)
