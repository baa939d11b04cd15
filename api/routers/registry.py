# SPDX-License-Identifier: Apache-2.0
"""Lists of what is registered and open: lines, funds, projects, parties, accounts; paged by key, oldest version never.

They are an index folded from the log by a worker and say up to which entry; requests only read it.
"""

import heapq
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.caching import ASK_AGAIN, state_tag, unchanged
from api.served_ledger import ServedLedger
from ledger.errors import MissingError
from ledger.kinds.form import fields_of
from ledger.open_records import Line

Table = Literal["lines", "funds", "projects", "parties", "accounts"]

PAGE_MAX: Final = 200
_ID: Final = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"
_ID_OR_NONE: Final = "^([A-Za-z0-9][A-Za-z0-9._:-]{0,63})?$"


class ItemAnswer(BaseModel):
    """One registered thing, as its latest version says."""

    up_to: Annotated[int, Field(description="position of the last entry counted in; -1 before any")]
    item: dict[str, Any]


class ListAnswer(BaseModel):
    """One page, ordered by id."""

    up_to: Annotated[int, Field(description="position of the last entry counted in; -1 before any")]
    items: list[dict[str, Any]]
    next: Annotated[str | None, Field(description="give it as `after` for the next page; null at the end")]


def router() -> APIRouter:
    """The routes of this module: a list and an item for each table."""
    routes = APIRouter(prefix="/v1", tags=["registry"])
    for table in get_args(Table):
        _add_list(routes, table)
        _add_item(routes, table)
    return routes


def _add_list(routes: APIRouter, table: Table) -> None:
    @routes.get(f"/{table}", response_model=ListAnswer, operation_id=f"list{table.capitalize()}")
    def listing(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
        after: Annotated[str, Query(pattern=_ID_OR_NONE, description="last id of the page before")] = "",
        fund: Annotated[str, Query(pattern=_ID_OR_NONE, description="lines: of this fund only")] = "",
    ) -> Response:
        """One page of the list, ordered by id."""
        ledger: ServedLedger = request.app.state.ledger
        with ledger.model.lock:
            tag = state_tag(request, head=ledger.model.head)
            known = unchanged(request, tag)
            if known is not None:
                return known
            found = _table(ledger, table)
            wanted = (
                key
                for key, value in found.items()
                if key > after and (not fund or getattr(value, "fund", None) == fund)
            )
            ids = heapq.nsmallest(limit + 1, wanted)
            items = [shown(found[key]) for key in ids[:limit]]
            up_to = ledger.model.size - 1
        answer = ListAnswer(up_to=up_to, items=items, next=ids[limit - 1] if len(ids) > limit else None)
        return JSONResponse(answer.model_dump(), headers={"ETag": tag, "Cache-Control": ASK_AGAIN})


def _add_item(routes: APIRouter, table: Table) -> None:
    @routes.get(f"/{table}/{{id}}", response_model=ItemAnswer, operation_id=f"get{table.capitalize()}")
    def item(request: Request, identifier: Annotated[str, Path(alias="id", pattern=_ID)]) -> Response:
        """One registered thing, as its latest version says."""
        ledger: ServedLedger = request.app.state.ledger
        with ledger.model.lock:
            tag = state_tag(request, head=ledger.model.head)
            known = unchanged(request, tag)
            if known is not None:
                return known
            value = _table(ledger, table).get(identifier)
            up_to = ledger.model.size - 1
        if value is None:
            raise unknown(table, identifier)
        answer = ItemAnswer(up_to=up_to, item=shown(value))
        return JSONResponse(answer.model_dump(), headers={"ETag": tag, "Cache-Control": ASK_AGAIN})


def shown(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a line or a registry event
    """`value` as plain JSON: amounts in minor units, absent fields left out."""
    if isinstance(value, Line):
        fields: dict[str, Any] = msgspec.to_builtins(value)
        return {**{key: one for key, one in fields.items() if one is not None}, "free": value.free}
    return fields_of(value)


def unknown(table: str, identifier: str) -> MissingError:
    """The error for an id that is not registered."""
    return MissingError(
        code="id-unknown",
        place=f"{table}/{identifier}",
        message_en="nothing is registered under this id",
        message_zh="没有登记这个编号",
        remedy_en=f"List what there is: /v1/{table}; an entry posted just now takes a moment.",
        remedy_zh=f"可用 /v1/{table} 列出已有编号；刚入账的条目稍后可见。",
    )


def _table(ledger: ServedLedger, table: Table) -> Mapping[str, Any]:
    register = ledger.model.register
    match table:
        case "lines":
            return register.lines
        case "funds":
            return register.funds
        case "projects":
            return register.projects
        case "parties":
            return register.parties
        case "accounts":
            return register.accounts
