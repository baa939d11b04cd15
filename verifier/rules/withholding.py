# SPDX-License-Identifier: Apache-2.0
"""F05 截留: what was to be passed on is kept long after its day, or turned to the holder's own use after it.

Basis: 处罚处分条例 (Decree 427) art. 6(2). Over the obligations of F03: kept is what was not passed on by the due day, less
what was passed on within `kept_days` of it. Turned to own use are splits for a project of the holder's own and payments
into its own accounts, after the due day.

That a delay is a keeping is a judgement: indicated (semantics P7). F03 tells the same money as a delay; amounts of
different rules overlap.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.duties.duty import Filed, Found
from verifier.duties.sums import Sums
from verifier.language import Told
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.records import Obligation

RULE: Final = Rule(
    id="F05",
    version=1,
    title=Told(zh="截留", en="Withholding"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第二项",
        en="State Council Decree 427 (rev. 2011), art. 6(2)",
    ),
    subject=("event that started the clock", "event whose obligation a return opened anew"),
    severity="red",
    tier="T0",
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """One finding for each receipt of authority that was kept, or turned to own use, after its day."""
    own = {one.name for one in found.matter.facts if isinstance(one.said, Filed) and one.said.own}
    for one in found.obligations:
        if one.breached and one.state != "corrected":
            terms = _terms(case, one)
            kept, turned = _kept(case, one, own, terms.number("kept_days"))
            if kept:
                yield _finding(case, found, one, terms, (kept, turned))


def _terms(case: Case, one: Obligation) -> Terms:
    standing, opening = case.standing, one.opening
    addressee = Addressee(
        fund=opening.fund, level=standing.level(opening.who), direct=standing.lines[opening.line].direct
    )
    return case.book.terms(RULE.id, addressee, one.due)


def _kept(case: Case, one: Obligation, own: set[str], days: int) -> tuple[int, int]:
    """What was kept, and how much of it was turned to own use; what is not shown counts as passed on."""
    if one.fulfilments_count > len(one.fulfilments):
        return (one.outstanding if (case.as_of - one.due).days > days else 0), 0
    late = [part for part in one.fulfilments if part.on > one.due]
    turned = sum(part.amount for part in late if part.entry.name in own)
    if (case.as_of - one.due).days <= days or one.accrues_until is not None:
        return turned, turned
    end = one.due + datetime.timedelta(days=days)
    passed = sum(part.amount for part in late if part.entry.name not in own and part.on <= end)
    return one.unmet_at_due - one.dropped - passed, turned


def _finding(case: Case, found: Found, one: Obligation, terms: Terms, amounts: tuple[int, int]) -> Finding:
    opening, sums = one.opening, Sums(obligations=(one,))
    entry = next(fact for fact in found.matter.facts if fact.name == opening.entry.name)
    kept, turned, unmet, left = (
        case.money(amount) for amount in (*amounts, one.unmet_at_due, one.outstanding)
    )
    who, doubt, days = case.party(opening.who), sums.doubts(), terms.number("kept_days")
    lead = Lead(
        subject=(opening.entry.name, *([opening.reopens.name] if opening.reopens else [])),
        finding_class=sums.class_of(provable=False),
        severity=RULE.severity,
        explanation=Told(
            zh=f"{who.zh}应不迟于 {one.due} 下达指标 {opening.line}，该日终了未下达 {unmet.zh}。"
            f"其中 {kept.zh} 在到期 {days} 天后仍留存，或在到期后转作本级使用"
            f"（转作本级使用 {turned.zh}）；至今未下达 {left.zh}。{doubt.zh}",
            en=f"{who.en} had to pass on line {opening.line} by {one.due}; at the end of that day {unmet.en} was not "
            f"passed on. Of it {kept.en} was still kept {days} days later, or turned to own use after the due day "
            f"({turned.en} to own use); {left.en} is not passed on now.{doubt.en}",
        ),
        clears_if=Told(
            zh="批准留存、统筹或本级使用的文件；到期前后下达的文件；或对错误登记的冲正",
            en="a paper that permitted to keep it, to pool it or to use it at this level; the papers that passed it on; or "
            "the correction of a wrong record",
        ),
        terms=terms,
        first=entry,
        decisive=entry,
        decisive_on=one.known_on,
        evidence=sums.evidence,
        fund=opening.fund,
        line=opening.line,
        parties=[opening.who],
        amount_min=min(one.surely_unmet, amounts[0]),
        amount=amounts[0],
        amount_max=max(one.unmet_at_due, amounts[0]),
        outstanding=one.outstanding,
        due=one.due,
        state=one.state,
        calendars=one.calendars,
        figures={"unmet_at_due": one.unmet_at_due, "kept": amounts[0], "own_use": amounts[1]},
        marks=sums.marks,
    )
    return finding_of(case, RULE, lead)
