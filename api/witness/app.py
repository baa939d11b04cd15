# SPDX-License-Identifier: Apache-2.0
"""The witness behind HTTP: C2SP tlog-witness, submission and monitoring prefix the same."""

from http import HTTPStatus
from typing import Final, assert_never

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.bodies import SlowBodyError, bounded_body
from api.witness.desk import Cosigned, Desk, Outcome
from api.witness.judgement import Refused, Stale
from api.witness.request import MAX_BODY
from ledger.errors import EnvironmentFault, ToldError

SIZE: Final = "text/x.tlog.size"
TEXT: Final = "text/plain; charset=utf-8"
_NEVER_KEPT: Final = {"Cache-Control": "no-store"}


def create_app(desk: Desk) -> Starlette:
    """The application that answers for `desk`; the caller closes what the desk rests on after it has stopped."""

    async def add_checkpoint(request: Request) -> Response:
        body = await bounded_body(request, MAX_BODY)
        if body is None:
            return PlainTextResponse(
                f"at most {MAX_BODY:,} bytes are taken\n", status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        status, kind, data = status_of(await anyio.to_thread.run_sync(desk.add_checkpoint, body))
        # A content type as a header of its own: Starlette would add a character set to any media type of text.
        return Response(data, status_code=status, headers={"Content-Type": kind, **_NEVER_KEPT})

    async def checkpoint(request: Request) -> Response:
        found = await anyio.to_thread.run_sync(desk.shown, request.path_params["hash"])
        if found is None:
            return PlainTextResponse(
                "no checkpoint of this log was ever cosigned here\n", status_code=HTTPStatus.NOT_FOUND
            )
        return PlainTextResponse(found, headers=_NEVER_KEPT)

    async def keys(_request: Request) -> Response:
        return PlainTextResponse("".join(f"{key.text}\n" for key in desk.keys), headers=_NEVER_KEPT)

    app = Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{hash}/checkpoint", checkpoint, methods=["GET"]),
            Route("/", keys, methods=["GET"]),
        ],
        exception_handlers={EnvironmentFault: _on_fault, SlowBodyError: _on_slow_body},
    )
    app.router.redirect_slashes = False  # one address for each thing
    return app


def status_of(outcome: Outcome) -> tuple[int, str, bytes]:
    """Status, content type and body of an answer (C2SP tlog-witness)."""
    match outcome:
        case Cosigned():
            return HTTPStatus.OK, TEXT, outcome.lines
        case Stale():
            return HTTPStatus.CONFLICT, SIZE, f"{outcome.size}\n".encode()
        case Refused():
            return outcome.status, TEXT, _told(outcome.error)
        case _:
            assert_never(outcome)


async def _on_fault(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ToldError):
        raise error
    return PlainTextResponse(_told(error), HTTPStatus.SERVICE_UNAVAILABLE, headers=_NEVER_KEPT)


async def _on_slow_body(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse(
        "the checkpoint came too slowly\n", HTTPStatus.REQUEST_TIMEOUT, headers=_NEVER_KEPT
    )


def _told(error: ToldError) -> bytes:
    return f"{error}\n{error.told_zh()}\n".encode()
