# SPDX-License-Identifier: Apache-2.0
"""F14 超付: more was paid on a registered contract than it comes to, than it was settled at, or than was accepted.

allowed(t) = min(amount with changes, settlement), and where the contract states how much may be paid before work is
accepted, advance cap + what was accepted with verdict pass on or before t (semantics P3). Once something is accepted, the
retention (质保金) never counts as too much: whether it is paid out too early is another question. Paid is net of
referenced returns (P2), without payments that tell others again (T22). Changes and settlement count whenever they come,
so that a change approved later clears what it covers. Basis: 处罚处分条例 (Decree 427) art. 9.

What exceeds contract or settlement is arithmetic on signed facts, the payer's and the unit's own; proved. What exceeds the
acceptances is only indicated, since an acceptance may lie outside the ledger (semantics P7).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.works.project_file import ContractFile, ProjectFile
from verifier.works.work_facts import Fact

RULE: Final = Rule(
    id="F14",
    version=2,
    title=Told(zh="超付", en="Paid beyond the contract"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第九条",
        en="State Council Decree 427 (rev. 2011), art. 9",
    ),
    subject=("contract",),
    severity="orange",
    tier="T0",
)
_NO_VALUE: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="合同约定了预付上限，而某次验收未写明金额，验收前付款的上限无从计算",
        en="a contract caps what is paid before acceptance, and one acceptance says no value to add up",
    ),
    count=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Excess:
    """`amount` too much over `allowed`, first at `decisive`; `left` of it is still too much at the end."""

    amount: int
    allowed: int
    left: int
    decisive: Noted[Fact]


def judge(file: ProjectFile, case: Case) -> Iterator[Finding | Gap]:
    """One finding for each contract on which more was paid than is allowed; gaps where acceptances say no value."""
    for contract in file.contracts:
        beyond, early = _beyond(contract), _unaccepted(contract)
        if beyond is not None or early is not None:
            yield _finding(case, contract, beyond, early)
        elif _unknown(contract):
            yield _NO_VALUE


def _beyond(contract: ContractFile) -> _Excess | None:
    """What was paid beyond the ceiling, which counts as it finally stands; decided where payment and ceiling meet."""
    ceiling, paid = contract.ceiling, 0
    first: Noted[Fact] | None = None
    for one in contract.payments:
        paid += one.net
        if first is None and paid > ceiling:
            first = one.entry
    if first is None or paid <= ceiling:
        return None
    settled = contract.settled
    binding = settled is not None and settled.said.amount == ceiling < contract.net
    if settled is not None and binding:
        first = max(first, settled.entry, key=attrgetter("entry.seq"))
    return _Excess(amount=paid - ceiling, allowed=ceiling, left=paid - ceiling, decisive=first)


def _unaccepted(contract: ContractFile) -> _Excess | None:
    """The largest excess at any time over what was accepted by then and the cap; None if never, or not to be told."""
    paid, found = 0, None
    for one in contract.payments:
        paid += one.net
        allowed = _accepted_and_cap(contract, one.entry.on)
        if allowed is not None and paid > allowed and (found is None or paid - allowed > found.amount):
            decisive = one.entry if found is None else found.decisive
            found = _Excess(amount=paid - allowed, allowed=allowed, left=0, decisive=decisive)
    if found is None:
        return None
    finally_allowed = _accepted_and_cap(contract, datetime.date.max)
    left = 0 if finally_allowed is None else max(0, paid - finally_allowed)
    return _Excess(amount=found.amount, allowed=found.allowed, left=left, decisive=found.decisive)


def _accepted_and_cap(contract: ContractFile, day: datetime.date) -> int | None:
    agreed, accepted = contract.agreed.said, contract.accepted_by(day)
    if agreed.advance_cap is None or accepted is None:
        return None
    return agreed.advance_cap + accepted + ((agreed.retention or 0) if accepted else 0)


def _unknown(contract: ContractFile) -> bool:
    """Whether payments go beyond the cap, and what was accepted cannot be told."""
    cap, paid = contract.agreed.said.advance_cap, sum(one.net for one in contract.payments)
    return cap is not None and paid > cap and contract.accepted_by(datetime.date.max) is None


def _finding(case: Case, contract: ContractFile, beyond: _Excess | None, early: _Excess | None) -> Finding:
    sure = 0 if beyond is None else beyond.amount
    largest = max((one for one in (beyond, early) if one is not None), key=attrgetter("amount"))
    decisive = largest.decisive if beyond is None else beyond.decisive
    paid = sum(one.net for one in contract.payments)
    left = max(one.left for one in (beyond, early) if one is not None)
    figures = {"paid": paid, "net": contract.net, "excess": largest.amount}
    if contract.settled is not None:
        figures["settled"] = contract.settled.said.amount
    if early is not None:
        figures["accepted_and_cap"] = early.allowed
    lead = Lead(
        subject=(contract.id,),
        finding_class="proved" if sure else "indicated",
        severity=RULE.severity if sure else "yellow",
        explanation=_explanation(case, contract, beyond, early),
        clears_if=Told(
            zh="已批准的合同变更登记；或退回超付部分的凭证；或付款当日及以前的验收单；或对错误登记的冲正",
            en="an approved change of the contract; or the return of what was too much; or the acceptance, dated no later "
            "than the payment; or the correction of a wrong record",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=contract.fund or ""), decisive.on),
        first=contract.agreed.entry,
        decisive=decisive,
        evidence=[
            *(one.entry.entry for one in contract.changes),
            *(one.entry.entry for one in (contract.settled,) if one is not None),
            *(one.entry.entry for one in contract.payments),
            *(one.entry.entry for one in contract.accepted if early is not None),
        ],
        fund=contract.fund,
        parties=(decisive.party, contract.agreed.said.supplier),
        amount_min=sure,
        amount=largest.amount,
        amount_max=largest.amount,
        outstanding=left,
        figures=figures,
    )
    return finding_of(case, RULE, lead)


def _explanation(case: Case, contract: ContractFile, beyond: _Excess | None, early: _Excess | None) -> Told:
    paid, net = case.money(sum(one.net for one in contract.payments)), case.money(contract.net)
    zh = f"合同 {contract.id}（项目 {contract.project}）连同变更为 {net.zh}，扣除退回后已付 {paid.zh}"
    en = f"Contract {contract.id} (project {contract.project}) comes to {net.en} with its changes; {paid.en} was paid on it"
    en += " net of returns"
    if contract.settled is not None:
        settled = case.money(contract.settled.said.amount)
        zh, en = f"{zh}，结算为 {settled.zh}", f"{en}; it was settled at {settled.en}"
    if beyond is not None:
        over = case.money(beyond.amount)
        zh, en = f"{zh}，超出 {over.zh}", f"{en}, {over.en} too much"
    if early is not None:
        over, allowed = case.money(early.amount), case.money(early.allowed)
        zh += f"；付款当时预付上限加已验收合格的金额至多为 {allowed.zh}，超出最多时达 {over.zh}"
        en += (
            f"; advance cap and what was accepted by then came to {allowed.en}, exceeded by {over.en} at most"
        )
    return Told(zh=f"{zh}。", en=f"{en}.")
