# SPDX-License-Identifier: Apache-2.0
"""F06 配套不到位: lawful matching money that did not come, or came and went back.

Basis: the fund's own term and its lawful basis (预算法 (2018) art. 16; a demand without one is F07). Need = floor(base ·
num / den), on the due day of the term, or at the as-of date where it names none (semantics M1). Genuine = what came,
less what went back to the payer or its related parties within `match_return_days` (M3). Short when the gap exceeds
`match_tol` parts in 10,000 of the need.

Arithmetic on signed facts (P7): the base are authority entries. Proved when every account in which the money could
have landed is covered by bank statements over the whole time and the bank bore out all that came; else indicated.
"""

from collections.abc import Iterator
from typing import Final

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
from verifier.obligations.matching_facts import BaseRow, MatchingFacts
from verifier.obligations.matching_need import owed_by_term

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
        for index, term in enumerate(fund.matching):
            if not term.num or term.basis is None:
                continue
            for owed in owed_by_term(case, facts, fund_id, index, term):
                short = check(case, facts, owed, RULE.id)
                if short is not None:
                    yield _finding(case, facts, short)


def _finding(case: Case, facts: MatchingFacts, short: Shortfall) -> Finding:
    owed, base = short.owed, short.account.base
    subject = owed.subject
    parameters = {**short.terms.hashed(), "num": owed.term.num, "den": owed.term.den, "base": owed.term.base}
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, subject),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class=short.finding_class,
            severity="orange" if short.now.gap else "yellow",
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
            outstanding=short.now.gap,
            first_event=None if base.first is None else base.first.name,
            decisive_event=None if base.last is None else base.last.name,
            decisive_on=short.known_on(case.as_of),
            due=owed.term.due_on,
            state=short.state,
            figures=_figures(short),
            marks=_marks(case, short),
        )
    )


def _explain(case: Case, short: Shortfall) -> Told:
    owed, then = short.owed, short.then
    who, num, den = case.party(owed.party), owed.term.num, owed.term.den
    base, need, came, back, kept, gap, now = (
        case.money(amount)
        for amount in (
            then.base,
            then.need,
            then.received,
            then.returned,
            then.genuine,
            then.gap,
            short.now.gap,
        )
    )
    reckoned = ("已下达", "allocated") if owed.term.base == "allocated" else ("已拨付", "disbursed")
    when = ("不迟于", "by") if owed.term.due_on is not None else ("按比例，截至", "in proportion, on")
    false = short.false_receipts
    false_zh = f"其中 {false} 笔到位后大部退回，疑为虚假配套。" if false else ""
    false_en = (
        f" {false} of the receipts went back almost whole, which points to false matching." if false else ""
    )
    wait = case.money(short.pending)
    wait_zh = f"另有 {wait.zh}的到位报告尚待银行流水印证。" if short.pending else ""
    wait_en = (
        f" Receipts of {wait.en} are reported that the bank may still bear out." if short.pending else ""
    )
    return Told(
        zh=f"资金 {owed.fund} 要求{who.zh}配套，{when[0]} {owed.day}："
        f"{reckoned[0]} {base.zh} × {num}/{den} = 应配 {need.zh}；"
        f"到位 {came.zh} − 退回 {back.zh} = 有效 {kept.zh}；缺口 {gap.zh}。"
        f"截至 {case.as_of} 仍缺 {now.zh}。{false_zh}{wait_zh}",
        en=f"Fund {owed.fund} asks {who.en} for matching money {when[1]} {owed.day}: "
        f"{base.en} {reckoned[1]} × {num}/{den} = {need.en} needed; "
        f"{came.en} came − {back.en} went back = {kept.en} genuine; {gap.en} is missing. "
        f"On {case.as_of} {now.en} is missing.{false_en}{wait_en}",
    )


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
    return {
        "base": then.base,
        "num": short.owed.term.num,
        "den": short.owed.term.den,
        "need": then.need,
        "received": then.received,
        "returned": then.returned,
        "genuine": then.genuine,
        "gap": then.gap,
        "pending": short.pending,
        "false_receipts": short.false_receipts,
    }


def _marks(case: Case, short: Shortfall) -> tuple[Mark, ...]:
    marks: set[Mark] = {"short"} if short.now.gap else set()
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
    found |= set(receipts[:_EVIDENCE_MAX])
    return tuple(sorted(found, key=lambda entry: entry.seq))
