# SPDX-License-Identifier: Apache-2.0
"""Reading the body of a request up to a limit of size, whatever its header announces, and of time."""

from collections.abc import Callable
from typing import Final

import anyio
from starlette.requests import Request

from api.refusals import RequestRefused

PATIENCE_SECONDS: Final = 15
BYTES_PER_SECOND: Final = 16 * 1024
"""A body may take `PATIENCE_SECONDS`, and a second more for every so many bytes of it that came."""


class SlowBodyError(Exception):
    """The body came more slowly than anybody is waited for."""


async def bounded_body(request: Request, limit: int, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
    """The body; None as soon as it is longer than `limit` bytes, or announces that it will be.

    Raises:
        SlowBodyError: it took `patience` seconds more than its bytes need at `BYTES_PER_SECOND`.
    """
    parts: list[bytes] = []
    whole = await bounded_stream(request, limit, parts.append, patience=patience)
    return b"".join(parts) if whole else None


async def whole_body(request: Request, limit: int) -> bytes:
    """The body.

    Raises:
        RequestRefused: 413, it is longer than `limit` bytes.
        SlowBodyError: as `bounded_body`.
    """
    data = await bounded_body(request, limit)
    if data is None:
        raise RequestRefused.made(
            413,
            "body-too-large",
            "body",
            en=(f"the body is larger than {limit:,} bytes", "Send what the interface asks for, and no more."),
            zh=(f"请求内容超过 {limit:,} 字节", "请只发送接口要求的内容。"),
        )
    return data


async def bounded_stream(
    request: Request, limit: int, take: Callable[[bytes], object], *, patience: float = PATIENCE_SECONDS
) -> bool:
    """Whether the body had at most `limit` bytes, all handed to `take`, part by part; not all of it where it has more.

    Raises:
        SlowBodyError: as `bounded_body`.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        return False
    total = 0
    with anyio.move_on_after(patience) as scope:
        deadline = scope.deadline
        async for part in request.stream():
            total += len(part)
            if total > limit:
                return False
            take(part)
            scope.deadline = deadline + total / BYTES_PER_SECOND
        return True
    raise SlowBodyError
