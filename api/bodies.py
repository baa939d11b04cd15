# SPDX-License-Identifier: Apache-2.0
"""Reading the body of a request up to a limit, whatever its header announces."""

from starlette.requests import Request


async def bounded_body(request: Request, limit: int) -> bytes | None:
    """The body; None as soon as it is longer than `limit` bytes, or announces that it will be."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        return None
    parts: list[bytes] = []
    total = 0
    async for part in request.stream():
        total += len(part)
        if total > limit:
            return None
        parts.append(part)
    return b"".join(parts)
