# SPDX-License-Identifier: Apache-2.0
"""The log as static files over HTTP: C2SP tlog-tiles (`/log/checkpoint`, `/log/tile/…`) and the policy beside them.

Bytes and headers are those of an export behind a plain web server (`ledger.static_headers`, docs/operator/static.md).
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.caching import compressed
from api.problems import problem
from api.served_ledger import ServedLedger
from ledger.errors import FormatError, MissingError
from ledger.static_headers import OCTETS, TEXT, headers_of
from ledger.tiles import parse_tile_path


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/log", tags=["log"])

    @routes.get("/checkpoint", response_class=Response, responses=a_file(TEXT), operation_id="getCheckpoint")
    def checkpoint(request: Request) -> Response:
        """The newest signed checkpoint, with the lines of its witnesses (C2SP tlog-checkpoint)."""
        ledger: ServedLedger = request.app.state.ledger
        return Response(ledger.shown().note, headers=headers_of("checkpoint"))

    @routes.get("/policy", response_class=Response, responses=a_file(TEXT), operation_id="getPolicy")
    def policy(request: Request) -> Response:
        """The log's keys and its witnesses (C2SP tlog-policy). Compare them by another channel before relying on them."""
        ledger: ServedLedger = request.app.state.ledger
        return Response(ledger.publication.policy(ledger.log_keys()), headers=headers_of("policy"))

    @routes.get(
        "/tile/{path:path}", response_class=Response, responses=a_file(OCTETS), operation_id="getTile"
    )
    def tile(request: Request, path: str) -> Response:
        """A hash tile ``<level>/<number>[.p/<width>]`` or an entry bundle ``entries/<number>[.p/<width>]``."""
        ledger: ServedLedger = request.app.state.ledger
        try:
            wanted = parse_tile_path(f"tile/{path}")
        except FormatError as error:
            raise _no_file(error) from error
        if wanted.level is None and ledger.genesis.entries == "restricted":
            return restricted(request)
        with ledger.reading() as reader:
            data = reader.tile(wanted)
        headers = headers_of(wanted.path)
        return (
            Response(data, headers=headers)
            if wanted.level is not None
            else compressed(request, data, headers)
        )

    return routes


def _no_file(error: FormatError) -> MissingError:
    """A path that no tile has is a file that is not there."""
    return MissingError(
        code=error.code,
        place=error.place,
        message_en=error.message_en,
        message_zh=error.message_zh,
        remedy_en=error.remedy_en,
        remedy_zh=error.remedy_zh,
    )


def a_file(media_type: str) -> dict[int | str, dict[str, object]]:
    """The answer of a route that sends a file, for the description of the API."""
    return {
        200: {"content": {media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}}}
    }


def restricted(request: Request) -> Response:
    """403: many entries at once are for auditors where genesis restricts them."""
    return problem(
        request,
        status=403,
        code="entries-restricted",
        zh=("本账本的条目包只对审计人员开放", "请以审计身份登录，或在条目页查看单个条目"),
        en=(
            "entry bundles of this ledger are for auditors only",
            "Sign in as an auditor, or read single entries on their pages.",
        ),
    )
