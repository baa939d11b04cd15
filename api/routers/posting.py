# SPDX-License-Identifier: Apache-2.0
"""Taking in submissions: raw bytes in, a durable answer with receipt and checkpoint out, or problems that can be mended."""

import base64
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.admission import Quotas, sender_of
from api.bodies import bounded_body
from api.problems import problem, refusal
from api.served_ledger import ServedLedger
from ledger.outcome import Accepted, Refused
from ledger.sequencer import Sequencer
from ledger.store.cosignatures import shown_note
from ledger.store.log_reader import LogReader
from ledger.store.stored_receipt import stored_receipt
from ledger.submission import WIRE_BYTES_MAX, parse_wire

POSTERS: Final = 64
"""Submissions worked on at once; the others wait, and those who look at pages are not in their queue."""

_LOOK_SECONDS: Final = 0.2
"""Between two looks at what the witnesses have cosigned."""

Wait = Literal["quorum"]
Quorum = Literal["reached", "waiting"]

Base64 = Annotated[str, Field(description="standard base64")]


class AcceptedAnswer(BaseModel):
    """A submission that stands in the ledger for good."""

    seq: Annotated[int, Field(description="position of its header entry; its events follow")]
    events: Annotated[int, Field(description="how many events follow it")]
    recorded: Annotated[str, Field(description="instant at which the ledger took it in")]
    replayed: Annotated[bool, Field(description="it was stored before; this is the first answer again")]
    receipt: Annotated[Base64, Field(description=".tlog-proof of the header entry (C2SP tlog-proof)")]
    checkpoint: Annotated[str, Field(description="the signed note inside the receipt")]
    quorum: Annotated[
        Quorum | None,
        Field(description="only with `wait=quorum`: whether the witnesses have cosigned in time"),
    ] = None


def router() -> APIRouter:
    """The routes of this module, with a limiter of their own."""
    routes = APIRouter(tags=["posting"])
    limiter = CapacityLimiter(POSTERS)

    @routes.post(
        "/v1/submissions",
        status_code=201,
        response_model=AcceptedAnswer,
        responses={200: {"model": AcceptedAnswer, "description": "Stored before: the first answer again"}},
        openapi_extra={"requestBody": _body()},
        operation_id="postSubmission",
    )
    async def post_submission(
        request: Request,
        wait: Annotated[
            Wait | None, Query(description="`quorum`: answer once the witnesses have cosigned")
        ] = None,
    ) -> Response:
        """Store one signed submission. The answer comes after it is durable; sending it again is always safe.

        With `wait=quorum` it comes when the quorum of witnesses has cosigned a checkpoint over it, and its receipt is under
        that checkpoint; if that takes too long, the answer says `"quorum": "waiting"`, and the submission is stored all the
        same.
        """
        ledger: ServedLedger = request.app.state.ledger
        sequencer = ledger.posting()
        if wait == "quorum" and not ledger.publication.has_quorum:
            return _no_quorum(request)
        data = await bounded_body(request, WIRE_BYTES_MAX)
        if data is None:
            return _too_large(request)
        quotas: Quotas = request.app.state.quotas
        outcome = await anyio.to_thread.run_sync(
            _submit, sequencer, data, quotas, sender_of(request), limiter=limiter
        )
        match outcome:
            case Accepted():
                request.app.state.worker.nudge()
                request.app.state.metrics.submitted("replayed" if outcome.replayed else "stored")
                if wait is None:
                    return _accepted(outcome)
                seconds = request.app.state.settings.quorum_wait_seconds
                witnessed = await _witnessed(ledger, outcome, seconds)
                return _accepted(witnessed or outcome, quorum="reached" if witnessed else "waiting")
            case Refused():
                request.app.state.metrics.submitted("refused")
                return refusal(request, outcome.problems)

    return routes


def _submit(sequencer: Sequencer, data: bytes, quotas: Quotas, sender: str) -> Accepted | Refused:
    """The outcome. Cheap checks come first: size was, then form, quota, keys, signatures, content."""
    submission = parse_wire(data)
    quotas.check(submission, sender)
    outcome = sequencer.submit(submission)
    quotas.charge(submission, sender, outcome)
    return outcome


async def _witnessed(ledger: ServedLedger, outcome: Accepted, seconds: float) -> Accepted | None:
    """`outcome` with its receipt under a checkpoint that the quorum has cosigned; None if none is there in time."""
    with anyio.move_on_after(seconds):
        while True:
            found = await anyio.to_thread.run_sync(_under_quorum, ledger, outcome)
            if found is not None:
                return found
            await anyio.sleep(_LOOK_SECONDS)
    return None


def _under_quorum(ledger: ServedLedger, outcome: Accepted) -> Accepted | None:
    with ledger.reading_database() as connection:
        found = ledger.publication.newest_reached(connection)
        if found is None or found.size < outcome.seq + 1 + outcome.events:
            return None
        cosigned = replace(found, note=shown_note(connection, found))
        receipt = stored_receipt(LogReader(connection), outcome.seq, cosigned)
    return replace(outcome, receipt=receipt, checkpoint=cosigned.note)


def _accepted(outcome: Accepted, *, quorum: Quorum | None = None) -> JSONResponse:
    answer = AcceptedAnswer(
        seq=outcome.seq,
        events=outcome.events,
        recorded=outcome.recorded,
        replayed=outcome.replayed,
        receipt=base64.b64encode(outcome.receipt).decode("ascii"),
        checkpoint=outcome.checkpoint.decode(),
        quorum=quorum,
    )
    headers = {"Location": f"/v1/entries/{outcome.seq}", "Cache-Control": "no-store"}
    return JSONResponse(
        answer.model_dump(exclude_none=True), status_code=200 if outcome.replayed else 201, headers=headers
    )


def _too_large(request: Request) -> Response:
    return problem(
        request,
        status=413,
        code="submission-too-large",
        place="body",
        zh=(f"提交超过 {WIRE_BYTES_MAX:,} 字节", "请拆成几次提交"),
        en=(
            f"the submission is larger than {WIRE_BYTES_MAX:,} bytes",
            "Send fewer events in one submission.",
        ),
    )


def _no_quorum(request: Request) -> Response:
    return problem(
        request,
        status=400,
        code="no-quorum",
        place="wait",
        zh=("本账本没有可等待的见证方法定数，未存入任何内容", "请去掉 wait=quorum 后重新提交"),
        en=(
            "this ledger has no quorum of witnesses to wait for; nothing was stored",
            "Send it again without wait=quorum.",
        ),
    )


def _body() -> dict[str, Any]:
    return {
        "required": True,
        "description": "One submission: header, signatures, events; one NDJSON line, canonical or not.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Submission"}}},
    }
