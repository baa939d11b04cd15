# SPDX-License-Identifier: Apache-2.0
"""F14 超付: more was disbursed on a registered contract than it comes to with its changes.

Paid is what disbursements that name the contract by its number, of its project or of none, add up to, less referenced
returns of them (semantics P2). Uses do not count: many tell a disbursement again (T22); so paid is the least that it can
be. Allowed is the net amount of spec §4.9. Basis: 处罚处分条例 (Decree 427) art. 9.

Arithmetic on signed facts: the holder's payments and the unit's contract, each its own admission; proved (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange
from ledger.kinds.fact import Return
from verifier.basis.findings import UNSEALED, Finding, Rule, finding_id, params_hash, seal
from verifier.language import Told
from verifier.obligations.case import Case, evidence
from verifier.obligations.named_contracts import NamedContracts
from verifier.posted import PostedEvent

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


def judge(case: Case, named: NamedContracts) -> Iterator[Finding]:
    """One finding for each contract on which more was paid than its net amount."""
    changes = _changes(named)
    for posted in named.contracts.values():
        if not isinstance(posted.event, Contract):
            continue
        contract = posted.event
        paid = _payments(named, contract)
        total = sum(amount for _, amount in paid)
        net = contract.amount + sum(amount for _, amount in changes.get(contract.id, ()))
        if total > net:
            entries = [posted, *(one for one, _ in changes.get(contract.id, ())), *(one for one, _ in paid)]
            yield _finding(case, contract, entries, net=net, paid=total)


def _changes(named: NamedContracts) -> dict[str, list[tuple[PostedEvent, int]]]:
    """Contract → its changes that stand, with what each adds."""
    found: dict[str, list[tuple[PostedEvent, int]]] = {}
    for posted in named.changes.values():
        if isinstance(posted.event, ContractChange) and posted.event.amount is not None:
            sign = 1 if posted.event.direction == "increase" else -1
            found.setdefault(posted.event.contract, []).append((posted, sign * posted.event.amount))
    return found


def _payments(named: NamedContracts, contract: Contract) -> list[tuple[PostedEvent, int]]:
    """The disbursements that name `contract`, each with what of it did not come back, in the order of the log."""
    back: dict[str, int] = {}
    for posted in named.returns.values():
        if isinstance(posted.event, Return) and posted.event.event is not None:
            name = posted.event.event
            back[name] = back.get(name, 0) + posted.event.amount
    return [
        (one, max(0, one.event.amount - back.get(name, 0)))
        for name, one in named.naming.items()
        if isinstance(one.event, Disbursement)
        and one.event.project in {None, contract.project}
        and one_spelling(one.event.contract or "") == one_spelling(contract.id)
    ]


def _finding(case: Case, contract: Contract, entries: list[PostedEvent], *, net: int, paid: int) -> Finding:
    last, excess = entries[-1], paid - net
    told = {name: case.money(value) for name, value in (("paid", paid), ("net", net), ("excess", excess))}
    shown = sorted({evidence(one) for one in (*entries[:_EVIDENCE_MAX], last)}, key=lambda one: one.seq)
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, (contract.id,)),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, {}),
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
            basis=RULE.basis,
            parameters={},
            evidence=tuple(shown),
            parties=tuple(dict.fromkeys((last.party, contract.supplier))),
            amount_min=excess,
            amount=excess,
            amount_max=excess,
            outstanding=excess,
            first_event=entries[0].name,
            decisive_event=last.name,
            decisive_on=max(last.event.occurred_on, case.recorded_on(last)),
            figures={"net": net, "paid": paid, "excess": excess},
        )
    )
