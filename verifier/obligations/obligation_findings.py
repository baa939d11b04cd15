# SPDX-License-Identifier: Apache-2.0
"""A breached obligation as a finding: class, severity, figures and evidence, the same for every rule of delay.

Class (DESIGN §6): the trigger must be the act of the party whose act it is, an authority entry or the debtor's own
signed admission; fulfilment is an authority entry, so its absence shows in the ledger itself. What turns on a bank
line that may still come is undecidable; what turns on a backdated report, a transcriber or a calendar not adopted is
indicated.
"""

import datetime
from collections.abc import Callable
from typing import Final

from verifier.basis.findings import (
    UNSEALED,
    Evidence,
    Finding,
    FindingClass,
    Mark,
    Rule,
    Severity,
    finding_id,
    params_hash,
    seal,
)
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.obligations.records import Obligation, Opening, State

STATES: Final[dict[State, Told]] = {
    "open": Told(zh="未到期", en="open"),
    "due_soon": Told(zh="即将到期", en="due soon"),
    "met": Told(zh="已履行", en="met"),
    "met_late": Told(zh="逾期后履行", en="met late"),
    "overdue": Told(zh="逾期未履行", en="overdue"),
    "lapsed": Told(zh="逾期后终止", en="ended after the due day"),
    "corrected": Told(zh="事由已冲正", en="trigger corrected"),
    "ended": Told(zh="到期前终止", en="ended in time"),
    "waived": Told(zh="到期前豁免", en="waived in time"),
}
"""What each state of an obligation is called."""

_DAYS: Final = {
    "calendar": Told(zh="个自然日", en="calendar days"),
    "working": Told(zh="个工作日", en="working days"),
}


def finding_of(case: Case, rule: Rule, duty: str) -> Callable[[Opening], str]:
    """Gives the id of the finding about the obligation of an opening under `duty`, whether there is one or not."""
    return lambda opening: finding_id(case.genesis_hash, rule.id, _subject(opening, duty))


def _subject(opening: Opening, duty: str) -> tuple[str, ...]:
    return (opening.entry.name, duty, *([opening.reopens.name] if opening.reopens else []))


def obligation_finding(
    case: Case, rule: Rule, duty: str, one: Obligation, *, explanation: Told, clears_if: Told
) -> Finding:
    """The finding that obligation `one` of `duty` was breached.

    Its subject is [trigger event, duty], and the trigger it opened anew, if a return did: no date, no amount.
    """
    opening = one.opening
    subject = _subject(opening, duty)
    parameters = one.terms.hashed()
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, rule.id, subject),
            content_hash=UNSEALED,
            rule=rule.id,
            rule_version=rule.version,
            params_hash=params_hash(rule.id, rule.version, parameters, one.calendars),
            finding_class=class_of(one),
            severity=severity_of(one, case.as_of),
            subject=subject,
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=explanation,
            clears_if=clears_if,
            basis=one.terms.basis,
            parameters=parameters,
            calendars=one.calendars,
            evidence=_evidence(one),
            fund=opening.fund,
            line=opening.line,
            parties=(opening.who,),
            accounts=tuple(sorted({part.account for part in one.fulfilments if part.account is not None})),
            amount_min=one.surely_unmet,
            amount=one.unmet_at_due,
            outstanding=one.outstanding,
            first_event=opening.entry.name,
            decisive_event=opening.entry.name,
            decisive_on=one.known_on,
            due=one.due,
            state=one.state,
            figures=_figures(one, case.as_of),
            marks=_marks(one, historical=case.genesis.historical),
        )
    )


def class_of(one: Obligation) -> FindingClass:
    """How well the breach is known."""
    if one.shaken == "pending":
        return "undecidable"
    if one.shaken is not None or one.provisional or not one.opening.own_act:
        return "indicated"
    return "proved"


def severity_of(one: Obligation, as_of: datetime.date) -> Severity:
    """Yellow when it is over, orange while something is outstanding, red beyond `red_overdue` days late."""
    if days_late(one, as_of) > one.terms.number("red_overdue"):
        return "red"
    return "orange" if one.outstanding else "yellow"


def days_late(one: Obligation, as_of: datetime.date) -> int:
    """Days from the due day until it was met, was waived, or until the as-of date while something is outstanding."""
    until = one.met_on if one.state == "met_late" and one.met_on is not None else as_of
    return max(0, (min(until, one.accrues_until or until) - one.due).days)


def days_told(one: Obligation) -> Told:
    """The period in words, such as ``30 calendar days``, and the paper that moved its end."""
    unit = _DAYS[one.terms.unit or "calendar"]
    days = one.terms.number("days")
    moved = [paper for paper in one.waivings if paper.until == one.due]
    by = Told(
        zh="".join(f"，经{paper.document}延期" for paper in moved[-1:]),
        en="".join(f", postponed by {paper.document}" for paper in moved[-1:]),
    )
    return Told(zh=f"{days} {unit.zh}{by.zh}", en=f"{days} {unit.en}{by.en}")


