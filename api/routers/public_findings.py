# SPDX-License-Identifier: Apache-2.0
"""Findings as anybody may see them: proved or affirmed ones, as canonical lines of the last judgement (DESIGN §6)."""

import datetime
import json
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.caching import ASK_AGAIN, state_tag, unchanged
from api.problems import problem
from api.routers.registry import PAGE_MAX
from api.served_ledger import ServedLedger
from ledger.errors import MissingError
from verifier.basis.findings import Finding, to_line

_FINDING_ID = "^[0-9a-f]{32}$"
_AFTER = "^([A-Za-z0-9]{1,16}-[0-9a-f]{32})?$"


class FindingsAnswer(BaseModel):
    """One page of findings that are proved or affirmed, ordered by rule and id."""

    up_to: Annotated[int, Field(description="position of the last entry judged")]
    as_of: Annotated[datetime.date, Field(description="the day on which deadlines were read")]
    undecided: Annotated[
        int, Field(description="matters in which the data do not suffice; never taken as clean")
    ]
    unjudged: Annotated[
        int, Field(description="matters that no rule could judge, for want of statements or time limits")
    ]
    items: list[dict[str, Any]]
    next: Annotated[str | None, Field(description="give it as `after` for the next page; null at the end")]


class FindingAnswer(BaseModel):
    """One finding that is proved or affirmed, and what auditors made of it."""

    up_to: int
    as_of: datetime.date
    item: dict[str, Any]
    life: Annotated[
        dict[str, Any], Field(description="where it stands, as far as auditors say so in clear (spec §13.2)")
    ]


def router() -> APIRouter:
    """The routes of this module."""
    routes = APIRouter(prefix="/v1", tags=["findings"])

    @routes.get("/findings", response_model=FindingsAnswer, operation_id="listFindings")
    def listing(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
        after: Annotated[
            str,
            Query(pattern=_AFTER, description="`next` of the page before: rule and id of its last finding"),
        ] = "",
        fund: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """Findings of the last judgement that are proved, or that auditors affirmed."""
        ledger: ServedLedger = request.app.state.ledger
        judged = ledger.board.judged
        if judged is None:
            return pending(request)
        tag = state_tag(request, head=judged.root, as_of=judged.as_of)
        known = unchanged(request, tag)
        if known is not None:
            return known
        found = [one for one in judged.public if (not fund or one.fund == fund) and _key(one) > after]
        page = found[:limit]
        answer = FindingsAnswer(
            up_to=judged.size - 1,
            as_of=judged.as_of,
            undecided=judged.undecided,
            unjudged=judged.unjudged,
            items=[_plain(one) for one in page],
            next=_key(page[-1]) if len(found) > limit else None,
        )
        return _json(answer, tag)

    @routes.get("/findings/{id}", response_model=FindingAnswer, operation_id="getFinding")
    def item(request: Request, identifier: Annotated[str, Path(alias="id", pattern=_FINDING_ID)]) -> Response:
        """One finding by its id, if it is proved or affirmed."""
        ledger: ServedLedger = request.app.state.ledger
        judged = ledger.board.judged
        if judged is None:
            return pending(request)
        found = next((one for one in judged.public if one.id == identifier), None)
        if found is None:
            raise no_finding(identifier)
        life: dict[str, Any] = msgspec.to_builtins(judged.lives[found.id])
        answer = FindingAnswer(up_to=judged.size - 1, as_of=judged.as_of, item=_plain(found), life=life)
        return _json(answer, state_tag(request, head=judged.root, as_of=judged.as_of))

    return routes


def no_finding(identifier: str) -> MissingError:
    """The error for a finding that the last judgement did not prove."""
    return MissingError(
        code="finding-unknown",
        place=f"findings/{identifier}",
        message_en="the last judgement proved no finding with this id",
        message_zh="最近一次判定中没有这个编号的已证明疑点",
        remedy_en="List what there is: /v1/findings; auditors compute all classes with fundtrace audit.",
        remedy_zh="可用 /v1/findings 列出；审计人员可用 fundtrace audit 计算全部类别。",
    )


def _key(finding: Finding) -> str:
    """What the list is ordered by; a finding that a later judgement drops does not lose the place in the list."""
    return f"{finding.rule}-{finding.id}"


def _plain(finding: Finding) -> dict[str, Any]:
    plain_form: dict[str, Any] = json.loads(to_line(finding))
    return plain_form


def _json(answer: BaseModel, tag: str) -> JSONResponse:
    return JSONResponse(answer.model_dump(mode="json"), headers={"ETag": tag, "Cache-Control": ASK_AGAIN})


def pending(request: Request) -> Response:
    """503 until the first judgement is done."""
    return problem(
        request,
        status=503,
        code="not-judged",
        zh=("判定尚未完成", "请稍后再试；未判定不代表没有疑点"),
        en=("the judgement is not done yet", "Try again in a moment; not judged does not mean clean."),
        headers={"Retry-After": "10"},
    )
