# SPDX-License-Identifier: Apache-2.0
"""Signing in by a registered key, and out: a challenge, its answer, a session in a cookie (spec §3.9)."""

import hmac
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.admission import sender_of
from api.refusals import RequestRefused
from api.sessions.audience import cookie_name, is_secure
from api.sessions.front_desk import FrontDesk, Present
from api.small_bodies import Body, described, small
from ledger.instant import INSTANT_PATTERN, format_instant
from ledger.session_claim import AUDIENCE_PATTERN, SessionClaim

TOKEN_HEADER: Final = "X-FundTrace-Token"  # noqa: S105 - the name of a header

_DIGEST: Final = "^[0-9a-f]{64}$"
_COOKIES: Final = ("__Host-fundtrace", "fundtrace")
_UNCACHED: Final = {"Cache-Control": "no-store"}

Digest = Annotated[str, Field(pattern=_DIGEST)]
Instant = Annotated[str, Field(pattern=INSTANT_PATTERN.replace("(?!\\n)", ""))]
OriginHeader = Annotated[
    str | None, Header(alias="Origin", description="where the page came from; else none")
]
TokenHeader = Annotated[str | None, Header(alias=TOKEN_HEADER, description="the token of the session")]


class ChallengeQuestion(Body):
    """Which key is going to sign."""

    key: Annotated[Digest, Field(description="id of a registered key")]


class ChallengeAnswer(BaseModel):
    """What to sign, beside the address that was dialled."""

    nonce: Annotated[Digest, Field(description="256 random bits, good once")]
    expires: Annotated[str, Field(description="the answer counts until then: 60 seconds")]
    genesis: Annotated[str, Field(description="leaf hash of entry 0 of this ledger")]


class SignInBody(Body):
    """What was signed, and its signature."""

    audience: Annotated[
        str,
        Field(
            max_length=300,
            pattern=AUDIENCE_PATTERN.replace("(?!\\n)", ""),
            description="scheme and host dialled",
        ),
    ]
    expires: Instant
    genesis: Digest
    key: Digest
    nonce: Digest
    sig: Annotated[str, Field(max_length=8_192, description="padded standard base64")]


class SessionAnswer(BaseModel):
    """Who is signed in."""

    key: str
    party: str
    roles: list[str]
    ends: Annotated[str, Field(description="when it ends if nothing more is done")]
    token: Annotated[str, Field(description=f"to be sent back as {TOKEN_HEADER} with every write")]


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["sessions"])

    @routes.post(
        "/sessions/challenges",
        status_code=201,
        response_model=ChallengeAnswer,
        operation_id="challenge",
        openapi_extra=described(ChallengeQuestion),
    )
    def challenge(
        request: Request, body: Annotated[ChallengeQuestion, Depends(small(ChallengeQuestion))]
    ) -> Response:
        """A challenge for a registered key: sign it within 60 seconds."""
        desk = front_desk(request)
        given = desk.challenge(body.key, address=sender_of(request)[:64])
        answer = ChallengeAnswer(
            nonce=given.nonce, expires=given.expires, genesis=request.app.state.ledger.genesis_hash
        )
        return JSONResponse(answer.model_dump(), status_code=201, headers=_UNCACHED)

    @routes.post(
        "/sessions",
        status_code=201,
        response_model=SessionAnswer,
        operation_id="signIn",
        openapi_extra=described(SignInBody),
    )
    def sign_in(
        request: Request, body: Annotated[SignInBody, Depends(small(SignInBody))], origin: OriginHeader = None
    ) -> Response:
        """Open a session; its id is in the cookie only. It signs nothing: a submission needs its own signatures."""
        claim = SessionClaim(**body.model_dump(exclude={"sig"}))
        if origin is not None and origin != claim.audience:
            raise _foreign_origin()
        identifier, present = front_desk(request).sign_in(claim, body.sig)
        answer = JSONResponse(_told(present), status_code=201, headers=_UNCACHED)
        answer.set_cookie(
            cookie_name(claim.audience),
            identifier,
            path="/",
            secure=is_secure(claim.audience),
            httponly=True,
            samesite="strict",
        )
        return answer

    @routes.get("/session", response_model=SessionAnswer, operation_id="getSession")
    def session(request: Request) -> Response:
        """Who is signed in, with the token for writes."""
        return JSONResponse(_told(signed_in(request)), headers=_UNCACHED)

    @routes.delete("/session", status_code=204, response_class=Response, operation_id="signOut")
    def sign_out(request: Request, present: Writer) -> Response:
        """End the session, everywhere."""
        front_desk(request).sign_out(present.session)
        answer = Response(status_code=204, headers=_UNCACHED)
        audience = present.session.audience
        answer.delete_cookie(
            cookie_name(audience), path="/", secure=is_secure(audience), httponly=True, samesite="strict"
        )
        return answer

    return routes


def front_desk(request: Request) -> FrontDesk:
    """The front desk of this server."""
    found: FrontDesk = request.app.state.front_desk
    return found


def someone_signed_in(request: Request) -> Present | None:
    """Who is signed in, if anybody is."""
    for name in _COOKIES:
        identifier = request.cookies.get(name)
        found = None if identifier is None else front_desk(request).present(identifier)
        if found is not None and cookie_name(found.session.audience) == name:
            return found
    return None


def signed_in(request: Request) -> Present:
    """Who is signed in.

    Raises:
        RequestRefused: 401, nobody, or no longer.
    """
    found = someone_signed_in(request)
    if found is None:
        raise RequestRefused.made(
            401,
            "session-none",
            "cookie",
            en=(
                "nobody is signed in: the session ended, or its key is no longer in force",
                "Sign in at /login.",
            ),
            zh=("未登录：会话已结束，或其密钥已失效", "请到 /login 登录。"),
        )
    return found


def signed_in_to_write(request: Request, origin: OriginHeader = None, token: TokenHeader = None) -> Present:
    """Who is signed in, and wants this write: it comes from a page of this server, with the token of the session.

    A dependency; what reads a body asks for it first, so that no stranger's body is held.

    Raises:
        RequestRefused: 401, nobody is signed in; 403, the write comes from elsewhere.
    """
    present = signed_in(request)
    if origin != present.session.audience:
        raise _foreign_origin()
    if token is None or not hmac.compare_digest(token.encode(), present.token.encode()):
        raise RequestRefused.made(
            403,
            "session-token",
            TOKEN_HEADER,
            en=("the token of the session is missing or wrong", "Send the token that GET /v1/session gives."),
            zh=("缺少会话令牌或令牌不符", "请携带 GET /v1/session 给出的令牌。"),
        )
    return present


Writer = Annotated[Present, Depends(signed_in_to_write)]


def _told(present: Present) -> dict[str, Any]:
    return SessionAnswer(
        key=present.session.key,
        party=present.party,
        roles=list(present.roles),
        ends=format_instant(present.session.ends),
        token=present.token,
    ).model_dump()


def _foreign_origin() -> RequestRefused:
    return RequestRefused.made(
        403,
        "session-origin",
        "Origin",
        en=(
            "the request does not come from a page of this server",
            "Use the pages of this server; a program sends as Origin the address that it dialled.",
        ),
        zh=("请求并非来自本服务器的页面", "请使用本服务器的页面；程序请以所拨地址作为 Origin。"),
    )
