# SPDX-License-Identifier: Apache-2.0
"""A log behind an http(s) address. Only paths below that address are fetched; redirects are refused.

A server that answers 404 lacks a part of its log, which is the log's fault. One that does not answer, or answers
anything but 200 and 404, is a fault of the moment: it is asked twice more before giving up.
"""

import http.client
import time
import urllib.request
from collections.abc import Callable
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from ledger.errors import EnvironmentFault, InputError, MissingError
from verifier.reading.static_log import CHECKPOINT, StaticLog, missing, within

TIMEOUT_SECONDS: Final = 30
PAUSES_SECONDS: Final = (1, 4)
"""Waits before the second and the third attempt."""
BELOW: Final = ("", "log/")
"""Where a log lies below an address: at it (a static export), or at /log/ (a running server)."""

_ABSENT: Final = frozenset({http.client.NOT_FOUND, http.client.GONE})


def open_web(address: str, *, pause: Callable[[int], None] = time.sleep) -> StaticLog:
    """The log at `address` or at `address`/log; `pause` waits between attempts, in seconds.

    Raises:
        InputError: the address has no host or carries more than scheme, host and path; or no log is there.
        EnvironmentFault: the server does not answer.
    """
    parts = urlsplit(address)
    if not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        raise _not_plain(address)
    base = address.rstrip("/") + "/"
    for below in BELOW:
        read = _reader(base + below, pause)
        try:
            return StaticLog(read)
        except MissingError:
            continue
    raise missing(f"{base}{CHECKPOINT}")


def _reader(base: str, pause: Callable[[int], None]) -> Callable[[str, int], bytes]:
    opener = _plain_opener()

    def read(path: str, limit: int) -> bytes:
        url = base + path
        fault: Exception | None = None
        for wait in (0, *PAUSES_SECONDS):
            if wait:
                pause(wait)
            try:
                with opener.open(url, timeout=TIMEOUT_SECONDS) as answer:
                    return within(answer.read(limit + 1), limit, url)
            except HTTPError as error:
                error.close()
                if error.code in _ABSENT:
                    raise missing(url) from error
                fault = error
            except (URLError, OSError, http.client.HTTPException) as error:
                fault = error
        raise _unanswered(url, fault) from fault

    return read


def _plain_opener() -> urllib.request.OpenerDirector:
    """HTTP, HTTPS and the proxies of the environment; no redirects, no files, no other schemes."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "fundtrace-verifier")]
    return opener


def _not_plain(address: str) -> InputError:
    return InputError(
        code="source.address",
        place=address,
        message_en="not a plain address of a log",
        message_zh="不是账本的普通地址",
        remedy_en="Give scheme, host and path only, such as https://ledger.example/log.",
        remedy_zh="请只写协议、主机和路径，例如 https://ledger.example/log。",
    )


def _unanswered(url: str, fault: Exception | None) -> EnvironmentFault:
    return EnvironmentFault(
        code="source.unanswered",
        place=url,
        message_en=f"no usable answer after {len(PAUSES_SECONDS) + 1} attempts: {fault}",
        message_zh=f"尝试 {len(PAUSES_SECONDS) + 1} 次后仍无有效响应：{fault}",
        remedy_en="Check the address and the network; a moved log needs its new address, redirects are not followed.",
        remedy_zh="请检查地址和网络；账本迁移后请使用新地址，本程序不跟随跳转。",
    )
