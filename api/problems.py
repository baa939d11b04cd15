# SPDX-License-Identifier: Apache-2.0
"""Errors as answers: problem details (RFC 9457) that name place and remedy, in the reader's language and beside it in both.

This is the one place where errors and problems of the ledger become HTTP. Every body has `type`, `title`, `status`,
`detail`, `instance` and, beyond the standard, `code`, `place`, `remedy` and `languages`, which has both in each;
a refused submission lists its `problems`.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse

from api.languages import LANGUAGES, Language, asked_language
from api.refusals import RequestRefused
from api.request_log import note_problem
from ledger.errors import EnvironmentFault, LimitError, MissingError, ToldError
from ledger.problems import Problem

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:fundtrace:problem:"

Words = tuple[str, str]
"""What is wrong, and what to do about it."""
_Both = Mapping[Language, Words]

_TOO_LARGE: Final = frozenset({"event-too-large", "entry-too-large"})
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
_TITLES: Final[dict[int, tuple[str, str]]] = {  # in the order of LANGUAGES
    400: ("请求的格式不对", "The request is not of the form asked for"),
    401: ("请先登录", "Sign in first"),
    403: ("签名不足以办理此事", "The signatures do not give the right to do this"),
    404: ("这里没有所请求的内容", "There is no such thing here"),
    405: ("此地址不接受该方法", "This address does not take that method"),
    408: ("传输超时", "It took too long to arrive"),
    409: ("与账本已有内容冲突", "It conflicts with what the ledger holds"),
    413: ("内容过大", "It is too large"),
    415: ("不接受该类型的内容", "It is of a type that is not taken here"),
    422: ("账本不予登记", "The ledger refuses it"),
    429: ("请求过于频繁", "Too much was asked at once"),
    500: ("服务器出错", "The server failed"),
    503: ("服务器暂时无法办理", "The server cannot do this now"),
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
    if any(one.check == "I6" for one in problems):
        return HTTPStatus.FORBIDDEN
    codes = {one.code for one in problems}
    if codes & _CONFLICTS:
        return HTTPStatus.CONFLICT
    if codes & _TOO_LARGE:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def refusal(request: Request, problems: Sequence[Problem]) -> JSONResponse:
    """The answer to a submission that the ledger refuses: every problem with event, field, message and remedy."""
    language = language_of(request)
    first = problems[0]
    return _answer(
        request,
        status=status_of(problems),
        code=first.code,
        place=_place(first),
        words={"en": (first.told_en(), first.remedy_en), "zh": (first.told_zh(), first.remedy_zh)},
        more={"problems": [_listed(one, language) for one in problems]},
    )


def told(request: Request, error: ToldError, *, status: int | None = None) -> JSONResponse:
    """The answer to an error that says for itself what is wrong, where, and what to do; `status` goes by its kind."""
    usual, headers = _status_of_error(error)
    return _answer(
        request,
        status=usual if status is None else status,
        code=error.code,
        place=error.place,
        words={"en": (str(error), error.remedy_en), "zh": (error.told_zh(), error.remedy_zh)},
        headers=headers,
    )


def problem(  # noqa: PLR0913 - the members of a problem
    request: Request,
    *,
    status: int,
    code: str,
    zh: Words,
    en: Words,
    place: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem with message and remedy given in both languages; `place` is the address unless given."""
    return _answer(
        request,
        status=status,
        code=code,
        place=place or request.url.path,
        words={"en": en, "zh": zh},
        headers=headers,
    )


def _status_of_error(error: ToldError) -> tuple[int, dict[str, str]]:
    match error:
        case RequestRefused():
            return error.status, {} if error.wait is None else {"Retry-After": str(error.wait)}
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


def _place(one: Problem) -> str:
    return one.place if one.index is None else f"events[{one.index}].{one.place}"


def _listed(one: Problem, language: Language) -> dict[str, Any]:
    words: _Both = {
        "en": (one.message_en, one.remedy_en),
        "zh": (one.message_zh, one.remedy_zh),
    }
    message, remedy = words[language]
    at = {} if one.index is None else {"index": one.index}
    return {
        "code": one.code,
        "check": one.check,
        "place": _place(one),
        "message": message,
        "remedy": remedy,
        "languages": _in_both("message", words),
        **at,
    }


def _in_both(name: str, words: _Both) -> dict[Language, dict[str, str]]:
    return {language: {name: text, "remedy": remedy} for language, (text, remedy) in words.items()}


def _answer(  # noqa: PLR0913 - the members of a problem
    request: Request,
    *,
    status: int,
    code: str,
    place: str,
    words: _Both,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    note_problem(request.scope, code)
    language = language_of(request)
    titles = _TITLES.get(status, (HTTPStatus(status).phrase, HTTPStatus(status).phrase))
    detail, remedy = words[language]
    body = {
        "type": TYPE_PREFIX + code,
        "title": titles[LANGUAGES.index(language)],
        "status": int(status),
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        "place": place,
        "remedy": remedy,
        "languages": _in_both("detail", words),
        **(more or {}),
    }
    tags = {"Content-Language": "zh-CN" if language == "zh" else "en", "Vary": "Accept-Language"}
    return JSONResponse(
        body,
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**tags, "Cache-Control": "no-store", **(headers or {})},
    )
