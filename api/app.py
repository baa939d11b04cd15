# SPDX-License-Identifier: Apache-2.0
"""The application: one ledger behind HTTP. Everything it knows hangs on the application object; modules hold no state."""

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.admission import AddressLimit, Quotas
from api.anchoring import anchoring_of
from api.attachments.bucket_store import store_at
from api.attachments.counter import FileCounter
from api.caching import ASSET
from api.confidential.reading_room import ReadingRoom
from api.description import OPENAPI_PATH, describe
from api.drafts.draft_desk import DraftDesk
from api.drafts.forgetting import FORGET_SECONDS, forget_expired
from api.error_answers import Failures, answer_errors
from api.heartbeat import Heartbeat
from api.metrics import Metrics
from api.notices.configured import notices_of
from api.notices.notice_round import NoticeRound
from api.request_log import RequestLog
from api.routers import (
    anchors,
    attachments,
    desk_pages,
    disclosures,
    drafts,
    due,
    entries,
    forms,
    health,
    log_files,
    obligations,
    portal_pages,
    posting,
    public_findings,
    registry,
    schema,
    sessions,
)
from api.safe_headers import HeadAsGet, SafeHeaders
from api.served_ledger import ServedLedger
from api.sessions.audience import parse_addresses
from api.sessions.front_desk import FrontDesk
from api.settings import Settings
from api.witnessing.configured import rounds_of
from api.witnessing.rounds import Rounds
from api.worker import Job, Judge, Worker
from ledger.clock import Clock, system_clock

STATIC: Final = Path(__file__).parent / "portal" / "static"


def create_app(
    settings: Settings, ledger: ServedLedger, *, judge: Judge, now: Clock = system_clock
) -> FastAPI:
    """The application that serves `ledger`; the caller closes the ledger after the application has stopped.

    `judge` computes the findings, in the background and never in a request; `now` is the clock of sessions and drafts.
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
    app.state.quotas = Quotas(
        address_rate=settings.address_rate, key_rate=settings.key_rate, now_ns=time.monotonic_ns
    )
    app.state.rounds = rounds_of(ledger)
    app.state.notices = notices_of(settings, ledger, now=now)
    app.state.worker = Worker(
        ledger,
        judge,
        fold_seconds=settings.fold_seconds,
        judge_seconds=settings.judge_seconds,
        jobs=_jobs(settings, ledger, app.state.rounds, app.state.notices, now=now),
    )
    app.state.front_desk = FrontDesk(ledger, app.state.worker, now=now)
    app.state.draft_desk = DraftDesk(ledger, app.state.front_desk)
    store = None if settings.attachments is None else store_at(settings.attachments)
    app.state.file_counter = FileCounter(ledger, app.state.front_desk, store, limit=settings.attachment_bytes)
    app.state.reading_room = ReadingRoom(ledger, app.state.front_desk)
    app.state.front_desk.audiences = parse_addresses(settings.public_addresses)
    for module in (
        posting,
        sessions,
        drafts,
        disclosures,
        attachments,
        forms,
        entries,
        public_findings,
        obligations,
        due,
        schema,
        registry,
        log_files,
        anchors,
        health,
        portal_pages,
        desk_pages,
    ):
        app.include_router(module.router())
    app.mount("/static", _Assets(directory=STATIC), name="static")
    answer_errors(app)
    # From the inside out: the last one added sees a request first.
    app.add_middleware(AddressLimit)
    app.add_middleware(Failures)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestLog, now_ns=time.monotonic_ns)
    app.add_middleware(HeadAsGet)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign] # the way FastAPI documents it
    _build_routes(app)
    return app


def _build_routes(app: FastAPI) -> None:
    """FastAPI builds a route when it is first looked for; here before any request, so that none waits and no two build."""
    nowhere = {"type": "http", "method": "GET", "path": "", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(nowhere)


def _jobs(
    settings: Settings,
    ledger: ServedLedger,
    rounds: Rounds | None,
    notices: NoticeRound | None,
    *,
    now: Clock,
) -> Sequence[Job]:
    """What this server does now and then beside judging."""
    jobs = []
    if ledger.sequencer is not None:
        every = settings.heartbeat_seconds
        beat = Heartbeat(ledger, ledger.sequencer, seconds=every, head=ledger.head_file).beat
        jobs.append(Job(run=beat, seconds=every))
        jobs.append(Job(run=partial(forget_expired, ledger.engine, now), seconds=FORGET_SECONDS))
    anchoring = anchoring_of(settings, ledger)
    if anchoring is not None:
        jobs.append(Job(run=anchoring.anchor_newest, seconds=settings.anchor_seconds))
    if rounds is not None:
        jobs.append(Job(run=rounds.run, seconds=settings.witness_seconds))
    if notices is not None:
        jobs.append(Job(run=notices.run, seconds=settings.notice_seconds))
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
