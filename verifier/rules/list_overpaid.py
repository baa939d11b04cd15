# SPDX-License-Identifier: Apache-2.0
"""F20 虚报冒领, as far as a list of persons can show it without their names. Three tells, each a finding of its own:

- ``beyond``: more was paid by a list than it comes to, as when one list is used for two periods;
- ``unknown``: paid by a list that nobody registered, in a ledger whose policies admit lists; elsewhere it is not judged;
- ``fund``: paid by a list of one fund with money of another.

Paid is net of referenced returns. Whether the persons exist, are alive, entitled, on one account only: that takes
registers which are not in the ledger (tier T2), so each list that was paid is counted as not judged. Basis:
处罚处分条例 (Decree 427) art. 6(1), 预算法 art. 95(2).

``beyond`` is arithmetic on signed facts; proved. The others are indicated: a list may be registered elsewhere, and
funds may share one (semantics P7).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.basis.findings import Finding, FindingClass, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payees.list_facts import Listed, ListFile, Payout

RULE: Final = Rule(
    id="F20",
    version=1,
    title=Told(zh="虚报冒领", en="Lists of persons that do not fit what was paid"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第一项；《预算法》（2018年修正）"
        "第九十五条第二项",
        en="State Council Decree 427 (rev. 2011), art. 6(1); Budget Law (as amended 2018), art. 95(2)",
    ),
    subject=("tell", "root of the list"),
    severity="orange",
    tier="T2",
)
_NO_REGISTERS: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="按清单发放而没有人员登记资料（T2 数据缺失），领取人是否真实、是否符合条件无从判断",
        en="paid by a list of persons without registers of persons (tier T2 is missing): whether they exist and are "
        "entitled "
        "cannot be judged",
    ),
    count=1,
)


_ADMITTED: Final = "payee_list/1"
_NO_LISTS: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="账本尚未允许登记发放清单，按清单的发放没有可核对的登记",
        en="the ledger admits no lists of persons yet: what was paid by one has no registration to be compared with",
    ),
    count=1,
)


def judge(file: ListFile, case: Case) -> Iterator[Finding | Gap]:
    """One finding for each tell; a gap for the persons of each list that was paid."""
    payouts = [one for one in file.payouts if one.amount]
    if not payouts:
        return
    yield _NO_REGISTERS
    if file.listed is None:
        admitted = _ADMITTED in case.admitted
        yield _finding(case, file, _unknown(case, file, payouts)) if admitted else _NO_LISTS
        return
    if file.paid > file.listed.amount:
        yield _finding(case, file, _beyond(case, file, file.listed, payouts))
    others = [one for one in payouts if one.said.fund != file.listed.fund]
    if others:
        yield _finding(case, file, _of_another_fund(case, file, file.listed, others))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tell:
    """What speaks against payments by a list; `amount` and `figures` in minor units or counts."""

    name: str
    finding_class: FindingClass
    text: Told
    payouts: Sequence[Payout]
    decisive: Payout
    amount: int
    figures: dict[str, int]


def _beyond(case: Case, file: ListFile, listed: Listed, payouts: Sequence[Payout]) -> _Tell:
    excess, reached = file.paid - listed.amount, 0
    decisive = payouts[-1]
    for one in payouts:
        reached += one.amount
        if reached > listed.amount:
            decisive = one
            break
    paid, total, over = (case.money(one) for one in (file.paid, listed.amount, excess))
    return _Tell(
        name="beyond",
        finding_class="proved",
        text=Told(
            zh=f"清单 {file.root[:16]}…（{listed.period}，{listed.persons} 人）合计 {total.zh}，"
            f"按其 {len(payouts)} 次发放扣除退回后共 {paid.zh}，超出 {over.zh}。",
            en=f"List {file.root[:16]}… ({listed.period}, {listed.persons} persons) comes to {total.en}; "
            f"{len(payouts)} payments by it come to {paid.en} net of returns, {over.en} too much.",
        ),
        payouts=payouts,
        decisive=decisive,
        amount=excess,
        figures={"paid": file.paid, "listed": listed.amount, "payments": len(payouts)},
    )


def _unknown(case: Case, file: ListFile, payouts: Sequence[Payout]) -> _Tell:
    paid = case.money(file.paid)
    return _Tell(
        name="unknown",
        finding_class="indicated",
        text=Told(
            zh=f"按清单 {file.root[:16]}… 发放 {paid.zh}，而该清单没有登记，人数和合计无从核对。",
            en=f"{paid.en} was paid by list {file.root[:16]}…, which nobody registered: "
            f"neither persons nor total can be compared.",
        ),
        payouts=payouts,
        decisive=payouts[0],
        amount=file.paid,
        figures={"paid": file.paid},
    )


def _of_another_fund(case: Case, file: ListFile, listed: Listed, others: Sequence[Payout]) -> _Tell:
    amount = sum(one.amount for one in others)
    funds, paid = sorted({one.said.fund or "–" for one in others}), case.money(amount)
    return _Tell(
        name="fund",
        finding_class="indicated",
        text=Told(
            zh=f"清单 {file.root[:16]}… 属于资金 {listed.fund}，却用资金 {'、'.join(funds)} 发放 {paid.zh}。",
            en=f"List {file.root[:16]}… is of fund {listed.fund}; {paid.en} was paid by it with money of "
            f"{', '.join(funds)}.",
        ),
        payouts=others,
        decisive=others[0],
        amount=amount,
        figures={"paid": amount},
    )


def _finding(case: Case, file: ListFile, tell: _Tell) -> Finding:
    funds = {one.said.fund for one in tell.payouts} | (
        {file.listed.fund} if file.listed is not None else set()
    )
    fund = next(iter(funds)) if len(funds) == 1 else None
    proved = tell.finding_class == "proved"
    entries = [one.entry for one in tell.payouts] + ([file.entry] if file.entry is not None else [])
    lead = Lead(
        subject=(tell.name, file.root),
        finding_class=tell.finding_class,
        severity=RULE.severity if proved else "yellow",
        explanation=tell.text,
        clears_if=Told(
            zh="补登的清单；或退回多发部分的凭证；或各资金分担的文件；或对误填清单的付款登记的冲正",
            en="the registration of the list; or the return of what was too much; or the paper by which funds share "
            "it; "
            "or the correction of a payment recorded with the wrong list",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=fund or ""), tell.decisive.entry.on),
        first=min(entries, key=lambda one: one.entry.seq),
        decisive=tell.decisive.entry,
        evidence=[one.entry for one in entries],
        fund=fund,
        parties=[one.entry.party for one in tell.payouts],
        accounts=[one.said.account for one in tell.payouts],
        amount_min=tell.amount if proved else 0,
        amount=tell.amount,
        amount_max=tell.amount,
        outstanding=tell.amount,
        figures=tell.figures,
    )
    return finding_of(case, RULE, lead)
