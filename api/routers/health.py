# SPDX-License-Identifier: Apache-2.0
"""Whether the process lives, whether it can do its work and why not, and figures for monitoring."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.languages import Language
from api.notices.notice_round import NoticeHealth, NoticeRound
from api.problems import language_of, told
from api.served_ledger import ServedLedger
from api.witnessing.health import Health, health_of
from ledger.errors import EnvironmentFault, ToldError

_UNTOLD: Final[dict[Language, str]] = {
    "en": "today's notice did not get through several times; the server's log says why, and it is sent again by itself",
    "zh": "今日通知多次未能送达；原因见服务器日志，系统会自动重发",
}


class ReadyNote(BaseModel):
    """Trouble that does not keep this process from its work."""

    code: Annotated[str, Field(description="what kind of trouble")]
    place: Annotated[str, Field(description="where: the address of the witness, the recipient of a notice")]
    detail: Annotated[str, Field(description="what it is, and what to do")]


class ReadyAnswer(BaseModel):
    """What this process can do now."""

    posts: Annotated[bool, Field(description="whether it takes submissions")]
    size: Annotated[int, Field(description="entries in the log")]
    folded: Annotated[int, Field(description="entries counted into pages so far")]
    judged: Annotated[int, Field(description="entries judged so far")]
    notes: Annotated[
        list[ReadyNote],
        Field(description="trouble of witnesses and of notices, which posting does not wait for"),
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
        size, health, notices = 0, None, None
        try:
            size = ledger.head().size
            health = health_of(ledger, request.app.state.rounds)
            notices = _notices(request)
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
            notes=[*_notes(request, health), *_notice_notes(request, notices)],
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
        notices = _notices(request)
        if notices is not None:
            request.app.state.metrics.noticed(notices)
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


def _notices(request: Request) -> NoticeHealth | None:
    """How today's notices do; None where none are sent."""
    notices: NoticeRound | None = request.app.state.notices
    return None if notices is None else notices.health()


def _notice_notes(request: Request, health: NoticeHealth | None) -> list[ReadyNote]:
    """A note for each recipient that could not be told for a while, by its place in the file, not its address."""
    return [
        ReadyNote(code="notice.untold", place=label, detail=_UNTOLD[language_of(request)])
        for label in (health.troubled if health else ())
    ]


def _judged(ledger: ServedLedger) -> int:
    return ledger.board.judged.size if ledger.board.judged else 0
