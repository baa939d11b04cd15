# SPDX-License-Identifier: Apache-2.0
"""C1 合同、任务节点未登记: a payment, claim or acceptance that names a contract or milestone which nobody registered.

Version 1 of these kinds names both in free text and is refused for neither (spec §4.3). Judged by everything taken: a
registration that came later is enough. Only where the ledger registers contracts, or milestones, of that project at all;
elsewhere the data do not suffice; for contracts that is counted. Basis: 政府采购法 art. 44, contracts in writing.

A judgement on free text, never proved (semantics P7).
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
from verifier.works.project_file import ProjectFile
from verifier.works.work_facts import Accepted, Claimed, Fact, Paid

RULE: Final = Rule(
    id="C1",
    version=1,
    title=Told(zh="合同、任务节点未登记", en="Contract or milestone that is not registered"),
    basis=Told(
        zh="《政府采购法》第四十四条：政府采购合同应当采用书面形式；本系统登记规则 §4.3",
        en="Government Procurement Law, art. 44: contracts in writing; rule §4.3 of this ledger on references",
    ),
    subject=("event", "field"),
    severity="yellow",
    tier="T0",
)
_UNJUDGED: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="业务注明了合同，但其项目没有登记任何合同，无从核对",
        en="a contract is named, and no contract of its project is registered to compare it with",
    ),
    count=1,
)


def judge(file: ProjectFile, case: Case) -> Iterator[Finding | Gap]:
    """One finding for each event and field that names what is not registered for the project."""
    contracts = {one.said.contract: {stage.id for stage in one.said.stages} for one in file.agreed()}
    for one in file.facts:
        said = one.said
        if not isinstance(said, Paid | Accepted | Claimed):
            continue
        if said.contract is not None and not contracts:
            yield _UNJUDGED
        elif said.contract is not None and said.contract not in contracts:
            yield _finding(case, file, (one, said), "contract", said.contract)
        milestone = None if isinstance(said, Claimed) else said.milestone
        known = file.stages | contracts.get(said.contract or "", set())
        if milestone is not None and known and milestone not in known:
            yield _finding(case, file, (one, said), "milestone", milestone)


def _finding(
    case: Case, file: ProjectFile, fact: tuple[Noted[Fact], Paid | Accepted | Claimed], field: str, named: str
) -> Finding:
    one, said = fact
    zh_what = {"contract": "合同", "milestone": "任务节点"}[field]
    party = case.party(one.party)
    fund = None if isinstance(said, Accepted) else said.fund
    amount = None if isinstance(said, Accepted) else said.amount
    lead = Lead(
        subject=(one.name, field),
        finding_class="indicated",
        severity=RULE.severity,
        explanation=Told(
            zh=f"{party.zh} 于 {one.on} 登记的业务注明{zh_what} {named}，项目 {file.project} 没有登记该{zh_what}。",
            en=f"On {one.on} {party.en} named {field} {named}; project {file.project} has no such {field}.",
        ),
        clears_if=Told(
            zh=f"补登该{zh_what}；或冲正后按登记的编号重新登记",
            en=f"the registration of that {field}; or a correction, and the event anew with the registered number",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=fund or ""), one.on),
        first=one,
        decisive=one,
        fund=fund,
        parties=(one.party,),
        amount_min=None if amount is None else 0,
        amount=amount,
        amount_max=amount,
    )
    return finding_of(case, RULE, lead)
