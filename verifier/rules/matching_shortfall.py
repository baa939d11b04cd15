# SPDX-License-Identifier: Apache-2.0
"""F06 配套不到位: lawful matching money that did not come, or came and went back.

Basis: the fund's own term and its lawful basis (预算法 (2018) art. 16; a demand without one is F07). Need = floor(base ·
num / den), on the due day of the term, or at the as-of date where it names none (semantics M1). Genuine = what came,
less what went back to the payer or its related parties within `match_return_days` (M3). Short when the gap exceeds
`match_tol` parts in 10,000 of the need.

Arithmetic on signed facts (P7): the base are authority entries. Proved when every account in which the money could
have landed is covered by bank statements over the whole time and the bank bore out all that came; else indicated.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger.kinds.fund_terms import MatchingAmount
from ledger.kinds.registry import MatchingTerm
from verifier.basis.findings import (
    UNSEALED,
    Evidence,
    Finding,
    Mark,
    Rule,
    finding_id,
    params_hash,
    seal,
)
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.matching_check import Shortfall, check
from verifier.obligations.matching_demands import lawful_demands
from verifier.obligations.matching_facts import BaseRow, MatchingFacts
from verifier.obligations.matching_need import owed_by
from verifier.obligations.records import Waiving

RULE: Final = Rule(
    id="F06",
    version=1,
    title=Told(zh="配套不到位", en="Matching shortfall"),
    basis=Told(
        zh="资金文件的配套条款；《预算法》（2018年修正）第十六条；《中央对地方专项转移支付管理办法》（财预〔2015〕230号）第十五条",
        en="The matching term of the fund; Budget Law (as amended 2018), art. 16; Notice 财预〔2015〕230号, art. 15",
    ),
    subject=("fund", "number of the matching term", "party that owes"),
    severity="orange",
    tier="T1",
)

_EVIDENCE_MAX: Final = 40


def judge(case: Case, facts: MatchingFacts) -> Iterator[Finding]:
    """One finding for each party that was short of lawful matching money on the day of the check."""
    for fund_id, fund in sorted(case.standing.funds.items()):
        for name, demand in lawful_demands(fund):
            for owed in owed_by(case, facts, fund_id, name, demand):
                short = check(case, facts, owed, RULE.id)
                if short is not None:
                    yield _finding(case, facts, short)


def _finding(case: Case, facts: MatchingFacts, short: Shortfall) -> Finding:
    owed, base = short.owed, short.account.base
    subject = owed.subject
    parameters = {**short.terms.hashed(), **owed.parameters}
    fund = facts.fund_entries.get(owed.fund)
    first = base.first.name if base.first is not None else None if fund is None else fund.name
    last = first if base.last is None else base.last.name
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, subject),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class=short.finding_class,
            severity="orange" if short.outstanding else "yellow",
            subject=subject,
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=_explain(case, short),
            clears_if=_clears(case, short),
            basis=_basis(short),
            parameters=parameters,
            evidence=_evidence(facts, short),
            fund=owed.fund,
            parties=(owed.party,),
            accounts=tuple(sorted({one.account for one in short.account.receipts})),
            amount_min=min(short.sure, short.then.gap),
            amount=short.then.gap,
            amount_max=short.then.need,
            outstanding=short.outstanding,
            first_event=first,
            decisive_event=last,
            decisive_on=short.known_on(case.as_of),
            due=owed.due,
            state=short.state,
            figures=_figures(short),
            marks=_marks(case, short),
        )
    )


def _explain(case: Case, short: Shortfall) -> Told:
    owed, then, who = short.owed, short.then, case.party(short.owed.party)
    came, back, kept, gap, now = (
        case.money(amount) for amount in (then.received, then.returned, then.genuine, then.gap, short.now.gap)
    )
    when = ("不迟于", "by") if owed.due is not None else ("按比例，截至", "in proportion, on")
    asked, papers, doubts = _asked(case, short), _papers(short), _doubts(case, short)
    return Told(
        zh=f"资金 {owed.fund} 要求{who.zh}配套，{when[0]} {owed.day}{papers.zh}：{asked.zh}；"
        f"到位 {came.zh} − 退回 {back.zh} = 有效 {kept.zh}；缺口 {gap.zh}。"
        f"截至 {case.as_of} 仍缺 {now.zh}。{doubts.zh}",
        en=f"Fund {owed.fund} asks {who.en} for matching money {when[1]} {owed.day}{papers.en}: {asked.en}; "
        f"{came.en} came − {back.en} went back = {kept.en} genuine; {gap.en} is missing. "
        f"On {case.as_of} {now.en} is missing.{doubts.en}",
    )


def _asked(case: Case, short: Shortfall) -> Told:
    """How much is needed, with the arithmetic of a ratio."""
    term, need, base = short.owed.term, case.money(short.then.need), case.money(short.then.base)
    match term:
        case MatchingTerm():
            reckoned = ("已下达", "allocated") if term.base == "allocated" else ("已拨付", "disbursed")
            return Told(
                zh=f"{reckoned[0]} {base.zh} × {term.num}/{term.den} = 应配 {need.zh}",
                en=f"{base.en} {reckoned[1]} × {term.num}/{term.den} = {need.en} needed",
            )
        case MatchingAmount():
            return Told(zh=f"应配固定数额 {need.zh}", en=f"a fixed amount of {need.en} needed")


def _papers(short: Shortfall) -> Told:
    """What papers made of the demand (semantics O6)."""
    told = [_paper(one.paper, one.on) for one in short.papers.papers]
    if not told:
        return Told(zh="", en="")
    return Told(zh=f"（{'；'.join(one.zh for one in told)}）", en=f" ({'; '.join(one.en for one in told)})")


def _paper(paper: Waiving, on: datetime.date) -> Told:
    if paper.until is None:
        return Told(zh=f"{paper.document}（{on}）予以豁免", en=f"{paper.document} of {on} waives it")
    return Told(
        zh=f"{paper.document}（{on}）准予延至 {paper.until}",
        en=f"{paper.document} of {on} puts it off to {paper.until}",
    )


def _doubts(case: Case, short: Shortfall) -> Told:
    """Receipts that went back almost whole, and receipts that the bank may still bear out."""
    zh = en = ""
    if short.false_receipts:
        zh += f"其中 {short.false_receipts} 笔到位后大部退回，疑为虚假配套。"
        en += (
            f" {short.false_receipts} of the receipts went back almost whole, which points to false matching."
        )
    if short.pending:
        wait = case.money(short.pending)
        zh += f"另有 {wait.zh}的到位报告尚待银行流水印证。"
        en += f" Receipts of {wait.en} are reported that the bank may still bear out."
    return Told(zh=zh, en=en)


def _clears(case: Case, short: Shortfall) -> Told:
    gap = case.money(short.then.gap)
    return Told(
        zh=f"{short.owed.day} 或之前到位且未退回的配套{gap.zh}的银行流水；或免除、降低、延期配套的文件；或对错误登记的冲正",
        en=f"bank lines of {gap.en} of matching money that came on or before {short.owed.day} and stayed; or a document "
        f"that waives, lowers or postpones it; or the correction of a wrong record",
    )


def _basis(short: Shortfall) -> Told:
    own, pack = short.owed.term.basis or "", short.terms.basis
    if own in {pack.zh, pack.en}:
        return pack
    return Told(zh=f"{own}；{pack.zh}", en=f"{own}; {pack.en}")


def _figures(short: Shortfall) -> dict[str, int]:
    then = short.then
    term = short.owed.term
    ratio = {"base": then.base, "num": term.num, "den": term.den} if isinstance(term, MatchingTerm) else {}
    return {
        **ratio,
        "need": then.need,
        "received": then.received,
        "returned": then.returned,
        "genuine": then.genuine,
        "gap": then.gap,
        "pending": short.pending,
        "false_receipts": short.false_receipts,
    }


def _marks(case: Case, short: Shortfall) -> tuple[Mark, ...]:
    marks: set[Mark] = {"short"} if short.outstanding else set()
    if short.papers.lapsed:
        marks.add("lapsed")
    if not short.covered or not all(one.banked for one in short.counted):
        marks.add("reported_only")
    if short.pending:
        marks.add("pending")
    if case.genesis.historical:
        marks.add("historical")
    return tuple(sorted(marks))


def _evidence(facts: MatchingFacts, short: Shortfall) -> tuple[Evidence, ...]:
    base = short.account.base
    rows: list[BaseRow] = [row for row in (base.first, base.last) if row is not None]
    found = {Evidence(name=row.name, seq=row.seq, leaf=row.leaf) for row in rows}
    if short.owed.fund in facts.fund_entries:
        found.add(facts.fund_entries[short.owed.fund])
    receipts = [entry for one in short.account.receipts for entry in (one.entry, *one.takers)]
    found |= {*receipts[:_EVIDENCE_MAX], *short.papers.evidence}
    return tuple(sorted(found, key=lambda entry: entry.seq))
