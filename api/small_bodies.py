# SPDX-License-Identifier: Apache-2.0
"""Small JSON bodies: read up to a limit, every field known; one record serves reading and description."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from api.bodies import whole_body

SMALL_BYTES: Final = 16 * 1024
"""Enough for a request that carries no events."""


class Body(BaseModel):
    """A small JSON body: every field known, none nested."""

    model_config = ConfigDict(extra="forbid")


B = TypeVar("B", bound=Body)


def small(form: type[B]) -> Callable[[Request], Awaitable[B]]:
    """A dependency that reads a body of at most `SMALL_BYTES` as `form`."""

    async def read(request: Request) -> B:
        data = await whole_body(request, SMALL_BYTES)
        try:
            return form.model_validate_json(data)
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error

    return read


def described(form: type[Body]) -> dict[str, Any]:
    """`openapi_extra` of a route whose body is read by `small`."""
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": form.model_json_schema()}},
        }
    }
