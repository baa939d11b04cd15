# SPDX-License-Identifier: Apache-2.0
"""C1 合同、任务节点未登记: a payment, claim or acceptance that names a contract or milestone which nobody registered.

Version 1 of these kinds names both in free text and is refused for neither (spec §4.3). Judged by everything taken: a
registration that came later is enough. Only where the ledger registers contracts, or milestones, of that project at all;
elsewhere the data do not suffice; for contracts that is counted. Basis: 政府采购法 art. 44, contracts in writing.

A judgement on free text, never proved (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import UNSEALED, Finding, Rule, finding_id, params_hash, seal
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.named_contracts import Mention, NamedContracts
from verifier.obligations.watch import Gap

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


def judge(case: Case, named: NamedContracts) -> Iterator[Finding]:
    """One finding for each event and field that names what is not registered for the project."""
    for one in named.mentions():
        if one.contract is not None and one.with_contracts and not one.contract_known:
            yield _finding(case, one, "contract", one.contract)
        if one.milestone is not None and one.with_milestones and not one.milestone_known:
            yield _finding(case, one, "milestone", one.milestone)


def gaps(named: NamedContracts) -> Iterator[Gap]:
    """How many contracts are named of projects without a registered one, in a ledger that registers contracts."""
    count = named.unjudged()
    if count:
        reason = Told(
            zh="业务注明了合同，但其项目没有登记任何合同，无从核对",
            en="a contract is named, and no contract of its project is registered to compare it with",
        )
        yield Gap(rule=RULE.id, reason=reason, count=count)


def _finding(case: Case, one: Mention, field: str, said: str) -> Finding:
    posted, project, amount = one.event, one.project or "", one.event.amount
    on, zh_what = posted.on, {"contract": "合同", "milestone": "任务节点"}[field]
    party = case.party(posted.party)
    terms = case.book.terms(RULE.id, Addressee(fund=one.fund or ""), on)
    parameters = terms.hashed()
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, (posted.name, field)),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class="indicated",
            severity=RULE.severity,
            subject=(posted.name, field),
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=Told(
                zh=f"{party.zh} 于 {on} 登记的业务注明{zh_what} {said}，项目 {project} 没有登记该{zh_what}。",
                en=f"On {on} {party.en} named {field} {said}; project {project} has no such {field}.",
            ),
            clears_if=Told(
                zh=f"补登该{zh_what}；或冲正后按登记的编号重新登记",
                en=f"the registration of that {field}; or a correction, and the event anew with the registered number",
            ),
            basis=terms.basis,
            parameters=parameters,
            evidence=(posted.evidence,),
            fund=one.fund,
            parties=(posted.party,),
            amount_min=None if amount is None else 0,
            amount=amount,
            amount_max=amount,
            first_event=posted.name,
            decisive_event=posted.name,
            decisive_on=posted.decidable_on,
        )
    )
