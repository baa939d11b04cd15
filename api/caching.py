# SPDX-License-Identifier: Apache-2.0
"""How long an answer may be kept (RFC 9111), and tags that say whether it changed (RFC 9110 §8.8)."""

import gzip
import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

ASK_AGAIN: Final = "public, no-cache"
"""May be kept, and is asked for again with its tag each time."""

ASSET: Final = "public, max-age=3600"

_BUILD: Final = version("fundtrace")


def tag_of(*parts: object) -> str:
    """A weak entity tag over `parts` and the build: weak, since a proxy may compress what it tags."""
    text = "\n".join([_BUILD, *(str(part) for part in parts)])
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def state_tag(
    request: Request, *, head: str, as_of: object = "", language: str = "", role: str = "public"
) -> str:
    """The tag of an answer that says what the ledger is: head, day, language, role, build and address (DESIGN §7)."""
    return tag_of(head, as_of, language, role, request.url.path, request.url.query)


def unchanged(request: Request, tag: str) -> Response | None:
    """304 when the reader already has what `tag` stands for, else None."""
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": ASK_AGAIN})
    return None


def compressed(request: Request, data: bytes, headers: Mapping[str, str]) -> Response:
    """`data` under `headers`, by gzip where the reader takes it and it saves anything (RFC 9110 §12.5.3)."""
    packed = gzip.compress(data, mtime=0) if _takes_gzip(request) else data
    vary = {"Vary": "Accept-Encoding"}
    if len(packed) < len(data):
        return Response(packed, headers={**headers, **vary, "Content-Encoding": "gzip"})
    return Response(data, headers={**headers, **vary})


def _takes_gzip(request: Request) -> bool:
    offers = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    weights = {name: weight for name, _, weight in (offer.partition(";") for offer in offers)}
    weight = weights.get("gzip", weights.get("*", "q=0"))
    return not weight or weight.removeprefix("q=").strip("0.") != ""
