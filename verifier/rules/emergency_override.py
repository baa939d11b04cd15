# SPDX-License-Identifier: Apache-2.0
"""K1 紧急越权: two leaders acted in place of maker and checker.

Every override is a finding, whatever came of it: 会计法 art. 25 and the internal control rules (财会〔2012〕21号) keep
duties that check each other with different persons. Proved, by the party's own signed admission, where its maker and
checker had valid keys at that moment. Where they had none, an override was the only way to act, and whether there was an
emergency is nowhere in the ledger: undecidable. Ratified by the pair later, it is milder and stays.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import UNSEALED, Finding, Rule, finding_id, params_hash, seal
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case, evidence
from verifier.obligations.overrides import Overrides, Overriding

RULE: Final = Rule(
    id="K1",
    version=1,
    title=Told(zh="紧急越权", en="Emergency override"),
    basis=Told(
        zh="《会计法》第二十五条；《行政事业单位内部控制规范（试行）》（财会〔2012〕21号）：不相容岗位相互分离",
        en="Accounting Law, art. 25; Internal Control Rules for Administrative Units (Caikuai 2012 No. 21): duties kept "
        "apart",
    ),
    subject=("override",),
    severity="orange",
    tier="T0",
)


def judge(case: Case, overrides: Overrides) -> Iterator[Finding]:
    """One finding for each override that was declared."""
    for overriding in overrides.found.values():
        yield _finding(case, overriding)


def _finding(case: Case, found: Overriding) -> Finding:
    declared, ratified = found.declared, found.ratified
    entries = [declared, *found.covered, *(() if ratified is None else (ratified,))]
    terms = case.book.terms(RULE.id, Addressee(fund=""), declared.event.occurred_on)
    parameters = terms.hashed()
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, (declared.name,)),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class="proved" if found.able else "undecidable",
            severity=RULE.severity if ratified is None else "yellow",
            subject=(declared.name,),
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=_explain(case, found),
            clears_if=Told(
                zh="经办和复核的追认，以及证明紧急情形的文件",
                en="ratification by maker and checker, and the papers that show the emergency",
            ),
            basis=terms.basis,
            parameters=parameters,
            evidence=tuple(sorted((evidence(one) for one in entries), key=lambda one: one.seq)),
            parties=(declared.party,),
            amount_min=found.amount,
            amount=found.amount,
            amount_max=found.amount,
            first_event=declared.name,
            decisive_event=declared.name,
            decisive_on=max(declared.event.occurred_on, case.recorded_on(declared)),
            state="open" if ratified is None else "ratified",
            figures={"events": found.events},
        )
    )


def _explain(case: Case, found: Overriding) -> Told:
    party, amount = case.party(found.declared.party), case.money(found.amount)
    able = Told(
        zh="当时本单位经办、复核密钥均有效，可以正常签署"
        if found.able
        else "当时本单位没有可用的经办、复核密钥，账本无法说明情形是否紧急",
        en="its maker and checker had valid keys and could have signed"
        if found.able
        else "it had no valid pair of maker and checker; whether it was an emergency the ledger does not say",
    )
    ratified = found.ratified
    after = Told(
        zh="尚未追认" if ratified is None else f"已由 {ratified.name} 追认",
        en="nobody has ratified it" if ratified is None else f"it was ratified by {ratified.name}",
    )
    on = case.recorded_on(found.declared)
    return Told(
        zh=f"{party.zh} 的两位负责人于 {on} 代替经办和复核处理 {found.events} 项业务，合计 {amount.zh}；"
        f"{able.zh}；{after.zh}。",
        en=f"On {on} two leaders of {party.en} acted in place of maker and checker on {found.events} events over "
        f"{amount.en}; {able.en}; {after.en}.",
    )
