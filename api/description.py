# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI 3.1 document: routes as they are, event kinds from their records, problem details for every error."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.examples import add_examples
from api.languages import LANGUAGES
from api.problems import MEDIA_TYPE
from api.routers.schema import openapi_components

OPENAPI_PATH: Final = "/v1/openapi.json"


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
                add_examples(operation)
        app.openapi_schema = made
    return app.openapi_schema


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    names = ("type", "title", "detail", "instance", "code", "place", "remedy")
    listed = {
        "type": "object",
        "required": ["code", "check", "place", "message", "remedy", "languages"],
        "properties": {
            "languages": _in_both("message"),
            **dict.fromkeys(("code", "check", "place", "message", "remedy"), text),
            "index": {"type": "integer", "description": "position of the event in the submission, from 0"},
        },
    }
    return {
        "type": "object",
        "required": [*names, "status", "languages"],
        "properties": {
            **dict.fromkeys(names, text),
            "status": {"type": "integer"},
            "languages": _in_both("detail"),
            "problems": {"type": "array", "items": listed},
        },
    }


def _in_both(name: str) -> dict[str, Any]:
    words = {
        "type": "object",
        "required": [name, "remedy"],
        "properties": {key: {"type": "string"} for key in (name, "remedy")},
    }
    return {
        "type": "object",
        "required": list(LANGUAGES),
        "properties": dict.fromkeys(LANGUAGES, words),
        "description": "the same in each language",
    }
