# SPDX-License-Identifier: Apache-2.0
"""Addresses at which this server is dialled, and the cookie of a session opened there.

Over https the cookie is `__Host-fundtrace`, which a browser keeps only if it is `Secure`, for this very host and every
path. Over http, on this machine only, it is plain `fundtrace`: browsers do not agree on keeping secure cookies there, and
nothing leaves the machine.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from ledger.errors import InputError
from ledger.session_claim import AUDIENCE_PATTERN

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_SHAPE: Final = re.compile(AUDIENCE_PATTERN)
_USUAL: Final = {"http": 80, "https": 443}


def parse_addresses(text: str) -> frozenset[str]:
    """The addresses in `text`, separated by white space: https anywhere, http on this machine only.

    Raises:
        InputError: one of them is not scheme and host as a browser spells an origin, or is http elsewhere.
    """
    found = frozenset(text.split())
    for address in sorted(found):
        if not _is_address(address):
            raise InputError(
                code="serve.public-address",
                place="FUNDTRACE_PUBLIC_ADDRESSES",
                message_en=f"{address!r} is no address at which people may sign in",
                message_zh=f"{address!r} 不能作为登录地址",
                remedy_en="Write scheme and host as browsers do, such as https://ledger.example; http here only.",
                remedy_zh="请按浏览器写法给出协议和主机，例如 https://ledger.example；http 仅限本机。",
            )
    return found


def own_addresses(bound: str) -> frozenset[str]:
    """What may be dialled to reach a server bound at `bound`: both names of this machine, or nothing beyond loopback."""
    place = urlsplit(bound)
    if place.hostname not in LOOPBACK_HOSTS:
        return frozenset()
    port = "" if place.port in {None, _USUAL["http"]} else f":{place.port}"
    host = "[::1]" if place.hostname == "::1" else place.hostname
    return frozenset({f"http://{host}{port}", f"http://localhost{port}"})


def cookie_name(audience: str) -> str:
    """The name of the session cookie at `audience`."""
    return "__Host-fundtrace" if is_secure(audience) else "fundtrace"


def is_secure(audience: str) -> bool:
    """Whether the cookie may be marked `Secure` there."""
    return audience.startswith("https://")


def _is_address(text: str) -> bool:
    if _SHAPE.search(text) is None:
        return False
    place = urlsplit(text)
    try:
        port = place.port
    except ValueError:
        return False
    usual = _USUAL[place.scheme]
    return port != usual and (place.scheme == "https" or place.hostname in LOOPBACK_HOSTS)
