# SPDX-License-Identifier: Apache-2.0
"""What speaks against acceptances of a contract: their days, their values, the work that was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.basis.findings import FindingClass, Severity
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.obligations.case import Case
from verifier.works.project_file import ContractFile, Stated
from verifier.works.work_facts import Accepted, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """What speaks against an acceptance, on `matter`; by the rules in force on the day of `judged`.

    `amount` in minor units, None where nothing tells one.
    """

    name: str
    matter: str
    entries: tuple[Noted[Fact], ...]
    decisive: Noted[Fact]
    judged: Noted[Fact]
    text: Told
    clears_if: Told
    amount: int | None
    severity: Severity = "orange"
    finding_class: FindingClass = "indicated"
    parties: tuple[str, ...] = ()
    fund: str | None = None


def before_contract(contract: ContractFile, one: Stated[Accepted], least: int) -> Tell | None:
    """The acceptance `one` came before the contract, or fewer than `least` days after it; None if neither."""
    agreed = contract.agreed
    days = (one.on - agreed.on).days
    if days >= least:
        return None
    earliest = (
        ("", "")
        if days < 0
        else (f"，工程最短以 {least} 日计", f"; works are expected to take {least} days at least")
    )
    return Tell(
        name="before",
        matter=one.entry.name,
        entries=(agreed.entry, one.entry),
        decisive=max(agreed.entry, one.entry, key=lambda fact: fact.entry.seq),
        judged=one.entry,
        severity="orange" if days < 0 else "yellow",
        text=Told(
            zh=f"合同 {contract.id}（项目 {contract.project}）订立于 {agreed.on}，验收在 {one.on}{earliest[0]}。",
            en=f"Contract {contract.id} (project {contract.project}) is of {agreed.on}, its acceptance of "
            f"{one.on}{earliest[1]}.",
        ),
        clears_if=Told(
            zh="合同补签的说明和开工、交付的凭证；或对错误日期登记的冲正",
            en="why the contract was signed late, and papers of start and delivery; or the correction of a wrong date",
        ),
        amount=contract.value_of(one),
        fund=one.said.fund,
        parties=(one.entry.party, agreed.said.supplier),
    )


def beyond_contract(case: Case, contract: ContractFile, passed: Sequence[Stated[Accepted]]) -> Tell | None:
    """More was accepted by `passed` than the contract comes to with its changes; None if not."""
    accepted, decisive = 0, None
    for one in passed:
        accepted += contract.value_of(one) or 0
        if decisive is None and accepted > contract.net:
            decisive = one.entry
    if decisive is None or accepted <= contract.net:
        return None
    total, net, over = (case.money(one) for one in (accepted, contract.net, accepted - contract.net))
    return Tell(
        name="beyond",
        matter=contract.id,
        entries=(
            contract.agreed.entry,
            *(one.entry for one in contract.changes),
            *(one.entry for one in passed),
        ),
        decisive=decisive,
        judged=decisive,
        finding_class="proved",
        text=Told(
            zh=f"合同 {contract.id}（项目 {contract.project}）连同变更为 {net.zh}，"
            f"验收合格共 {total.zh}，超出 {over.zh}。",
            en=f"Contract {contract.id} (project {contract.project}) comes to {net.en} with its changes; "
            f"{total.en} was accepted on it, {over.en} too much.",
        ),
        clears_if=Told(
            zh="已批准的合同变更登记；或对重复、错误验收登记的冲正",
            en="an approved change of the contract; or the correction of an acceptance recorded twice or wrongly",
        ),
        amount=accepted - contract.net,
        fund=passed[0].said.fund,
        parties=(decisive.party, contract.agreed.said.supplier),
    )


def ahead_of_measure(case: Case, contract: ContractFile, passed: Sequence[Stated[Accepted]]) -> Tell | None:
    """By one of `passed` more was accepted than had been measured; None if never."""
    for one in passed:
        accepted, measured = contract.accepted_by(one.on), contract.measured_by(one.on)
        if accepted is None or accepted <= measured:
            continue
        done, known, over = (case.money(amount) for amount in (accepted, measured, accepted - measured))
        return Tell(
            name="progress",
            matter=contract.id,
            entries=(
                contract.agreed.entry,
                *(fact.entry for fact in contract.measured),
                *(fact.entry for fact in passed),
            ),
            decisive=one.entry,
            judged=one.entry,
            severity="yellow",
            text=Told(
                zh=f"至 {one.on}，合同 {contract.id}（项目 {contract.project}）验收合格 {done.zh}，"
                f"而已计量的仅 {known.zh}，超出 {over.zh}。",
                en=f"By {one.on} {done.en} was accepted on contract {contract.id} (project {contract.project}), and "
                f"{known.en} had been measured, {over.en} less.",
            ),
            clears_if=Told(
                zh="验收当日及以前的进度计量", en="a measurement dated no later than the acceptance"
            ),
            amount=accepted - measured,
            fund=one.said.fund,
            parties=(one.entry.party, contract.agreed.said.supplier),
        )
    return None
