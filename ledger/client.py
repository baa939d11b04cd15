# SPDX-License-Identifier: Apache-2.0
"""A ledger behind an http(s) address, to post to and to read: few words, one connection, safe to repeat.

A submission is named by its party and id (spec §3.3), so that sending it again is always right: after a connection that
broke while its answer was awaited, after 429, after 5xx. Whoever gives the log's keys gets no `Accepted` that they do not
prove.
"""

import http.client
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Self

import msgspec

from ledger.answer import Accepted, Outcome, Refused
from ledger.checkpoint import parse_checkpoint
from ledger.connection import Answer, Connection, Exchange
from ledger.cosignature import LogKey
from ledger.entry import HeaderEntry, parse_entry
from ledger.errors import MissingError, ProofError
from ledger.hashing import leaf_hash
from ledger.note import parse_note
from ledger.problems import error_of
from ledger.receipt import check_receipt, parse_receipt
from ledger.served_answers import accepted_in, no_answer, pause_wanted, problems_in, unknown_fate, unserved
from ledger.submission import Submission, header_bytes, wire_bytes

PAUSES_SECONDS: Final = (1, 2, 4, 8, 16)
"""Waits before sending again, where the server names no time of its own."""

_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class LedgerClient:
    """The ledger at one address; for one thread at a time."""

    def __init__(
        self,
        address: str,
        *,
        log_keys: Sequence[LogKey] = (),
        exchange: Exchange | None = None,
        pause: Callable[[int], None] = time.sleep,
    ) -> None:
        """The ledger at `address`, such as ``https://ledger.example``; with `log_keys` every receipt is verified.

        Raises:
            InputError: `address` is not scheme, host and at most a path.
        """
        self.address: Final = address.rstrip("/")
        self._log_keys = tuple(log_keys)
        self._exchange = exchange or Connection(self.address)
        self._pause = pause

    def __enter__(self) -> Self:
        """The client, whose connection is closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._exchange, Connection):
            self._exchange.close()

    def submit(self, submission: Submission) -> Outcome:
        """What the ledger answers to `submission`, once it is durable or refused.

        Raises:
            EnvironmentFault: no usable answer came, however often it was asked for; sending it again is right.
            ProofError, SignatureError, FormatError: the answer does not prove that the submission is in the log.
        """
        answer = self.ask("POST", "/v1/submissions", wire_bytes(submission))
        if not answer.good:
            return Refused(problems=problems_in(answer.body, self.address))
        accepted = accepted_in(answer.body, self.address)
        if self._log_keys:
            self._check(accepted, submission)
        return accepted

    def submit_in_order(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """The answer to each, one after the other; as `submit`."""
        return [self.submit(submission) for submission in submissions]

    def entry(self, seq: int) -> bytes:
        """The bytes of entry `seq`, believed as they are.

        Raises:
            MissingError: the log does not reach that far.
            EnvironmentFault: as `submit`.
        """
        return self._get(f"/v1/entries/{seq}?format=raw")

    @property
    def size(self) -> int:
        """Entries in the log as its checkpoint says, believed as it is; raises as `entry`."""
        return parse_checkpoint(parse_note(self._get("/log/checkpoint")).text).size

    def items(self, table: str) -> Iterator[dict[str, Any]]:
        """Every item of a list such as ``lines`` or ``obligations``, page by page; raises as `entry`."""
        after: object = None
        while True:
            more = "" if after is None else f"?after={after}"
            page = msgspec.json.decode(self._get(f"/v1/{table}{more}"))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def _get(self, path: str) -> bytes:
        answer = self.ask("GET", path, None)
        if not answer.good:
            raise error_of(
                problems_in(answer.body, self.address)[0], MissingError, place=f"{self.address}{path}"
            )
        return answer.body

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] = _NO_HEADERS,
        *,
        once: bool = False,
    ) -> Answer:
        """The answer, asked for again as long as it may be another next time, unless it is to be asked for `once`.

        Raises:
            EnvironmentFault: no usable answer came.
        """
        for usual in () if once else PAUSES_SECONDS:
            try:
                answer = self._exchange(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self._pause(usual)
                continue
            if answer.status not in _AGAIN:
                return self._served(answer)
            self._pause(pause_wanted(answer.headers) or usual)
        try:
            return self._served(self._exchange(method, path, body, headers))
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise (unknown_fate if once else no_answer)(self.address, reason) from error

    def _served(self, answer: Answer) -> Answer:
        """`answer`, unless it says that nothing was done, or sends us elsewhere."""
        if answer.status in _AGAIN or answer.status in range(300, 400):
            raise unserved(answer, self.address)
        return answer

    def _check(self, accepted: Accepted, submission: Submission) -> None:
        """The header of `submission` stands in the log at the position told, by the log's own keys.

        Raises:
            ProofError, SignatureError, FormatError: it does not, or that is not proved.
        """
        data = self.entry(accepted.seq)
        entry = parse_entry(data, place=f"entry {accepted.seq}")
        receipt = parse_receipt(accepted.receipt)
        mine = isinstance(entry, HeaderEntry) and header_bytes(entry.header) == header_bytes(
            submission.header
        )
        if not mine or receipt.index != accepted.seq:
            raise ProofError(
                code="client.other-entry",
                place=f"entry {accepted.seq}",
                message_en="the receipt is for something else than the submission that was sent",
                message_zh="回执所指并非所提交的内容",
            )
        check_receipt(
            receipt, leaf=leaf_hash(data), verifiers=self._log_keys, origin=submission.header.origin
        )