def state_told(case: Case, one: Obligation) -> Told:
    """How it stands at the as-of date, with what is outstanding and how late it is."""
    open_, gone, paper = case.money(one.outstanding), case.money(one.dropped), _late_paper(one)
    late, paid = days_late(one, case.as_of), _paid_late(case, one)
    match one.state:
        case "met_late":
            return Told(
                zh=f"已于 {one.met_on} 全部补足，逾期 {late} 天",
                en=f"met in full on {one.met_on}, {_days_en(late)} late",
            )
        case "overdue":
            less = Told(zh="", en="")
            if one.dropped:
                less = Told(zh=f"此后 {gone.zh} 不再计欠，", en=f"{gone.en} is owed no more since, ")
            return Told(
                zh=f"{paid.zh}{less.zh}截至 {case.as_of} 仍欠 {open_.zh}，逾期 {late} 天{paper.zh}",
                en=f"{paid.en}{less.en}{open_.en} is open on {case.as_of}, {_days_en(late)} late{paper.en}",
            )
        case _:
            state = STATES[one.state]
            return Told(
                zh=f"{paid.zh}{state.zh}{paper.zh}，{gone.zh} 不再计欠",
                en=f"{paid.en}{state.en}{paper.en}; {gone.en} is owed no more",
            )


def doubts_told(one: Obligation) -> Told:
    """What weakens the finding, as sentences to append; empty when nothing does."""
    zh, en = [], []
    if one.shaken == "pending":
        zh.append("有付款报告尚待银行流水印证，现有数据无法判定。")
        en.append("Payments are reported that the bank may still bear out: this cannot be decided yet.")
    if one.shaken == "backdated":
        zh.append("有报告在业务日期之后过久才入账，按入账日计。")
        en.append("Reports were recorded too long after the date they claim and count from their recording.")
    if one.provisional:
        zh.append("所涉年度尚无已采用的节假日安排，暂按周一至周五为工作日。")
        en.append(
            "No holiday calendar is adopted for a year consulted; Monday to Friday are taken as worked."
        )
    if one.reported_only:
        zh.append("部分付款仅有报告，无银行流水。")
        en.append("Some payments rest on reports without a bank line.")
    if not one.opening.own_act:
        zh.append("起算事件并非由责任方本人登记。")
        en.append("The trigger was not posted by the party whose act it is.")
    return Told(zh="".join(zh), en="".join(f" {sentence}" for sentence in en))


def _paid_late(case: Case, one: Obligation) -> Told:
    """What was done after the due day, where it was not all; nothing where nothing was."""
    if not one.late:
        return Told(zh="", en="")
    done = case.money(one.late)
    return Told(zh=f"到期后履行 {done.zh}，", en=f"{done.en} was done after that day, ")


def _late_paper(one: Obligation) -> Told:
    """The paper that came after the due day, if any: it ends the lateness and takes nothing back (O6)."""
    paper = one.late_waiving
    if paper is None:
        return Told(zh="", en="")
    what = Told(zh="豁免", en="waived it")
    if paper.until is not None:
        what = Told(zh=f"准予延至 {paper.until}", en=f"put it off to {paper.until}")
    return Told(
        zh=f"（{one.accrues_until} 由{paper.document}{what.zh}，逾期计至该日）",
        en=f" (on {one.accrues_until} {paper.document} {what.en}; lateness is counted up to that day)",
    )


def _days_en(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _figures(one: Obligation, as_of: datetime.date) -> dict[str, int]:
    return {
        "asked": one.amount,
        "taken_back": one.lowered,
        "met_in_time": one.in_time,
        "unmet_at_due": one.unmet_at_due,
        "met_late": one.late,
        "no_longer_owed": one.dropped,
        "outstanding": one.outstanding,
        "days_late": days_late(one, as_of),
        "payments": one.fulfilments_count,
    }


def _marks(one: Obligation, *, historical: bool) -> tuple[Mark, ...]:
    marks: set[Mark] = set()
    if one.provisional:
        marks.add("provisional")
    if one.reported_only:
        marks.add("reported_only")
    if one.shaken == "pending":
        marks.add("pending")
    if one.state == "corrected":
        marks.add("corrected")
    if one.state == "lapsed":
        marks.add("lapsed")
    if historical:
        marks.add("historical")
    return tuple(sorted(marks))


def _evidence(one: Obligation) -> tuple[Evidence, ...]:
    found = [one.opening.entry, *(part.entry for part in one.fulfilments)]
    found += [entry for entry in (one.opening.reopens, one.ended_by) if entry is not None]
    found += [paper.entry for paper in one.waivings]
    return tuple(sorted(set(found), key=lambda entry: entry.seq))
