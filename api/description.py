# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI 3.1 document: routes as they are, event kinds from their records, problem details for every error."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE
from api.routers.schema import openapi_components


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 with the event kinds from their records, and problem details for every error."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        components = made.setdefault("components", {}).setdefault("schemas", {})
        components.update(openapi_components())
        components["Problem"] = _problem_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            components.pop(name, None)
        answer = {
            "description": "A problem (RFC 9457)",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for path in made["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = answer
        app.openapi_schema = made
    return app.openapi_schema


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    names = ("type", "title", "detail", "instance", "code", "place", "remedy")
    listed = {
        "type": "object",
        "required": ["code", "check", "place", "message", "remedy"],
        "properties": {
            **dict.fromkeys(("code", "check", "place", "message", "remedy"), text),
            "index": {"type": "integer", "description": "position of the event in the submission, from 0"},
        },
    }
    return {
        "type": "object",
        "required": [*names, "status"],
        "properties": {
            **dict.fromkeys(names, text),
            "status": {"type": "integer"},
            "problems": {"type": "array", "items": listed},
        },
    }
