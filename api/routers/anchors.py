# SPDX-License-Identifier: Apache-2.0
"""What stands outside the log about it: the line to print, and time stamps of checkpoints (spec §2.11, §2.12)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.routers.log_files import a_file
from api.served_ledger import ServedLedger
from ledger.anchor import PRINTED_FILE
from ledger.export_files import printed_anchor
from ledger.static_headers import OCTETS, TEXT, headers_of
from ledger.store.anchors import anchor_file


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/log", tags=["log"])

    @routes.get(
        "/anchor.txt", response_class=Response, responses=a_file(TEXT), operation_id="getPrintedAnchor"
    )
    def printed(request: Request) -> Response:
        """The printed anchor of the newest checkpoint: one line for gazettes and notice boards."""
        ledger: ServedLedger = request.app.state.ledger
        return Response(printed_anchor(ledger.genesis, ledger.head()), headers=headers_of(PRINTED_FILE))

    @routes.get(
        "/anchor/{path:path}", response_class=Response, responses=a_file(OCTETS), operation_id="getAnchor"
    )
    def anchor(request: Request, path: str) -> Response:
        """Time stamps of checkpoints: ``index``, and for each anchor ``<size>-<n>.note`` and ``<size>-<n>.tsr``."""
        ledger: ServedLedger = request.app.state.ledger
        wanted = f"anchor/{path}"
        size = ledger.head().size
        with ledger.reading_database() as connection:
            data = anchor_file(connection, wanted, up_to=size)
        return Response(data, headers=headers_of(wanted))

    return routes
