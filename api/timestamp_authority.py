# SPDX-License-Identifier: Apache-2.0
"""Asking a time-stamp authority over HTTP (RFC 3161 §3.4). Its answer is believed by nobody until it was checked."""

import http.client
import time
import urllib.request
from collections.abc import Callable
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

from ledger.errors import EnvironmentFault, InputError
from ledger.timestamp import MAX_TOKEN_BYTES, QUERY_TYPE
from verifier.reading.web_source import plain_opener

TIMEOUT_SECONDS: Final = 30

Ask = Callable[[bytes], bytes]
"""From a query to the answer of the authority, both as bytes."""


def authority_at(address: str) -> Ask:
    """Return a function that asks the authority at `address`, the one that the operator has set.

    It raises `EnvironmentFault` where there is no answer; redirects are not followed.

    Raises:
        InputError: not an http(s) address.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError(
            code="anchor.address",
            place="FUNDTRACE_ANCHOR_AUTHORITY",
            message_en=f"{address!r} is no http(s) address",
            message_zh=f"{address!r} 不是 http(s) 地址",
            remedy_en="Give the address at which the authority answers RFC 3161 queries.",
            remedy_zh="请填写时间戳机构接受 RFC 3161 请求的地址。",
        )
    opener = plain_opener(time.monotonic)
    headers = {"Content-Type": QUERY_TYPE, "Accept-Encoding": "identity"}

    def ask(query: bytes) -> bytes:
        request = urllib.request.Request(address, data=query, headers=headers)  # noqa: S310 - http(s) only, seen above
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                data: bytes = answer.read(MAX_TOKEN_BYTES + 1)
        except HTTPError as error:
            error.close()
            raise _unanswered(address, error) from error
        except (OSError, http.client.HTTPException) as error:
            raise _unanswered(address, error) from error
        return data

    return ask


def _unanswered(address: str, error: Exception) -> EnvironmentFault:
    return EnvironmentFault(
        code="anchor.unanswered",
        place=address,
        message_en=f"the time-stamp authority does not answer: {error}",
        message_zh=f"时间戳机构没有应答：{error}",
        remedy_en="Check the address and the network; the next attempt comes by itself.",
        remedy_zh="请检查地址和网络；系统会自动再试。",
    )
