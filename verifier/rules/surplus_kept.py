# SPDX-License-Identifier: Apache-2.0
"""F38 结余未缴回: what the final accounts left over is not given back.

Basis: 政府投资条例 art. 25: surplus goes back to the treasury; the days are convention. Owed by the unit of the project,
from the final accounts (`settlement.surplus`); its own admission. Given back are returns and tagged transfers out
of accounts of the unit to somebody else, and recalls from lines of the unit; where they name a fund, one of the
project's. Returns for another matter count as well, in favour of the unit.

`proved` only where statements cover every account of the unit up to the day: a return may else have gone unreported.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ledger.kinds.authority import Allocation
from ledger.kinds.contract import Settlement
from ledger.kinds.fact import Return, Transfer
from ledger.kinds.registry import CUSTODIAN_CLASSES
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Duty, Fact, Filed, Found
from verifier.duties.sums import Sums
from verifier.duties.telling import lead_of
from verifier.language import Told
from verifier.matters.family import Placed
from verifier.matters.lead import finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Obligation, Opening, Payment, Traits
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F38",
    version=1,
    title=Told(zh="结余未缴回", en="Surplus not given back"),
    basis=Told(
        zh="《政府投资条例》第二十五条",
        en="Government Investment Regulations, art. 25",
    ),
    subject=("final accounts",),
    severity="orange",
    tier="T0",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Surplus, and what goes back, by unit."""
    match posted.event:
        case Settlement() as event if event.surplus is not None:
            yield _left_over(posted, event, event.surplus, case)
        case (Return() | Transfer()) as event:
            unit = case.standing.owner(event.from_account)
            if unit is not None and case.standing.owner(event.to_account) != unit:
                fund = None if event.tag is None else event.tag.fund
                if fund is not None or isinstance(event, Return):
                    yield _given_back(posted, unit, fund, case, account=event.from_account)
        case Allocation() as event if not event.goes_down:
            line = case.standing.lines[event.line]
            yield _given_back(posted, line.holder, line.fund, case)
        case _:
            pass


DUTY: Final = Duty(
    name="return_surplus", rule=RULE, kinds=(Allocation, Return, Settlement, Transfer), file=file
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """One finding for each final accounts whose surplus was not given back in full by its day."""
    for one in found.obligations:
        if one.breached:
            yield _finding(case, found, one)


def _left_over(posted: PostedEvent, event: Settlement, surplus: int, case: Case) -> Placed[Fact]:
    project = case.standing.projects.get(event.project)
    unit = posted.party if project is None else project.unit
    funds = () if project is None else project.funds
    addressee = Addressee(fund=funds[0] if funds else "", level=case.standing.level(unit))
    opening = Opening(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        who=unit,
        amount=surplus,
        terms=case.terms.number(case.book.terms(RULE.id, addressee, event.occurred_on)),
        group=unit,
        fund=addressee.fund,
        line=event.project,
        own_act=posted.party == unit,
        traits=Traits(fund=funds[0] if len(funds) == 1 else None),
    )
    return Placed(matter=unit, said=Filed(act=opening))


def _given_back(
    posted: PostedEvent, unit: str, fund: str | None, case: Case, *, account: str | None = None
) -> Placed[Fact]:
    paid = Payment(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=getattr(posted.event, "amount", 0),
        group=unit,
        banked=account is not None,
        account=account,
        traits=Traits(fund=fund),
    )
    return Placed(matter=unit, said=Filed(act=paid))


def _covered(case: Case, one: Obligation) -> bool:
    """Whether statements of all accounts of the unit tell of every return that could have been in time."""
    own = [
        account.id
        for account in case.standing.accounts.values()
        if account.owner == one.opening.who and account.account_class in CUSTODIAN_CLASSES
    ]
    return bool(own) and all(case.bank.covers(account, one.start, one.due) for account in own)


def _finding(case: Case, found: Found, one: Obligation) -> Finding:
    sums, unit, project = Sums(obligations=(one,)), case.party(one.opening.who), one.opening.line
    asked, back, unmet, left = (
        case.money(amount) for amount in (one.amount, one.in_time, one.unmet_at_due, one.outstanding)
    )
    lead = lead_of(
        case,
        RULE,
        found,
        sums,
        provable=one.opening.own_act and _covered(case, one),
        explanation=Told(
            zh=f"项目 {project} 于 {one.start} 结算，结余 {asked.zh}，{unit.zh}应不迟于 {one.due} 缴回。该日终了未缴回 "
            f"{unmet.zh}（结余 {asked.zh} − 按期缴回 {back.zh}）；至今未缴回 {left.zh}。",
            en=f"The final accounts of project {project} of {one.start} left {asked.en} over; {unit.en} had to give "
            f"it back by {one.due}. At the end of that day {unmet.en} was not given back ({asked.en} left "
            f"over − {back.en} given back in time); {left.en} is not given back now.",
        ),
        clears_if=Told(
            zh=f"{one.due} 或之前缴回的凭证及银行流水；质保金、争议或准予留用的文件；或对错误登记的冲正",
            en=f"records of its return on or before {one.due}, borne out by the bank; papers on retention, a dispute, or "
            f"leave to keep it; or the correction of a wrong record",
        ),
    )
    figures = {"surplus": one.amount, "given_back_in_time": one.in_time, "outstanding": one.outstanding}
    return finding_of(case, RULE, replace(lead, figures=figures))
