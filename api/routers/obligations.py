# SPDX-License-Identifier: Apache-2.0
"""What is owed and not settled yet: money, answers to objections, milestones; as the last judgement dated it."""

import datetime
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.caching import ASK_AGAIN, state_tag, unchanged
from api.projection.finding_board import Judged, Owed
from api.routers.public_findings import pending
from api.routers.registry import PAGE_MAX, unknown
from verifier.judgement.deadlines import Duty
from verifier.obligations.records import State

_OBLIGATION_ID = "^[0-9]{16}-[a-z-]{1,16}-[0-9]{1,6}$"
_AFTER = "^([0-9]{16}-[a-z-]{1,16}-[0-9]{1,6})?$"


class ObligationItem(BaseModel):
    """One thing that is owed; amounts in minor units, null for answers and milestones."""

    id: str
    duty: Duty
    who: str
    fund: Annotated[str | None, Field(description="null for answers and milestones")]
    line: Annotated[str | None, Field(description="null for matching money, which is owed to a fund")]
    project: Annotated[str | None, Field(description="whose milestone it is")]
    matter: Annotated[str | None, Field(description="id of the objection or of the milestone")]
    amount: int | None
    outstanding: int | None
    due: datetime.date
    provisional: Annotated[bool, Field(description="counted in a year without an adopted calendar")]
    state: State
    started: Annotated[int, Field(description="position of the entry that started the clock")]


class ObligationsAnswer(BaseModel):
    """One page, ordered by what started the clock."""

    up_to: Annotated[int, Field(description="position of the last entry judged")]
    as_of: Annotated[datetime.date, Field(description="the day on which deadlines were read")]
    items: list[ObligationItem]
    next: Annotated[str | None, Field(description="give it as `after` for the next page; null at the end")]


class ObligationAnswer(BaseModel):
    """One obligation."""

    up_to: int
    as_of: datetime.date
    item: ObligationItem


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["obligations"])

    @routes.get("/obligations", response_model=ObligationsAnswer, operation_id="listObligations")
    def listing(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
        after: Annotated[str, Query(pattern=_AFTER, description="last id of the page before")] = "",
        who: Annotated[str, Query(max_length=64, description="owed by this party only")] = "",
    ) -> Response:
        """What is not settled at the last judgement: open, due soon, overdue."""
        judged: Judged | None = request.app.state.ledger.board.judged
        if judged is None:
            return pending(request)
        found = [one for one in judged.owed if one.id > after and (not who or one.who == who)]
        page = found[:limit]
        answer = ObligationsAnswer(
            up_to=judged.size - 1,
            as_of=judged.as_of,
            items=[shown(one) for one in page],
            next=page[-1].id if len(found) > limit else None,
        )
        return _tagged(request, judged, answer)

    @routes.get("/obligations/{id}", response_model=ObligationAnswer, operation_id="getObligation")
    def item(
        request: Request, identifier: Annotated[str, Path(alias="id", pattern=_OBLIGATION_ID)]
    ) -> Response:
        """One obligation that is not settled."""
        judged: Judged | None = request.app.state.ledger.board.judged
        if judged is None:
            return pending(request)
        found = next((one for one in judged.owed if one.id == identifier), None)
        if found is None:
            raise unknown("obligations", identifier)
        answer = ObligationAnswer(up_to=judged.size - 1, as_of=judged.as_of, item=shown(found))
        return _tagged(request, judged, answer)

    return routes


def shown(owed: Owed) -> ObligationItem:
    """One thing owed, as answers show it."""
    return ObligationItem(**asdict(owed))


def _tagged(request: Request, judged: Judged, answer: BaseModel) -> Response:
    tag = state_tag(request, head=judged.root, as_of=judged.as_of)
    headers = {"ETag": tag, "Cache-Control": ASK_AGAIN}
    return unchanged(request, tag) or JSONResponse(answer.model_dump(mode="json"), headers=headers)
