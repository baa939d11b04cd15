# SPDX-License-Identifier: Apache-2.0
"""The application: one ledger behind HTTP. Everything it knows hangs on the application object; modules hold no state."""

import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.anchoring import anchoring_of
from api.caching import ASSET
from api.description import describe
from api.heartbeat import Heartbeat
from api.metrics import Metrics
from api.portal.wording import Wording, wording
from api.problems import plain, told
from api.routers import (
    anchors,
    entries,
    health,
    log_files,
    portal_pages,
    posting,
    public_findings,
    registry,
    schema,
)
from api.routers.portal_answers import error_page, page_language
from api.served_ledger import ServedLedger
from api.settings import Settings
from api.witnessing.configured import rounds_of
from api.worker import Job, Judge, Worker
from ledger.errors import MissingError, ToldError

STATIC: Final = Path(__file__).parent / "portal" / "static"
OPENAPI_PATH: Final = "/v1/openapi.json"

_LOG: Final = logging.getLogger("fundtrace")
_SAFE: Final = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))
_MACHINE_PATHS: Final = ("/v1/", "/log/", "/healthz", "/readyz", "/metrics")


def create_app(settings: Settings, ledger: ServedLedger, *, judge: Judge) -> FastAPI:
    """The application that serves `ledger`; the caller closes the ledger after the application has stopped.

    `judge` computes the findings, in the background and never in a request.
    """
    app = FastAPI(
        title="FundTrace",
        version=version("fundtrace"),
        summary="A signed, append-only ledger of earmarked public money",
        openapi_url=OPENAPI_PATH,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.ledger = ledger
    app.state.metrics = Metrics()
    app.state.worker = Worker(
        ledger,
        judge,
        fold_seconds=settings.fold_seconds,
        judge_seconds=settings.judge_seconds,
        jobs=_jobs(settings, ledger),
    )
    for module in (
        posting,
        entries,
        public_findings,
        schema,
        registry,
        log_files,
        anchors,
        health,
        portal_pages,
    ):
        app.include_router(module.router())
    app.mount("/static", _Assets(directory=STATIC), name="static")
    _add_error_answers(app)
    app.add_middleware(_SafeHeaders)
    app.add_middleware(_HeadAsGet)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign] # the way FastAPI documents it
    return app


def _jobs(settings: Settings, ledger: ServedLedger) -> Sequence[Job]:
    """What this server does now and then beside judging."""
    jobs = []
    if ledger.sequencer is not None:
        every = settings.heartbeat_seconds
        beat = Heartbeat(ledger, ledger.sequencer, seconds=every, head=ledger.head_file).beat
        jobs.append(Job(run=beat, seconds=every))
    anchoring = anchoring_of(settings, ledger)
    rounds = rounds_of(ledger)
    if anchoring is not None:
        jobs.append(Job(run=anchoring.anchor_newest, seconds=settings.anchor_seconds))
    if rounds is not None:
        jobs.append(Job(run=rounds.run, seconds=settings.witness_seconds))
    return jobs


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    worker: Worker = app.state.worker
    worker.start()
    try:
        yield
    finally:
        worker.stop()


class _Assets(StaticFiles):
    """Style sheets and marks, kept by readers for an hour."""

    async def get_response(self, path: str, scope: Scope) -> Response:  # type: ignore[explicit-override]
        """The file at `path`."""
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = ASSET
        return answer


class _SafeHeaders:
    """Headers that belong on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _value in message["headers"]}
                missing = (one for one in _SAFE if one[0] not in present)
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        await self._app(scope, receive, send_safely)


class _HeadAsGet:
    """Every GET is answered to HEAD too, without its body (RFC 9110 §9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


# --- errors ---------------------------------------------------------------------------------------------


def _add_error_answers(app: FastAPI) -> None:
    app.add_exception_handler(ToldError, _on_told)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_refused)
    app.add_exception_handler(Exception, _on_failure)


async def _on_told(request: Request, error: Exception) -> Response:
    if not isinstance(error, ToldError):
        raise error
    return _error_page(request, error) if _wants_page(request) else told(request, error)


async def _on_malformed(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    if _wants_page(request):
        return _missing_page(request)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return plain(
        request,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        code="parameter",
        place=place,
        zh=(f"{place}：参数不合规定（{first['msg']}）", f"请对照接口说明 {OPENAPI_PATH}"),
        en=(f"{place}: {first['msg']}", f"Compare with the API description at {OPENAPI_PATH}."),
    )


async def _on_refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    missing = error.status_code == HTTPStatus.NOT_FOUND
    if missing and _wants_page(request):
        return _missing_page(request)
    return plain(
        request,
        status=error.status_code,
        code="not-found" if missing else "http",
        zh=("这里没有所请求的内容" if missing else str(error.detail), f"可用的地址见 {OPENAPI_PATH}"),
        en=(str(error.detail), f"The addresses there are stand in {OPENAPI_PATH}."),
        headers=dict(error.headers or {}),
    )


async def _on_failure(request: Request, error: Exception) -> Response:
    """The reader gets a number to quote; the log has the same number with the traceback."""
    reference = secrets.token_hex(4)
    _LOG.error("failure %s at %s", reference, request.url.path, exc_info=error)
    if _wants_page(request):
        words = _words(request)
        heading, text = words.text("error.failed"), words.text("error.failed_text")
        return error_page(request, status=500, heading=heading, text=text, reference=reference)
    return plain(
        request,
        status=500,
        code="failure",
        zh=(f"服务器出错（编号 {reference}）", "请稍后重试；已入账的条目不受影响"),
        en=(
            f"the server failed (reference {reference})",
            "Try again later; what is recorded is not affected.",
        ),
    )


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(_MACHINE_PATHS) and request.method == "GET"


def _words(request: Request) -> Wording:
    return wording(page_language(request))


def _missing_page(request: Request) -> Response:
    words = _words(request)
    heading, text = words.text("error.not_found"), words.text("error.not_found_text")
    return error_page(request, status=404, heading=heading, text=text)


def _error_page(request: Request, error: ToldError) -> Response:
    words = _words(request)
    if isinstance(error, MissingError):
        return _missing_page(request)
    text = error.told_zh() if words.language == "zh" else str(error)
    answer = told(request, error)
    return error_page(request, status=answer.status_code, heading=words.text("error.title"), text=text)
