# SPDX-License-Identifier: Apache-2.0
"""What the findings of several duties say alike: sums, dates and evidence of the obligations of one matter."""

from dataclasses import replace

from verifier.basis.findings import Rule
from verifier.basis.rulepack import Terms
from verifier.basis.working_days import Unit
from verifier.duties.duty import Found
from verifier.duties.sums import Sums
from verifier.language import Told
from verifier.matters.lead import Lead
from verifier.obligations.case import Case
from verifier.obligations.records import Obligation


def lead_of(  # noqa: PLR0913 - what every lead needs
    case: Case, rule: Rule, found: Found, sums: Sums, *, explanation: Told, clears_if: Told, provable: bool
) -> Lead:
    """The lead about the breached obligations `sums`; its subject, figures and the like may be replaced.

    Graver than the rule's own severity by the days late: red beyond `red_overdue`; yellow once nothing is outstanding.
    """
    oldest = sums.oldest
    entries = {one.name: one for one in found.matter.facts}
    first = min(sums.obligations, key=lambda one: one.opening.entry.seq)
    red = oldest.terms.get("red_overdue")
    late = (case.as_of - oldest.due).days
    graver = "red" if red is not None and late > red else rule.severity
    doubts = sums.doubts()
    return Lead(
        subject=(oldest.opening.entry.name,),
        finding_class=sums.class_of(provable=provable),
        severity=graver if sums.outstanding else "yellow",
        explanation=Told(zh=f"{explanation.zh}{doubts.zh}", en=f"{explanation.en}{doubts.en}"),
        clears_if=clears_if,
        terms=oldest.terms,
        first=entries[first.opening.entry.name],
        decisive=entries[oldest.opening.entry.name],
        decisive_on=min(one.known_on for one in sums.obligations),
        evidence=sums.evidence,
        fund=oldest.opening.fund or None,
        parties=[oldest.opening.who],
        amount_min=sums.surely,
        amount=sums.unmet,
        outstanding=sums.outstanding,
        due=oldest.due,
        state=sums.state,
        calendars=[name for one in sums.obligations for name in one.calendars],
        figures={"asked": sums.asked, "met_in_time": sums.in_time, "outstanding": sums.outstanding},
        marks=sums.marks,
    )


def counted(lead: Lead) -> Lead:
    """`lead` about something that is no matter of money."""
    return replace(lead, amount_min=None, amount=None, amount_max=None, outstanding=None, figures={})


def days_of(terms: Terms, days: int, unit: Unit) -> Terms:
    """`terms` with so many days of `unit`."""
    values = {**dict(terms.values), "days": days}
    return replace(terms, values=tuple(sorted(values.items())), unit=unit)


def period_told(one: Obligation) -> Told:
    """The days that there were, such as ``30 calendar days``."""
    days = one.terms.number("days")
    if one.terms.unit == "working":
        return Told(zh=f"{days} 个工作日", en=f"{days} working days")
    return Told(zh=f"{days} 个自然日", en=f"{days} calendar days")
