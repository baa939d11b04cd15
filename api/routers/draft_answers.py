# SPDX-License-Identifier: Apache-2.0
"""What is answered about a draft: how it stands, what will be signed in bytes and in words, and what it waits for."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

import msgspec
from fastapi import Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.drafts.draft import Draft, Whole
from api.drafts.draft_desk import DraftDesk, Progress, events_of
from api.drafts.signing_view import SeenDraft, SeenEvent, seen_draft
from api.languages import Language
from api.problems import language_of, refusal
from api.routers.portal_answers import visiting
from api.sessions.front_desk import Present
from ledger.outcome import Accepted, Refused
from ledger.problems import Problem
from ledger.submission import Header, header_bytes

UNCACHED: Final = {"Cache-Control": "no-store"}


LISTED_MAX: Final = 200
After = Annotated[
    str,
    Query(
        pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z/[0-9a-f]{32})?$",
        description="`next` of the page before",
    ),
]


class DraftRow(BaseModel):
    """A draft in a list."""

    id: str
    party: str
    submission: Annotated[str, Field(description="id of the submission that it becomes")]
    dated: Annotated[str, Field(description="when the newest version was made: its signed_at")]
    state: Annotated[str, Field(description="open, returned, posting or posted; expired where it lapsed")]
    version: int
    expires: str
    reason: str
    returned_by: str
    seq: Annotated[int | None, Field(description="position of its header entry once it is posted")]


class DraftList(BaseModel):
    """One page of the drafts of the signer's party, those that expire last first."""

    drafts: list[DraftRow]
    next: Annotated[str | None, Field(description="give it as `after` for the next page; null at the end")]


class SeenRow(BaseModel):
    """An event as a signer sees it."""

    number: int
    kind: str
    says: str
    amount: int | None
    figure: str
    capitals: str
    change: Annotated[str, Field(description="against the last version: first, same, new, changed or gone")]
    before: str | None


class WaitingRow(BaseModel):
    """What is missing before the submission can be posted."""

    code: str
    message: str
    remedy: str


class DraftAnswer(DraftRow):
    """A draft: what will be signed, byte for byte and in words, and what it waits for."""

    header: dict[str, Any]
    events: list[dict[str, Any]]
    last: list[dict[str, Any]] | None
    signatures: list[dict[str, Any]]
    seen: list[SeenRow]
    total: Annotated[int, Field(description="sum of the amounts, minor units")]
    total_figure: str
    total_capitals: str
    waiting: list[WaitingRow]


def draft_row(request: Request, draft: Draft, header: Header) -> dict[str, Any]:
    """`draft` with its newest header as a row."""
    now = request.app.state.front_desk.now()
    state = "expired" if draft.expired(now) and draft.state != "returned" else draft.state
    told = {"state": state, "submission": header.id, "dated": header.signed_at}
    return {name: told.get(name, getattr(draft, name, None)) for name in DraftRow.model_fields}


def draft_page(request: Request, present: Present, after: str) -> dict[str, Any]:
    """The drafts behind `after`, the `next` of the page before."""
    expires, _, name = after.partition("/")
    desk: DraftDesk = request.app.state.draft_desk
    found = desk.listed(present, after=(expires, name) if after else None, most=LISTED_MAX + 1)
    rows = [draft_row(request, one, header) for one, header in found[:LISTED_MAX]]
    more = len(found) > LISTED_MAX
    return {"drafts": rows, "next": f"{rows[-1]['expires']}/{rows[-1]['id']}" if more else None}


def seen_in(request: Request, whole: Whole, *, language: Language) -> SeenDraft:
    """The draft in the words of `language`."""
    last = () if whole.last is None else whole.last.events
    with visiting(request) as visit:
        frame = replace(visit.frame, language=language, exact=True)
        newest = whole.newest
        return seen_draft(
            replace(visit, frame=frame).sentences(), events_of(newest), last, disclosures=newest.disclosures
        )


def draft_answer(request: Request, progress: Progress) -> Response:
    """The draft as it stands, or the refusal of the ledger; what was posted is told to worker and metrics."""
    match progress.outcome:
        case Refused():
            request.app.state.metrics.submitted("refused")
            return refusal(request, progress.outcome.problems)
        case Accepted():
            request.app.state.worker.nudge()
            request.app.state.metrics.submitted("replayed" if progress.outcome.replayed else "stored")
        case None:
            pass
    whole = progress.whole
    seen = seen_in(request, whole, language=language_of(request))
    last = None if whole.last is None else [json.loads(one) for one in whole.last.events]
    body = {
        **draft_row(request, whole.draft, whole.newest.header),
        "header": json.loads(header_bytes(whole.newest.header)),
        "events": [json.loads(one) for one in whole.newest.events],
        "last": last,
        "signatures": [msgspec.to_builtins(one) for one in whole.signatures],
        "seen": [_seen_row(one) for one in (*seen.events, *seen.gone)],
        "total": seen.total,
        "total_figure": seen.total_figure,
        "total_capitals": seen.total_capitals,
        "waiting": [_waiting_row(request, one) for one in _open(whole.draft, progress.waiting)],
    }
    return JSONResponse(body, headers=UNCACHED)


def _open(draft: Draft, waiting: Sequence[Problem]) -> Sequence[Problem]:
    return waiting if draft.state != "posted" else ()


def _seen_row(one: SeenEvent) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in SeenRow.model_fields}
    before = None if one.before is None else one.before.striptags()
    return {**fields, "says": one.says.striptags(), "before": before}


def _waiting_row(request: Request, problem: Problem) -> dict[str, str]:
    zh = language_of(request) == "zh"
    return {
        "code": problem.code,
        "message": problem.message_zh if zh else problem.message_en,
        "remedy": problem.remedy_zh if zh else problem.remedy_en,
    }
