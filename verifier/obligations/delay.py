# SPDX-License-Identifier: Apache-2.0
"""What every rule of delay does alike: which terms bind the holder of a line, what came back, and what was breached."""

from collections.abc import Callable, Iterator

from ledger.kinds.authority import Waiver
from ledger.kinds.control import Correction
from ledger.kinds.fact import Return as ReturnEvent
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.language import Told
from verifier.obligations.case import Case, evidence
from verifier.obligations.docket import Docket
from verifier.obligations.obligation_findings import finding_of, obligation_finding
from verifier.obligations.records import Obligation, Return
from verifier.obligations.standing import LineFacts
from verifier.obligations.waiving import waiving_of
from verifier.posted import PostedEvent

Wording = Callable[[Case, Obligation], Told]


def terms_for(rule: Rule, line: LineFacts, posted: PostedEvent, case: Case, docket: Docket) -> Terms | None:
    """The terms of `rule` for the holder of `line` on the day of `posted`; None where nothing says how many days.

    Such a trigger is counted in `docket`, unless rule pack or policies say whom the rule addresses and leave it out.
    """
    level = case.standing.level(line.holder)
    addressee = Addressee(fund=line.fund, level=level, direct=line.direct)
    terms = case.book.terms(rule.id, addressee, posted.event.occurred_on)
    if terms.get("days") is not None:
        return terms
    if not case.book.names_debtors(rule.id, line.fund):
        docket.untimed[level or ""] += 1
    return None


def note_undone(posted: PostedEvent, case: Case, docket: Docket) -> None:
    """What `posted` says of earlier acts is in `docket`: that money came back, a duty is waived, an event is reversed."""
    match posted.event:
        case ReturnEvent() if posted.event.event is not None:
            docket.add(
                Return(
                    entry=evidence(posted),
                    on=posted.event.occurred_on,
                    recorded=case.recorded_on(posted),
                    amount=posted.event.amount,
                    undoes=posted.event.event,
                    poster=posted.party,
                    by_bank=case.standing.is_bank(posted.party),
                )
            )
        case Waiver():
            docket.waive(waiving_of(posted, posted.event, case))
        case Correction():
            docket.reverse(posted.event.event, posted.event.occurred_on)
        case _:
            pass


def breaches(
    case: Case, docket: Docket, rule: Rule, duty: str, *, explain: Wording, clears: Wording
) -> Iterator[Finding]:
    """One finding for each obligation in `docket` that was not met in full by its due day."""
    late_days = case.book.terms(rule.id, Addressee(fund=""), case.as_of).number("late_days")
    for one in docket.obligations(case.dates(late_days), finding_of(case, rule, duty)):
        if one.breached:
            yield obligation_finding(
                case, rule, duty, one, explanation=explain(case, one), clears_if=clears(case, one)
            )
