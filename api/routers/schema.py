# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of events, from the records that also parse and encode them."""

from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from api.caching import ASSET
from ledger.kinds.vocabulary import json_schema
from ledger.submission import Header, Signature

MEDIA_TYPE: Final = "application/schema+json"
_COMPONENTS: Final = "#/components/schemas/"


def router() -> APIRouter:
    """The route of this module."""
    routes = APIRouter(prefix="/v1", tags=["schema"])

    described: dict[int | str, dict[str, Any]] = {
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
    }

    @routes.get("/schema", response_class=Response, responses=described, operation_id="getSchema")
    def schema() -> JSONResponse:
        """JSON Schema 2020-12 of every event kind."""
        headers = {"Cache-Control": ASSET}
        return JSONResponse(json_schema(), media_type=MEDIA_TYPE, headers=headers)

    return routes


def openapi_components() -> dict[str, Any]:
    """Schemas of a submission and of every event kind, as components of an OpenAPI document."""
    events = _moved(json_schema())
    kinds = events.pop("$defs")
    events.pop("$schema")
    _, signed = msgspec.json.schema_components([Header, Signature], ref_template=_COMPONENTS + "{name}")
    submission = {
        "type": "object",
        "required": ["header", "signatures", "events"],
        "additionalProperties": False,
        "properties": {
            "header": {"$ref": f"{_COMPONENTS}Header"},
            "signatures": {
                "type": "array",
                "minItems": 1,
                "maxItems": 16,
                "items": {"$ref": f"{_COMPONENTS}Signature"},
            },
            "events": {
                "type": "array",
                "minItems": 1,
                "maxItems": 100_000,
                "items": {"$ref": f"{_COMPONENTS}Event"},
            },
        },
    }
    return {**signed, **kinds, "Event": events, "Submission": submission}


def _moved(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same schema with its references pointing at OpenAPI components."""
    match node:
        case dict():
            return {key: _moved(value) for key, value in node.items()}
        case list():
            return [_moved(value) for value in node]
        case str() if node.startswith("#/$defs/"):
            return _COMPONENTS + node.removeprefix("#/$defs/")
        case _:
            return node
