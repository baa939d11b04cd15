# SPDX-License-Identifier: Apache-2.0
"""How long an answer may be kept (RFC 9111), and tags that say whether it changed (RFC 9110 §8.8)."""

import hashlib
from importlib.metadata import version
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""What a position of the log says never changes."""

MOMENT: Final = "public, max-age=2"
"""The head of the log: a crowd of readers shares one look at it for two seconds."""

ASK_AGAIN: Final = "public, no-cache"
"""May be kept, and is asked for again with its tag each time."""

ASSET: Final = "public, max-age=3600"

_BUILD: Final = version("fundtrace")


def tag_of(*parts: object) -> str:
    """A weak entity tag over `parts` and the build: weak, since a proxy may compress what it tags."""
    text = "\n".join([_BUILD, *(str(part) for part in parts)])
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """304 when the reader already has what `tag` stands for, else None."""
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": ASK_AGAIN})
    return None
