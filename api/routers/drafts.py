# SPDX-License-Identifier: Apache-2.0
"""Drafts over HTTP: prepared, changed, looked at, signed, returned, withdrawn, by people who are signed in (spec §3.10)."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from api.bodies import whole_body
from api.drafts.draft import REASON_MAX, Whole
from api.drafts.draft_desk import DraftDesk, Prepared
from api.problems import refusal
from api.routers.draft_answers import UNCACHED, After, DraftAnswer, DraftList, draft_answer, draft_page
from api.routers.sessions import Writer, signed_in
from api.sessions.front_desk import Present
from api.small_bodies import Body, described, small
from ledger.commitments import DisclosureText
from ledger.draft_file import format_draft
from ledger.errors import FormatError
from ledger.kinds.vocabulary import AnyEvent, decode_event
from ledger.outcome import Refused
from ledger.party import Id
from ledger.submission import Signature, refuse_duplicate_keys

DRAFT_BYTES_MAX: Final = 16 * 1024 * 1024
DRAFT_EVENTS_MAX: Final = 10_000
"""A person is to read it; larger submissions are signed as files."""

Name = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="id of a draft")]
Seen = Annotated[int, Field(ge=1, le=1_000_000, description="the version that was looked at")]


class SignatureBody(Body):
    """A signature over the header of a version."""

    version: Seen
    alg: Annotated[str, Field(pattern="^[a-z0-9-]{1,32}$")]
    key: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    role: Annotated[str, Field(pattern="^[a-z]{1,32}$")]
    sig: Annotated[str, Field(pattern="^[A-Za-z0-9+/]{4,8192}={0,2}$")]


class ReturnBody(Body):
    """Why a version is returned to its maker."""

    version: Seen
    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)]


class VersionBody(Body):
    """Which version is meant."""

    version: Seen


class _Prepared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    events: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1, max_length=DRAFT_EVENTS_MAX)]
    disclosures: tuple[DisclosureText, ...] = ()
    id: Id | None = None
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


_PREPARED: Final = msgspec.json.Decoder(_Prepared)


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1/drafts", tags=["drafts"])
    told: dict[str, Any] = {"response_model": DraftAnswer}

    @routes.get("", response_model=DraftList, operation_id="listDrafts")
    def listing(request: Request, after: After = "") -> Response:
        """The drafts of the signer's party."""
        return JSONResponse(draft_page(request, signed_in(request), after), headers=UNCACHED)

    @routes.post(
        "",
        status_code=201,
        operation_id="prepareDraft",
        openapi_extra=_events_described("id"),
        responses={200: {"model": DraftAnswer, "description": "Prepared before: the draft as it stands"}},
        **told,
    )
    def prepare(
        request: Request,
        body: Annotated[bytes, Depends(_read)],
        present: Writer,
    ) -> Response:
        """Prepare a submission of these events; it is signed and posted later, or never.

        With an `id` of your own, sending it again is always safe: the draft is made once.
        """
        made, events = _parsed(body)
        found = _desk(request).prepare(present, events, identifier=made.id, disclosures=made.disclosures)
        return _answer_made(request, present, found)

    @routes.get("/{name}", operation_id="getDraft", **told)
    def one(request: Request, name: Name) -> Response:
        """One draft, as it would be signed."""
        return draft_answer(request, _desk(request).progress(signed_in(request), name))

    @routes.get("/{name}/file", response_class=Response, operation_id="getDraftFile", responses=_FILE)
    def file(request: Request, name: Name) -> Response:
        """The draft as a file, to be shown and signed by `fundtrace sign` on another machine.

        It holds personal fields in clear; that it was handed out is noted (spec §10.5).
        """
        data = format_draft(_desk(request).file(signed_in(request), name))
        disposition = {"Content-Disposition": f'attachment; filename="{name}.draft.json"'}
        return Response(data, media_type="application/json", headers={**UNCACHED, **disposition})

    @routes.put("/{name}", operation_id="changeDraft", openapi_extra=_events_described("version"), **told)
    def change(
        request: Request,
        name: Name,
        body: Annotated[bytes, Depends(_read)],
        present: Writer,
    ) -> Response:
        """A new version in the place of the one that was looked at; signatures over that one count no more."""
        made, events = _parsed(body)
        found = _desk(request).change(
            present, name, events, seen=made.version or 0, disclosures=made.disclosures
        )
        return _answer_made(request, present, found)

    @routes.delete("/{name}", status_code=204, response_class=Response, operation_id="withdrawDraft")
    def withdraw(request: Request, name: Name, present: Writer) -> Response:
        """Withdraw a draft: nothing of it is kept."""
        _desk(request).withdraw(present, name)
        return Response(status_code=204, headers=UNCACHED)

    _add_acts(routes, told)
    return routes


