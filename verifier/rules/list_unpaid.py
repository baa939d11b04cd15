# SPDX-License-Identifier: Apache-2.0
"""F42 应发未发: persons on a list are not paid, or not in full, by the day.

Basis: 预算法 (2018) art. 57; the days are convention, policy events say otherwise where they do. Owed is the amount of the
list, by the holder of its line, or else by who posted it; met by disbursements that name the list. Rejected payments that
the bank returns are owed anew (semantics O8).

A list may have been paid without naming it: indicated (semantics P7).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import PayeeList, Return
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Duty, Fact, Filed, Found
from verifier.duties.filing import returned
from verifier.duties.sums import Sums
from verifier.duties.telling import lead_of
from verifier.language import Told
from verifier.matters.family import Placed
from verifier.matters.lead import finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Opening, Payment
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F42",
    version=1,
    title=Told(zh="应发未发", en="Persons on a list not paid"),
    basis=Told(zh="《预算法》（2018年修正）第五十七条", en="Budget Law (as amended 2018), art. 57"),
    subject=("list",),
    severity="orange",
    tier="T2",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Lists by their root, and what was paid on them."""
    match posted.event:
        case PayeeList() as event:
            yield _listed(posted, event, case)
        case Disbursement() as event if event.payee_list is not None:
            paid = Payment(
                entry=evidence(posted),
                on=event.occurred_on,
                recorded=case.recorded_on(posted),
                amount=event.amount,
                group=event.payee_list,
                banked=True,
                account=event.from_account,
                carries=True,
            )
            yield Placed(matter=event.payee_list, said=Filed(act=paid))
        case _:
            yield from returned(posted, case)


def _subject(opening: Opening) -> tuple[str, ...]:
    return (opening.group,)


DUTY: Final = Duty(
    name="pay_list", rule=RULE, kinds=(Disbursement, PayeeList, Return), file=file, subject=_subject
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """At most one finding: the list, with what was not paid of it by its day."""
    late = [one for one in found.obligations if one.breached]
    if late:
        yield _finding(case, found, Sums(obligations=late))


def _listed(posted: PostedEvent, event: PayeeList, case: Case) -> Placed[Fact]:
    line = case.standing.lines.get(event.line or "")
    who = posted.party if line is None else line.holder
    addressee = Addressee(fund=event.fund, level=case.standing.level(who))
    opening = Opening(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        who=who,
        amount=event.amount,
        terms=case.terms.number(case.book.terms(RULE.id, addressee, event.occurred_on)),
        group=event.root,
        fund=event.fund,
        line=event.line or "",
        own_act=posted.party == who,
        named=f"{event.period} {event.persons}",
        carries="all",
    )
    return Placed(matter=event.root, said=Filed(act=opening))


def _finding(case: Case, found: Found, sums: Sums) -> Finding:
    oldest = sums.oldest
    period, _, persons = (oldest.opening.named or "").partition(" ")
    who, root = case.party(oldest.opening.who), found.matter.key
    asked, paid, unmet, left = (
        case.money(amount) for amount in (sums.asked, sums.in_time, sums.unmet, sums.outstanding)
    )
    lead = lead_of(
        case,
        RULE,
        found,
        sums,
        provable=False,
        explanation=Told(
            zh=f"{period} 发放清单 {root[:16]}…（{persons} 人，{asked.zh}）应由{who.zh}不迟于 {oldest.due} 发放。"
            f"该日终了未发放 {unmet.zh}（清单 {asked.zh} − 按期发放 {paid.zh}）；至今未发放 {left.zh}。",
            en=f"List {root[:16]}… of {period} ({persons} persons, {asked.en}) was to be paid by {who.en} by {oldest.due}. "
            f"At the end of that day {unmet.en} was unpaid ({asked.en} listed − {paid.en} paid in time); {left.en} is "
            f"unpaid now.",
        ),
        clears_if=Told(
            zh=f"{oldest.due} 或之前发放的批次及银行流水；清单更正、人员停发或申诉的文件；或对错误登记的冲正",
            en=f"batches paid on or before {oldest.due}, borne out by the bank; papers on a changed list, a suspension "
            f"or an appeal; or the correction of a wrong record",
        ),
    )
    figures = {"listed": sums.asked, "paid_in_time": sums.in_time, "persons": int(persons)}
    return finding_of(
        case, RULE, replace(lead, subject=(root,), line=oldest.opening.line or None, figures=figures)
    )
