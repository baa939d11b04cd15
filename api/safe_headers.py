# SPDX-License-Identifier: Apache-2.0
"""Headers that belong on every answer, and which answers other sites may read in a browser."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.static_headers import CONTENT_SECURITY_POLICY

OPEN_READS: Final = (
    *(f"/v1/{name}" for name in ("entries", "receipts", "lines", "funds", "projects", "parties", "accounts")),
    *(f"/v1/{name}" for name in ("obligations", "findings", "schema", "openapi.json")),
    "/log",
)
"""What anybody may read, from a page of any site (CORS, Fetch standard §3.2); nothing here knows who asks."""

_SAFE: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,  # an answer that is no page needs nothing else; pages bring theirs
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_EXPOSED: Final = "Content-Language, ETag, Retry-After, X-Request-Id"


class SafeHeaders:
    """Every answer has the headers above, where it does not bring its own; open reads may be read by other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application inside, or a preflight question by itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        shared = _is_open_read(scope["path"])

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
                if shared and scope["method"] == "GET":
                    _share(headers, scope["path"])
            await send(message)

        if shared and scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send_safely)
        else:
            await self._app(scope, receive, send_safely)


class HeadAsGet:
    """Every GET is answered to HEAD too, without its body (RFC 9110 §9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application inside."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


def _is_open_read(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in OPEN_READS)


def _share(headers: MutableHeaders, path: str) -> None:
    headers.setdefault("Access-Control-Allow-Origin", "*")
    if path.startswith("/v1/"):  # the log's headers are those of a static server, no more
        headers.setdefault("Access-Control-Expose-Headers", _EXPOSED)
