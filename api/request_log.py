# SPDX-License-Identifier: Apache-2.0
"""One JSON line for each request and each event of the server: when, which route, what came of it.

A line never holds what people sent: no body, no header, no query, no address of a person's machine, and the template of a
path in place of the path. A failure is told by the types of its errors and where in the code they arose; their messages may
quote input, and stay out.
"""

import datetime
import json
import logging
import secrets
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.instant import format_instant

HEADER: Final = b"x-request-id"
REQUESTS: Final = logging.getLogger("fundtrace.requests")
FAILURES: Final = logging.getLogger("fundtrace")
_STATE: Final = "state"
_PROBLEM: Final = "problem_code"
_ID: Final = "request_id"


class RequestLog:
    """Gives each request an id, which its answer carries, and writes its line once it is answered."""

    def __init__(self, app: ASGIApp, *, now_ns: Callable[[], int]) -> None:
        """`now_ns` measures durations."""
        self._app = app
        self._now_ns = now_ns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application inside; the line is written however that ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = secrets.token_hex(8)
        scope.setdefault(_STATE, {})[_ID] = identifier
        begun, status = self._now_ns(), 0

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, identifier.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_numbered)
        finally:
            taken = (self._now_ns() - begun) // 1_000
            REQUESTS.info("request", extra={"fields": _line(scope, status, taken)})


def note_problem(scope: Scope, code: str) -> None:
    """The line of this request will name the problem that it was answered with."""
    scope.setdefault(_STATE, {})[_PROBLEM] = code


def request_id(scope: Scope) -> str:
    """The id of this request, which its line and its answer carry."""
    return str(scope.get(_STATE, {}).get(_ID, ""))


def log_failure(scope: Scope, error: BaseException) -> None:
    """A line with the types of `error` and of its causes, and where in the code each arose."""
    causes = [{"error": type(one).__qualname__, "at": list(_places(one))} for one in _chain(error)]
    FAILURES.error("failure", extra={"fields": {"id": request_id(scope), "causes": causes}})


class JsonLines(logging.Formatter):
    """Every record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:  # type: ignore[explicit-override]
        """The line; an exception is told by its type alone, because its message may quote input."""
        fields: dict[str, Any] = getattr(record, "fields", {})
        error = record.exc_info[0].__qualname__ if record.exc_info and record.exc_info[0] else None
        line = {
            "time": format_instant(datetime.datetime.fromtimestamp(record.created, datetime.UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **({"error": error} if error else {}),
            **fields,
        }
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as_json(*, requests: bool) -> None:
    """From now on this process writes its log to standard error as JSON lines; requests only if wanted."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    REQUESTS.setLevel(logging.INFO if requests else logging.WARNING)


def _line(scope: Scope, status: int, microseconds: int) -> dict[str, Any]:
    state = scope.get(_STATE, {})
    return {
        "id": state[_ID],
        "method": scope["method"],
        "route": _route(scope),
        "status": status,
        "us": microseconds,
        **({"problem": state[_PROBLEM]} if _PROBLEM in state else {}),
    }


def _route(scope: Scope) -> str:
    """The template of the path, the folder of mounted files, or nothing: never the path itself."""
    return str(getattr(scope.get("route"), "path", "") or scope.get("root_path", ""))


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
