# SPDX-License-Identifier: Apache-2.0
"""From what is particular to a lead (疑点) to the sealed finding: identity, parameters, evidence, amounts that fit."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.amount import AMOUNT_MAX
from verifier.basis.findings import (
    UNSEALED,
    Evidence,
    Finding,
    FindingClass,
    Mark,
    Rule,
    Severity,
    Step,
    finding_id,
    params_hash,
    seal,
)
from verifier.basis.rulepack import Terms
from verifier.language import Told
from verifier.matters.family import Noted
from verifier.obligations.case import Case

EVIDENCE_MAX: Final = 20
"""Most entries that a lead shows, besides the first and the decisive one; its sums need all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What is particular to one finding. Amounts in minor units, of any size: they are made to fit.

    `terms` are those by which it was judged. `decisive_on` is the day on which `decisive` could be known unless given.
    """

    subject: tuple[str, ...]
    finding_class: FindingClass
    severity: Severity
    explanation: Told
    clears_if: Told
    terms: Terms
    first: Noted[Any]
    decisive: Noted[Any]
    decisive_on: datetime.date | None = None
    evidence: Iterable[Evidence] = ()
    fund: str | None = None
    line: str | None = None
    parties: Iterable[str] = ()
    accounts: Iterable[str] = ()
    amount_min: int | None = None
    amount: int | None = None
    amount_max: int | None = None
    restored: int | None = None
    outstanding: int | None = None
    due: datetime.date | None = None
    state: str | None = None
    calendars: Iterable[str] = ()
    figures: Mapping[str, int] = field(default_factory=dict)
    paths: tuple[tuple[Step, ...], ...] = ()
    marks: Iterable[Mark] = ()


def finding_of(case: Case, rule: Rule, lead: Lead) -> Finding:
    """The sealed finding that `lead` of `rule` is."""
    parameters = lead.terms.hashed()
    calendars = tuple(sorted(set(lead.calendars)))
    marks = {*lead.marks, *(("historical",) if case.genesis.historical else ())}
    return seal(
        Finding(
            id=finding_id(case.genesis_hash, rule.id, lead.subject),
            content_hash=UNSEALED,
            rule=rule.id,
            rule_version=rule.version,
            params_hash=params_hash(rule.id, rule.version, parameters, calendars),
            finding_class=lead.finding_class,
            severity=lead.severity,
            subject=lead.subject,
            as_of=case.as_of,
            known_by=case.known_by,
            explanation=lead.explanation,
            clears_if=lead.clears_if,
            basis=lead.terms.basis,
            parameters=parameters,
            calendars=calendars,
            evidence=_shown(lead),
            fund=lead.fund,
            line=lead.line,
            parties=tuple(dict.fromkeys(lead.parties)),
            accounts=tuple(dict.fromkeys(lead.accounts)),
            amount_min=_fitting(lead.amount_min),
            amount=_fitting(lead.amount),
            amount_max=_fitting(lead.amount_max),
            restored=_fitting(lead.restored),
            outstanding=_fitting(lead.outstanding),
            first_event=lead.first.name,
            decisive_event=lead.decisive.name,
            decisive_on=lead.decisive_on or lead.decisive.known_on,
            due=lead.due,
            state=lead.state,
            paths=lead.paths,
            figures={name: bounded(value) for name, value in lead.figures.items()},
            marks=tuple(sorted(marks)),
        )
    )


def bounded(amount: int) -> int:
    """`amount`, or the largest that JSON keeps exact: sums over a forged ledger may lie beyond it."""
    return max(-AMOUNT_MAX, min(amount, AMOUNT_MAX))


def _fitting(amount: int | None) -> int | None:
    return None if amount is None else bounded(amount)


def _shown(lead: Lead) -> tuple[Evidence, ...]:
    decisive = (lead.first.entry, lead.decisive.entry)
    others = [one for one in dict.fromkeys(lead.evidence) if one not in decisive]
    return tuple(sorted({*decisive, *others[:EVIDENCE_MAX]}, key=lambda one: one.seq))
