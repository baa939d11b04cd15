# SPDX-License-Identifier: Apache-2.0
"""What the filings of several duties do alike: which terms bind the holder of a line, and what came back."""

from collections.abc import Iterator

from ledger.kinds.fact import Return as ReturnEvent
from verifier.basis.findings import Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.duties.duty import Fact, Filed, Untimed
from verifier.matters.family import Placed
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Return
from verifier.obligations.standing import LineFacts
from verifier.posted import PostedEvent


def terms_for(rule: Rule, line: LineFacts, posted: PostedEvent, case: Case) -> Terms | Untimed | None:
    """The terms of `rule` for the holder of `line` on the day of `posted`, where something says how many days.

    Nothing at all where rule pack or policies say whom the rule addresses and leave the holder out.
    """
    level = case.standing.level(line.holder)
    addressee = Addressee(fund=line.fund, level=level, direct=line.direct)
    terms = case.book.terms(rule.id, addressee, posted.event.occurred_on)
    if terms.get("days") is not None:
        return terms
    return None if case.book.names_debtors(rule.id, line.fund) else Untimed(level=level or "")


def returned(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """That money came back, for the matters in which the payment stands that `posted` undoes; else nothing."""
    event = posted.event
    if isinstance(event, ReturnEvent) and event.event is not None:
        act = Return(
            entry=evidence(posted),
            on=event.occurred_on,
            recorded=case.recorded_on(posted),
            amount=event.amount,
            undoes=event.event,
            poster=posted.party,
            by_bank=case.standing.is_bank(posted.party),
        )
        yield Placed(about=event.event, said=Filed(act=act))
