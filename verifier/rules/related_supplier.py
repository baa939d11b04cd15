# SPDX-License-Identifier: Apache-2.0
"""F28 中标人关联: a contract went to a supplier that is registered as related to the project's own unit.

Related is what the registers said when the contract was posted, by either side. Where neither of the two names any relation
nothing can be told: the register of relations (tier T2) is missing. Bids, bidders' files and bonds are not in the ledger,
so collusion among bidders (串标) is not judged. Basis: 招标投标法实施条例 arts. 39 to 41.

A relation that is registered is disclosed, and may be lawful; indicated, a judgement (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.works.project_file import ContractFile, ProjectFile

RULE: Final = Rule(
    id="F28",
    version=1,
    title=Told(zh="中标人关联", en="Contract with a related party"),
    basis=Told(
        zh="《中华人民共和国招标投标法实施条例》第三十九条至第四十一条",
        en="Implementing Regulations of the Tendering Law, arts. 39 to 41",
    ),
    subject=("contract",),
    severity="yellow",
    tier="T2",
)
_UNTOLD: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="项目单位和供应商都没有登记任何关联方（T2 数据缺失），是否关联无从判断",
        en="neither the project's unit nor the supplier has a related party registered (tier T2 is missing): whether they "
        "are related cannot be told",
    ),
    count=1,
)


def judge(file: ProjectFile, case: Case) -> Iterator[Finding | Gap]:
    """One finding for each contract with a related supplier; a gap where nothing is known of either side."""
    for contract in file.contracts:
        match contract.agreed.said.related:
            case True:
                yield _finding(case, file, contract)
            case None:
                yield _UNTOLD
            case False:
                pass


def _finding(case: Case, file: ProjectFile, contract: ContractFile) -> Finding:
    entry, supplier = contract.agreed.entry, case.party(contract.agreed.said.supplier)
    unit = file.plan.said.unit if file.plan is not None else entry.party
    owner, net = case.party(unit), case.money(contract.net)
    lead = Lead(
        subject=(contract.id,),
        finding_class="indicated",
        severity=RULE.severity,
        explanation=Told(
            zh=f"合同 {contract.id}（项目 {file.project}，{net.zh}）的供应商 {supplier.zh} "
            f"登记为项目单位 {owner.zh} 的关联方。",
            en=f"The supplier of contract {contract.id} (project {file.project}, {net.en}), {supplier.en}, is registered "
            f"as related to the project's unit {owner.en}.",
        ),
        clears_if=Told(
            zh="公开招标及回避的记录；或已披露并经批准的关联交易文件；或对关联方登记的更正",
            en="the record of an open tender with recusal; or the paper by which the disclosed relation was approved; or a "
            "mended registration of the relation",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=contract.fund or ""), entry.on),
        first=entry,
        decisive=entry,
        evidence=[one.entry.entry for one in contract.changes],
        fund=contract.fund,
        parties=(unit, contract.agreed.said.supplier),
        amount_min=0,
        amount=contract.net,
        amount_max=contract.net,
        figures={"net": contract.net},
    )
    return finding_of(case, RULE, lead)
