# SPDX-License-Identifier: Apache-2.0
"""A log behind an http(s) address. Only paths below that address are fetched; redirects are refused.

A server that answers 404 lacks a part of its log, which is the log's fault; so does one that keeps a part back (401, 403).
One that does not answer in time, breaks off, or answers anything but that and 200, is a fault of the moment: it is asked
twice more before giving up. Whatever it sends, no more is read than the part may have, packed or unpacked.
"""

import http.client
import time
import urllib.request
import zlib
from collections.abc import Callable
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from ledger.errors import EnvironmentFault, InputError, LimitError, MissingError
from verifier.reading.static_log import CHECKPOINT, StaticLog, missing, within
from verifier.reading.timed_answers import Clock, timed_opener

TIMEOUT_SECONDS: Final = 30
"""For a connection to be made, and for each read."""
ANSWER_SECONDS: Final = 120
"""For a whole answer: the longest bundle, 16 MiB, at 140 kB a second; an ordinary one at little more than 1 kB."""
PAUSES_SECONDS: Final = (1, 4)
"""Waits before the second and the third attempt."""
BELOW: Final = ("", "log/")
"""Where a log lies below an address: at it (a static export), or at /log/ (a running server)."""

_ABSENT: Final = frozenset(
    {http.client.NOT_FOUND, http.client.GONE, http.client.UNAUTHORIZED, http.client.FORBIDDEN}
)
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_GZIP_ROOM: Final = 1024
"""Hashes do not shrink: packed they are a little longer."""


def open_web(
    address: str, *, pause: Callable[[int], None] = time.sleep, clock: Clock = time.monotonic
) -> StaticLog:
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
        read = _reader(base + below, pause, clock)
        try:
            return StaticLog(read)
        except MissingError:
            continue
    raise missing(f"{base}{CHECKPOINT}")


def _reader(base: str, pause: Callable[[int], None], clock: Clock) -> Callable[[str, int], bytes]:
    opener = plain_opener(clock)

    def read(path: str, limit: int) -> bytes:
        url = base + path
        fault: Exception | None = None
        for wait in (0, *PAUSES_SECONDS):
            if wait:
                pause(wait)
            try:
                with opener.open(url, timeout=TIMEOUT_SECONDS) as answer:
                    return _body(answer, limit, url)
            except HTTPError as error:
                error.close()
                if error.code in _ABSENT:
                    raise missing(url) from error
                fault = error
            except (URLError, OSError, http.client.HTTPException, zlib.error) as error:
                fault = error
        raise _unanswered(url, fault) from fault

    return read


def _body(answer: http.client.HTTPResponse, limit: int, url: str) -> bytes:
    """The whole body, unpacked.

    Raises:
        LimitError: it is longer than `limit`, or claims to be.
        OSError, HTTPException, zlib.error: it breaks off, or is packed in another way than was asked for.
    """
    packed = answer.headers.get("Content-Encoding", "identity").lower()
    room = limit if packed == "identity" else limit + limit // 8 + _GZIP_ROOM
    claimed = answer.length
    if claimed is not None and claimed > room:
        raise _claims_too_much(url, claimed, room)
    data = within(answer.read(room + 1), room, url)
    if claimed is not None and len(data) < claimed:
        raise http.client.IncompleteRead(data, claimed - len(data))
    match packed:
        case "identity":
            return data
        case "gzip":
            return within(_unpacked(data, limit), limit, url)
        case _:
            raise http.client.HTTPException(f"the answer is packed as {packed}")


def _unpacked(data: bytes, limit: int) -> bytes:
    """At most one byte more than `limit` of what `data` packs: no small answer swells in memory."""
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    plain = unpacker.decompress(data, limit + 1)
    if len(plain) <= limit and (not unpacker.eof or unpacker.unused_data):
        raise zlib.error("the packed answer breaks off, or goes on after its end")
    return plain


def plain_opener(clock: Clock) -> urllib.request.OpenerDirector:
    """HTTP, HTTPS and the proxies of the environment; no redirects, no files, no other schemes."""
    opener = timed_opener(ANSWER_SECONDS, clock)
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    opener.addheaders = [("User-Agent", "fundtrace-verifier"), ("Accept-Encoding", "gzip, identity")]
    return opener


def _claims_too_much(url: str, claimed: int, limit: int) -> LimitError:
    return LimitError(
        code="source.too-long",
        place=url,
        message_en=f"the answer claims {claimed:,} bytes, and at most {limit:,} are allowed",
        message_zh=f"响应声称有 {claimed:,} 字节，上限为 {limit:,} 字节",
    )


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
