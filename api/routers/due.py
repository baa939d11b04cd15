# SPDX-License-Identifier: Apache-2.0
"""What is due from one party: the list, and the calendar. Both are public, as the entries are that they follow from."""

import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.caching import ASK_AGAIN, state_tag, unchanged
from api.notices.calendar import MEDIA_TYPE, calendar_of
from api.notices.due import NOT_COVERED, Due, due_from
from api.portal.amounts import MoneyStyle
from api.portal.names import Names, present_names
from api.portal.wording import wording
from api.problems import language_of
from api.projection.finding_board import Judged
from api.routers.obligations import ObligationItem, shown
from api.routers.public_findings import pending
from api.routers.registry import PAGE_MAX, unknown
from api.served_ledger import ServedLedger

_PARTY: Final = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"
_AFTER: Final = "^([0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{16}-[a-z-]{1,16}-[0-9]{1,6})?$"


class StoppedItem(BaseModel):
    """An account whose statements stopped."""

    account: str
    owner: str
    bank: Annotated[str, Field(description="the party that gives its statements; empty where none does")]
    last: Annotated[datetime.date, Field(description="last day of the newest statement")]


class DueAnswer(BaseModel):
    """One page of what is due from a party, ordered by due day."""

    up_to: Annotated[int, Field(description="position of the last entry judged")]
    as_of: Annotated[datetime.date, Field(description="the day on which deadlines were read")]
    party: str
    items: list[ObligationItem]
    next: Annotated[str | None, Field(description="give it as `after` for the next page; null at the end")]
    stopped: Annotated[list[StoppedItem], Field(description="accounts of the party without new statements")]
    not_covered: Annotated[
        list[str], Field(description="kinds of matters with a due day that are not judged")
    ]


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["obligations"])

    @routes.get("/due", response_model=DueAnswer, operation_id="listDue")
    def listing(
        request: Request,
        party: Annotated[str, Query(pattern=_PARTY)],
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
        after: Annotated[str, Query(pattern=_AFTER, description="`next` of the page before")] = "",
    ) -> Response:
        """What the party still owes at the last judgement, the earliest due day first."""
        judged: Judged | None = request.app.state.ledger.board.judged
        if judged is None:
            return pending(request)
        _name_of(request, party)
        due = due_from(party, judged, judged.as_of)
        found = [one for one in due.owed if f"{one.due}/{one.id}" > after]
        page = found[:limit]
        answer = DueAnswer(
            up_to=due.up_to,
            as_of=due.day,
            party=party,
            items=[shown(one) for one in page],
            next=f"{page[-1].due}/{page[-1].id}" if len(found) > limit else None,
            stopped=[
                StoppedItem(account=one.account, owner=one.owner, bank=one.bank, last=one.last)
                for one in due.stopped
            ],
            not_covered=list(NOT_COVERED),
        )
        tag = state_tag(request, head=judged.root, as_of=judged.as_of)
        headers = {"ETag": tag, "Cache-Control": ASK_AGAIN}
        return unchanged(request, tag) or JSONResponse(answer.model_dump(mode="json"), headers=headers)

    @routes.get(
        "/due/{party}.ics",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
        operation_id="getDueCalendar",
    )
    def calendar(request: Request, party: Annotated[str, Path(pattern=_PARTY)]) -> Response:
        """What the party still owes at the last judgement, as a calendar to subscribe to (RFC 5545)."""
        judged: Judged | None = request.app.state.ledger.board.judged
        if judged is None:
            return pending(request)
        name = _name_of(request, party)
        language = language_of(request)
        tag = state_tag(request, head=judged.root, as_of=judged.as_of, language=language)
        return unchanged(request, tag) or Response(
            _calendar(request, due_from(party, judged, judged.as_of), name),
            media_type=f"{MEDIA_TYPE}; charset=utf-8",
            headers={"ETag": tag, "Cache-Control": ASK_AGAIN, "Vary": "Accept-Language"},
        )

    return routes


def _calendar(request: Request, due: Due, name: str) -> bytes:
    ledger: ServedLedger = request.app.state.ledger
    language = language_of(request)
    return calendar_of(
        due,
        name=name,
        genesis=ledger.genesis,
        genesis_hash=ledger.genesis_hash,
        words=wording(language),
        money=MoneyStyle(language=language, currency=ledger.genesis.currency),
    )


def _name_of(request: Request, party: str) -> str:
    """The name of `party` in the language asked for.

    Raises:
        MissingError: no such party is registered.
    """
    ledger: ServedLedger = request.app.state.ledger
    language = language_of(request)
    with ledger.model.lock:
        if party not in ledger.model.register.parties:
            raise unknown("parties", party)
        found = present_names(ledger.model.register)
        names = Names(language=language, wording=wording(language), pages=str, found=found)
        return names.text("party", party)
