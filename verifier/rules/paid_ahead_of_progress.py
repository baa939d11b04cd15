# SPDX-License-Identifier: Apache-2.0
"""F13 超进度拨款: paid ahead of the work that was measured.

Allowed on a day is the advance (预付款), as the contract caps it or by the share of the pack, and of the work done by then
what was accepted with verdict pass, in full (semantics P3), or the share that the pack sets of what was measured, whichever
is more. Measured is the latest measurement of the contract, or of its milestones added up; one of the whole project counts
where it has one contract. Paid is net of referenced returns. Nothing is asked once all is accepted or the contract is
settled. A works contract paid beyond the advance that nobody ever measured or accepted cannot be judged. Basis:
预算法实施条例 art. 57(3), payment by real progress.

Indicated: the measurement in the ledger may be behind the work (semantics P7).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.works.project_file import ContractFile, ProjectFile
from verifier.works.work_facts import Fact

RULE: Final = Rule(
    id="F13",
    version=1,
    title=Told(zh="超进度拨款", en="Paid ahead of progress"),
    basis=Told(
        zh="《中华人民共和国预算法实施条例》（国务院令第729号，2020年10月1日起施行）第五十七条第三项",
        en="Implementing Regulations of the Budget Law (State Council Decree 729, in force 2020-10-01), art. 57(3)",
    ),
    subject=("contract",),
    severity="yellow",
    tier="T0",
)
_UNMEASURED: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="工程合同付款已超过预付款，而没有任何进度计量或验收，无从与进度比较",
        en="a works contract is paid beyond the advance, and no progress was ever measured or accepted to compare with",
    ),
    count=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What was known to be done, minor units."""

    measured: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """`paid` by the day of `entry`, when `work` was known."""

    entry: Noted[Fact]
    paid: int
    work: _Work
    allowed: int

    @property
    def excess(self) -> int:
        """What was paid ahead of the work."""
        return self.paid - self.allowed


def judge(file: ProjectFile, case: Case) -> Iterator[Finding | Gap]:
    """One finding for each contract that was paid ahead of its work at any payment."""
    for contract in file.contracts:
        if not contract.payments:
            continue
        first = contract.payments[0].entry
        terms = case.book.terms(RULE.id, Addressee(fund=contract.fund or ""), first.on)
        if contract.measured or contract.accepted:
            ahead = [one for one in _steps(contract, terms) if one.excess > 0]
            if ahead:
                yield _finding(case, contract, terms, ahead)
        elif contract.agreed.said.category == "works" and _paid(contract) > _advance(contract, terms):
            yield _UNMEASURED


def _steps(contract: ContractFile, terms: Terms) -> Iterator[_Ahead]:
    """Each payment with what was allowed on its day, up to the day on which nothing is asked any more."""
    paid = 0
    for one in contract.payments:
        paid += one.net
        done = _done(contract, one.entry.on)
        if done is not None:
            allowed = _allowed(contract, terms, done)
            yield _Ahead(entry=one.entry, paid=paid, work=done, allowed=allowed)


def _done(contract: ContractFile, day: datetime.date) -> _Work | None:
    """The work known on `day`; None once it is all accepted or settled."""
    accepted = contract.accepted_by(day)
    if accepted is None or (contract.settled is not None and contract.settled.on <= day):
        return None
    return _Work(measured=contract.measured_by(day), accepted=accepted)


def _advance(contract: ContractFile, terms: Terms) -> int:
    cap = contract.agreed.said.advance_cap
    return contract.net * terms.number("advance_pct") // 100 if cap is None else cap


def _allowed(contract: ContractFile, terms: Terms, done: _Work) -> int:
    by_measure = done.measured * terms.number("progress_pay_pct") // 100
    return _advance(contract, terms) + max(done.accepted, by_measure)


def _paid(contract: ContractFile) -> int:
    return sum(one.net for one in contract.payments)


def _left(contract: ContractFile, terms: Terms) -> int:
    done = _done(contract, datetime.date.max)
    return 0 if done is None else max(0, _paid(contract) - _allowed(contract, terms, done))


def _finding(case: Case, contract: ContractFile, terms: Terms, ahead: list[_Ahead]) -> Finding:
    worst, first = max(ahead, key=lambda one: one.excess), ahead[0].entry
    advance, share = _advance(contract, terms), terms.number("progress_pay_pct")
    told = {
        name: case.money(value)
        for name, value in {
            "paid": worst.paid, "measured": worst.work.measured, "accepted": worst.work.accepted, "advance": advance,
            "allowed": worst.allowed, "excess": worst.excess,
        }.items()
    }  # fmt: skip
    day = worst.entry.on
    lead = Lead(
        subject=(contract.id,),
        finding_class="indicated",
        severity=RULE.severity,
        explanation=Told(
            zh=f"合同 {contract.id}（项目 {contract.project}）至 {day} 扣除退回后已付 {told['paid'].zh}；"
            f"当时已计量 {told['measured'].zh}（按 {share}% 计）、已验收 {told['accepted'].zh}，以较大者加预付款 "
            f"{told['advance'].zh} 为 {told['allowed'].zh}，超出 {told['excess'].zh}。",
            en=f"By {day} {told['paid'].en} net of returns was paid on contract {contract.id} "
            f"(project {contract.project}); work of {told['measured'].en} was measured and of {told['accepted'].en} "
            f"accepted: {share} % of the former or the latter, whichever is more, and the advance of "
            f"{told['advance'].en} are {told['allowed'].en}, {told['excess'].en} less.",
        ),
        clears_if=Told(
            zh="付款当日及以前的进度计量；或附有担保的预付款约定；或材料已进场的凭证；或退回超付部分的凭证",
            en="a measurement dated no later than the payment; or a term for more advance against a guarantee; or papers "
            "of material on the site; or the return of what was too much",
        ),
        terms=terms,
        first=contract.agreed.entry,
        decisive=first,
        evidence=[
            *(one.entry.entry for one in contract.measured),
            *(one.entry.entry for one in contract.accepted),
            *(one.entry.entry for one in contract.payments),
        ],
        fund=contract.fund,
        parties=(first.party, contract.agreed.said.supplier),
        amount_min=0,
        amount=worst.excess,
        amount_max=worst.excess,
        outstanding=_left(contract, terms),
        figures={
            "paid": worst.paid,
            "measured": worst.work.measured,
            "accepted": worst.work.accepted,
            "advance": advance,
            "allowed": worst.allowed,
        },
    )
    return finding_of(case, RULE, lead)
