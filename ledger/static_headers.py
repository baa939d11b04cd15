# SPDX-License-Identifier: Apache-2.0
r"""The HTTP headers of a static log (C2SP tlog-tiles), said once for the live server and for the servers of an export.

They are what readers may rely on. Dates, tags, lengths, ranges and compression are each server's own affair.

>>> headers_of("checkpoint")["Cache-Control"], headers_of("tile/0/000")["Content-Type"]
('public, max-age=2', 'application/octet-stream')
"""

from collections.abc import Mapping
from typing import Final

HEADERS_FILE: Final = "_headers"
"""Its name in an export; hosts of static sites read it and do not serve it."""

OCTETS: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""What a position of the log says never changes."""
MOMENT: Final = "public, max-age=2"
"""The head of the log: a crowd of readers shares one look at it for two seconds."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A file of the log is no page: opened as one, it may load and run nothing."""

_EVERY: Final = {
    "Access-Control-Allow-Origin": "*",  # whoever verifies in a browser may do so from a site of their own
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_MUTABLE: Final = {"Cache-Control": MOMENT, "Content-Type": TEXT, **_EVERY}
_FIXED: Final = {"Cache-Control": IMMUTABLE, "Content-Type": OCTETS, **_EVERY}
_ANCHOR: Final = {"Cache-Control": MOMENT, "Content-Type": OCTETS, **_EVERY}
"""Notes and tokens never change and the index among them does; hosts of static sites take one rule for a folder."""
_RULES: Final = {
    "checkpoint": _MUTABLE,
    "policy": _MUTABLE,
    "anchor.txt": _MUTABLE,
    "anchor/*": _ANCHOR,
    "tile/*": _FIXED,
}


def headers_of(path: str) -> Mapping[str, str]:
    """The headers of the file at `path` below the log."""
    if path.startswith("anchor/"):
        return _ANCHOR
    return _FIXED if path.startswith("tile/") else _MUTABLE


def headers_file() -> bytes:
    """The file `_headers` as hosts of static sites read it: a path, then its headers; for a log at the root of a site."""
    blocks = (
        f"/{path}\n" + "".join(f"  {name}: {value}\n" for name, value in headers.items())
        for path, headers in _RULES.items()
    )
    return "".join(blocks).encode("ascii")
