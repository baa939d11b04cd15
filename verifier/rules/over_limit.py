# SPDX-License-Identifier: Apache-2.0
"""F32 无预算、超预算支出: a line that was paid, split or given back beyond what it held.

Only in ledgers that record such facts (genesis `ceilings: flag`); others refuse them when posted. Basis: 实施条例
(Decree 729) art. 57: no payment without or beyond the budget.

Arithmetic on signed facts alone (semantics P7), no rule of attribution involved: proved. Later excesses of the same
line extend the finding until the line holds something again; after that a new excess is a new finding.
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.open_records import Line
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
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.line_excess import Excess, LineExcess

RULE: Final = Rule(
    id="F32",
    version=1,
    title=Told(zh="无预算、超预算支出", en="Beyond the line"),
    basis=Told(
        zh="《中华人民共和国预算法实施条例》（国务院令第729号，2020年10月1日起施行）第五十七条",
        en="Implementing Regulations of the Budget Law (Decree 729, in force 2020-10-01), art. 57",
    ),
    subject=("line", "event that overdrew it"),
    severity="red",
    tier="T0",
)

_EVIDENCE_MAX: Final = 20


def judge(case: Case, lines: LineExcess) -> Iterator[Finding]:
    """One finding for each time a line went below zero."""
    for excess in lines.found:
        yield _finding(case, excess)


def _finding(case: Case, excess: Excess) -> Finding:
    line, cause = excess.after, excess.cause
    subject = (line.id, cause.name)
    terms = case.book.terms(RULE.id, Addressee(fund=line.fund), cause.event.occurred_on)
    parameters = terms.hashed()
    marks: tuple[Mark, ...] = ("historical",) if case.genesis.historical else ()
    entries: list[Evidence] = excess.entries[:_EVIDENCE_MAX]
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, RULE.id, subject),
            content_hash=UNSEALED,
            rule=RULE.id,
            rule_version=RULE.version,
            params_hash=params_hash(RULE.id, RULE.version, parameters),
            finding_class="proved",
            severity=RULE.severity,
            subject=subject,
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=_explain(case, excess),
            clears_if=Told(
                zh=f"追加指标 {line.id} 或收回多下达、多支付部分的文件及登记；或对错误登记的冲正",
                en=f"an increase of line {line.id}, or the return of what went beyond it; or the correction of a wrong "
                f"record",
            ),
            basis=terms.basis,
            parameters=parameters,
            evidence=tuple(sorted(set(entries), key=lambda entry: entry.seq)),
            fund=line.fund,
            line=line.id,
            parties=(line.holder,),
            accounts=(cause.event.from_account,) if isinstance(cause.event, Disbursement) else (),
            amount_min=excess.peak,
            amount=excess.peak,
            amount_max=excess.peak,
            restored=excess.peak - excess.outstanding,
            outstanding=excess.outstanding,
            first_event=cause.name,
            decisive_event=cause.name,
            decisive_on=max(cause.event.occurred_on, case.recorded_on(cause)),
            figures=_figures(line),
            marks=marks,
        )
    )


def _figures(line: Line) -> dict[str, int]:
    carried = {"carried_out": line.carried_out} if line.carried_out else {}
    return {
        "received": line.received,
        "split_out": line.split_out,
        "lowered": line.lowered,
        "recalled": line.recalled,
        **carried,
        "disbursed": line.disbursed,
        "restored_to_line": line.restored,
        "free": line.free,
    }


def _explain(case: Case, excess: Excess) -> Told:
    line, cause = excess.after, excess.cause
    held = case.money(max(0, excess.before.free if excess.before is not None else 0))
    peak, now = case.money(excess.peak), case.money(excess.outstanding)
    pays = isinstance(cause.event, Disbursement)
    what = Told(zh="支付", en="paid") if pays else Told(zh="下达或交回", en="split or given back")
    sums = {name: case.money(amount) for name, amount in _figures(line).items()}
    over = sums.get("carried_out")
    carried = Told(zh=f"− 结转 {over.zh} ", en=f"− {over.en} carried over ") if over else Told(zh="", en="")
    return Told(
        zh=f"指标 {line.id} 可用 {held.zh}，{cause.event.occurred_on} {what.zh}后为 {sums['free'].zh}"
        f"（收入 {sums['received'].zh} − 分解 {sums['split_out'].zh} − 调减 {sums['lowered'].zh} "
        f"− 收回 {sums['recalled'].zh} {carried.zh}− 支付 {sums['disbursed'].zh} + 恢复 {sums['restored_to_line'].zh}）；"
        f"最多超出 {peak.zh}，截至 {case.as_of} 仍超出 {now.zh}。",
        en=f"Line {line.id} held {held.en}; {what.en} on {cause.event.occurred_on} it holds {sums['free'].en} "
        f"({sums['received'].en} in − {sums['split_out'].en} split − {sums['lowered'].en} lowered "
        f"− {sums['recalled'].en} recalled {carried.en}− {sums['disbursed'].en} paid + {sums['restored_to_line'].en} "
        f"restored); {peak.en} beyond the line at most, {now.en} on {case.as_of}.",
    )
