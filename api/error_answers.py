# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong becomes an answer: a page for people who look at pages, a problem (RFC 9457) for everybody else."""

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission import TooOftenError, too_often
from api.bodies import BYTES_PER_SECOND, SlowBodyError
from api.description import OPENAPI_PATH
from api.portal.wording import Wording, wording
from api.problems import problem, told
from api.request_log import log_failure, request_id
from api.routers.portal_answers import error_page, page_language
from ledger.errors import MissingError, ToldError

_MACHINE_PATHS: Final = ("/v1/", "/log/", "/healthz", "/readyz", "/metrics")
_SHOWN: Final = 8
"""Characters of a request id that people are asked to quote."""


def answer_errors(app: FastAPI) -> None:
    """Errors that a route raises on purpose get their answers; `Failures` has the others."""
    app.add_exception_handler(ToldError, _on_told)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_refused)
    app.add_exception_handler(SlowBodyError, _on_slow_body)
    app.add_exception_handler(TooOftenError, _on_too_often)


class Failures:
    """A failure of this program is answered with 500 and a number to quote, and logged under that number."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the application inside; nothing is raised to the server."""
        begun = False

        async def send_watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            if scope["type"] != "http":
                raise
            log_failure(scope, error)
            if not begun:  # else the server cuts the connection, because the answer was never finished
                await _failed(Request(scope))(scope, receive, send)


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
    return problem(
        request,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        code="parameter",
        place=place,
        zh=(f"{place}：参数不合规定", f"请对照接口说明 {OPENAPI_PATH}"),
        en=(f"{place}: {first['msg']}", f"Compare with the API description at {OPENAPI_PATH}."),
    )


async def _on_refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    match error.status_code:
        case HTTPStatus.NOT_FOUND if _wants_page(request):
            return _missing_page(request)
        case HTTPStatus.NOT_FOUND:
            code = "not-found"
            zh, en = "这里没有所请求的内容", "there is nothing at this address"
        case HTTPStatus.METHOD_NOT_ALLOWED:
            code = "method-not-allowed"
            allowed = headers.get("Allow", "GET")
            zh, en = f"此地址只接受 {allowed}", f"this address takes {allowed} only"
        case _:
            code = "http"
            zh, en = f"请求未能处理（{error.status_code}）", str(error.detail)
    return problem(
        request,
        status=error.status_code,
        code=code,
        zh=(zh, f"可用的地址和方法见 {OPENAPI_PATH}"),
        en=(en, f"The addresses there are, and their methods, stand in {OPENAPI_PATH}."),
        headers=headers,
    )


async def _on_too_often(request: Request, error: Exception) -> Response:
    if not isinstance(error, TooOftenError):
        raise error
    return too_often(request, error.seconds)


async def _on_slow_body(request: Request, _error: Exception) -> Response:
    return problem(
        request,
        status=HTTPStatus.REQUEST_TIMEOUT,
        code="body-slow",
        place="body",
        zh=("请求内容传输过慢，未保存任何内容", "请在较好的网络上原样重发，或拆成几次提交"),
        en=(
            f"the body came more slowly than {BYTES_PER_SECOND:,} bytes a second; nothing was stored",
            "Send it again over a better line, or send fewer events in one submission.",
        ),
        headers={"Connection": "close"},
    )


def _failed(request: Request) -> Response:
    """The reader gets a number to quote; the log has the same number with where it happened."""
    reference = request_id(request.scope)[:_SHOWN]
    if _wants_page(request):
        words = _words(request)
        heading, text = words.text("error.failed"), words.text("error.failed_text")
        return error_page(request, status=500, heading=heading, text=text, reference=reference)
    return problem(
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
