# SPDX-License-Identifier: Apache-2.0
"""Errors as answers: problem details (RFC 9457) that name place and remedy, in the reader's language.

This is the one place where errors and problems of the ledger become HTTP. Every body has `type`, `title`, `status`,
`detail`, `instance` and, beyond the standard, `code`, `place`, `remedy`; a refused submission lists its `problems`.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from api.languages import Language, asked_language
from ledger.errors import EnvironmentFault, LimitError, MissingError, ToldError
from ledger.problems import Problem

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:fundtrace:problem:"

_TOO_LARGE: Final = frozenset({"event-too-large", "entry-too-large", "submission-too-large"})
_CONFLICTS: Final = frozenset(
    {
        "submission-conflict",
        "submission-duplicate",
        "id-duplicate",
        "statement-line-duplicate",
        "corrected-twice",
        "version",
    }
)
_TITLES: Final[dict[int, tuple[str, str]]] = {
    400: ("The request is not of the form asked for", "请求的格式不对"),
    403: ("The signatures do not give the right to do this", "签名不足以办理此事"),
    404: ("There is no such thing here", "这里没有所请求的内容"),
    405: ("This address does not take that method", "此地址不接受该方法"),
    409: ("It conflicts with what the ledger holds", "与账本已有内容冲突"),
    413: ("It is too large", "内容过大"),
    422: ("The ledger refuses it", "账本不予登记"),
    500: ("The server failed", "服务器出错"),
    503: ("The server cannot do this now", "服务器暂时无法办理"),
}


def language_of(request: Request) -> Language:
    """The language in which `request` wants to be answered."""
    return asked_language(
        parameter=request.query_params.get("lang"),
        accept=request.headers.get("accept-language"),
        otherwise=request.app.state.settings.language,
    )


def status_of(problems: Sequence[Problem]) -> int:
    """The status of a refusal: 403 for signatures and actors, 409 for conflicts, 413, and 422 for all else."""
    if any(problem.check == "I6" for problem in problems):
        return HTTPStatus.FORBIDDEN
    codes = {problem.code for problem in problems}
    if codes & _CONFLICTS:
        return HTTPStatus.CONFLICT
    if codes & _TOO_LARGE:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def refusal(request: Request, problems: Sequence[Problem]) -> JSONResponse:
    """The answer to a submission that the ledger refuses: every problem with event, field, message and remedy."""
    language = language_of(request)
    listed = [_listed(problem, language) for problem in problems]
    first = problems[0]
    return _answer(
        request,
        language,
        status=status_of(problems),
        code=first.code,
        detail=first.told_zh() if language == "zh" else first.told_en(),
        extra={"place": listed[0]["place"], "remedy": listed[0]["remedy"], "problems": listed},
    )


def told(request: Request, error: ToldError, *, status: int | None = None) -> JSONResponse:
    """The answer to an error that says for itself what is wrong, where, and what to do; `status` goes by its kind."""
    language = language_of(request)
    usual, headers = _status_of_error(error)
    status = usual if status is None else status
    zh = language == "zh"
    return _answer(
        request,
        language,
        status=status,
        code=error.code,
        detail=error.told_zh() if zh else str(error),
        extra={"place": error.place, "remedy": error.remedy_zh if zh else error.remedy_en},
        headers=headers,
    )


def plain(  # noqa: PLR0913 - the members of a problem
    request: Request,
    *,
    status: int,
    code: str,
    zh: tuple[str, str],
    en: tuple[str, str],
    place: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem with message and remedy given in both languages; `place` is the address unless given."""
    language = language_of(request)
    message, remedy = zh if language == "zh" else en
    extra = {"place": place or request.url.path, "remedy": remedy}
    return _answer(request, language, status=status, code=code, detail=message, extra=extra, headers=headers)


def _status_of_error(error: ToldError) -> tuple[int, dict[str, str]]:
    match error:
        case EnvironmentFault():
            return HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"}
        case MissingError():
            return HTTPStatus.NOT_FOUND, {}
        case LimitError():
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}
        case _ if error.code in _TOO_LARGE:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}
        case _:
            return HTTPStatus.BAD_REQUEST, {}


def _listed(problem: Problem, language: Language) -> dict[str, Any]:
    zh = language == "zh"
    at = {} if problem.index is None else {"index": problem.index}
    return {
        "code": problem.code,
        "check": problem.check,
        "place": problem.place if problem.index is None else f"events[{problem.index}].{problem.place}",
        "message": problem.message_zh if zh else problem.message_en,
        "remedy": problem.remedy_zh if zh else problem.remedy_en,
        **at,
    }


def _answer(  # noqa: PLR0913 - the members of a problem
    request: Request,
    language: Language,
    *,
    status: int,
    code: str,
    detail: str,
    extra: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    en, zh = _TITLES.get(status, (HTTPStatus(status).phrase, HTTPStatus(status).phrase))
    body = {
        "type": TYPE_PREFIX + code,
        "title": zh if language == "zh" else en,
        "status": int(status),
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        **extra,
    }
    tags = {"Content-Language": "zh-CN" if language == "zh" else "en", "Vary": "Accept-Language"}
    return JSONResponse(
        body,
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**tags, "Cache-Control": "no-store", **(headers or {})},
    )
