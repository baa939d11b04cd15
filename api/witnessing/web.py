# SPDX-License-Identifier: Apache-2.0
"""Bytes to a witness and back over HTTP: only to addresses of the configuration, within a time and a size."""

import http.client
from time import monotonic
from typing import Final

from api.witnessing.conversation import MAX_ANSWER, Answer
from ledger.errors import EnvironmentFault
from verifier.reading.timed_answers import Clock, timed_opener

TIMEOUT_SECONDS: Final = 10
"""For the connection and for the whole answer."""


def send(url: str, body: bytes | None, *, clock: Clock = monotonic) -> Answer:
    """Return the answer to a POST of `body`, or to a GET where there is none, of whatever status; no redirect is followed.

    Raises:
        EnvironmentFault: nobody answers, or too much, or too slowly.
    """
    opener = timed_opener(TIMEOUT_SECONDS, clock)
    opener.addheaders = [("User-Agent", "fundtrace"), ("Content-Type", "text/plain; charset=utf-8")]
    try:
        with opener.open(url, data=body, timeout=TIMEOUT_SECONDS) as answer:
            data = answer.read(MAX_ANSWER + 1)
            if len(data) > MAX_ANSWER:
                raise _unanswered(url, f"more than {MAX_ANSWER:,} bytes")
            return Answer(status=answer.status, body=data)
    except (OSError, http.client.HTTPException) as error:
        raise _unanswered(url, str(error)) from error


def _unanswered(url: str, reason: str) -> EnvironmentFault:
    return EnvironmentFault(
        code="witnessing.unanswered",
        place=url,
        message_en=f"no usable answer of the witness: {reason}",
        message_zh=f"见证方没有有效应答：{reason}",
        remedy_en="It is asked again by itself. If this lasts, check the address and the network.",
        remedy_zh="系统会自动重试。若持续如此，请检查地址和网络。",
    )
