# SPDX-License-Identifier: Apache-2.0
"""Personal fields for people who are signed in, and who was shown them (spec §10.5)."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.confidential.reading_room import ReadingRoom
from api.routers.sessions import Writer, signed_in
from api.small_bodies import Body, described, small

REASON_MAX: Final = 1_000
PAGE_MAX: Final = 1_000

_ID: Final = "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
_UNCACHED: Final = {"Cache-Control": "no-store"}

EventNamed = Annotated[
    str, Field(pattern=f"^{_ID}/{_ID}/(0|[1-9][0-9]{{0,4}})$", description="name of an event")
]
Reason = Annotated[
    str,
    Field(
        min_length=1,
        max_length=REASON_MAX,
        pattern=r"^[^\u0000-\u001f\u007f]*$",
        description="why it is read",
    ),
]
Case = Annotated[str, Field(pattern=f"^{_ID}$", description="number of the case; audit must state one")]


class DisclosureQuestion(Body):
    """Which event, and why."""

    event: EventNamed
    reason: Reason
    case: Case | None = None


class FieldAnswer(BaseModel):
    """One commitment of an event, and what of it may be shown."""

    commitment: Annotated[str, Field(description="as it stands in `_sd` of the event")]
    disclosure: Annotated[str | None, Field(description="opens the commitment: check it (spec §10.1)")] = None
    name: str | None = None
    value: str | int | list[str] | None = None
    erased: Annotated[int | None, Field(description="position of the erasure that destroyed it")] = None


class DisclosureAnswer(BaseModel):
    """The personal fields of an event."""

    event: str
    seq: Annotated[int, Field(description="position of the event's entry")]
    kind: str
    fields: list[FieldAnswer]


class AccessAnswer(BaseModel):
    """Somebody was shown something."""

    id: str
    at: str
    key: str
    party: str
    event: str
    field: Annotated[str, Field(description="name of the personal field; `file` for an evidence file")]
    reason: str
    case_id: Annotated[str, Field(description="number of the case, or nothing")]


class AccessPage(BaseModel):
    """Accesses in the order of time."""

    items: list[AccessAnswer]
    next: Annotated[str | None, Field(description="`after` of the next page; none after the last")] = None


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["confidential"])

    @routes.post(
        "/disclosures",
        response_model=DisclosureAnswer,
        operation_id="readDisclosures",
        openapi_extra=described(DisclosureQuestion),
    )
    def read_disclosures(
        request: Request,
        body: Annotated[DisclosureQuestion, Depends(small(DisclosureQuestion))],
        present: Writer,
    ) -> Response:
        """The personal fields of one event, for the party that posted it, audit and supervision; each reading is noted."""
        known, shown = _room(request).show(present, body.event, reason=body.reason, case_id=body.case or "")
        answer = DisclosureAnswer(
            event=body.event,
            seq=known.seq,
            kind=str(known.event.__struct_config__.tag),
            fields=[FieldAnswer.model_validate(asdict(one)) for one in shown],
        )
        return JSONResponse(answer.model_dump(exclude_none=True), headers=_UNCACHED)

    @routes.get("/accesses", response_model=AccessPage, operation_id="listAccesses")
    def list_accesses(
        request: Request,
        after: Annotated[str, Query(max_length=64, pattern="^[0-9A-Za-z:.-]*$")] = "",
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    ) -> Response:
        """Who was shown what that is not public, and why; for audit and supervision."""
        found = _room(request).accesses(signed_in(request), after, most=limit + 1)
        items = [AccessAnswer(**asdict(one)) for one in found[:limit]]
        page = AccessPage(items=items, next=items[-1].id if len(found) > limit else None)
        return JSONResponse(page.model_dump(exclude_none=True), headers=_UNCACHED)

    return routes


def _room(request: Request) -> ReadingRoom:
    found: ReadingRoom = request.app.state.reading_room
    return found
