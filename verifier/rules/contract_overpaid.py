# SPDX-License-Identifier: Apache-2.0
"""F14 超付: more was disbursed on a registered contract than it comes to with its changes.

Paid is what disbursements that name the contract by its number, of its project or of none, add up to, less referenced
returns of them (semantics P2). Uses do not count: many tell a disbursement again (T22); so paid is the least that it can
be. Allowed is the net amount of spec §4.9. Basis: 处罚处分条例 (Decree 427) art. 9.

Arithmetic on signed facts: the holder's payments and the unit's contract, each its own admission; proved (semantics P7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.basis.findings import UNSEALED, Finding, Rule, finding_id, params_hash, seal
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.named_contracts import Agreed, Named, NamedContracts

RULE: Final = Rule(
    id="F14",
    version=1,
    title=Told(zh="超合同付款", en="Paid beyond the contract"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第九条",
        en="State Council Decree 427 (rev. 2011), art. 9",
    ),
    subject=("contract",),
    severity="orange",
    tier="T0",
)

_EVIDENCE_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overpaid:
    """`paid` on `contract`, which comes to `net`; `first` is the payment beyond it, of `funds` all payments were."""

    contract: Agreed
    net: int
    paid: int
    first: Named
    funds: frozenset[str]
    entries: tuple[Named, ...]

    @property
    def excess(self) -> int:
        """What is too much."""
        return self.paid - self.net


def judge(case: Case, named: NamedContracts) -> Iterator[Finding]:
    """One finding for each contract on which more was paid than its net amount."""
    for contract in named.contracts():
        found = _overpaid(contract, named)
        if found is not None:
            yield _finding(case, found)


def _overpaid(contract: Agreed, named: NamedContracts) -> _Overpaid | None:
    changes = list(named.changes(contract))
    net, paid = contract.event.sum + sum(one.sum for one in changes), 0
    entries, funds = [contract.event, *changes], set()
    first: Named | None = None
    for event, fund in named.payments(contract):
        paid += max(0, event.sum - named.came_back(event))
        funds.add(fund)
        if paid > net and first is None:
            first = event
        if len(entries) < _EVIDENCE_MAX:
            entries.append(event)
    if first is None:
        return None
    return _Overpaid(
        contract=contract,
        net=net,
        paid=paid,
        first=first,
        funds=frozenset(funds),
        entries=(*entries[:_EVIDENCE_MAX], first),
    )


def _finding(case: Case, found: _Overpaid) -> Finding:
    contract, first, excess = found.contract, found.first, found.excess
    amounts = {"paid": found.paid, "net": found.net, "excess": excess}
    told = {name: case.money(value) for name, value in amounts.items()}
    shown = sorted({one.evidence for one in found.entries}, key=lambda one: one.seq)
    (fund,) = found.funds if len(found.funds) == 1 else (None,)
    terms = case.book.terms(RULE.id, Addressee(fund=fund or ""), first.on)
    parameters = terms.hashed()
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, (contract.id,)),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class="proved",
            severity=RULE.severity,
            subject=(contract.id,),
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=Told(
                zh=f"合同 {contract.id}（项目 {contract.project}）连同变更为 {told['net'].zh}，已拨付 {told['paid'].zh}，"
                f"超出 {told['excess'].zh}。",
                en=f"Contract {contract.id} (project {contract.project}) comes to {told['net'].en} with its changes; "
                f"{told['paid'].en} was disbursed on it, {told['excess'].en} too much.",
            ),
            clears_if=Told(
                zh="已批准的合同变更登记；或退回超付部分的凭证；或对错误登记的冲正",
                en="an approved change of the contract; or the return of what was too much; or the correction of a wrong "
                "record",
            ),
            basis=terms.basis,
            parameters=parameters,
            evidence=tuple(shown),
            fund=fund,
            parties=tuple(dict.fromkeys((first.party, contract.supplier))),
            amount_min=excess,
            amount=excess,
            amount_max=excess,
            outstanding=excess,
            first_event=contract.event.name,
            decisive_event=first.name,
            decisive_on=first.decidable_on,
            figures=amounts,
        )
    )
