# SPDX-License-Identifier: Apache-2.0
"""Whether the process lives, whether it can do its work and why not, and figures for monitoring."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.problems import language_of, told
from api.served_ledger import ServedLedger
from api.witnessing.health import Health, health_of
from ledger.errors import EnvironmentFault, ToldError


class ReadyNote(BaseModel):
    """Trouble that does not keep this process from its work."""

    code: Annotated[str, Field(description="what kind of trouble")]
    place: Annotated[str, Field(description="where: the address of the witness")]
    detail: Annotated[str, Field(description="what it is, and what to do")]


class ReadyAnswer(BaseModel):
    """What this process can do now."""

    posts: Annotated[bool, Field(description="whether it takes submissions")]
    size: Annotated[int, Field(description="entries in the log")]
    folded: Annotated[int, Field(description="entries counted into pages so far")]
    judged: Annotated[int, Field(description="entries judged so far")]
    notes: Annotated[
        list[ReadyNote], Field(description="trouble of witnesses, which posting does not wait for")
    ]


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", response_model=dict[str, str], operation_id="getHealth")
    async def healthz() -> JSONResponse:
        """Answers as long as the process does."""
        return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})

    @routes.get("/readyz", response_model=ReadyAnswer, operation_id="getReadiness")
    def readyz(request: Request) -> Response:
        """200 when the ledger can be read whole, and posted to if this process may; else 503 with the reason.

        Witnesses in trouble are notes, unless publication waits for a quorum that cannot be reached without them.
        """
        ledger: ServedLedger = request.app.state.ledger
        fault: ToldError | None = None
        size, health = 0, None
        try:
            size = ledger.head().size
            health = health_of(ledger, request.app.state.rounds)
            fault = ledger.sequencer.trouble() if ledger.sequencer is not None else None
        except EnvironmentFault as error:
            fault = error
        fault = fault or request.app.state.worker.damage or (health.blocked if health else None)
        if fault is not None:
            return told(request, fault, status=HTTPStatus.SERVICE_UNAVAILABLE)
        answer = ReadyAnswer(
            posts=ledger.sequencer is not None,
            size=size,
            folded=ledger.model.size,
            judged=_judged(ledger),
            notes=_notes(request, health),
        )
        return JSONResponse(answer.model_dump(), headers={"Cache-Control": "no-store"})

    @routes.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        operation_id="getMetrics",
    )
    def metrics(request: Request) -> Response:
        """Figures in the Prometheus text format."""
        ledger: ServedLedger = request.app.state.ledger
        size = ledger.head().size
        health = health_of(ledger, request.app.state.rounds)
        if health is not None:
            request.app.state.metrics.witnessed(health)
        text, kind = request.app.state.metrics.text(
            size=size, folded=ledger.model.size, judged=_judged(ledger)
        )
        return Response(text, headers={"Content-Type": kind, "Cache-Control": "no-store"})

    return routes


def _notes(request: Request, health: Health | None) -> list[ReadyNote]:
    """A note for each witness that has failed for a while, in the language asked for."""
    chinese = language_of(request) == "zh"
    return [
        ReadyNote(
            code=one.problem.code,
            place=one.url,
            detail=one.problem.told_zh() if chinese else str(one.problem),
        )
        for one in (health.troubled if health else ())
        if one.problem is not None
    ]


def _judged(ledger: ServedLedger) -> int:
    return ledger.board.judged.size if ledger.board.judged else 0
