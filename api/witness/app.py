# SPDX-License-Identifier: Apache-2.0
"""The witness behind HTTP: C2SP tlog-witness, submission and monitoring prefix the same."""

from typing import Final, assert_never

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.bodies import bounded_body
from api.witness.desk import Cosigned, Desk, Outcome
from api.witness.judgement import Refused, Stale
from api.witness.request import MAX_BODY
from ledger.errors import EnvironmentFault, ToldError

SIZE: Final = "text/x.tlog.size"
_NEVER_KEPT: Final = {"Cache-Control": "no-store"}


def create_app(desk: Desk) -> Starlette:
    """The application that answers for `desk`; the caller closes what the desk rests on after it has stopped."""

    async def add_checkpoint(request: Request) -> Response:
        body = await bounded_body(request, MAX_BODY)
        if body is None:
            return PlainTextResponse(f"at most {MAX_BODY:,} bytes are taken\n", status_code=413)
        return _answer(await anyio.to_thread.run_sync(desk.add_checkpoint, body))

    async def checkpoint(request: Request) -> Response:
        found = await anyio.to_thread.run_sync(desk.shown, request.path_params["hash"])
        if found is None:
            return PlainTextResponse("no checkpoint of this log was ever cosigned here\n", status_code=404)
        return PlainTextResponse(found, headers=_NEVER_KEPT)

    async def keys(_request: Request) -> Response:
        return PlainTextResponse("".join(f"{key.text}\n" for key in desk.keys), headers=_NEVER_KEPT)

    app = Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{hash}/checkpoint", checkpoint, methods=["GET"]),
            Route("/", keys, methods=["GET"]),
        ],
        exception_handlers={EnvironmentFault: _on_fault},
    )
    app.router.redirect_slashes = False  # one address for each thing
    return app


def _answer(outcome: Outcome) -> Response:
    match outcome:
        case Cosigned():
            return PlainTextResponse(outcome.lines, headers=_NEVER_KEPT)
        case Stale():
            # Starlette would add a character set to any type that begins with text/.
            headers = {"Content-Type": SIZE, **_NEVER_KEPT}
            return Response(f"{outcome.size}\n", status_code=409, headers=headers)
        case Refused():
            return _told(outcome.error, outcome.status)
        case _:
            assert_never(outcome)


async def _on_fault(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ToldError):
        raise error
    return _told(error, 503)


def _told(error: ToldError, status: int) -> Response:
    return PlainTextResponse(f"{error}\n{error.told_zh()}\n", status_code=status, headers=_NEVER_KEPT)
