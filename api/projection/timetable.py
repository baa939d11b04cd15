# SPDX-License-Identifier: Apache-2.0
"""What is owed by which day: what duties of money, answers, milestones and orders ask; as the rules date it."""

from collections import Counter, defaultdict
from typing import Final

from api.projection.finding_board import Instalment, Owed, telling
from verifier.judgement.deadlines import UNSETTLED, Deadlines, Duty, about
from verifier.obligations.case import Case
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.matching_owed import MatchingOwed, matching_owed
from verifier.obligations.records import Obligation, days_before
from verifier.obligations.tasks import Task
from verifier.posted import PostedEvent
from verifier.rules import disbursement_delay, matching_shortfall

INSTALMENTS_MAX: Final = 12
"""Instalments of one fund that its page shows."""

INSTALMENT: Final[frozenset[Duty]] = frozenset({"pass_on", "pay"})
"""Duties by which money of a fund goes on, part by part."""


class Timetable:
    """Every deadline of the duties, kept or missed; take the events of a case in log order, then read once."""

    def __init__(self, case: Case) -> None:
        """Nothing taken yet."""
        self._case = case
        self._deadlines = Deadlines(case)

    def take(self, posted: PostedEvent) -> None:
        """Note what `posted` starts or fulfils; the case's registers hold it already."""
        self._deadlines.take(posted)

    def read(self, matching: MatchingFacts) -> tuple[dict[str, tuple[Instalment, ...]], tuple[Owed, ...]]:
        """The instalments of each fund that say most, and all that is not settled, sorted by id.

        `matching` are the facts of the closed judgement about matching money, which has no instalments.
        """
        found: dict[str, list[Instalment]] = defaultdict(list)
        owed: list[Owed] = []
        count: Counter[tuple[int, Duty]] = Counter()
        for duty, one in self._deadlines.obligations():
            if duty in INSTALMENT:
                found[one.opening.fund].append(_instalment(duty, one))
            trigger = (one.opening.entry.seq, duty)
            if one.state in UNSETTLED:
                owed.append(_owed(duty, one, number=count[trigger]))
            count[trigger] += 1
        rule, soon_by = matching_shortfall.RULE.id, disbursement_delay.RULE.id
        for match in matching_owed(self._case, matching, rule, soon_by=soon_by):
            if match.state in UNSETTLED:
                owed.append(_owed_match(match, number=count[match.started, "match"]))
            count[match.started, "match"] += 1
        owed.extend(_owed_task(duty, one) for duty, one in self._deadlines.tasks() if one.state in UNSETTLED)
        telling_most = {fund: telling(rows, most=INSTALMENTS_MAX) for fund, rows in found.items()}
        return telling_most, tuple(sorted(owed, key=lambda one: one.id))

    def tasks(self) -> dict[tuple[str | None, str], Task]:
        """Answers and milestones, settled or not, by project and milestone, or None and objection."""
        return {
            (task.project, task.matter): task for duty, task in self._deadlines.tasks() if duty != "rectify"
        }


def _instalment(duty: Duty, one: Obligation) -> Instalment:
    return Instalment(
        fund=one.opening.fund,
        duty=duty,
        who=one.opening.who,
        amount=one.amount,
        due=one.due,
        met_on=one.met_on,
        state=one.state,
        started=one.opening.entry.seq,
    )


def _id(started: int, duty: Duty, number: int) -> str:
    return f"{started:016d}-{duty.replace('_', '-')}-{number}"


def _owed(duty: Duty, one: Obligation, *, number: int) -> Owed:
    started, of = one.opening.entry.seq, about(duty, one.opening)
    return Owed(
        id=_id(started, duty, number),
        duty=duty,
        who=one.opening.who,
        fund=of.fund,
        line=of.line,
        project=of.project,
        matter=of.matter,
        amount=one.amount if of.money else None,
        outstanding=one.outstanding if of.money else None,
        due=one.due,
        soon_from=days_before(one.due, one.terms.number("soon")),
        state=one.state,
        started=started,
        provisional=one.provisional,
    )


def _owed_match(one: MatchingOwed, *, number: int) -> Owed:
    return Owed(
        id=_id(one.started, "match", number),
        duty="match",
        who=one.party,
        fund=one.fund,
        line=None,
        amount=one.need,
        outstanding=one.missing,
        due=one.due,
        soon_from=one.soon_from,
        state=one.state,
        started=one.started,
        provisional=False,
    )


def _owed_task(duty: Duty, one: Task) -> Owed:
    return Owed(
        id=_id(one.started, duty, one.number),
        duty=duty,
        who=one.who,
        fund=None,
        line=None,
        amount=None,
        outstanding=None,
        due=one.due.on,
        soon_from=one.soon_from,
        state=one.state,
        started=one.started,
        provisional=one.due.provisional,
        project=one.project,
        matter=one.matter,
    )
