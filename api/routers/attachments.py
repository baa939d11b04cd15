# SPDX-License-Identifier: Apache-2.0
"""Evidence files over HTTP: sent by whoever has the content that the ledger names, shown to whom it is for (spec §10.8)."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.attachments.counter import FileCounter
from api.routers.disclosures import Case, Reason
from api.routers.sessions import signed_in

_CONTENT: Final = "application/octet-stream"
_UNCACHED: Final = {"Cache-Control": "no-store"}

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the content, in hex")]


class AttachmentAnswer(BaseModel):
    """The content lies in the store."""

    hash: str
    stored: Annotated[bool, Field(description="now; else it was there before")]


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1/attachments", tags=["confidential"])

    @routes.put(
        "/{digest}",
        status_code=201,
        response_model=AttachmentAnswer,
        responses={200: {"model": AttachmentAnswer, "description": "It was there before"}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {_CONTENT: {"schema": {"type": "string", "format": "binary"}}},
            }
        },
        operation_id="putAttachment",
    )
    async def put_attachment(request: Request, digest: Digest) -> Response:
        """Keep the content of a file that an `attachment` event names; sending it again changes nothing."""
        stored = await _counter(request).take(request, digest)
        answer = AttachmentAnswer(hash=digest, stored=stored)
        return JSONResponse(answer.model_dump(), status_code=201 if stored else 200, headers=_UNCACHED)

    @routes.get(
        "/{digest}",
        response_class=Response,
        responses={200: {"content": {_CONTENT: {}}, "description": "The content"}},
        operation_id="getAttachment",
    )
    async def get_attachment(
        request: Request,
        digest: Digest,
        reason: Annotated[Reason, Query()],
        case: Annotated[Case | None, Query()] = None,
    ) -> Response:
        """The content of a file, for the party that registered it, the bureau over it, audit and supervision."""
        present = await run_in_threadpool(signed_in, request)
        counter = _counter(request)
        _, content = await run_in_threadpool(counter.show, present, digest, reason=reason, case_id=case or "")
        headers = {**_UNCACHED, "Content-Disposition": f'attachment; filename="{digest}"'}
        return StreamingResponse(content, media_type=_CONTENT, headers=headers)

    return routes


def _counter(request: Request) -> FileCounter:
    found: FileCounter = request.app.state.file_counter
    return found
