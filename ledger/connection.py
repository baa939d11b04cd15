# SPDX-License-Identifier: Apache-2.0
"""One question to an http(s) address and its answer: the only sockets of a client."""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ledger.errors import InputError

TIMEOUT_SECONDS: Final = 90
"""For a connection, and for each read: longer than a server may wait for the lock of its ledger."""
ANSWER_BYTES_MAX: Final = 4 * 1024 * 1024

_OK: Final = frozenset({http.client.OK, http.client.CREATED, http.client.NO_CONTENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer: status, header fields by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether what was asked for was done."""
        return self.status in _OK


Exchange = Callable[[str, str, bytes | None, Mapping[str, str]], Answer]
"""Sends (method, path, body, headers), gives the answer; OSError or HTTPException when there is none, or half of one."""


class Connection:
    """One connection, kept open between questions and made anew after a failure. The only sockets of this module."""

    def __init__(self, address: str) -> None:
        """To `address`; nothing is opened yet. Raises InputError as `LedgerClient`."""
        parts = urlsplit(address)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        extra = parts.query or parts.fragment or parts.username
        if parts.scheme not in kinds or not parts.hostname or extra:
            raise InputError(
                code="client.address",
                place=address,
                message_en="not an http(s) address of scheme, host and path",
                message_zh="不是由协议、主机和路径组成的 http(s) 地址",
                remedy_en="Write it like https://ledger.example",
                remedy_zh="请写成 https://ledger.example 的形式。",
            )
        self._path = parts.path
        self._connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        self._connection.close()

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """The answer to one question; see `Exchange`. A body is JSON unless `headers` say otherwise."""
        usual = {"Content-Type": "application/json"} if body is not None else {}
        try:
            self._connection.request(method, self._path + path, body=body, headers={**usual, **headers})
            answer = self._connection.getresponse()
            data = _bounded(answer)
        except BaseException:
            self.close()
            raise
        return Answer(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.getheaders()},
            body=data,
        )


def _bounded(answer: http.client.HTTPResponse) -> bytes:
    data = answer.read(ANSWER_BYTES_MAX + 1)
    if len(data) > ANSWER_BYTES_MAX:
        raise http.client.HTTPException(f"more than {ANSWER_BYTES_MAX:,} bytes")
    return data
