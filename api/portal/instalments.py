# SPDX-License-Identifier: Apache-2.0
"""What was due in a fund and when it was done, as rows for the picture of due dates."""

import datetime
from collections.abc import Iterator

from api.portal.amounts import Unit
from api.portal.dates import day_in_prose
from api.portal.due_dates import DueRow, DueState
from api.portal.visit import Visit
from api.projection.finding_board import Instalment


def due_rows(visit: Visit, fund: str) -> list[DueRow]:
    """The instalments of `fund` that the last judgement dated; one unit for all of their amounts."""
    if visit.judged is None:
        return []
    instalments = visit.judged.instalments.get(fund, ())
    return list(_rows(visit, instalments, due_unit(visit, fund), visit.judged.as_of))


def due_unit(visit: Visit, fund: str) -> Unit:
    """The one unit of all amounts in the rows."""
    instalments = () if visit.judged is None else visit.judged.instalments.get(fund, ())
    return visit.frame.money.unit([one.amount for one in instalments], columns=True)


def _rows(
    visit: Visit, instalments: tuple[Instalment, ...], unit: Unit, as_of: datetime.date
) -> Iterator[DueRow]:
    words = visit.frame.words
    for one in instalments:
        done = one.met_on if one.state in {"met", "met_late"} else None
        yield DueRow(
            name=words.text(f"due.{one.duty}", who=visit.names.text("party", one.who)),
            amount=visit.frame.money.bare(one.amount, unit),
            due=one.due,
            done=done,
            state=_state(one),
            note=_note(visit, one, as_of),
        )


def _state(one: Instalment) -> DueState:
    match one.state:
        case "met":
            return "ok"
        case "met_late":
            return "late"
        case "overdue":
            return "open"
        case _:
            return "future"


def _note(visit: Visit, one: Instalment, as_of: datetime.date) -> str:
    """How early, how late, or by when, in calendar days."""
    words = visit.frame.words
    match _state(one):
        case "ok":
            early = 0 if one.met_on is None else (one.due - one.met_on).days
            return words.text("due.early", n=early) if early else words.text("due.on_time")
        case "late":
            return words.text("due.late", n=0 if one.met_on is None else (one.met_on - one.due).days)
        case "open":
            return words.text("due.overdue", n=(as_of - one.due).days)
        case "future":
            return words.text("due.future", day=day_in_prose(one.due, visit.frame.language))
