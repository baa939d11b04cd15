# SPDX-License-Identifier: Apache-2.0
"""Each finding of a report as a card: everything that a person needs to check it, as text in one language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from api.reports.speech import Speech
from verifier.audit_report.records import Report, Reported
from verifier.casework.life_cycle import AMOUNTS, LifeCycle
from verifier.casework.steps import StepTaken

Row = tuple[str, ...]

_AMOUNTS: Final = ("amount_min", "amount", "amount_max", "restored", "outstanding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One finding; `severity_code` is for its colour, `pack` the address of its evidence relative to the report.

    `facts`, `amounts`, `figures`, `parameters` are pairs of what a thing is called and what it is; `evidence` holds rows
    of position, event and leaf hash, `steps` rows of date, state, text and who; `notes` are sentences.
    """

    id: str
    rule: str
    title: str
    finding_class: str
    severity: str
    severity_code: str
    state: str
    amounts: tuple[Row, ...]
    explanation: str
    basis: str
    clears: str
    facts: tuple[Row, ...]
    figures: tuple[Row, ...]
    parameters: tuple[Row, ...]
    evidence: tuple[Row, ...]
    steps: tuple[Row, ...]
    notes: tuple[str, ...]
    pack: str | None


def card(speak: Speech, report: Report, one: Reported) -> Card:
    """The card of `one` of the findings of `report`."""
    finding = one.finding
    return Card(
        id=finding.id,
        rule=finding.rule,
        title=speak.say(one.title),
        finding_class=speak.finding_class(finding.finding_class),
        severity=speak.severity(finding.severity),
        severity_code=finding.severity,
        state=speak.state(one.life.state),
        amounts=tuple(_amounts(speak, one)),
        explanation=speak.say(finding.explanation),
        basis=speak.say(finding.basis),
        clears=speak.say(finding.clears_if),
        facts=tuple(_facts(speak, one)),
        figures=tuple(speak.figure(name, value) for name, value in finding.figures.items()),
        parameters=tuple(speak.parameter(name, value) for name, value in finding.parameters.items()),
        evidence=tuple((f"{entry.seq:,}", entry.name, entry.leaf) for entry in finding.evidence),
        steps=tuple(_step(speak, step) for step in one.life.steps),
        notes=tuple(_notes(speak, one)),
        pack=None if one.pack is None else f"{report.packs}/{one.pack}",
    )


def _amounts(speak: Speech, one: Reported) -> Iterator[Row]:
    for name in _AMOUNTS:
        amount = getattr(one.finding, name)
        if amount is not None:
            yield speak.text(name), speak.money(amount)


def _facts(speak: Speech, one: Reported) -> Iterator[Row]:
    finding = one.finding
    if one.fund is not None:
        yield speak.text("fund"), speak.say(one.fund)
    for party in one.parties:
        yield speak.text("who"), speak.say(party)
    if finding.due is not None:
        yield speak.text("due"), str(finding.due)
    if finding.decisive_on is not None:
        yield speak.text("decisive"), str(finding.decisive_on)
    yield from _standing(speak, one.life)
    yield speak.text("id"), finding.id
    yield speak.text("content"), finding.content_hash


def _standing(speak: Speech, life: LifeCycle) -> Iterator[Row]:
    """Where it stands, since when, in which case, by when an answer is due, and what came of it."""
    yield speak.text("state"), f"{speak.state(life.state)} · {speak.text('held', on=life.since, n=life.days)}"
    if life.case is not None:
        yield speak.text("case"), life.case
    for other in life.other_cases:
        yield speak.text("other"), other
    if life.due_on is not None:
        late = f" · {speak.text('late', n=life.answer_days_late)}" if life.answer_days_late else ""
        yield speak.text("due_on"), f"{life.due_on}{late}"
    for name in AMOUNTS:
        if getattr(life, name):
            yield speak.sum(name), speak.money(getattr(life, name))


def _step(speak: Speech, step: StepTaken) -> Row:
    amounts = "; ".join(
        f"{speak.sum(name)} {speak.money(getattr(step, name))}" for name in AMOUNTS if getattr(step, name)
    )
    due = "" if step.due_on is None else f"{speak.text('due_on')} {step.due_on}"
    parts = (step.text or "", due, amounts, step.document or "", speak.text("sealed") if step.sealed else "")
    return str(step.on), speak.state(step.state), "; ".join(filter(None, parts)), step.by


def _notes(speak: Speech, one: Reported) -> Iterator[str]:
    yield from (speak.mark(mark) for mark in one.finding.marks)
    life = one.life
    yield from _closed(speak, life)
    if life.content_changed:
        yield speak.text("changed")
    if life.basis is not None:
        yield speak.text("exempt_on") + life.basis
    if one.unpacked is not None:
        yield speak.text("no_pack") + speak.say(one.unpacked)


def _closed(speak: Speech, life: LifeCycle) -> Iterator[str]:
    found = life.correction
    if found is not None:
        yield speak.text("corrected_by", name=found.name, on=found.on, reason=found.reason)
    if life.state == "corrected" and life.case_state not in {None, "closed", "cleared"}:
        yield speak.text("case_open", state=speak.state(life.case_state))
