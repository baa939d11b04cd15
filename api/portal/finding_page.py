# SPDX-License-Identifier: Apache-2.0
"""The page of one public finding: three amounts, arithmetic, evidence, what would clear it, and what became of it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from api.portal.amounts import MoneyStyle, Unit
from api.portal.findings_shown import FindingRow, finding_rows, open_amount, shown_amount
from api.portal.tongues import in_its_language
from api.portal.visit import EntryRow, Visit
from verifier.basis.figures import COUNTS
from verifier.basis.findings import Finding
from verifier.casework.life_cycle import AMOUNTS, LifeCycle
from verifier.casework.steps import StepTaken
from verifier.language import Told, say

_CODES: Final = {"unit": "day_unit"}
"""Tables of the wording for parameters that are codes, where they are not called as the parameter is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One figure of the arithmetic, or one parameter of the rule."""

    name: str
    value: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step that auditors posted: the entry, its day, what it is, and what it adds."""

    seq: int
    on: datetime.date
    state: str
    notes: tuple[Markup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPage:
    """Everything on the page of a finding; amounts in minor units."""

    finding: Finding
    row: FindingRow
    unit: Unit
    amounts: tuple[tuple[str, int], ...]
    fund: Markup | None
    explanation: Markup
    basis: Markup
    clears: Markup
    figures: tuple[FigureRow, ...]
    parameters: tuple[FigureRow, ...]
    evidence: tuple[EntryRow, ...]
    life: tuple[str, ...]
    steps: tuple[StepRow, ...]


def finding_page(visit: Visit, finding: Finding) -> FindingPage:
    """The page of `finding`."""
    money = visit.frame.money
    joint = "joint_min" in finding.figures
    amounts = {
        "provable": shown_amount(finding),
        "selected": None if joint else finding.amount,
        "possible": None if joint else finding.amount_max,
        "restored": finding.restored or None,
        "outstanding": open_amount(finding),
    }
    found = [visit.model.index.by_seq(one.seq) for one in finding.evidence]
    (row,) = finding_rows(visit, [finding])
    life = None if visit.judged is None else visit.judged.lives.get(finding.id)
    return FindingPage(
        finding=finding,
        row=row,
        unit=money.unit([one for one in amounts.values() if one is not None]),
        amounts=tuple((name, one) for name, one in amounts.items() if one is not None),
        fund=visit.names.link("fund", finding.fund) if finding.fund else None,
        explanation=_joint(visit, finding, money) if joint else _told(visit, finding.explanation),
        basis=_told(visit, finding.basis),
        clears=_told(visit, finding.clears_if),
        figures=tuple(_figures(visit, finding)),
        parameters=tuple(_parameter(visit, name, value) for name, value in finding.parameters.items()),
        evidence=tuple(visit.rows(one for one in found if one is not None)),
        life=() if life is None else tuple(_life(visit, life)),
        steps=() if life is None else tuple(_step(visit, one) for one in life.steps),
    )


def _joint(visit: Visit, finding: Finding, money: MoneyStyle) -> Markup:
    """A shortage as the public is told it: of the account, not of one fund's share (semantics T8)."""
    amounts = {
        name: money.figure(finding.figures[name]) for name in ("balance", "owed_to_funds", "joint_min")
    }
    return visit.frame.words.say("finding.joint", day=str(finding.decisive_on), **amounts)


def _life(visit: Visit, life: LifeCycle) -> Iterator[str]:
    """Where it stands and since when, by when an answer is due, and what must be said besides."""
    words = visit.frame.words
    state = words.text(f"finding.life_{life.state}")
    yield words.text("finding.life_since", state=state, on=life.since, n=life.days)
    if life.due_on is not None:
        yield words.text("finding.life_due", on=life.due_on)
    if life.answer_days_late:
        yield words.text("finding.life_late", n=life.answer_days_late)
    if life.correction is not None:
        yield words.text("finding.life_reason", reason=life.correction.reason)
    if life.content_changed:
        yield words.text("finding.life_changed")


def _step(visit: Visit, step: StepTaken) -> StepRow:
    frame = visit.frame
    amounts = ((name, getattr(step, name)) for name in AMOUNTS)
    notes = [
        Markup("{} {}").format(frame.words.text(f"field.{name}"), frame.money.figure(amount))
        for name, amount in amounts
        if amount
    ]
    notes += [] if step.due_on is None else [frame.words.say("finding.life_due", on=step.due_on)]
    notes += [in_its_language(text, frame.language) for text in (step.basis, step.text) if text]
    return StepRow(
        seq=step.seq, on=step.on, state=frame.words.text(f"finding.life_{step.state}"), notes=tuple(notes)
    )


def _told(visit: Visit, told: Told) -> Markup:
    return in_its_language(say(told, visit.frame.language), visit.frame.language)


def _parameter(visit: Visit, name: str, value: int | str) -> FigureRow:
    words = visit.frame.words
    shown = (
        f"{value:,}" if isinstance(value, int) else words.known(f"{_CODES.get(name, name)}.{value}", value)
    )
    return FigureRow(name=words.known(f"parameter.{name}", name), value=escape(shown))


def _figures(visit: Visit, finding: Finding) -> Iterator[FigureRow]:
    """The arithmetic, in full: money to the last unit, counts as they are."""
    frame = visit.frame
    money = MoneyStyle(language=frame.language, currency=frame.money.currency, exact=True)
    for name, value in finding.figures.items():
        shown = escape(f"{value:,}") if name in COUNTS else money.figure(value)
        yield FigureRow(name=frame.words.known(f"figure.{name}", name), value=shown)