def _add_acts(routes: APIRouter, told: dict[str, Any]) -> None:
    @routes.post(
        "/{name}/signatures", operation_id="signDraft", openapi_extra=described(SignatureBody), **told
    )
    def sign(
        request: Request,
        name: Name,
        body: Annotated[SignatureBody, Depends(small(SignatureBody))],
        present: Writer,
    ) -> Response:
        """Add a signature over the header of the version looked at, made in the browser or offline.

        The last one that is needed posts the submission by the ordinary path.
        """
        signature = Signature(alg=body.alg, key=body.key, role=body.role, sig=body.sig)
        return draft_answer(request, _desk(request).sign(present, name, signature, seen=body.version))

    @routes.post("/{name}/return", operation_id="returnDraft", openapi_extra=described(ReturnBody), **told)
    def send_back(
        request: Request,
        name: Name,
        body: Annotated[ReturnBody, Depends(small(ReturnBody))],
        present: Writer,
    ) -> Response:
        """Return a draft to its maker, with a reason."""
        _desk(request).send_back(present, name, seen=body.version, reason=body.reason)
        return draft_answer(request, _desk(request).progress(present, name))

    @routes.post("/{name}/posting", operation_id="postDraft", openapi_extra=described(VersionBody), **told)
    def post(
        request: Request,
        name: Name,
        body: Annotated[VersionBody, Depends(small(VersionBody))],
        present: Writer,
    ) -> Response:
        """Post a complete draft again, after the ledger refused it or the machine failed; it is stored once."""
        return draft_answer(request, _desk(request).post(present, name, seen=body.version))


def _desk(request: Request) -> DraftDesk:
    found: DraftDesk = request.app.state.draft_desk
    return found


async def _read(request: Request, present: Writer) -> bytes:  # noqa: ARG001 - asked for before the body
    return await whole_body(request, DRAFT_BYTES_MAX)


def _parsed(data: bytes) -> tuple[_Prepared, tuple[AnyEvent, ...]]:
    try:
        made = _PREPARED.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            code="draft-form",
            place="body",
            message_en=f"not a prepared submission: {error}",
            message_zh=f"不是有效的草稿内容：{error}",
            remedy_en='Send {"events":[…]}, 1 to 10,000 of them, with "id" or "version" where asked for.',
            remedy_zh='请发送 {"events":[…]}（1 至 10,000 个），并按需附 "id" 或 "version"。',
        ) from error
    refuse_duplicate_keys(data, place="body")
    events = tuple(decode_event(bytes(raw), place=f"event {at}") for at, raw in enumerate(made.events))
    return made, events


def _answer_made(request: Request, present: Present, found: Prepared | Whole | Refused) -> Response:
    match found:
        case Refused():
            return refusal(request, found.problems)
        case Prepared(again=False):
            return _answer_whole(request, present, found.whole, status=201)
        case Prepared():
            return _answer_whole(request, present, found.whole, status=200)
        case Whole():
            return _answer_whole(request, present, found, status=200)


def _answer_whole(request: Request, present: Present, whole: Whole, *, status: int) -> Response:
    answer = draft_answer(request, _desk(request).progress(present, whole.draft.id))
    answer.status_code = status
    answer.headers["Location"] = f"/v1/drafts/{whole.draft.id}"
    return answer


def _events_described(beside: str) -> dict[str, Any]:
    """`openapi_extra` of the two routes that take events, with the one field that stands beside them."""
    besides = {
        "id": {
            "type": "string",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
            "description": "of the submission; names the draft, so that it is made once however often it is sent",
        },
        "version": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    }
    schema = {
        "type": "object",
        "required": ["events", *(["version"] if beside == "version" else [])],
        "additionalProperties": False,
        "properties": {
            "events": {
                "type": "array",
                "minItems": 1,
                "maxItems": DRAFT_EVENTS_MAX,
                "items": {"$ref": "#/components/schemas/Event"},
            },
            beside: besides[beside],
            "disclosures": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 16_384},
                "description": "open the commitments of the events (spec §10.1); kept apart from what the answer shows",
            },
        },
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}}
}
